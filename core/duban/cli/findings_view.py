"""How findings stand in the terminal: the worst kinds first, with examples."""

from collections.abc import Hashable

import pandas as pd

from duban.findings import title
from duban.registry import installed
from duban.terms import Severity
from duban.texts import Language

from .console import Paper

SHOWN_KINDS = 10
SHOWN_EXAMPLES = 3
_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: ""}


def kinds(findings: pd.DataFrame) -> list[tuple[Severity, str, pd.DataFrame]]:
    """Return the findings by kind, the gravest first, then the most frequent."""
    grouped = findings.groupby(["severity", "code"], sort=True)
    found = [(Severity(_first(key)), str(key[1]), rows) for key, rows in grouped if isinstance(key, tuple)]
    gravity = list(Severity)
    return sorted(found, key=lambda kind: (gravity.index(kind[0]), -len(kind[2]), kind[1]))


def _first(key: tuple[Hashable, ...]) -> str:
    return str(key[0])


def kind_title(code: str, language: Language, disable: tuple[str, ...] = ()) -> str:
    """Return what a kind of finding is called: a check of a plugin that is not switched off says it, else the wording."""
    check = installed(disable).checks.get(code)
    return check.title.say(language) if check is not None else title(code, language)


def show_counts(paper: Paper, findings: pd.DataFrame, disable: tuple[str, ...] = ()) -> None:
    """Print one line: how many findings of which kinds."""
    if findings.empty:
        paper.line("no_findings")
        return
    counted = [
        paper.say("kind_count", title=kind_title(code, paper.language, disable), count=len(rows))
        for _, code, rows in kinds(findings)
    ]
    paper.line("findings_line", count=len(findings), kinds=paper.say("comma").join(counted))


def show_kinds(paper: Paper, findings: pd.DataFrame, disable: tuple[str, ...] = ()) -> None:
    """Print the ten worst kinds, each with examples and what to do."""
    found = kinds(findings)
    if not found:
        paper.line("no_findings")
    for severity, code, rows in found[:SHOWN_KINDS]:
        called = kind_title(code, paper.language, disable)
        heading = paper.say(f"severity_{severity}", title=called, code=code, count=len(rows))
        paper.text(heading, _STYLES[severity])
        for example in rows.head(SHOWN_EXAMPLES).to_dict("records"):
            paper.text(f"    {_place(paper, example)}{example['message']}")
        paper.text(f"    → {rows.iloc[0]['action']}")
    if len(found) > SHOWN_KINDS:
        paper.line("more_kinds", count=len(found) - SHOWN_KINDS)


def _place(paper: Paper, row: dict[Hashable, object]) -> str:
    """Return where a finding is, as the spreadsheet shows it: file, sheet, row, column."""
    parts = [str(row[name]) for name in ("file", "sheet") if row[name]]
    if not pd.isna(row["row"]):  # type: ignore[call-overload]
        parts.append(paper.say("row", row=row["row"]))
    if row["column"]:
        parts.append(paper.say("column", column=row["column"]))
    return " ".join(parts) + paper.say("colon") if parts else ""
