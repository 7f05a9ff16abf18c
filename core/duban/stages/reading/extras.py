"""Columns that no table knows: kept under their own heading, typed by what their cells hold."""

from duban.engine import Engine
from duban.tables import Column
from duban.terms import ColumnType

from .cells import is_error_sql
from .dates import date_sql
from .meanings import MapFacts, Meaning, build_map, cast_meaning

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


def read_extra(engine: Engine, map_name: str, name: str, texts: str) -> tuple[Column, MapFacts] | None:
    """Return an unknown text column with the map to numbers or dates that all its cells are, or None for text."""
    found = _number(engine, texts) or _date(engine, texts)
    if found is None:
        return None
    kind, meaning = found
    return Column(name, kind), build_map(engine, map_name, texts, meaning)


def _number(engine: Engine, texts: str) -> tuple[ColumnType, Meaning] | None:
    """Return integer or decimal, wide enough for each number, where all cells are plain numbers."""
    whole = "strlen(regexp_extract(text, '^-?([0-9]+)', 1))"
    places = "strlen(regexp_extract(text, '[.]([0-9]+)$', 1))"
    plain = f"bool_and(regexp_full_match(text, '{_PLAIN_NUMBER}'))"
    filled = f"text IS NOT NULL AND NOT {is_error_sql('text')}"
    query = f"SELECT {plain}, max({whole}), max({places}) FROM ({texts}) WHERE {filled}"
    all_plain, digits, scale = engine.one(query)
    if not all_plain or digits + scale > MOST_DIGITS:
        return None
    if scale == 0:
        return (ColumnType.INTEGER, cast_meaning("BIGINT")) if digits <= MOST_WHOLE_DIGITS else None
    return ColumnType.DECIMAL, cast_meaning(f"DECIMAL({digits + scale}, {scale})")


def _date(engine: Engine, texts: str) -> tuple[ColumnType, Meaning] | None:
    """Return date where all cells are dates; a glance at length and first character saves reading long texts."""
    value, problem = date_sql("text")
    glance = f"bool_and(length(text) <= {_LONGEST_DATE} AND text < ':')"
    filled = f"text IS NOT NULL AND NOT {is_error_sql('text')}"
    if not engine.one(f"SELECT {glance} FROM ({texts}) WHERE {filled}")[0]:
        return None
    if not engine.one(f"SELECT bool_and(({value}) IS NOT NULL) FROM ({texts}) WHERE {filled}")[0]:
        return None
    return ColumnType.DATE, Meaning(value, f"CASE WHEN ({value}) IS NULL THEN {problem} END")
