"""Columns that no table knows: kept under their own heading, typed by what their cells hold."""

from collections.abc import Sequence
from typing import NamedTuple

from duban.engine import Engine, quoted
from duban.terms import ColumnType

from .cells import cleaned_sql, is_error_sql
from .dates import date_sql

# The engine's decimals hold 38 digits, its whole numbers all of 18.
MOST_DIGITS, MOST_WHOLE_DIGITS = 38, 18
_PLAIN_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
_LONGEST_DATE = 40
_KEPT = {
    "VARCHAR": ColumnType.TEXT,
    "UUID": ColumnType.TEXT,
    "BOOLEAN": ColumnType.BOOLEAN,
    "FLOAT": ColumnType.FLOAT,
    "DOUBLE": ColumnType.FLOAT,
    "DATE": ColumnType.DATE,
}


def kept_type(kind: str) -> ColumnType | None:
    """Return the type under which a Parquet column is kept, or None where no expression could use it."""
    if kind.startswith("DECIMAL"):
        return ColumnType.DECIMAL
    if kind.startswith("ENUM"):
        return ColumnType.TEXT
    if kind.endswith(("INT", "INTEGER")):
        return ColumnType.INTEGER
    return ColumnType.DATE if kind.startswith("TIMESTAMP") else _KEPT.get(kind)


class Inferred(NamedTuple):
    """The type of an unknown text column, and that of the engine."""

    type: ColumnType
    sql_type: str

    def value_sql(self, text: str) -> str:
        """Return what a cleaned text means under it; NULL for an error value."""
        return date_sql(text)[0] if self.type is ColumnType.DATE else f"try_cast({text} AS {self.sql_type})"


def infer(engine: Engine, cells: str, columns: Sequence[str]) -> dict[str, Inferred]:
    """Return the columns of a text relation that hold only numbers or only dates; error values do not count.

    All columns are looked at together: a sheet may have hundreds, and each statement has its cost.
    """
    if not columns:
        return {}
    whole = "strlen(regexp_extract(text, '^-?([0-9]+)', 1))"
    places = "strlen(regexp_extract(text, '[.]([0-9]+)$', 1))"
    plain = f"bool_and(regexp_full_match(text, '{_PLAIN_NUMBER}'))"
    # A glance at length and first character saves reading long texts as dates.
    glance = f"bool_and(length(text) <= {_LONGEST_DATE} AND text < ':')"
    query = f"SELECT name, {plain}, max({whole}), max({places}), {glance} FROM {_texts_sql(cells, columns)} GROUP BY name"
    rows = engine.rows(query)
    numbers = {name: _number(digits, scale) for name, all_plain, digits, scale, _ in rows if all_plain}
    found = {name: inferred for name, inferred in numbers.items() if inferred}
    return found | _dates(engine, cells, [name for name, *_, short in rows if short and name not in found])


def _texts_sql(cells: str, columns: Sequence[str]) -> str:
    """Return a query `name`, `text`: the distinct cleaned texts of some columns, blanks and error values left out."""
    chosen = ", ".join(map(quoted, columns))
    cell = f"SELECT DISTINCT name, cell FROM (UNPIVOT (SELECT {chosen} FROM {quoted(cells)}) ON {chosen} INTO NAME name VALUE cell)"
    texts = f"SELECT name, {cleaned_sql('cell')} AS text FROM ({cell})"
    return f"({texts}) WHERE text IS NOT NULL AND NOT {is_error_sql('text')}"


def _number(digits: int, scale: int) -> Inferred | None:
    """Return integer or decimal, wide enough for each number, or None where the engine has no such type."""
    if digits + scale > MOST_DIGITS:
        return None
    if scale == 0:
        return Inferred(ColumnType.INTEGER, "BIGINT") if digits <= MOST_WHOLE_DIGITS else None
    return Inferred(ColumnType.DECIMAL, f"DECIMAL({digits + scale}, {scale})")


def _dates(engine: Engine, cells: str, columns: Sequence[str]) -> dict[str, Inferred]:
    if not columns:
        return {}
    value, _ = date_sql("text")
    query = (
        f"SELECT name FROM {_texts_sql(cells, columns)} GROUP BY name HAVING bool_and(({value}) IS NOT NULL)"
    )
    return {name: Inferred(ColumnType.DATE, "DATE") for (name,) in engine.rows(query)}
