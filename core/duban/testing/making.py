"""One large made-up ledger, the same on every machine: all labels, gaps everywhere, dates and numbers to their ends."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from duban.engine import Engine, quoted
from duban.relations import SQL_TYPES, Relation
from duban.results import Department
from duban.tables import Table

from .values import DEPARTMENTS, values

Rows = list[dict[str, Any]]
_ROWS = 400
_GAPS = 0.2
# Most cases count; those that do not are left out before anything is measured.
_USUAL = {"state": "active", "reply_kind": "final"}
# The last department has no row at all, the one before it a single one.
_BUSY = DEPARTMENTS[:-2]
_MANY = tuple(f"第{number}局" for number in range(_ROWS // 3))


def large_ledger(tables: Mapping[str, Table], constants: Sequence[str]) -> dict[str, Rows]:
    """Return rows of every table; what is about cases is about those of the ledger."""
    dice = random.Random(20240131)
    made = {name: _rows(table, constants, dice) for name, table in sorted(tables.items())}
    made["departments"] = [{"department": name, "name": name} for name in DEPARTMENTS]
    for name, rows in made.items():
        if name != "cases" and "case_id" in tables[name].columns:
            for row in rows:
                case = dice.choice(made["cases"])
                row |= {key: case[key] for key in ("case_id", "department") if key in row}
    return made


def _rows(table: Table, constants: Sequence[str], dice: random.Random) -> Rows:
    choices = {name: values(column, constants) for name, column in table.columns.items()}
    gaps = {name for name, column in table.columns.items() if not column.required}
    rows = []
    for number in range(_ROWS):
        row = {
            name: None if name in gaps and dice.random() < _GAPS else dice.choice(several)
            for name, several in choices.items()
        }
        row |= {name: usual for name, usual in _USUAL.items() if name in row and dice.random() < 0.9}
        row["department"] = DEPARTMENTS[-2] if number == 0 else dice.choice(_BUSY)
        rows.append(row | ({"case_id": str(number)} if "case_id" in row else {}))
    return rows


def spread(ledger: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return the rows of a ledger over so many departments that most have two or three cases: there rates are 0 or 1."""
    made = {}
    for name, rows in ledger.items():
        places = (int(row.get("case_id", place)) for place, row in enumerate(rows))
        made[name] = [
            {**row, "department": _MANY[at % len(_MANY)]} for at, row in zip(places, rows, strict=True)
        ]
    made["departments"] = [{"department": name, "name": name} for name in _MANY]
    return made


def departments(ledger: Mapping[str, Rows]) -> list[Department]:
    """Return the departments of a ledger, sorted."""
    return [Department(name, name) for name in sorted(row["department"] for row in ledger["departments"])]


def stored(engine: Engine, table: Table, rows: Rows) -> Relation:
    """Store rows as the typed table that reading would make of them."""
    name, texts = f"{table.name}_typed", f"{table.name}_texts"
    frame = pd.DataFrame(
        {
            column: pd.Series([cell_text(row.get(column)) for row in rows], dtype="object")
            for column in table.columns
        }
    )
    engine.put(texts, frame)
    typed = ", ".join(
        f"CAST({quoted(column.name)} AS {SQL_TYPES[column.type]}) AS {quoted(column.name)}"
        for column in table.columns.values()
    )
    engine.run(
        f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT CAST(0 AS INTEGER) AS _file, rowid + 2 AS _row, {typed} "
        f"FROM {quoted(texts)} ORDER BY rowid"
    )
    return Relation(
        name, table.name, table.columns, frozenset(table.columns), (("ledger.csv", ""),), declared=table
    )


def cell_text(value: object) -> str | None:
    """Return a value as the engine reads it back."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)
