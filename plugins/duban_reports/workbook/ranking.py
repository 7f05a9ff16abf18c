"""结果: the ranking by group, who is selected, and the total as a formula over dimensions and adjustments."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from duban import Text, is_missing

from . import adjustments
from .adjustments import Changes
from .book import HEAD_ROW, Book, Column, cell, records, span
from .details import Scores, check, rounded
from .weights import Rules

TITLE = Text("结果", "Result")
_FIRST = (
    Column(Text("组别", "Group"), 18),
    Column(Text("名次", "Rank"), 7),
    Column(Text("单位", "Department"), 28),
)
_LAST = (
    Column(Text("基础分", "Base"), 10),
    Column(Text("加减分", "Adjustments"), 10),
    Column(Text("总分", "Total"), 11),
    Column(Text("等次", "Grade"), 10),
    Column(Text("入选", "Selected"), 8),
    Column(Text("说明", "Reason"), 60),
    Column(Text("引擎总分", "Total (engine)"), 12),
    Column(Text("核对", "Check"), 8),
)
_YES = Text("入选", "selected")
_NOTE = Text(
    "{ruleset}；数据截至 {as_of}。单位名可点开看评分明细；总分由评分明细和加减分重算，与引擎总分核对",
    "{ruleset}; as of {as_of}. A name leads to its scores; the total is added up here and held against the engine's",
)


class Layout(NamedTuple):
    """Which columns there are: those of the dimensions begin behind the name."""

    dimensions: tuple[str, ...]

    def column(self, dimension: str) -> int:
        """Return the column of a dimension."""
        return len(_FIRST) + self.dimensions.index(dimension)

    def last(self, place: int) -> int:
        """Return a column behind the dimensions: base, adjustments, total, grade, selected, reason, engine, check."""
        return len(_FIRST) + len(self.dimensions) + place


def write(book: Book, sheet: Worksheet, rules: Rules, scores: Scores, changes: Changes) -> None:
    """Write the ranking, the groups one after the other, who is not ranked at the end of each."""
    run, made = book.run, book.run.ruleset
    layout = Layout(tuple(made.dimensions))
    titles = [Column(Text(rule.title, rule.name("en")), 11) for rule in made.dimensions.values()]
    columns = (*_FIRST, *titles, *_LAST)
    note = book.say(_NOTE, ruleset=made.name(run.language), as_of=run.as_of.isoformat())
    book.head(sheet, columns, note)
    points = {(item["department"], item["dimension"]): item["points"] for item in records(run.dimensions)}
    rows = records(run.ranking)
    for row, item in enumerate(rows, start=HEAD_ROW + 1):
        _named(book, sheet, row, item, scores)
        for name in layout.dimensions:
            value = points.get((item["department"], name))
            text = _dimension(book, item, name, rules, scores, changes)
            _live(book, sheet, row, layout.column(name), text, value, item)
        _totalled(book, sheet, row, item, layout, rules, changes)
    book.filtered(sheet, len(rows), len(columns))
    if rows:
        total = layout.last(2)
        sheet.conditional_format(
            HEAD_ROW + 1, total, HEAD_ROW + len(rows), total, {"type": "data_bar", "bar_color": "#9DC3E6"}
        )


def _look(item: Mapping[str, Any]) -> str:
    return "chosen" if item["selected"] else "wrapped"


def _named(book: Book, sheet: Worksheet, row: int, item: Mapping[str, Any], scores: Scores) -> None:
    group = book.run.ruleset.groups.get(item["group"])
    book.text(sheet, row, 0, "" if group is None else group.name(book.run.language), _look(item))
    book.number(sheet, row, 1, None if is_missing(item["rank"]) else int(item["rank"]), "0", _look(item))
    target = (scores.sheet, scores.departments[item["department"]])
    book.link(sheet, (row, 2), target, item["name"], "chosen_link" if item["selected"] else "link")


def _live(
    book: Book,
    sheet: Worksheet,
    row: int,
    column: int,
    text: str | None,
    value: object,
    item: Mapping[str, Any],
    shown: str = "0.00",
) -> None:
    """Write a formula, or the engine's number where no formula says it, or where its parts may be withheld."""
    known = value if isinstance(value, Fraction) else None
    if text is None or book.run.edition == "public":
        book.number(sheet, row, column, known, shown, look=_look(item))
    else:
        book.formula(sheet, row, column, text, known, shown, look=_look(item))


