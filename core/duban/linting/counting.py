"""Measures that tell nobody apart: texts of which no row can count, or no row can hit, or every row that counts hits."""

from collections.abc import Iterator, Mapping
from functools import partial

from sqlglot import exp

from duban.documents import KeyPath
from duban.language.grammar import parse
from duban.language.text import Node, flattened
from duban.plan import MeasureUse, Plan
from duban.sql import Clause
from duban.tables import Column
from duban.terms import ColumnType

from .cells import Range, Ranges, answers
from .fitting import Columns
from .lint import Lint
from .possible import ANYTHING, UNKNOWN, OtherText, Values, is_readable
from .spans import EVERY

_TEXTS: Values = frozenset([OtherText()])
_VALUES: Mapping[ColumnType, Values] = {
    ColumnType.TEXT: _TEXTS,
    ColumnType.LABEL: _TEXTS,
    # Two days are compared as two texts are: either may come first.
    ColumnType.DATE: _TEXTS,
    ColumnType.BOOLEAN: frozenset([True, False]),
    ColumnType.INTEGER: frozenset([EVERY]),
    ColumnType.DECIMAL: frozenset([EVERY]),
}
# Of so many combinations of values a row is thought to have one.
MOST_ROWS = 300


def counting_lints(plan: Plan, columns: Columns) -> Iterator[Lint]:
    """Return the measures and filters of this ruleset whose texts contradict each other, or decide nothing."""
    for use in plan.uses.values():
        path = _path(plan, use)
        if path is not None and use.formula is None:
            yield from _of_use(use, path, columns[use.measure.table])


def _of_use(use: MeasureUse, path: KeyPath, columns: Mapping[str, Column]) -> Iterator[Lint]:
    code = _fault(_parts(use.count) + _parts(use.where), _parts(use.hit), partial(_range, columns))
    if code is not None and (code == "counts_nothing" or use.hit is not None):
        said = _said(use.count, use.where) if code == "counts_nothing" else _said(use.hit)
        yield Lint(code, path, {"text": said})


def _fault(counted: list[Node], hits: list[Node], ranges: Ranges) -> str | None:
    """Return what is wrong with conditions that rows have to fulfil; what cannot be read may hold and may fail."""
    readable = [part for part in counted if is_readable(part)]
    also = [part for part in hits if is_readable(part)]
    counts = hits_some = False
    hits_all = also == hits
    for row in answers([*readable, *also], ranges, MOST_ROWS):
        if all(True in values for values in row[: len(readable)]):
            hit = row[len(readable) :]
            counts = True
            hits_some = hits_some or all(True in values for values in hit)
            hits_all = hits_all and all(values == {True} for values in hit)
            if hits_some and not hits_all:
                return None
    return "counts_nothing" if not counts else "hits_nothing" if not hits_some else "hits_always"


def _path(plan: Plan, use: MeasureUse) -> KeyPath | None:
    """Return where this ruleset's own text of a use stands: the filter, or else the measure."""
    if use.where is not None:
        return tuple(use.where.owner.split("."))
    if use.measure.id in plan.ruleset.measures:
        return ("measures", use.measure.id, "count" if use.hit is None else "hit")
    return None


def _parts(clause: Clause | None) -> list[Node]:
    """Return what `and` joins in a text."""
    if clause is None:
        return []
    tree = parse(clause).unnest()
    return [part.unnest() for part in flattened(tree)] if isinstance(tree, exp.And) else [tree]


def _range(columns: Mapping[str, Column], name: str) -> Range:
    column = columns.get(name)
    if column is None:
        return Range(ANYTHING)
    return Range(_VALUES.get(column.type, ANYTHING) | UNKNOWN, column.type is ColumnType.INTEGER)


def _said(*clauses: Clause | None) -> str:
    texts = [clause.text for clause in clauses if clause is not None]
    texts = [text for text in texts if text != "true"] or texts
    return " and ".join(f"({text})" for text in texts) if len(texts) > 1 else texts[0]
