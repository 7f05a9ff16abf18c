"""The register of objections, `objections.csv`, and the clock that the ruleset sets them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from .calendars import FOLDER, Calendar
from .corrections import CORRECTIONS_FILE, Correction
from .findings import Finding, finding
from .registers import read_register
from .ruleset import Objections
from .stages.reading.cells import cleaned, name_key
from .stages.reading.dates import read_date
from .texts import Language, phrase

OBJECTIONS_FILE = "objections.csv"
HEADINGS: Mapping[str, Sequence[str]] = {
    "number": ("异议编号", "编号"),
    "department": ("承办单位", "单位"),
    "criterion": ("评分项",),
    "matter": ("异议事项", "异议内容"),
    "evidence": ("证据",),
    "filed_on": ("提出日期", "收到日期"),
    "decided_on": ("决定日期",),
    "outcome": ("处理结果", "决定"),
    "note": ("备注", "说明"),
}
OUTCOMES: Mapping[str, Sequence[str]] = {
    "upheld": ("采纳", "成立", "全部采纳"),
    "partly": ("部分采纳", "部分成立"),
    "rejected": ("不采纳", "不予采纳", "不成立"),
    "withdrawn": ("撤回", "申请人撤回"),
}
State = Literal["pending", "overdue", "upheld", "partly", "rejected", "withdrawn"]
_REQUIRED = ("number", "department", "filed_on")


@dataclass(frozen=True)
class Objection:
    """One line of the register; `outcome` is "" until it is decided, `line` the row that the sheet shows."""

    number: str
    department: str
    filed_on: date
    criterion: str = ""
    matter: str = ""
    evidence: str = ""
    decided_on: date | None = None
    outcome: str = ""
    note: str = ""
    line: int = 0

    @property
    def is_decided(self) -> bool:
        """Whether somebody has decided it, or it was withdrawn."""
        return bool(self.outcome)


@dataclass(frozen=True)
class Clock:
    """By when objections may be filed, and each is to be decided; None where the rules or the day of publication say nothing."""

    rule: Objections
    published_on: date | None
    calendar: Calendar

    @property
    def apply_by(self) -> date | None:
        """The last day on which an objection may be filed."""
        if self.published_on is None:
            return None
        return self._after(self.published_on, self.rule.apply_days, self.rule.apply_working_days)

    def decide_by(self, objection: Objection) -> date | None:
        """The last day on which an objection is to be decided."""
        return self._after(objection.filed_on, self.rule.decide_days, self.rule.decide_working_days)

    def _after(self, day: date, days: int | None, working_days: int | None) -> date | None:
        if working_days is not None:
            return self.calendar.after(day, working_days)
        return day + timedelta(days) if days is not None else None

    def is_filed_late(self, objection: Objection) -> bool:
        """Whether an objection came after the last day for it."""
        return self.apply_by is not None and objection.filed_on > self.apply_by

    def is_decided_late(self, objection: Objection, today: date) -> bool:
        """Whether the decision came, or is still to come, after the last day for it."""
        last, decided = self.decide_by(objection), objection.decided_on
        if last is None or (objection.is_decided and decided is None):
            return False
        return (decided if objection.is_decided and decided else today) > last

    def state(self, objection: Objection, today: date) -> State:
        """Return where an objection stands on a day."""
        if objection.outcome:
            return objection.outcome  # type: ignore[return-value]
        return "overdue" if self.is_decided_late(objection, today) else "pending"


def clock_of(rule: Objections, published_on: date | None, folder: Path) -> Clock:
    """Return the clock of a workspace, which may have a folder of calendar years."""
    return Clock(rule, published_on, Calendar(folder / FOLDER))


def objection_terms(clock: Clock, language: Language = "zh") -> str:
    """Return by when, to whom and on what ground an objection is filed, as sentences."""
    rule, told = clock.rule, []
    if clock.apply_by is not None:
        told.append(phrase("objections.apply_by", language, day=_day(clock.apply_by, language)))
    else:
        told += _days("apply", rule.apply_days, rule.apply_working_days, language)
    told += [phrase("objections.to", language, to=rule.to)] if rule.to else []
    told += _days("decide", rule.decide_days, rule.decide_working_days, language)
    if rule.basis:
        listed = phrase("objections.comma", language).join(rule.basis)
        told.append(phrase("objections.basis", language, basis=listed))
    if not told:
        return phrase("objections.no_terms", language)
    return phrase("objections.terms", language, terms=phrase("objections.stop", language).join(told))


def _days(what: str, days: int | None, working_days: int | None, language: Language) -> list[str]:
    if working_days is not None:
        return [phrase(f"objections.{what}_working_days", language, number=working_days)]
    return [phrase(f"objections.{what}_days", language, number=days)] if days is not None else []


def _day(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def read_objections(path: Path) -> tuple[list[Objection], list[Finding]]:
    """Read a register of objections, and what of it cannot be used; one that is not there is empty.

    Raises: InputError, for a file that cannot be read, or lacks a heading.
    """
    if not path.exists():
        return [], []
    found: list[Objection] = []
    findings: list[Finding] = []
    for line, row in read_register(path, HEADINGS, _REQUIRED).rows:
        wrong = next(_wrong(row), None)
        if wrong is None and cleaned(row["number"]) in {item.number for item in found}:
            findings.append(_finding("objection_repeated", line, "number", row["number"]))
        elif wrong is not None:
            findings.append(_finding("objection_unreadable", line, wrong, row.get(wrong, "")))
        else:
            found.append(_objection(line, row))
    return found, findings


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    """Yield the cells that are blank and must not be, or that say nothing known."""
    for field in _REQUIRED:
        if not cleaned(row.get(field, "")):
            yield field
    for field in ("filed_on", "decided_on"):
        text = cleaned(row.get(field, ""))
        if text and isinstance(read_date(text), str):
            yield field
    if _outcome(row) is None or (_outcome(row) and not cleaned(row.get("decided_on", ""))):
        yield "outcome" if _outcome(row) is None else "decided_on"


def _outcome(row: Mapping[str, str]) -> str | None:
    """Return the outcome, "" where it is open, None for a word that is none."""
    word = name_key(row.get("outcome", "")).lower()
    if not word:
        return ""
    return next((name for name, words in OUTCOMES.items() if word in (name, *words)), None)


def _objection(line: int, row: Mapping[str, str]) -> Objection:
    def day(field: str) -> date | None:
        found = read_date(cleaned(row.get(field, "")))
        return None if isinstance(found, str) else found

    filed = day("filed_on") or date.min  # never that: `_wrong` has looked
    texts = {name: cleaned(row.get(name, "")) for name in ("criterion", "matter", "evidence", "note")}
    who = {"number": cleaned(row["number"]), "department": cleaned(row["department"])}
    return Objection(
        **who, **texts, filed_on=filed, decided_on=day("decided_on"), outcome=_outcome(row) or "", line=line
    )


def _finding(code: str, line: int, field: str, value: str) -> Finding:
    place = {"table": "objections", "file": OBJECTIONS_FILE, "row": line, "column": HEADINGS[field][0]}
    return finding(code, **place, value=value)


def without_objection(lines: Sequence[Correction], objections: Sequence[Objection]) -> Iterator[Finding]:
    """Yield the corrections that name an objection which the register lacks, or which was not upheld."""
    outcomes = {item.number: item.outcome for item in objections}
    for line in lines:
        number = cleaned(line.objection)
        if not number or outcomes.get(number) in ("upheld", "partly"):
            continue
        code = "correction_objection_not_upheld" if number in outcomes else "correction_objection_unknown"
        place = {"table": "corrections", "file": CORRECTIONS_FILE, "row": line.edit.line}
        yield finding(code, **place, column="异议编号", value=number)