def _dimension(
    book: Book, item: Mapping[str, Any], name: str, rules: Rules, scores: Scores, changes: Changes
) -> str | None:
    """Return a dimension's points: its full points times the share over what is available, and what acts inside it."""
    before = _before(book, item["department"], name, rules, scores)
    if before is None:
        return None
    text, known = before
    text += _sum_of(book, changes, item["department"], adjustments.acting_on(book, name))
    rule = book.run.ruleset.dimensions[name]
    if rule.ceiling is not None:
        text = f"MIN({text},{float(rule.ceiling)!r})"
    if rule.floor is not None:
        text = f"MAX({text},{float(rule.floor)!r})"
    return f'IF({known},{text},"")'


def _before(book: Book, department: str, name: str, rules: Rules, scores: Scores) -> tuple[str, str] | None:
    """Return the points before adjustments, and when there are any; None where no formula says it."""
    full, rule = rules.dimensions[name], book.run.ruleset.dimensions[name]
    points = scores.rows(department, name, "points")
    if points is None:
        return (full, "TRUE") if rule.start == "full" else ('""', "FALSE")
    weights = scores.rows(department, name, "available") or ""
    if rule.start == "full":
        return f"{full}+SUM({points})-SUM({weights})", "TRUE"
    share = book.aggregators.get(name)
    if share is None:
        return None
    ranges = {"points": points, "weights": weights}
    if "{shares}" in share:
        ranges["shares"] = scores.rows(department, name, "share") or ""
    for key, at in ranges.items():
        share = share.replace(f"{{{key}}}", at)
    return f"{full}*{share}", f"SUM({weights})>0"


def _sum_of(book: Book, changes: Changes, department: str, acts_on: str) -> str:
    """Return what the department's changes that act on one thing add, "" where it has none."""
    rows = changes.departments.get(department)
    if rows is None:
        return ""
    places = span(changes.sheet, *rows, adjustments.PLACE)
    points = span(changes.sheet, *rows, adjustments.POINTS)
    quoted = acts_on.replace('"', '""')
    return f'+SUMPRODUCT(({places}="{quoted}")*1,{points})'


def _totalled(
    book: Book,
    sheet: Worksheet,
    row: int,
    item: Mapping[str, Any],
    layout: Layout,
    rules: Rules,
    changes: Changes,
) -> None:
    department, look, rounding = item["department"], _look(item), book.run.ruleset.rounding
    base, added, total, grade, chosen, reason, engine, same = (layout.last(place) for place in range(8))
    _live(book, sheet, row, base, _base(book, row, item, layout, rules), item["base"], item)
    sums = _sum_of(book, changes, department, book.say(adjustments.TOTAL)).removeprefix("+")
    _live(book, sheet, row, added, sums or None, item["adjustments"], item)
    known, more = cell(None, row, base), cell(None, row, added)
    number = rounded(f"({known}+N({more}))", rounding.total, rounding.mode)
    caps = changes.capped_by.get(department, [])
    number = f"MIN({','.join([number, *caps])})" if caps else number
    places = f"0.{'0' * rounding.total}" if rounding.total else "0"
    value = item["total"] if isinstance(item["total"], Fraction) else None
    _live(book, sheet, row, total, f'IF(ISNUMBER({known}),{number},"")', value, item, places)
    title = book.run.ruleset.grades.get(item["grade"]) if isinstance(item["grade"], str) else None
    book.text(sheet, row, grade, "" if title is None else title.name(book.run.language), look)
    book.text(sheet, row, chosen, book.say(_YES) if item["selected"] else "", look)
    book.text(sheet, row, reason, item["reason"], look)
    book.number(sheet, row, engine, value, places, look)
    mine, theirs = cell(None, row, total), cell(None, row, engine)
    check(book, sheet, row, same, f"IF(ISNUMBER({theirs}),N({mine})={theirs},NOT(ISNUMBER({mine})))")


def _base(book: Book, row: int, item: Mapping[str, Any], layout: Layout, rules: Rules) -> str | None:
    """Return the base: all declared points times the share over the dimensions with something available."""
    evaluated = book.run.evaluated
    if evaluated is None or evaluated.plan.aggregator.aggregator.id != "mean" or not layout.dimensions:
        return None
    if not isinstance(item["base"], Fraction):
        return '""'
    cells = {name: cell(None, row, layout.column(name)) for name in layout.dimensions}
    scores = f"{cell(None, row, len(_FIRST))}:{cell(None, row, layout.last(-1))}"
    full = "+".join(rules.dimensions[name] for name in cells)
    available = "+".join(f"ISNUMBER({at})*{rules.dimensions[name]}" for name, at in cells.items())
    if not any(isinstance(value, Fraction) and value for value in book.full_points.values()):
        return f"SUM({scores})"
    return f'IF(({available})>0,({full})*SUM({scores})/({available}),"")'
