"""权重与标准: what each criterion is worth and why, with every number that the formulas of the other sheets use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from xlsxwriter.worksheet import Worksheet

from duban import Text, plain

from .book import HEAD_ROW, Book, Column, cell

TITLE = Text("权重与标准", "Weights and standards")
COLUMNS = (
    Column(Text("维度", "Dimension"), 14),
    Column(Text("项目", "Item"), 24),
    Column(Text("满分", "Full points"), 10),
    Column(Text("标准", "Standard"), 46),
    Column(Text("得分办法", "How points come about"), 40),
    Column(Text("没有值时", "Without a value"), 22),
    Column(Text("依据", "Source"), 24),
)
_POINTS = 2
_NOTE = Text(
    "改动本页的满分或参数，其他工作表的得分随之重算；正式结果以引擎为准",
    "change a number here and the other sheets follow; what counts is what the engine worked out",
)


@dataclass
class Rules:
    """Where the numbers of the rules stand: the points of dimensions and criteria, and every other number by its path."""

    sheet: Worksheet
    dimensions: dict[str, str] = field(default_factory=dict)
    criteria: dict[str, str] = field(default_factory=dict)
    # The cells of a criterion's curve by the path of the parameter, and of an adjustment or a gate by its key.
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    adjustments: dict[str, dict[str, str]] = field(default_factory=dict)


def write(book: Book, sheet: Worksheet) -> Rules:
    """Write the rules; return where their numbers stand."""
    book.head(sheet, COLUMNS, book.say(_NOTE))
    rules = Rules(sheet)
    row = HEAD_ROW + 1
    for dimension, full in book.full_points.items():
        rules.dimensions[dimension] = _dimension(book, sheet, row, dimension, full)
        row += 1
        for name, rule in book.run.ruleset.criteria.items():
            if rule.dimension == dimension:
                _criterion(book, sheet, row, name, rules)
                row += 1
    _changes(book, sheet, row, rules)
    return rules


def _dimension(book: Book, sheet: Worksheet, row: int, name: str, full: Fraction) -> str:
    rule = book.run.ruleset.dimensions[name]
    limits = {"floor": rule.floor, "ceiling": rule.ceiling}
    book.text(sheet, row, 0, rule.name(book.run.language), "strong")
    for place in (1, 3, 4, 5):
        book.text(sheet, row, place, "", "strong")
    book.text(sheet, row, 6, "\n".join(rule.basis), "strong")
    book.number(sheet, row, _POINTS, full, "General", "strong")
    _numbers(book, sheet, row, {key: value for key, value in limits.items() if value is not None})
    return cell(sheet, row, _POINTS)


def _criterion(book: Book, sheet: Worksheet, row: int, name: str, rules: Rules) -> None:
    rule = book.run.ruleset.criteria[name]
    said = book.run.standards.get(name)
    book.text(sheet, row, 0, book.run.ruleset.dimensions[rule.dimension].name(book.run.language), "wrapped")
    book.text(sheet, row, 1, rule.name(book.run.language), "wrapped")
    book.number(sheet, row, _POINTS, rule.points, "General")
    texts = (said.standard, said.how_points, said.without_value, said.source) if said else ("",) * 4
    for place, text in enumerate(texts, start=_POINTS + 1):
        book.text(sheet, row, place, text, "wrapped")
    rules.criteria[name] = cell(sheet, row, _POINTS)
    rules.parameters[name] = _numbers(book, sheet, row, parameters_of(book, name))


def parameters_of(book: Book, criterion: str) -> dict[str, Fraction]:
    """Return the numbers among the parameters of a criterion's curve, by their path."""
    if book.run.evaluated is None:
        return {}
    bound = next(item.curve for item in book.run.evaluated.plan.criteria if item.id == criterion)
    return dict(numbers_in("", bound.parameters))


def numbers_in(path: str, value: object) -> Iterator[tuple[str, Fraction]]:
    """Yield every exact number within a value with its path: `bands.0.points`."""
    if isinstance(value, Fraction):
        yield path, value
    parts: Mapping[str, Any] = {}
    if isinstance(value, BaseModel):
        parts = dict(value)
    elif isinstance(value, tuple | list):
        parts = {str(place): item for place, item in enumerate(value)}
    elif isinstance(value, Mapping):
        parts = {str(key): item for key, item in value.items()}
    for key, item in parts.items():
        yield from numbers_in(f"{path}.{key}" if path else key, item)


def _numbers(book: Book, sheet: Worksheet, row: int, numbers: Mapping[str, Fraction]) -> dict[str, str]:
    """Write numbers to the right of a row, each behind its name; return their cells by name."""
    cells = {}
    for place, (name, value) in enumerate(numbers.items()):
        column = len(COLUMNS) + 2 * place
        book.text(sheet, row, column, name, "note")
        book.number(sheet, row, column + 1, value, "General", "plain")
        cells[name] = cell(sheet, row, column + 1)
    return cells


def _changes(book: Book, sheet: Worksheet, row: int, rules: Rules) -> None:
    """Write the numbers of adjustments and gates below the criteria."""
    made = book.run.ruleset
    kinds = ((Text("加减分", "Adjustment"), made.adjustments), (Text("资格与否决", "Gate"), made.gates))
    for kind, section in kinds:
        for name, rule in section.items():
            numbers = _change_numbers(rule)
            book.text(sheet, row, 0, book.say(kind), "wrapped")
            book.text(sheet, row, 1, rule.name(book.run.language), "wrapped")
            said = "；".join(f"{key} {plain(value)}" for key, value in numbers.items())
            for place, text in enumerate(("", said, "", "", "\n".join(rule.basis)), start=_POINTS):
                book.text(sheet, row, place, text, "wrapped")
            rules.adjustments[name] = _numbers(book, sheet, row, numbers)
            row += 1


def _change_numbers(rule: Any) -> dict[str, Fraction]:
    found = {key: getattr(rule, key, None) for key in ("each", "limit", "points")}
    found["cap"] = getattr(getattr(rule, "effect", None), "cap", None)
    return {key: value for key, value in found.items() if value is not None}
