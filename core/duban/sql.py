"""Measure text: parsed, checked against an allow-list and the table's columns, and rendered as DuckDB SQL."""

from typing import NamedTuple

from .errors import Position


class Clause(NamedTuple):
    """A text of the author's, where it stands, and what it belongs to (`criteria.on_time.where`)."""

    text: str
    at: Position | str
    owner: str
