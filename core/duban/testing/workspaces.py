"""A small workspace on disk, made from rows: what a test of a plugin evaluates is what a user's files would be."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from duban.exact import plain
from duban.rows import Row
from duban.tables import Table

# A row as a test writes it: by column, or an instance of the model of a plugin's table.
TableRow = Mapping[str, Any] | Row
RULESET = "ruleset.toml"


def write_workspace(
    folder: Path,
    tables: Mapping[str, Sequence[TableRow]],
    ruleset: Mapping[str, Any],
    as_of: date,
    known: Mapping[str, Table],
    accepted: Iterable[str] = (),
) -> None:
    """Write a workspace with one csv file a table; a column that no row of its table has is in no file.

    A table without a row has all the columns of the `known` one. A list of departments is added where there is none,
    so that every department that a row names is known. `accepted` are the codes of findings that stop nothing.
    """
    rows = {name: [_cells(row) for row in given] for name, given in tables.items()}
    named = {str(row["department"]) for given in rows.values() for row in given if row.get("department")}
    rows.setdefault("departments", [{"department": name} for name in sorted(named)])
    for name, given in rows.items():
        _write_table(folder / f"{name}.csv", given, [] if given or name not in known else known[name].columns)
    files = {name: {"file": f"{name}.csv"} for name in sorted(rows)}
    settings: dict[str, Any] = {"title": "测试", "ruleset": RULESET, "as_of": as_of, "tables": files}
    empty = [] if all(rows.values()) else ["empty_table"]
    settings["findings"] = dict.fromkeys([*accepted, *empty], "accept")
    (folder / "duban.toml").write_text(toml(settings), "utf-8")
    (folder / RULESET).write_text(toml(ruleset), "utf-8")


def _cells(row: TableRow) -> Mapping[str, Any]:
    return row.model_dump(exclude_unset=True) if isinstance(row, Row) else row


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], columns: Iterable[str]) -> None:
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def toml(values: Mapping[str, Any]) -> str:
    """Return values as TOML, one key of the top level a line."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in values.items())


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date):
        return value.isoformat()
    return plain(Fraction(value)) if isinstance(value, Decimal | Fraction) else str(value)
