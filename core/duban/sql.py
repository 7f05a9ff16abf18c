"""Measure text as DuckDB SQL: parsed, resolved against a table's columns, checked, and rendered from the checked tree.

The author's own text never runs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

import duckdb
from sqlglot import exp

from .engine import Engine, quoted
from .errors import MeasureError, raise_all
from .language.grammar import parse
from .language.rewriting import literal_of, move_date, scaled, spell_out
from .language.text import Clause, Node, deep_recursion, fail, flattened
from .language.typing import Typing
from .measures import ParameterValue
from .relations import SQL_TYPES
from .tables import Column
from .terms import ColumnType

__all__ = [
    "Clause",
    "Part",
    "Rendered",
    "Scope",
    "Wanted",
    "check_types",
    "column_names",
    "parse",
    "render",
]

# `boolean` for count, hit and where; `number`, an integer or a decimal, for value; the others for derived columns.
Wanted = Literal["boolean", "number", "integer", "text", "date"]
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_INTEGERS = ("BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT")
# How the engine's names begin for the types that fit.
_FITTING: Mapping[Wanted, tuple[str, ...]] = MappingProxyType(
    {
        "boolean": ("BOOLEAN",),
        "number": (*_INTEGERS, "DECIMAL"),
        "integer": _INTEGERS,
        "text": ("VARCHAR",),
        "date": ("DATE",),
    }
)


class Scope(NamedTuple):
    """What the names in a text mean: columns of the table, `:names` with their values, scales beside the default ones.

    A `:name` whose value is None is known but has no value this time: a period that the ruleset does not set.
    """

    columns: Mapping[str, Column]
    bindings: Mapping[str, ParameterValue | date | None] = MappingProxyType({})
    scales: Mapping[str, Mapping[str, Fraction]] = MappingProxyType({})


class Part(NamedTuple):
    """One of the conditions that `and` joins on the top level of a text.

    It can hold only where the columns `needs` are known, and holds wherever one of the columns `given` is.
    """

    sql: str
    needs: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()


class Rendered(NamedTuple):
    """The checked text as DuckDB SQL, the columns that it reads, and its type; None where it is always unknown."""

    sql: str
    columns: frozenset[str]
    type: ColumnType | None
    parts: tuple[Part, ...] = ()


@lru_cache(maxsize=4096)
def column_names(clause: Clause) -> frozenset[str]:
    """Return the names that a text takes for columns.

    Raises: MeasureError, where the text is not in the grammar.
    """
    return frozenset(node.name for node in parse(clause).find_all(exp.Column))


def render(clause: Clause, scope: Scope) -> Rendered:
    """Return the text as SQL over the columns of the scope, every `:name` a typed literal.

    Raises: MeasureError, where a name is not known, types do not fit, or the text is not in the grammar.
    """
    # The extra level lets a part replace itself even where it is the whole text.
    top = exp.Paren(this=parse(clause).copy())
    for parameter in list(top.find_all(exp.Placeholder)):
        parameter.replace(_bound(clause, parameter, scope))
    columns = frozenset(_column(clause, node, scope) for node in top.find_all(exp.Column))
    for scale in list(top.find_all(exp.Anonymous)):
        scale.replace(scaled(clause, scale, scope.scales))
    kind = Typing(clause, scope.columns).of(top)
    for interval in list(top.find_all(exp.Interval)):
        move_date(clause, interval)
    for members in list(top.find_all(exp.In)):
        spell_out(members)
    with deep_recursion(clause):
        return Rendered(_sql(top.this), columns, kind, tuple(_part(node) for node in _conjuncts(top.this)))


def _sql(node: Node) -> str:
    return node.sql("duckdb", identify=True, comments=False)


def _conjuncts(node: Node) -> list[Node]:
    found, waiting = [], [node]
    while waiting:
        part = waiting.pop().unnest()
        if isinstance(part, exp.And):
            waiting += [part.expression, part.this]
        else:
            found.append(part)
    return found


def _part(node: Node) -> Part:
    sql = f"({_sql(node)})" if isinstance(node, exp.Or) else _sql(node)
    return Part(sql, _needs(node), _given(node))


def _needs(node: Node) -> frozenset[str]:
    """Return the columns that must be known for a comparison, or a test for a known value, to hold."""
    tested = _tested(node)
    if tested is not None:
        return frozenset({tested})
    if isinstance(node, exp.Column):
        return frozenset({node.name})
    if isinstance(node, exp.Or):
        return frozenset.intersection(*(_needs(option.unnest()) for option in flattened(node)))
    operands = [node.this, node.expression] if isinstance(node, _COMPARISONS) else []
    return frozenset(operand.name for operand in operands if isinstance(operand, exp.Column))


def _given(node: Node) -> frozenset[str]:
    """Return the columns of which it is enough that one is known."""
    options = flattened(node) if isinstance(node, exp.Or) else [node]
    return frozenset(name for option in options if (name := _tested(option.unnest())) is not None)


def _tested(node: Node) -> str | None:
    """Return the column of `column is not null`."""
    known = isinstance(node, exp.Not) and isinstance(node.this, exp.Is)
    if known and isinstance(node.this.expression, exp.Null) and isinstance(node.this.this, exp.Column):
        return str(node.this.this.name)
    return None


def check_types(
    engine: Engine, columns: Mapping[str, Column], wanted: Sequence[tuple[Clause, Rendered, Wanted]]
) -> None:
    """Check what each text yields, by binding it on an empty table with these columns.

    Raises: MeasureError, or Problems where several texts are wrong.
    """
    fields = ", ".join(
        f"NULL::{SQL_TYPES[column.type]} AS {quoted(name)}" for name, column in sorted(columns.items())
    )
    empty = f"(SELECT {fields or 'NULL AS nothing'} LIMIT 0) AS empty"
    found: list[tuple[str, str]] = []
    errors = []
    try:
        found = _bind(engine, empty, [rendered for _, rendered, _ in wanted])
    except duckdb.Error:
        errors = list(_unbindable(engine, empty, wanted))
    for (clause, rendered, kind), (_, type_name) in zip(wanted, found, strict=False):
        error = _wrong_type(clause, rendered, kind, type_name)
        errors += [error] if error else []
    raise_all(errors)


def _bind(engine: Engine, empty: str, texts: Sequence[Rendered]) -> list[tuple[str, str]]:
    listed = ", ".join(f"({rendered.sql}) AS c{number}" for number, rendered in enumerate(texts))
    return engine.describe(f"SELECT {listed} FROM {empty}") if texts else []


def _unbindable(
    engine: Engine, empty: str, wanted: Iterable[tuple[Clause, Rendered, Wanted]]
) -> Iterable[MeasureError]:
    for clause, rendered, _ in wanted:
        try:
            _bind(engine, empty, [rendered])
        except duckdb.Error as error:
            yield fail(clause, "text_unbindable", reason=first_line(error))


def first_line(error: Exception) -> str:
    """Return what the engine says, without the query that it quotes."""
    return str(error).split("\n", 1)[0]


def _wrong_type(clause: Clause, rendered: Rendered, wanted: Wanted, found: str) -> MeasureError | None:
    if found.startswith(("DOUBLE", "FLOAT", "REAL")):
        return fail(clause, "value_is_float")
    fits = found.startswith(_FITTING[wanted])
    # The engine gives a bare NULL the type INTEGER.
    if fits and (rendered.type is not None or wanted == "boolean"):
        return None
    if rendered.type is None:
        return fail(clause, "text_always_unknown")
    return fail(clause, "type_wanted", what=clause.text, wanted=wanted, found=rendered.type)


def _bound(clause: Clause, node: Node, scope: Scope) -> Node:
    place = max(clause.text.find(f":{node.name}"), 0)
    if node.name not in scope.bindings:
        raise fail(clause, "parameter_unknown", place, name=node.name, known=tuple(scope.bindings))
    value = scope.bindings[node.name]
    if value is None:
        raise fail(clause, "parameter_unbound", place, name=node.name)
    return literal_of(value)


def _column(clause: Clause, node: Node, scope: Scope) -> str:
    if node.name not in scope.columns:
        # Whoever writes the Chinese heading of a column is told its name.
        meant = [column.name for column in scope.columns.values() if node.name in column.headings]
        raise fail(clause, "column_unknown", node, name=node.name, known=meant or tuple(scope.columns))
    return node.name
