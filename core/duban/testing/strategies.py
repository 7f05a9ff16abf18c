"""Ledgers for property tests: rows of any table, plugins' included, with whatever a reader accepts in their cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from duban.errors import UsageError
from duban.registry import Registry, installed
from duban.rows import Row
from duban.rows import table as table_of
from duban.tables import Column, Table, known_tables

from .values import DEPARTMENTS, values

MOST_ROWS = 12


def rows(
    table: str | Table | type[Row], registry: Registry | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of rows of a table: its name, the table, or the model of its rows.

    Every label, odd texts, the ends of dates and numbers; a column that need not be filled in is often None, and the
    plainest row has nothing but None in those.

    Raises: UsageError, for a name that no table has.
    """
    columns = _table(table, registry).columns
    return st.fixed_dictionaries({name: _cell(column) for name, column in columns.items()})


def ledgers(
    tables: Sequence[str] = ("cases",), registry: Registry | None = None
) -> st.SearchStrategy[dict[str, list[dict[str, Any]]]]:
    """Return a strategy of rows by table, none to a dozen each; no two rows of a table have the same key.

    What another table says of cases, it says of cases of the ledger, where `cases` is among the tables.

    Raises: UsageError, for a name that no table has.
    """
    known = {name: _table(name, registry) for name in tables}
    drawn = st.fixed_dictionaries(
        {name: st.lists(rows(table), max_size=MOST_ROWS) for name, table in known.items()}
    )
    return drawn.map(lambda ledger: _fitting(ledger, known))


def _table(table: str | Table | type[Row], registry: Registry | None) -> Table:
    if isinstance(table, Table):
        return table
    if isinstance(table, str):
        known = known_tables((registry or installed()).tables.values())
        if table not in known:
            raise UsageError("unknown_table", name=table, known=list(known))
        return known[table]
    return table_of("rows", "行", table)


def _cell(column: Column) -> st.SearchStrategy[Any]:
    if column.name == "case_id":
        return st.integers(1, 40).map(str)
    known = st.sampled_from(values(column))
    return known if column.required else st.none() | known


def _fitting(
    ledger: Mapping[str, list[dict[str, Any]]], tables: Mapping[str, Table]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows whose keys are their own, and whose cases there are."""
    fitting = {name: _own_keys(given, tables[name]) for name, given in ledger.items()}
    cases = {(row["case_id"], row["department"]) for row in fitting.get("cases", ())}
    if "cases" not in fitting:
        return fitting
    return {
        name: given
        if name == "cases" or not {"case_id", "department"} <= tables[name].columns.keys()
        else [row for row in given if (row["case_id"], row["department"]) in cases]
        for name, given in fitting.items()
    }


def _own_keys(given: Sequence[dict[str, Any]], table: Table) -> list[dict[str, Any]]:
    if not table.key:
        return list(given)
    return list({tuple(row[name] for name in table.key): row for row in given}.values())


def departments() -> list[dict[str, Any]]:
    """Return the rows of the `departments` table for every department that a generated row names."""
    return [{"department": name, "name": name} for name in DEPARTMENTS]
