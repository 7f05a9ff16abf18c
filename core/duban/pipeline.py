"""The order of the stages, known here and nowhere else.

read → check → derive → measure → score → adjust → rank → select → convert → report
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .certainty.certainty import certainty_of
from .certainty.tables import Qualified, Silence
from .corrections import CORRECTIONS_FILE, Edit
from .derived import Derived, with_derived
from .describing.rules import teller_of
from .describing.standards import standards
from .describing.telling import Teller
from .earlier import earlier_runs
from .editions.hiding import hidden, listed
from .editions.publishing import public
from .engine import Engine
from .errors import Stopped, WorkspaceError
from .evaluating import Evaluated, evaluate
from .explaining.explanations import Explanations
from .findings import Finding, findings_frame
from .formulas import work_out
from .frames import (
    adjustments_frame,
    conversions_frame,
    criteria_frame,
    dimensions_frame,
    measures_frame,
    ranking_frame,
    selections_frame,
)
from .manifest import manifest
from .objecting import clock_of
from .preparing import Prepared, check_attributes, check_named_departments, prepare
from .record import LARGEST_LEDGER, Run
from .relations import Relation
from .reporters import chosen_reporters, report_of
from .results import Department, Figures
from .stage import enter
from .stages.checking import check as check_rows
from .stages.checking import refuse_unknown_codes, stops
from .stages.checking.departments import department_checks, offending_departments
from .stages.completing import completed, silent_cases, silent_stages
from .stages.itemising import itemised
from .stages.listing import cases_against, cases_query, responses, two_stage
from .stages.measuring import measure
from .stages.reading import read
from .stages.reading.files import find_files
from .stages.reporting import check_place, write_findings
from .stages.reporting import write as write_reports
from .texts import Language
from .view import View, build_view
from .visibility import Edition

_FOLDERS = {Edition.INTERNAL: "out", Edition.PUBLIC: "out-public"}


@dataclass(frozen=True)
class CheckResult:
    """What `duban check` found: the table of findings, and whether they would stop a run."""

    findings: pd.DataFrame
    stopped: bool


@dataclass(frozen=True)
class Facts:
    """What the engine gave: the last thing that knows cases; `tables` are as they were read, `relations` as they count."""

    tables: Mapping[str, Relation]
    relations: Mapping[str, Relation]
    departments: Sequence[Department]
    figures: Figures
    findings: Sequence[Finding]
    stopped: bool
    inputs: Sequence[Path]


class Running(NamedTuple):
    """A run that is not over: its engine with the typed tables, what was measured, and what came of it."""

    engine: Engine
    facts: Facts
    run: Run


def run(
    workspace: str | Path,
    *,
    as_of: date | None = None,
    ruleset: str | Path | None = None,
    out: str | Path | None = None,
    language: Language = "zh",
    cases: bool = False,
    draws: int | None = None,
    write: bool = True,
    plugins: Sequence[object] = (),
    disable: Iterable[str] = (),
    edits: Sequence[Edit] = (),
    reports: Sequence[str] | None = None,
    templates: Mapping[str, str | Path] | None = None,
    edition: str = Edition.INTERNAL,
) -> Run:
    """Do the whole job: from the ledger of a workspace to its ranking and lists, and the files of `out/`.

    `as_of` and `ruleset` come before what the workspace says. `cases` makes the list of cases for a large ledger too.
    `draws` says how many worlds are drawn to see how sure the list is: 10,000 by default, none for 0.
    `write = False` leaves no file. `plugins` are modules with hooks, beside the installed ones; of those, `disable`
    names the ones to leave out. `edits` are made to the cells as they are read, after the workspace's corrections.
    `reports` names the reporters that write, all by default; `templates` are documents of the office's own by kind.
    `edition` is `internal` or `public`; the public one lacks what the workspace withholds, and is written to `out-public/`.

    Raises: Stopped, where findings stop it (`findings` holds them; `out` stays as it was); DubanError otherwise.
    """
    prepared = prepare(workspace, as_of, ruleset, plugins, disable, edits=edits)
    folder, registry = prepared.opened.folder, prepared.registry
    kind = Edition(edition)
    place = Path(out) if out is not None else folder / _FOLDERS[kind]
    _check_visibility(prepared, kind)
    with registry.explaining():
        report = report_of(prepared.opened, prepared.at, registry, templates or {})
        reporters = chosen_reporters(registry, reports) if write else []
    earlier = earlier_runs(report.earlier, kind)
    if write:
        check_place(place, kind)
    try:
        with running(prepared, language, cases) as current:
            made = replace(_with_certainty(current, prepared, draws), report=report, earlier=earlier)
            made = _published(current, prepared, made) if kind is Edition.PUBLIC else made
            if not write:
                return made
            owners = {name: registry.origins["reporters", name] for name in registry.reporters}
            write_reports(made, reporters, place, owners)
            return replace(made, out=place)
    except Stopped as stopped:
        if write:
            write_findings(stopped.findings, folder / "findings.csv")
        raise


def check(
    workspace: str | Path,
    *,
    as_of: date | None = None,
    ruleset: str | Path | None = None,
    language: Language = "zh",
    plugins: Sequence[object] = (),
    disable: Iterable[str] = (),
) -> CheckResult:
    """Read and check a workspace, write its `findings.csv`, and leave `out/` alone.

    Raises: DubanError, for a workspace, ruleset or file that cannot be loaded.
    """
    prepared = prepare(workspace, as_of, ruleset, plugins, disable)
    facts = measured(prepared)
    frame = findings_frame(facts.findings, language)
    write_findings(frame, prepared.opened.folder / "findings.csv")
    return CheckResult(frame, facts.stopped)


def measured(prepared: Prepared) -> Facts:
    """Read, check and measure a workspace as a run does, and stop there; where findings stop it, `stopped` says so.

    Raises: DubanError.
    """
    with _measuring(prepared) as (_, facts):
        return facts


@contextmanager
def running(prepared: Prepared, language: Language = "zh", cases: bool = False) -> Iterator[Running]:
    """Do a run and keep its engine open for who asks further; nothing is written.

    Raises: Stopped, where findings stop it (`findings` holds them); DubanError otherwise.
    """
    with _measuring(prepared) as (engine, facts):
        found = findings_frame(facts.findings, language)
        if facts.stopped:
            raise Stopped(prepared.opened.folder.name, _stopping(prepared, facts.findings), found)
        yield Running(engine, facts, _judged(engine, prepared, facts, found, language, cases))


def _with_certainty(current: Running, prepared: Prepared, draws: int | None) -> Run:
    """Return the run with how sure it is, which the manifest describes."""
    made, facts = current.run, current.facts
    if made.evaluated is None:
        return made
    sure = certainty_of(current.engine, facts.relations, made.evaluated, prepared.as_of, draws)
    return replace(made, certainty=sure, manifest={**made.manifest, "certainty": sure and sure.facts})


def _check_visibility(prepared: Prepared, edition: Edition) -> None:
    """Refuse to publish where nobody has said what is not public. Raises: WorkspaceError."""
    if edition is Edition.PUBLIC and prepared.opened.workspace.visibility is None:
        raise WorkspaceError("visibility_missing", "duban.toml")


def _published(current: Running, prepared: Prepared, made: Run) -> Run:
    """Return the public edition of a run, while the engine can still tell which cases are not public."""
    visibility, facts = prepared.opened.workspace.visibility, current.facts
    assert visibility is not None
    plan, as_of = prepared.plan, prepared.as_of
    found = hidden(current.engine, facts.tables, facts.relations, visibility, plan, as_of, prepared.at)
    cases = None
    if made.cases is not None:
        cases = listed(current.engine, facts.relations, plan, facts.departments, as_of, made.language, found)
    return public(made, found, cases)


@contextmanager
def _measuring(prepared: Prepared) -> Iterator[tuple[Engine, Facts]]:
    paths = _paths(prepared)
    with (
        prepared.registry.explaining(),
        Engine(readable=[path for found in paths.values() for path in found]) as engine,
    ):
        yield engine, _facts(engine, prepared, paths)


def _paths(prepared: Prepared) -> dict[str, list[Path]]:
    opened = prepared.opened
    with prepared.registry.explaining():
        refuse_unknown_codes(opened.workspace.findings, list(prepared.registry.checks.values()), prepared.at)
    return {
        name: find_files(opened.folder, source, prepared.at(("tables", name, "file")))
        for name, source in sorted(opened.workspace.tables.items())
    }


def _facts(engine: Engine, prepared: Prepared, paths: Mapping[str, Sequence[Path]]) -> Facts:
    """Read, check and measure. A text that does not fit the data is told before any finding stops the run."""
    opened, plan, as_of = prepared.opened, prepared.plan, prepared.as_of
    enter("reading")
    ledger = read(engine, opened, plan.ruleset, prepared.tables, paths, prepared.at, as_of, prepared.edits)
    measures = {*prepared.registry.measures, *plan.ruleset.measures, *plan.ruleset.sheets}
    attributes = check_attributes(plan, ledger.departments, measures)
    named = check_named_departments(prepared, ledger.departments)
    noticed = [*prepared.findings, *ledger.findings, *attributes, *named]
    checks = list(prepared.registry.checks.values())
    settings = opened.workspace.findings
    enter("checking")
    checked = check_rows(
        engine,
        ledger.relations,
        checks,
        noticed,
        settings,
        plan.ruleset,
        plan.period,
        as_of,
        prepared.loaded.at,
    )
    enter("measuring")
    view, derived = _seen(engine, prepared, checked.relations, ledger.departments)
    measured = measure(engine, derived.relations, plan, view.departments, as_of)
    figures = work_out(plan, view.departments, measured.figures)
    # A table that could not be read has its own finding: that its measures lack it would send the reader astray.
    unread = opened.workspace.tables.keys() - ledger.relations.keys()
    later = [
        *view.findings,
        *derived.findings,
        *_of_departments(engine, prepared, view, derived, checked.relations),
        *(item for item in measured.findings if item.table not in unread),
    ]
    stopped = checked.stopped or any(stops(item, settings) for item in later)
    inputs = [path for found in paths.values() for path in found]
    inputs += [path] if (path := opened.folder / CORRECTIONS_FILE).is_file() else []
    findings = [*checked.findings, *later]
    tables = checked.relations
    return Facts(tables, derived.relations, view.departments, figures, findings, stopped, inputs)


def _of_departments(
    engine: Engine, prepared: Prepared, view: View, derived: Derived, tables: Mapping[str, Relation]
) -> Iterator[Finding]:
    """Yield what the checks of departments say, of the rows that count and of all rows."""
    every = {**tables, "cases": view.every_case} if view.every_case else tables
    checks, period, as_of = list(prepared.registry.checks.values()), prepared.plan.period, prepared.as_of
    for relations, counted_only in ((derived.relations, True), (every, False)):
        for _, relation in sorted(relations.items()):
            asked = department_checks(checks, relation, period, as_of, counted_only=counted_only)
            yield from offending_departments(engine, asked, view.departments)


def _seen(
    engine: Engine, prepared: Prepared, tables: Mapping[str, Relation], departments: Sequence[Department]
) -> tuple[View, Derived]:
    """Return the tables as measures see them, and what was noticed on the way."""
    plan, as_of, registry = prepared.plan, prepared.as_of, prepared.registry
    at, calendar = prepared.loaded.at, prepared.opened.folder / "calendar"
    view = build_view(engine, tables, departments, plan.ruleset, plan.period, as_of, at, calendar)
    columns = list(registry.columns.values())
    return view, with_derived(engine, view.relations, columns, registry.origins, plan, as_of)


def seen(
    engine: Engine, prepared: Prepared, tables: Mapping[str, Relation], departments: Sequence[Department]
) -> Mapping[str, Relation]:
    """Return tables as measures would see them, had they been read like this; what was seen before is no longer there.

    Raises: DubanError.
    """
    return _seen(engine, prepared, tables, departments)[1].relations


def _stopping(prepared: Prepared, findings: Sequence[Finding]) -> int:
    """Return how many findings stop the run; where one stops it that names no row to leave out, at least one."""
    settings = prepared.opened.workspace.findings
    return max(1, sum(stops(item, settings) for item in findings))


def _judged(
    engine: Engine,
    prepared: Prepared,
    facts: Facts,
    found: pd.DataFrame,
    language: Language,
    all_cases: bool,
) -> Run:
    """Score, adjust, rank and select; from here on nothing looks at cases but the lists that name them."""
    plan, departments, figures = prepared.plan, facts.departments, facts.figures
    enter("judging")
    judged = evaluate(plan, departments, figures, language)
    evaluated = Evaluated(plan, departments, figures, judged)
    main = plan.selections[0].id if plan.selections else None
    case_count = _case_count(engine, facts.relations)
    items = None
    if case_count <= LARGEST_LEDGER:
        items = itemised(engine, facts.relations, plan, departments, prepared.as_of)
    made = Run(
        title=prepared.opened.workspace.title,
        ruleset=plan.ruleset,
        as_of=prepared.as_of,
        language=language,
        ranking=ranking_frame(
            departments,
            judged.groups,
            judged.totals,
            judged.places,
            judged.lists[main] if main else None,
            judged.main_reasons,
        ),
        selections=selections_frame(departments, judged.totals, judged.lists, judged.reasons),
        criteria=criteria_frame(plan, departments, judged.scores),
        dimensions=dimensions_frame(plan, departments, judged.totals),
        measures=measures_frame(departments, figures),
        two_stage=two_stage(engine, facts.relations, departments),
        adjustments=adjustments_frame(departments, judged.totals),
        cases=None,
        findings=found,
        conversions=conversions_frame(plan, departments, judged.conversions),
        manifest=_manifest(prepared, facts, responses(engine, facts.relations)),
        evaluated=evaluated,
        case_count=case_count,
        items=items,
        explanations=Explanations(evaluated, _teller(prepared, language), items),
        standards=standards(_teller(prepared, language)),
        clock=clock_of(
            plan.ruleset.objections, prepared.opened.workspace.published_on, prepared.opened.folder
        ),
        qualified=Qualified(evaluated, items, _silence(engine, prepared, facts, case_count)),
    )
    if case_count > LARGEST_LEDGER and not all_cases:
        return made
    query = cases_query(engine, facts.relations, plan, departments, prepared.as_of, language)
    return replace(made, cases=cases_against(engine, query))


def _silence(engine: Engine, prepared: Prepared, facts: Facts, case_count: int) -> Silence | None:
    """Return the silent cases with every rating that they might have been given; None where there are too many cases."""
    cases, columns = facts.relations.get("cases"), prepared.registry.columns
    if cases is None or not silent_stages(cases) or case_count > LARGEST_LEDGER:
        return None
    plan, as_of = prepared.plan, prepared.as_of
    tried = {"cases": completed(engine, cases, columns)}
    derived = with_derived(engine, tried, list(columns.values()), prepared.registry.origins, plan, as_of)
    return Silence(
        silent_cases(engine, cases), itemised(engine, derived.relations, plan, facts.departments, as_of)
    )


def _teller(prepared: Prepared, language: Language) -> Teller:
    return teller_of(prepared.loaded, prepared.plan, prepared.registry, prepared.tables, language)


def _case_count(engine: Engine, relations: Mapping[str, Relation]) -> int:
    if "cases" not in relations:
        return 0
    (count,) = engine.one(f"SELECT count(*) FROM {relations['cases'].name}")
    return int(count)


def _manifest(
    prepared: Prepared, facts: Facts, answered: Mapping[str, Mapping[str, int]]
) -> Mapping[str, object]:
    return manifest(
        prepared.opened.folder,
        facts.inputs,
        prepared.plan.ruleset,
        prepared.registry,
        prepared.as_of,
        prepared.plan.period,
        answered,
    )
