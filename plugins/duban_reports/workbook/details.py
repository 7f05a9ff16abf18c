"""评分明细: one row a department and criterion; the points are formulas over the counts and the sheet of weights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from xlsxwriter.worksheet import Worksheet

from duban import Aggregate, Status, Text, is_missing, phrase

from .book import HEAD_ROW, Book, Column, cell, records
from .weights import Rules

TITLE = Text("评分明细", "Scores in detail")
COLUMNS = (
    Column(Text("单位", "Department"), 26),
    Column(Text("维度", "Dimension"), 14),
    Column(Text("评分项", "Criterion"), 26),
    Column(Text("情况", "Status"), 14),
    Column(Text("计入件数", "Counted"), 10),
    Column(Text("符合件数", "Hits"), 10),
    Column(Text("值", "Value"), 11),
    Column(Text("计分值", "Value judged"), 11),
    Column(Text("满分", "Full points"), 9),
    Column(Text("得分", "Points"), 9),
    Column(Text("可得满分", "Available"), 10),
    Column(Text("得分率", "Share"), 10),
    Column(Text("档次", "Label"), 12),
    Column(Text("引擎得分", "Points (engine)"), 12),
    Column(Text("核对", "Check"), 8),
)
COUNT, HITS, VALUE, JUDGED, FULL, POINTS, AVAILABLE, SHARE, LABEL, ENGINE, CHECK = range(4, 15)
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
    departments: dict[str, int] = field(default_factory=dict)
    dimensions: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


def write(book: Book, sheet: Worksheet, rules: Rules) -> Scores:
    """Write the scores, the departments as they are ranked; return where they stand."""
    book.head(sheet, COLUMNS, book.say(_NOTE))
    scores, row = Scores(sheet), HEAD_ROW + 1
    judged = dict(_judged(book))
    found = {
        (item["department"], item["criterion"]): item
        | {"judged": judged.get((item["department"], item["criterion"]))}
        for item in records(book.run.criteria)
    }
    planned = _planned(book)
    by_dimension: dict[str, list[str]] = {name: [] for name in book.run.ruleset.dimensions}
    for name, rule in book.run.ruleset.criteria.items():
        by_dimension[rule.dimension].append(name)
    for department, name in zip(book.run.ranking["department"], book.run.ranking["name"], strict=True):
        scores.departments[department] = row
        for dimension, criteria in by_dimension.items():
            first = row
            for criterion in criteria:
                _row(book, sheet, row, name, found[department, criterion], planned.get(criterion), rules)
                row += 1
            if row > first:
                scores.dimensions[department, dimension] = (first, row - 1)
    book.filtered(sheet, row - HEAD_ROW - 1, len(COLUMNS))
    return scores


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


def _row(
    book: Book, sheet: Worksheet, row: int, name: str, score: Mapping[str, Any], planned: Any, rules: Rules
) -> None:
    made, criterion = book.run.ruleset, score["criterion"]
    book.text(sheet, row, 0, name)
    book.text(sheet, row, 1, made.dimensions[score["dimension"]].name(book.run.language))
    book.text(sheet, row, 2, made.criteria[criterion].name(book.run.language))
    book.text(sheet, row, 3, phrase(f"scoring.status_{score['status']}", book.run.language))
    book.number(sheet, row, COUNT, _whole(score["count"]), "0")
    book.number(sheet, row, HITS, _whole(score["hits"]), "0")
    _value(book, sheet, row, score, planned)
    book.formula(sheet, row, FULL, rules.criteria[criterion], score["full_points"], "General")
    _points(book, sheet, row, score, planned, rules)
    points, full = cell(None, row, POINTS), cell(None, row, FULL)
    worth = score["full_points"]
    got = score["points"] if isinstance(score["points"], Fraction) else None
    available = f"IF(ISNUMBER({points}),{full},0)"
    book.formula(sheet, row, AVAILABLE, available, Fraction(0) if got is None else worth, "General")
    share = f'IF(AND(ISNUMBER({points}),{full}>0),{points}/{full},"")'
    book.formula(sheet, row, SHARE, share, None if got is None or not worth else got / worth, "0.00%")
    book.text(sheet, row, LABEL, score.get("label") or "")
    book.number(sheet, row, ENGINE, got)
    engine = cell(None, row, ENGINE)
    equal = f"IF(ISNUMBER({engine}),AND(ISNUMBER({points}),ABS(N({points})-{engine})<1E-7),NOT(ISNUMBER({points})))"
    check(book, sheet, row, CHECK, equal)


def check(book: Book, sheet: Worksheet, row: int, column: int, equal: str) -> None:
    """Write the cell that says whether the sheet's own number is the engine's."""
    same, other = book.say(SAME), book.say(OTHER)
    book.formula(sheet, row, column, f'IF({equal},"{same}","{other}")', same)


def _value(book: Book, sheet: Worksheet, row: int, score: Mapping[str, Any], planned: Any) -> None:
    """Write what was measured, from its counts where they give it, and what the curve made of it."""
    value, kind = score["value"], _kind(planned, score)
    whole = not isinstance(value, Fraction) or value.denominator == 1
    shown = "0.00%" if kind == Aggregate.SHARE else "0" if whole else "0.0000"
    if isinstance(value, Fraction) and kind in (Aggregate.SHARE, Aggregate.NUMBER):
        hits, count = cell(None, row, HITS), cell(None, row, COUNT)
        book.formula(sheet, row, VALUE, f"{hits}/{count}" if kind == Aggregate.SHARE else count, value, shown)
    else:
        book.number(sheet, row, VALUE, value, shown)
    judged = score["judged"]
    if isinstance(judged, Fraction) and judged != value:
        book.number(sheet, row, JUDGED, judged, shown)
    elif score["status"] == Status.MEASURED and isinstance(value, Fraction):
        book.formula(sheet, row, JUDGED, cell(None, row, VALUE), value, shown)
    else:
        book.number(sheet, row, JUDGED, None, shown)


def _kind(planned: Any, score: Mapping[str, Any]) -> Aggregate | None:
    """Return how the measure sums its rows up; unknown where departments have measures of their own."""
    if planned is None or planned.use is None or planned.by_department:
        hits = _whole(score["hits"])
        share = hits is not None and score["count"] and score["value"] == Fraction(hits, int(score["count"]))
        return Aggregate.SHARE if share else None
    kind: Aggregate = planned.use.measure.kind
    return kind


def _points(
    book: Book, sheet: Worksheet, row: int, score: Mapping[str, Any], planned: Any, rules: Rules
) -> None:
    """Write the points: the curve over the value judged, what a missing value is worth, or as the engine has them."""
    text = points_formula(book, row, score, planned, rules)
    if text is None:
        book.number(sheet, row, POINTS, score["points"])
    else:
        book.formula(sheet, row, POINTS, text, score["points"])


def points_formula(book: Book, row: int, score: Mapping[str, Any], planned: Any, rules: Rules) -> str | None:
    """Return how the points follow from the cells of the row, None where the row alone does not say."""
    full, criterion = cell(None, row, FULL), score["criterion"]
    if planned is None or not isinstance(score["points"], Fraction) or not score["full_points"]:
        return None
    if score["status"] != Status.MEASURED:
        means = {Fraction(0): "0", score["full_points"]: full}
        return means.get(score["points"])
    text = planned.curve.curve.formula(planned.curve.parameters)
    if text is None:
        return None
    cells = {"value": cell(None, row, JUDGED), "full": full, **rules.parameters[criterion]}
    for name, at in cells.items():
        text = text.replace(f"{{{name}}}", at)
    rounding = book.run.ruleset.rounding
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
