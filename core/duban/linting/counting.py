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

from .cells import Range, answers
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
    counted = _parts(use.count) + _parts(use.where)
    hits = _parts(use.hit)
    readable = [part for part in counted if is_readable(part)]
    also = [part for part in hits if is_readable(part)]
    found = list(answers([*readable, *also], partial(_range, columns), MOST_ROWS))
    # What cannot be read may hold.
    counting = [row for row in found if all(True in values for values in row[: len(readable)])]
    hitting = [row[len(readable) :] for row in counting]
    if not counting:
        yield Lint("counts_nothing", path, {"text": _said(use.count, use.where)})
    elif use.hit is not None and not any(all(True in values for values in row) for row in hitting):
        yield Lint("hits_nothing", path, {"text": _said(use.hit)})
    elif use.hit is not None and also == hits and all(values == {True} for row in hitting for values in row):
        yield Lint("hits_always", path, {"text": _said(use.hit)})


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
