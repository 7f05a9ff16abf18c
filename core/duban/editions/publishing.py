"""Publishing: a run as the public may see it, made before any reporter sees it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from duban.certainty.certainty import PublishedCertainty
from duban.certainty.rates import Rate
from duban.certainty.tables import Published
from duban.findings import Finding, finding, findings_frame, title
from duban.record import Run
from duban.replacing import edition_of
from duban.terms import Severity
from duban.texts import Text, phrase
from duban.visibility import Edition

from .hiding import Hidden
from .suppressing import Suppressed, is_small, suppressed


def public(run: Run, hidden: Hidden, cases: pd.DataFrame | None) -> Run:
    """Return the public edition of a run: what is not public is nowhere in it, and it says what was left out.

    `cases` is the list of cases that are public. What could be asked further (figures, explanations, rows, draws) is gone.
    """
    out = suppressed(run, hidden.visibility.min_cell)
    notes = tuple(_notes(run, hidden, cases, out))
    return replace(
        run,
        edition=Edition.PUBLIC,
        withheld=notes,
        ranking=_ranking(run.ranking, out),
        criteria=_blanked(run.criteria, "criterion", out, ("count", "hits", "value", "points", "label")),
        dimensions=_blanked(run.dimensions, "dimension", out, ("points",)),
        measures=_measures(run.measures, out),
        two_stage=_without(run.two_stage, out.two_stage),
        adjustments=_adjustments(run, out),
        cases=None if cases is None else _listed(cases, out),
        findings=_findings(run, notes),
        manifest=_manifest(run.manifest, out),
        evaluated=None,
        items=None,
        explanations=None,
        certainty=None if run.certainty is None else PublishedCertainty(run.certainty),
        qualified=None if run.qualified is None else _qualified(run, out, hidden.visibility.min_cell),
        report=run.report.model_copy(update={"earlier": tuple(filter(_is_public, run.report.earlier))}),
    )


def _ranking(frame: pd.DataFrame, out: Suppressed) -> pd.DataFrame:
    made = frame.copy()
    for column, kind in (("base", "base"), ("adjustments", "changes")):
        made[column] = pd.Series(
            [
                None if out.has(department, kind) else value
                for department, value in zip(frame["department"], frame[column], strict=True)
            ],
            index=frame.index,
            dtype="object",
        )
    return made


def _blanked(frame: pd.DataFrame, kind: str, out: Suppressed, columns: Collection[str]) -> pd.DataFrame:
    """Return a table by department and `kind` with the numbers blank that are withheld."""
    gone = [
        out.has(department, kind, name)
        for department, name in zip(frame["department"], frame[kind], strict=True)
    ]
    return _blank(frame, gone, columns)


def _blank(frame: pd.DataFrame, gone: Collection[bool], columns: Collection[str]) -> pd.DataFrame:
    if not any(gone):
        return frame.copy()
    made = frame.copy()
    for column in columns:
        cells = [None if hide else value for hide, value in zip(gone, frame[column], strict=True)]
        made[column] = pd.Series(cells, index=frame.index, dtype=frame[column].dtype)
    return made


def _measures(frame: pd.DataFrame, out: Suppressed) -> pd.DataFrame:
    gone = [pair in out.measures for pair in zip(frame["department"], frame["measure"], strict=True)]
    return _blank(frame, gone, ("count", "hits", "value"))


def _adjustments(run: Run, out: Suppressed) -> pd.DataFrame:
    """Return what adjustments did; where the number is withheld, the sentence that tells it is too."""
    frame = run.adjustments
    made = _blanked(frame.assign(change=frame["adjustment"]), "change", out, ("count", "points"))
    told = phrase("editions.change_withheld", run.language)
    made["reason"] = [
        told if out.has(department, "change", name) else reason
        for department, name, reason in zip(
            frame["department"], frame["adjustment"], frame["reason"], strict=True
        )
    ]
    return made.drop(columns="change")


def _listed(cases: pd.DataFrame, out: Suppressed) -> pd.DataFrame:
    """Return the list of cases without those whose number is withheld: they could be counted."""
    gone = [
        out.has(department, "criterion", name) or out.has(department, "change", name)
        for department, name in zip(cases["department"], cases["criterion"], strict=True)
    ]
    return cases.loc[~pd.Series(gone, index=cases.index, dtype="bool")].reset_index(drop=True)


def _without(frame: pd.DataFrame, departments: Collection[str]) -> pd.DataFrame:
    return frame[~frame["department"].isin(list(departments))].reset_index(drop=True)


def _findings(run: Run, notes: Collection[str]) -> pd.DataFrame:
    """Return how often each kind of finding occurred, without its places and cells, and what was left out."""
    counted = Counter(zip(run.findings["severity"], run.findings["code"], strict=True))
    found = [
        Finding(
            str(code),
            Severity(severity),
            message=Text(*(_counted(str(code), number, language) for language in ("zh", "en"))),
            todo=Text("", ""),
        )
        for (severity, code), number in sorted(counted.items())
    ]
    found += [finding("withheld", note=note) for note in notes]
    return findings_frame(found, run.language)


def _counted(code: str, number: int, language: Any) -> str:
    told = phrase("editions.counted", language, title=title(code, language), number=number)
    # A finding's sentence is a template.
    return told.replace("{", "{{").replace("}", "}}")


def _manifest(manifest: Mapping[str, Any], out: Suppressed) -> dict[str, Any]:
    """Return the manifest with numbers instead of the names of files; the hashes stand."""
    made = dict(manifest)
    inputs = manifest.get("inputs", {})
    made["inputs"] = {str(place): digest for place, digest in enumerate(inputs.values(), start=1)}
    made["edition"] = Edition.PUBLIC.value
    return made


def _qualified(run: Run, out: Suppressed, least: int) -> Published:
    """Return what qualifies the numbers, without the rows about what is withheld."""
    known = run.qualified
    assert known is not None
    partly = out.departments
    touched = {name for nodes in out.nodes.values() for _, name in nodes}
    return Published(
        rates=[
            _rate(item, least)
            for item in known.rates
            if not out.has(item.department, "criterion", item.criterion)
        ],
        moved=[item for item in known.moved if item.department not in partly],
        influences=[
            item._replace(at_full=None, lowest=None, highest=None, verdict="") if item.id in touched else item
            for item in known.influences
        ],
        correlations=known.correlations,
        rank_bounds=[item for item in known.rank_bounds if item.department not in out.silence]
        if known.knows_silence
        else None,
    )


def _rate(item: Rate, least: int) -> Rate:
    """Return a rate without what its few silent cases could make of it."""
    if not is_small(least, item.silent):
        return item
    return replace(item, silent=None, lowest=None, highest=None, asked_low=None, asked_high=None)


def _is_public(folder: Path) -> bool:
    """Return whether an earlier result is a public edition itself."""
    return edition_of(folder) == Edition.PUBLIC.value


def _notes(run: Run, hidden: Hidden, cases: pd.DataFrame | None, out: Suppressed) -> Iterator[str]:
    """Yield a sentence for each kind of thing that was left out."""

    def say(key: str, **facts: object) -> str:
        return phrase(f"editions.{key}", run.language, **facts)

    yield say("behind")
    if hidden.visibility.columns:
        yield say("columns")
    if hidden.case_ids:
        yield say("cases")
    if hidden.visibility.ratings == "withheld":
        yield say("ratings")
    if out.departments or out.silence:
        yield say("small", least=hidden.visibility.min_cell, number=len(out.departments | out.silence))
