"""评分明细: one row a department and criterion; the points are formulas over the counts and the sheet of weights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from duban import Aggregate, Status, Text, is_missing, phrase

from .book import HEAD_ROW, Book, Column, cell, records, span
from .weights import Rules

TITLE = Text("评分明细", "Scores in detail")
COLUMNS = {
    "name": Column(Text("单位", "Department"), 26),
    "dimension": Column(Text("维度", "Dimension"), 14),
    "criterion": Column(Text("评分项", "Criterion"), 26),
    "status": Column(Text("情况", "Status"), 14),
    "count": Column(Text("计入件数", "Counted"), 10),
    "hits": Column(Text("符合件数", "Hits"), 10),
    "value": Column(Text("值", "Value"), 11),
    "judged": Column(Text("计分值", "Value judged"), 11),
    "full": Column(Text("满分", "Full points"), 9),
    "points": Column(Text("得分", "Points"), 9),
    "available": Column(Text("可得满分", "Available"), 10),
    "share": Column(Text("得分率", "Share"), 10),
    "label": Column(Text("档次", "Label"), 12),
    "engine": Column(Text("引擎得分", "Points (engine)"), 12),
    "check": Column(Text("核对", "Check"), 8),
}
SAME, OTHER = Text("一致", "same"), Text("不一致", "differs")
_NOTE = Text(
    "得分由本行的件数和“权重与标准”里的数重算；与其他单位比较的、要看条件的，直接列出引擎的得分",
    "points follow from the counts and from the sheet of weights; where others or conditions decide, the engine's stand",
)
# More places than any number here has, fewer than a spreadsheet's numbers carry.
PLACES = 9
_ROUNDING = {"half_up": "ROUND({number},{places})", "down": "ROUNDDOWN({number},{places})"}


@dataclass
class Scores:
    """Where the rows stand: of each department from first to last, and within it of each dimension."""

    sheet: Worksheet
    columns: Sequence[str]
    departments: dict[str, int] = field(default_factory=dict)
    dimensions: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def column(self, name: str) -> int:
        """Return the place of a column."""
        return self.columns.index(name)

    def rows(self, department: str, dimension: str, column: str) -> str | None:
        """Return the reference to a column over a department's criteria in a dimension, None where it has none."""
        rows = self.dimensions.get((department, dimension))
        return None if rows is None else span(self.sheet, *rows, self.column(column))


class Row(NamedTuple):
    """One row being written: its cells by the name of their column."""

    book: Book
    scores: Scores
    rules: Rules
    row: int

    def at(self, column: str) -> str:
        """Return the reference to a cell of the row."""
        return cell(None, self.row, self.scores.column(column))

    def text(self, column: str, value: object) -> None:
        """Write a text."""
        self.book.text(self.scores.sheet, self.row, self.scores.column(column), value)

    def number(self, column: str, value: object, shown: str = "0.00") -> None:
        """Write a number."""
        self.book.number(self.scores.sheet, self.row, self.scores.column(column), value, shown)

    def formula(self, column: str, text: str, value: object, shown: str = "0.00") -> None:
        """Write a formula with the engine's value."""
        self.book.formula(self.scores.sheet, self.row, self.scores.column(column), text, value, shown)


def write(book: Book, sheet: Worksheet, rules: Rules) -> Scores:
    """Write the scores, the departments as they are ranked; return where they stand."""
    scores = Scores(sheet, [name for name in COLUMNS if _is_wanted(book, name)])
    columns = [COLUMNS[name] for name in scores.columns]
    book.head(sheet, columns, book.say(_NOTE))
    found = {(item["department"], item["criterion"]): item for item in records(book.run.criteria)}
    planned, judged, row = _planned(book), dict(_judged(book)), HEAD_ROW + 1
    by_dimension: dict[str, list[str]] = {name: [] for name in book.run.ruleset.dimensions}
    for name, rule in book.run.ruleset.criteria.items():
        by_dimension[rule.dimension].append(name)
    for department, name in zip(book.run.ranking["department"], book.run.ranking["name"], strict=True):
        scores.departments[department] = row
        for dimension, criteria in by_dimension.items():
            first = row
            for criterion in criteria:
                score = {**found[department, criterion], "judged": judged.get((department, criterion))}
                _write_row(Row(book, scores, rules, row), name, score, planned.get(criterion))
                row += 1
            if row > first:
                scores.dimensions[department, dimension] = (first, row - 1)
    book.filtered(sheet, row - HEAD_ROW - 1, len(columns))
    return scores


def _is_wanted(book: Book, column: str) -> bool:
    """Return whether a column says anything under these rules."""
    rules = book.run.ruleset
    if column == "judged":
        return any(rule.small_numbers is not None for rule in rules.criteria.values())
    if column == "label":
        return bool(book.run.criteria["label"].notna().any())
    return column != "share" or any("{shares}" in formula for formula in book.aggregators.values())


def _planned(book: Book) -> Mapping[str, Any]:
    """Return what the engine knows of each criterion; nothing in a run put together by hand."""
    evaluated = book.run.evaluated
    return {} if evaluated is None else {item.id: item for item in evaluated.plan.criteria}


