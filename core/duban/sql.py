"""Measure text: parsed, checked against an allow-list and the table's columns, and rendered as DuckDB SQL."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from .engine import Engine
from .errors import Position
from .measures import ParameterValue
from .tables import Column


class Clause(NamedTuple):
    """A text of the author's, where it stands, and what it belongs to (`criteria.on_time.where`)."""

    text: str
    at: Position | str
    owner: str


class Scope(NamedTuple):
    """What the names in a text mean: columns of the table, `:names` with their values, scales."""

    columns: Mapping[str, Column]
    bindings: Mapping[str, ParameterValue | date | None] = {}
    scales: Mapping[str, Mapping[str, Fraction]] = {}


class Rendered(NamedTuple):
    """The checked text as DuckDB SQL, and the columns that it reads."""

    sql: str
    columns: frozenset[str]


def render(clause: Clause, scope: Scope) -> Rendered:
    """Return the text as SQL over the columns of the scope, `:names` as typed literals.

    Raises: MeasureError.
    """
    raise NotImplementedError


def check_types(
    engine: Engine, columns: Mapping[str, Column], wanted: Sequence[tuple[Clause, Rendered, str]]
) -> None:
    """Check each text's type on an empty table: `boolean`, or `number` (an integer or a decimal).

    Raises: MeasureError, or Problems with several of them.
    """
    raise NotImplementedError
