"""The sheets that say more of the cases become columns of the ledger, once their own rows have been checked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from duban.counted import happened
from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import SAME_CASE, Relation
from duban.tables import added_columns

from .rows import heading, in_one

_MORE = "cases_more"
_KEY = frozenset({"case_id", "department"})


def extended(
    engine: Engine, cases: Relation, sheets: Sequence[Relation], as_of: date
) -> tuple[Relation, list[Finding]]:
    """Return the cases with the columns that the sheets add; where the ledger has one too, the sheet's holds.

    A case gets the same values in every role. Where several rows of a sheet speak of one case, what they agree on holds.
    Events after `as_of` are told of the sheet, and unknown here.
    """
    added = {sheet.table: _added(sheet) for sheet in sheets if sheet.available >= _KEY}
    names = [name for sheet in sheets for name in added.get(sheet.table, ())]
    if not names:
        return cases, []
    _gather(engine, [sheet for sheet in sheets if added.get(sheet.table)], added, names, as_of)
    columns = ["_file", "_row", *cases.columns]
    listed = ", ".join(f"{'m' if name in names else 'c'}.{quoted(name)}" for name in columns)
    engine.run(
        f"CREATE OR REPLACE VIEW cases_extended AS SELECT {listed} FROM {quoted(cases.name)} AS c "
        f"LEFT JOIN {_MORE} AS m ON {SAME_CASE.format('m', 'c')}"
    )
    findings = [item for sheet in sheets for item in _in_both(cases, sheet, added.get(sheet.table, ()))]
    own = {name: written for name, written in cases.headings.items() if name not in names}
    available = cases.available | set(names)
    return replace(cases, name="cases_extended", available=available, headings=own), findings


def _added(sheet: Relation) -> list[str]:
    """Return the columns that a sheet adds to the cases: those that its table declares and its files have."""
    declared = added_columns(sheet.declared) if sheet.declared else []
    return [column.name for column in declared if column.name in sheet.available]


def _gather(
    engine: Engine, sheets: Sequence[Relation], added: dict[str, list[str]], names: Sequence[str], as_of: date
) -> None:
    """Store what all sheets say together: one row a case and department, whatever the order of their rows."""
    parts = []
    for sheet in sheets:
        events = [name for name in added[sheet.table] if sheet.columns[name].event]
        values = "".join(
            f", {happened(name, as_of, events)} AS {quoted(name)}" for name in added[sheet.table]
        )
        parts.append(f"SELECT case_id, department{values} FROM {quoted(sheet.name)}")
    agreed = ", ".join(
        f"CASE WHEN min({name}) = max({name}) THEN min({name}) END AS {name}" for name in map(quoted, names)
    )
    engine.run(
        f"CREATE OR REPLACE TABLE {_MORE} AS SELECT case_id, department, {agreed} "
        f"FROM ({' UNION ALL BY NAME '.join(parts)}) GROUP BY case_id, department"
    )


def _in_both(cases: Relation, sheet: Relation, names: Sequence[str]) -> list[Finding]:
    """Return a finding where the ledger has columns that the sheet has too."""
    both = [heading(cases, name) for name in names if name in cases.available]
    if not both or sheet.declared is None:
        return []
    told = finding("column_replaced", table="cases", column="、".join(both), value=sheet.declared.title)
    return [in_one(told, "column_in_its_sheet")]
