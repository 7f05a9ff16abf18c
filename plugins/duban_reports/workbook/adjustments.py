"""加减分与否决: what each adjustment, gate, floor and ceiling did to a department."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from duban import Text

from .book import HEAD_ROW, Book, Column, cell, records
from .weights import Rules

TITLE = Text("加减分与否决", "Adjustments and gates")
COLUMNS = (
    Column(Text("单位", "Department"), 26),
    Column(Text("项目", "Item"), 28),
    Column(Text("类型", "Kind"), 12),
    Column(Text("值", "Value"), 10),
    Column(Text("分值", "Points"), 10),
    Column(Text("作用于", "Acts on"), 16),
    Column(Text("说明", "Explanation"), 60),
)
POINTS, PLACE = 4, 5
TOTAL = Text("总分", "the total")
KINDS = {
    "adjustment": Text("加减分", "adjustment"),
    "gate": Text("资格与否决", "gate"),
    "dimension": Text("维度限分", "limit of a dimension"),
    "criterion": Text("缺值", "missing value"),
}
_NOTE = Text(
    "分值按“权重与标准”里的每件分值和上限重算",
    "points follow from the price and limit on the sheet of weights",
)


class Change(NamedTuple):
    """One thing that an adjustment or gate did; `value` is what it was multiplied with."""

    id: str
    kind: str
    title: str
    value: Fraction | None
    points: Fraction | None
    acts_on: str
    reason: str


@dataclass
class Changes:
    """Where the rows of each department stand, first and last, and the gates that cap its total."""

    sheet: Worksheet
    departments: dict[str, tuple[int, int]] = field(default_factory=dict)
    capped_by: dict[str, list[str]] = field(default_factory=dict)


def write(book: Book, sheet: Worksheet, rules: Rules) -> Changes:
    """Write the changes, the departments as they are ranked; return where they stand."""
    book.head(sheet, COLUMNS, book.say(_NOTE))
    changes, row, made = Changes(sheet), HEAD_ROW + 1, _changes(book)
    for department, name in zip(book.run.ranking["department"], book.run.ranking["name"], strict=True):
        first = row
        for change in made.get(department, ()):
            _row(book, sheet, row, name, change, rules)
            row += 1
            if change.kind == "gate" and "cap" in rules.adjustments.get(change.id, {}):
                changes.capped_by.setdefault(department, []).append(rules.adjustments[change.id]["cap"])
        if row > first:
            changes.departments[department] = (first, row - 1)
    book.filtered(sheet, row - HEAD_ROW - 1, len(COLUMNS))
    return changes


def _changes(book: Book) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for item in records(book.run.adjustments):
        change = _change(book, item)
        found.setdefault(item["department"], []).append(change)
    values = dict(_values(book))
    return {
        department: [change._replace(value=values.get((department, change.id))) for change in changes]
        for department, changes in found.items()
    }


def _change(book: Book, item: Mapping[str, Any]) -> Change:
    made, name = book.run.ruleset, item["adjustment"]
    effect, points = item["effect"], item["points"] if isinstance(item["points"], Fraction) else None
    if effect in ("floor", "ceiling"):
        title = made.dimensions[name].name(book.run.language)
        return Change(name, "dimension", title, None, points, "", item["reason"])
    if name in made.adjustments and effect in ("total", "dimension", "none"):
        rule = made.adjustments[name]
        acts_on = "" if points is None or effect == "none" else _acts_on(book, rule.dimension)
        return Change(name, "adjustment", rule.name(book.run.language), None, points, acts_on, item["reason"])
    kind, section = ("gate", made.gates) if name in made.gates else ("criterion", made.criteria)
    title = section[name].name(book.run.language) if name in section else name
    return Change(name, kind, title, None, None, "", item["reason"])


def _acts_on(book: Book, dimension: str | None) -> str:
    return book.say(TOTAL) if dimension is None else acting_on(book, dimension)


def acting_on(book: Book, dimension: str) -> str:
    """Return what a change inside a dimension is said to act on."""
    return book.run.ruleset.dimensions[dimension].name(book.run.language)


def _values(book: Book) -> Iterator[tuple[tuple[str, str], Fraction | None]]:
    """Yield the value of each adjustment that has a price, by department and adjustment."""
    evaluated = book.run.evaluated
    if evaluated is None:
        return
    for planned in evaluated.plan.adjustments:
        if planned.use is not None:
            for department, figure in zip(
                evaluated.departments, evaluated.figures[planned.use.key], strict=True
            ):
                yield (department.id, planned.id), figure.value


def _row(book: Book, sheet: Worksheet, row: int, name: str, change: Change, rules: Rules) -> None:
    book.text(sheet, row, 0, name)
    book.text(sheet, row, 1, change.title)
    book.text(sheet, row, 2, book.say(KINDS[change.kind]))
    book.number(sheet, row, 3, change.value, "General")
    text = _formula(row, change, rules.adjustments.get(change.id, {}))
    if text is None:
        book.number(sheet, row, POINTS, change.points, "General")
    else:
        book.formula(sheet, row, POINTS, text, change.points, "General")
    book.text(sheet, row, PLACE, change.acts_on)
    book.text(sheet, row, 6, change.reason, "wrapped")


def _formula(row: int, change: Change, numbers: Mapping[str, str]) -> str | None:
    """Return the points as the rule has them: each times the value, kept within the limit, or a fixed number."""
    if change.kind != "adjustment" or change.points is None:
        return None
    if "points" in numbers:
        return numbers["points"]
    if "each" not in numbers or change.value is None:
        return None
    wanted = f"{numbers['each']}*{cell(None, row, 3)}"
    if "limit" not in numbers:
        return wanted
    limit = f"ABS({numbers['limit']})"
    return f"MAX(-{limit},MIN({wanted},{limit}))"
