"""Measure text as DuckDB SQL: parsed, resolved against a table's columns, checked, and rendered from the checked tree.

The author's own text never runs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple

import duckdb
from sqlglot import exp

from .engine import Engine, quoted
from .errors import MeasureError, raise_all
from .exact import exact, fixed, plain
from .measures import ParameterValue
from .relations import SQL_TYPES
from .sql_grammar import parse
from .sql_text import LONGEST_INTERVAL, LONGEST_NUMBER, Clause, Node, deep_recursion, fail
from .sql_types import Typing
from .tables import Column
from .terms import ColumnType

__all__ = ["DEFAULT_SCALES", "Clause", "Rendered", "Scope", "Wanted", "check_types", "parse", "render"]

DEFAULT_SCALES: Mapping[str, Mapping[str, Fraction]] = MappingProxyType(
    {
        "rating": {
            "very_satisfied": Fraction(1),
            "satisfied": Fraction(1),
            "basically_satisfied": Fraction(3, 5),
            "dissatisfied": Fraction(0),
        }
    }
)
# `boolean` for count, hit and where; `number`, an integer or a decimal, for value.
Wanted = Literal["boolean", "number"]
_NUMBERS = ("BIGINT", "DECIMAL", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT")


class Scope(NamedTuple):
    """What the names in a text mean: columns of the table, `:names` with their values, scales beside the default ones.

    A `:name` whose value is None is known but has no value this time: a period that the ruleset does not set.
    """

    columns: Mapping[str, Column]
    bindings: Mapping[str, ParameterValue | date | None] = MappingProxyType({})
    scales: Mapping[str, Mapping[str, Fraction]] = MappingProxyType({})


class Rendered(NamedTuple):
    """The checked text as DuckDB SQL, the columns that it reads, and its type; None where it is always unknown.

    `parts` are what `and` joins on the top level: of two texts the same part can be counted once.
    """

    sql: str
    columns: frozenset[str]
    type: ColumnType | None
    parts: tuple[str, ...]


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
        scale.replace(_scaled(clause, scale, scope))
    kind = Typing(clause, scope.columns).of(top)
    for interval in list(top.find_all(exp.Interval)):
        _move_date(clause, interval)
    with deep_recursion(clause):
        return Rendered(_sql(top.this), columns, kind, tuple(_sql(part) for part in _conjuncts(top.this)))


def _sql(node: Node) -> str:
    return node.sql("duckdb", identify=True, comments=False)


def _conjuncts(node: Node) -> list[Node]:
    found, waiting = [], [node.unnest()]
    while waiting:
        part = waiting.pop().unnest()
        if isinstance(part, exp.And):
            waiting += [part.expression, part.this]
        else:
            found.append(exp.Paren(this=part.copy()) if isinstance(part, exp.Or) else part)
    return found


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
    fits = found == "BOOLEAN" if wanted == "boolean" else found.startswith(_NUMBERS)
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


def literal_of(value: ParameterValue | date | Fraction) -> Node:
    """Return a value as a typed literal."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("date"))
    number = exact(value)
    digits = exp.Literal.number(plain(abs(number)))
    return exp.Paren(this=exp.Neg(this=digits)) if number < 0 else digits


def _column(clause: Clause, node: Node, scope: Scope) -> str:
    if node.name not in scope.columns:
        raise fail(clause, "column_unknown", node, name=node.name, known=tuple(scope.columns))
    return node.name


def _scaled(clause: Clause, node: Node, scope: Scope) -> Node:
    """Return `scale('rating', column)` as a case over the labels, all points with the same number of places."""
    scales = {**DEFAULT_SCALES, **scope.scales}
    name, column = node.expressions[0].name, node.expressions[1]
    if name not in scales:
        raise fail(clause, "scale_unknown", node, name=name, known=tuple(scales))
    texts = {label: plain(value) for label, value in scales[name].items()}
    for label, value in scales[name].items():
        if Fraction(texts[label]) != value or len(texts[label]) > LONGEST_NUMBER:
            raise fail(clause, "scale_not_decimal", node, name=name, label=label, value=value)
    places = max(len(text.partition(".")[2]) for text in texts.values())
    case = exp.Case(this=column.copy())
    for label, value in scales[name].items():
        points = literal_of(abs(value))
        points.set("this", fixed(abs(value), places))
        signed = exp.Paren(this=exp.Neg(this=points)) if value < 0 else points
        case.append("ifs", exp.If(this=exp.Literal.string(label), true=signed))
    return case


def _move_date(clause: Clause, interval: Node) -> None:
    """Write `date ± interval` so that it stays a date: the engine makes a time stamp of it, and is slower with one."""
    moved = interval.parent
    assert moved is not None
    day = moved.this if moved.expression is interval else moved.expression
    amount, unit = _amount(clause, interval), interval.args["unit"].name.upper().rstrip("S")
    if amount == 0:
        moved.replace(day.copy())
    elif unit in ("DAY", "WEEK"):
        interval.replace(literal_of(amount * (7 if unit == "WEEK" else 1)))
    else:
        interval.set("this", exp.Paren(this=literal_of(amount)))
        moved.replace(exp.Cast(this=moved.copy(), to=exp.DataType.build("date")))


def _amount(clause: Clause, interval: Node) -> int:
    """Return how many days or months an interval has; a parameter may be negative."""
    amount = interval.this.unnest()
    sign = -1 if isinstance(amount, exp.Neg) else 1
    digits = amount.this if sign < 0 else amount
    if (
        not isinstance(digits, exp.Literal)
        or not digits.name.isdecimal()
        or len(digits.name) > LONGEST_INTERVAL
    ):
        raise fail(clause, "text_interval")
    return sign * int(digits.name)
