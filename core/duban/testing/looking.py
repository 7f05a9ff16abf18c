"""Rows that show what is wrong with the texts of a measure, and the smallest such row."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from duban.counters import Counter
from duban.engine import Engine, literal, quoted
from duban.exact import exact, plain
from duban.relations import SQL_TYPES, Relation
from duban.sql import Rendered
from duban.terms import Aggregate

from .faults import Fault
from .making import cell_text
from .values import values

Row = dict[str, Any]

# The most that a mean may be by its unit: a rate is a number from 0 to 1, or so many per cent.
MOST: Mapping[str, int] = {"": 1, "%": 100}
_LIKE_RATES = (Aggregate.MEAN, Aggregate.QUANTILE)


def broken_rows(engine: Engine, relation: Relation, counter: Counter) -> Iterator[Fault]:
    """Yield what single rows say against a measure: a hit that does not count, a rate over 1, a value out of nothing."""
    texts = {clause.owner.rpartition(".")[2]: rendered for clause, rendered, _ in counter.texts}
    subject, look = f"measures.{counter.use.measure.id}", _Looker(engine, relation)
    if "hit" in texts:
        outside = _outside(texts["hit"], texts["count"])
        row = look.row(outside, texts["hit"].columns) if outside else None
        if row is not None:
            yield Fault("hit_outside_count", subject, {}, _example(counter, row))
    if "value" in texts:
        yield from _of_value(look, counter, texts, subject)


def _outside(hit: Rendered, count: Rendered) -> str | None:
    """Return the condition of a row that hits though it does not count.

    Only those parts of `count` are held against `hit` that speak of nothing but its columns: what speaks of others is
    a filter beside it, such as the role of a case.
    """
    parts = [part.sql for part in count.parts if set() < _columns(part.sql) <= hit.columns]
    return f"({hit.sql}) AND NOT coalesce({' AND '.join(parts)}, false)" if parts else None


def _columns(sql: str) -> set[str]:
    return {node.name for node in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Column)}


def _of_value(
    look: "_Looker", counter: Counter, texts: Mapping[str, Rendered], subject: str
) -> Iterator[Fault]:
    sql, used = counter.value, texts["value"].columns
    measure = counter.use.measure
    if measure.unit in MOST and measure.kind in _LIKE_RATES:
        row = look.row(
            f"{counter.valued} AND NOT (({sql}) BETWEEN 0 AND {MOST[measure.unit]})", counter.columns
        )
        if row is not None:
            facts = {"value": look.value(str(sql), row), "most": MOST[measure.unit]}
            yield Fault("rate_out_of_range", subject, facts, _example(counter, row))
    # That an event has no date says that it has not happened; that is known.
    if used and not all(look.relation.columns[name].event for name in used):
        row = look.row(counter.valued, counter.columns, unknown=used)
        if row is not None:
            facts = {"value": look.value(str(sql), row)}
            yield Fault("unknown_is_answered", subject, facts, _example(counter, row))


def _example(counter: Counter, row: Row) -> tuple[str, ...]:
    """Return the row, and the parameters with which it was looked at."""
    given = ", ".join(f":{name}={value}" for name, value in sorted(counter.use.parameters.items()))
    return (shown_row(row), given) if given else (shown_row(row),)


class _Looker:
    """Looks for rows of a relation, and makes them as plain as they can be."""

    def __init__(self, engine: Engine, relation: Relation) -> None:
        self._engine, self.relation = engine, relation

    def row(self, condition: str, columns: Iterable[str], unknown: Iterable[str] = ()) -> Row | None:
        """Return the plainest row for which a condition holds, where some columns are unknown throughout."""
        names = sorted(columns)
        cleared = ", ".join(f"{self._literal(name, None)} AS {quoted(name)}" for name in unknown)
        kept = f"* REPLACE ({cleared})" if cleared else "*"
        found = self._engine.rows(
            f"SELECT {', '.join(map(quoted, names)) or '1'} FROM (SELECT {kept} FROM {quoted(self.relation.name)}) "
            f"WHERE {condition} ORDER BY ALL LIMIT 1"
        )
        return self._plainest(dict(zip(names, found[0], strict=False)), condition) if found else None

    def value(self, sql: str, row: Row) -> str:
        """Return what a text comes to in a row."""
        (value,) = self._engine.one(f"SELECT {sql} FROM {self._one(row)}")
        return (
            plain(exact(value))
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
            else str(value)
        )

    def _plainest(self, row: Row, condition: str) -> Row:
        for name in row:
            for value in (None, *values(self.relation.columns[name])[:3]):
                simpler = {**row, name: value}
                if row[name] is None or self._holds(simpler, condition):
                    row = row if row[name] is None else simpler
                    break
        return row

    def _holds(self, row: Row, condition: str) -> bool:
        try:
            (found,) = self._engine.one(f"SELECT coalesce({condition}, false) FROM {self._one(row)}")
        except duckdb.Error:
            return False
        return bool(found)

    def _one(self, row: Row) -> str:
        cells = ", ".join(f"{self._literal(name, value)} AS {quoted(name)}" for name, value in row.items())
        return f"(SELECT {cells or '1'})"

    def _literal(self, name: str, value: object) -> str:
        text = cell_text(value)
        kind = SQL_TYPES[self.relation.columns[name].type]
        return f"CAST({'NULL' if text is None else literal(text)} AS {kind})"


def shown_row(row: Row) -> str:
    """Return a row as `column=value`, unknown cells as `—`."""
    return ", ".join(f"{name}={'—' if value is None else cell_text(value)}" for name, value in row.items())
