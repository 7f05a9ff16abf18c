"""Findings: what duban noticed in the data, and what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import shown
from .terms import Action, Severity
from .texts import Language, Text, entry

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("severity", "code", "table", "file", "sheet", "row", "column", "value", "message", "action")
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed, with its place as the spreadsheet shows it; `row` counts from 1.

    The sentences come from the wording of the code, or from `message` and `todo` where a plugin's check brings
    its own. `rows` holds further rows of the same finding (a duplicate names both).
    """

    code: str
    severity: Severity
    table: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    message: Text | None = None
    todo: Text | None = None
    rows: tuple[int, ...] = ()

    def sentences(self, language: Language = "zh") -> tuple[str, str]:
        """Return what is wrong and what to do, in one language."""
        said = {
            name: value.say(language) if isinstance(value, Text) else value
            for name, value in self.facts.items()
        }
        facts = {name: shown(value) for name, value in said.items()}
        facts |= {"value": shown(self.value), "column": self.column, "table": self.table}
        if self.message is not None and self.todo is not None:
            return self.message.say(language, **facts), self.todo.say(language, **facts)
        wording = entry("findings", self.code)
        message = Text(wording["zh"], wording["en"]).say(language, **facts)
        return message, Text(wording["do_zh"], wording["do_en"]).say(language, **facts)


def finding(code: str, **where: object) -> Finding:
    """Return a finding of duban's own, with the severity that its wording states.

    Keyword arguments that are no field of `Finding` become facts for the sentence.
    """
    severity = Severity(entry("findings", code)["severity"])
    fields = {name: value for name, value in where.items() if name in Finding.__dataclass_fields__}
    facts = {name: value for name, value in where.items() if name not in fields}
    return Finding(code=code, severity=severity, facts=facts, **fields)  # type: ignore[arg-type]


def title(code: str, language: Language = "zh") -> str:
    """Return the name of a kind of finding; the code itself for a plugin's check."""
    try:
        return entry("findings", code)[f"title_{language}"]
    except KeyError:
        return code


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in one order, whatever the order they were noticed in: gravest first, then by place."""
    return sorted(
        findings,
        key=lambda item: (
            _GRAVITY[item.severity],
            item.code,
            item.table,
            item.file,
            item.sheet,
            item.row or 0,
            item.column,
            item.value,
        ),
    )


def action_for(item: Finding, settings: Mapping[str, Action]) -> Action:
    """Return what happens about a finding: the workspace's setting, else errors stop and the rest is accepted."""
    default = Action.STOP if item.severity is Severity.ERROR else Action.ACCEPT
    return settings.get(item.code, default)


def findings_frame(findings: Sequence[Finding], language: Language = "zh") -> "pd.DataFrame":
    """Return findings as the table of `findings.csv`: one row a finding, all text but `row`."""
    # Takes a moment to import, and whoever only checks rules has no table of findings.
    import pandas as pd

    rows = []
    for item in in_order(findings):
        message, todo = item.sentences(language)
        place = (item.severity.value, item.code, item.table, item.file, item.sheet)
        rows.append((*place, item.row, item.column, item.value, message, todo))
    # Not the text type of pandas, which refuses what a file name may hold: half of a surrogate pair.
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    return frame.astype({"row": "Int64"})