def _judged(book: Book) -> Iterator[tuple[tuple[str, str], Fraction | None]]:
    """Yield what the curve saw of each value, by department and criterion."""
    evaluated = book.run.evaluated
    if evaluated is not None:
        for criterion, scores in evaluated.judgement.scores.criteria.items():
            for department, score in zip(evaluated.departments, scores, strict=True):
                yield (department.id, criterion), score.judged


def _write_row(row: Row, name: str, score: Mapping[str, Any], planned: Any) -> None:
    made, criterion, language = row.book.run.ruleset, score["criterion"], row.book.run.language
    row.text("name", name)
    row.text("dimension", made.dimensions[score["dimension"]].name(language))
    row.text("criterion", made.criteria[criterion].name(language))
    row.text("status", phrase(f"scoring.status_{score['status']}", language))
    row.number("count", _whole(score["count"]), "0")
    row.number("hits", _whole(score["hits"]), "0")
    _value(row, score, planned)
    row.formula("full", row.rules.criteria[criterion], score["full_points"], "General")
    text = points_formula(row, score, planned)
    if text is None:
        row.number("points", score["points"])
    else:
        row.formula("points", text, score["points"])
    _held_against_the_engine(row, score)


def _held_against_the_engine(row: Row, score: Mapping[str, Any]) -> None:
    got = score["points"] if isinstance(score["points"], Fraction) else None
    worth, points, full, engine = score["full_points"], row.at("points"), row.at("full"), row.at("engine")
    row.formula("available", f"IF(ISNUMBER({points}),{full},0)", 0 if got is None else worth, "General")
    if "share" in row.scores.columns:
        share = f'IF(AND(ISNUMBER({points}),{full}>0),{points}/{full},"")'
        row.formula("share", share, None if got is None or not worth else got / worth, "0.00%")
    if "label" in row.scores.columns:
        row.text("label", score["label"])
    row.number("engine", got)
    missing = f"NOT(ISNUMBER({points}))"
    equal = missing if got is None else f"ABS(N({points})-{engine})<1E-7"
    check(row.book, row.scores.sheet, row.row, row.scores.column("check"), equal)


def check(book: Book, sheet: Worksheet, row: int, column: int, equal: str) -> None:
    """Write the cell that says whether the sheet's own number is the engine's."""
    same, other = book.say(SAME), book.say(OTHER)
    book.formula(sheet, row, column, f'IF({equal},"{same}","{other}")', same)


def _value(row: Row, score: Mapping[str, Any], planned: Any) -> None:
    """Write what was measured, from its counts where they give it, and what the curve made of it."""
    value, judged, kind = score["value"], score["judged"], _kind(planned, score)
    whole = not isinstance(value, Fraction) or value.denominator == 1
    shown = "0.00%" if kind == Aggregate.SHARE else "0" if whole else "0.0000"
    if isinstance(value, Fraction) and kind in (Aggregate.SHARE, Aggregate.NUMBER):
        count = row.at("count")
        row.formula("value", f"{row.at('hits')}/{count}" if kind == Aggregate.SHARE else count, value, shown)
    else:
        row.number("value", value, shown)
    if "judged" in row.scores.columns:
        if isinstance(judged, Fraction) and judged == value:
            row.formula("judged", row.at("value"), value, shown)
        else:
            row.number("judged", judged, shown)


def _kind(planned: Any, score: Mapping[str, Any]) -> Aggregate | None:
    """Return how the measure sums its rows up; unknown where departments have measures of their own."""
    if planned is None or planned.use is None or planned.by_department:
        hits = _whole(score["hits"])
        share = hits is not None and score["count"] and score["value"] == Fraction(hits, int(score["count"]))
        return Aggregate.SHARE if share else None
    kind: Aggregate = planned.use.measure.kind
    return kind


def points_formula(row: Row, score: Mapping[str, Any], planned: Any) -> str | None:
    """Return how the points follow from the cells of the row, None where the row alone does not say."""
    full = row.at("full")
    if planned is None or not isinstance(score["points"], Fraction) or not score["full_points"]:
        return None
    if score["status"] != Status.MEASURED:
        means = {Fraction(0): "0", score["full_points"]: full}
        return means.get(score["points"])
    text: str | None = planned.curve.curve.formula(planned.curve.parameters)
    if text is None:
        return None
    value = row.at("judged" if "judged" in row.scores.columns else "value")
    for name, at in {"value": value, "full": full, **row.rules.parameters[score["criterion"]]}.items():
        text = text.replace(f"{{{name}}}", at)
    rounding = row.book.run.ruleset.rounding
    return text if rounding.points is None else rounded(text, rounding.points, rounding.mode)


def rounded(number: str, places: int, mode: str) -> str:
    """Return a formula that rounds as the ruleset does; first to more places, so that 0.285 is not 0.28499…."""
    near = f"ROUND({number},{PLACES})"
    if mode == "half_even":
        unit = 10**places
        half = f"ROUND(MOD(ABS({near})*{unit},1)-0.5,{PLACES - places})=0"
        return f"IF({half},2*ROUND({near}*{unit}/2,0)/{unit},ROUND({near},{places}))"
    return _ROUNDING[mode].format(number=near, places=places)


def _whole(value: object) -> int | None:
    return None if is_missing(value) else int(value)  # type: ignore[call-overload]
