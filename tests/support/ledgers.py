"""Typed tables in an engine, as reading would leave them, for tests of what comes after."""

from collections.abc import Mapping, Sequence
from typing import Any

from duban.engine import Engine, quoted
from duban.relations import SQL_TYPES, Relation
from duban.ruleset import Ruleset
from duban.tables import TABLES, Column, Table

Row = Mapping[str, Any]


def typed_table(
    engine: Engine,
    rows: Sequence[Row],
    table: str = "cases",
    files: Sequence[tuple[str, str]] = (("台账.xlsx", "2024"),),
    extra: Mapping[str, Column] | None = None,
    tables: Mapping[str, Table] = TABLES,
) -> Relation:
    """Store rows as the typed table that reading would make of them; the first row is row 2 of its file.

    A key that no row has is a column that the ledger lacks. `_file` and `_row` may be given.
    """
    columns = {**tables[table].columns, **(extra or {})}
    fields = ", ".join(f"{quoted(name)} {SQL_TYPES[column.type]}" for name, column in columns.items())
    engine.run(f"CREATE OR REPLACE TABLE {table} (_file INTEGER, _row BIGINT, {fields})")
    for number, row in enumerate(rows):
        values = {"_file": 0, "_row": number + 2, **row}
        names = ", ".join(quoted(name) for name in values)
        engine.run(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join(_literal(item) for item in values.values())})"
        )
    given = {name for row in rows for name in row} & columns.keys()
    return Relation(table, table, columns, frozenset(given), files, declared=tables[table])


def case(number: int | str = 1, department: str = "a", assigned_on: str = "2024-03-01", **more: Any) -> Row:
    """Return one row of the cases; dates as ISO texts."""
    return {"case_id": str(number), "department": department, "assigned_on": assigned_on, **more}


def ruleset(**sections: Any) -> Ruleset:
    """Return a ruleset with these sections."""
    return Ruleset.model_validate({"format": 1, "id": "test", "title": "测试", **sections})


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(value).lower()
