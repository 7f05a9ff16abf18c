"""Several sheets of one table become one relation in the engine, one column a column, cells as they came."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import Staged
from duban.tables import Table

HIDDEN = ("_file", "_row")
# Instants in Parquet carry no time zone of their own; the offices whose ledgers these are live at UTC+8.
ZONED, HOURS_AHEAD = "TIMESTAMP WITH TIME ZONE", 8


class Gathered(NamedTuple):
    """The sheets of one table, one below the other, with `_file` and `_row`.

    `types` is column → engine type; `typed` says that these are the file's own types (Parquet) and that the relation
    reads the file in place. `headings` holds one mapping a sheet: column → heading as written.
    """

    name: str
    types: Mapping[str, str]
    typed: bool
    files: Sequence[tuple[str, str]]
    headings: Sequence[Mapping[str, str]]

    def heading(self, column: str) -> str:
        """Return the heading of a column as the first file that has it writes it."""
        return next((sheet[column] for sheet in self.headings if column in sheet), column)


def gather(engine: Engine, table: Table, staged: Sequence[Staged]) -> tuple[Gathered, list[Finding]]:
    """Put the sheets of a table together: Parquet as a view, everything else as text."""
    findings: list[Finding] = []
    physical = [_names(table, sheet, findings) for sheet in staged]
    described = [dict(engine.describe(f"SELECT * FROM {quoted(sheet.relation)}")) for sheet in staged]
    pairs = zip(physical, described, strict=True)
    sheet_types = [{name: types[source] for name, source in names.items()} for names, types in pairs]
    merged: dict[str, str] = {}
    for types in sheet_types:
        merged = {**types, **merged}
    alike = all(merged[name] == kind for types in sheet_types for name, kind in types.items())
    typed = alike and bool(staged) and all(sheet.typed for sheet in staged)
    order = [name for name in table.columns if name in merged]
    order += [name for names in physical for name in names if name not in table.columns]
    order = list(dict.fromkeys(order))
    selects = [
        _select(number, sheet.relation, names, types, order, merged if typed else None)
        for number, (sheet, names, types) in enumerate(zip(staged, physical, sheet_types, strict=True))
    ]
    name = f"{table.name}_gathered"
    engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {' UNION ALL '.join(selects)}")
    kinds = {column: merged[column] if typed else "VARCHAR" for column in order}
    headings = [
        {column: sheet.headings.get(_key_of(sheet, source), column) for column, source in names.items()}
        for sheet, names in zip(staged, physical, strict=True)
    ]
    return Gathered(name, kinds, typed, [(sheet.file, sheet.sheet) for sheet in staged], headings), findings


def text_sql(cell: str, kind: str) -> str:
    """Return a cell of any engine type as text; whole floating numbers without a fraction, NaN as NULL."""
    if kind == "VARCHAR":
        return cell
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"CAST(CAST({cell} AS BIGINT) AS VARCHAR)"
        is_whole = f"abs({cell}) < 1e15 AND {cell} = trunc({cell})"
        return (
            f"CASE WHEN isnan({cell}) THEN NULL WHEN {is_whole} THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        )
    return f"CAST({day_sql(cell, kind) if kind == ZONED else cell} AS VARCHAR)"


def day_sql(cell: str, kind: str) -> str:
    """Return the day of a cell that holds a date or a point in time."""
    if kind == ZONED:
        return f"CAST(CAST({cell} AS TIMESTAMP) + INTERVAL {HOURS_AHEAD} HOUR AS DATE)"
    return cell if kind == "DATE" else f"CAST({cell} AS DATE)"


def _names(table: Table, sheet: Staged, findings: list[Finding]) -> dict[str, str]:
    """Return column → physical column, with names that the engine, which ignores case, can tell apart."""
    taken = {name.casefold() for name in (*table.columns, *HIDDEN)}
    names = {column: source for column, source in sheet.columns.items() if column in table.columns}
    for column, source in sheet.columns.items():
        if column in table.columns:
            continue
        name, number = column, 1
        while name.casefold() in taken:
            number += 1
            name = f"{column}_{number}"
        taken.add(name.casefold())
        names[name] = source
        if name != column:
            place = {"table": table.name, "file": sheet.file, "sheet": sheet.sheet}
            findings.append(finding("heading_renamed", **place, column=column, value=column, new=name))
    return names


def _key_of(sheet: Staged, source: str) -> str:
    return next(column for column, physical in sheet.columns.items() if physical == source)


def _select(
    number: int,
    relation: str,
    names: Mapping[str, str],
    types: Mapping[str, str],
    order: Sequence[str],
    native: Mapping[str, str] | None,
) -> str:
    """Return the part of the union that one sheet gives."""
    parts = [f"CAST({number} AS INTEGER) AS _file", "CAST(_row AS BIGINT) AS _row"]
    for column in order:
        source = quoted(names[column]) if column in names else ""
        if not source:
            cell = f"CAST(NULL AS {native[column] if native else 'VARCHAR'})"
        else:
            cell = source if native else text_sql(source, types[column])
        parts.append(f"{cell} AS {quoted(column)}")
    return f"SELECT {', '.join(parts)} FROM {quoted(relation)}"
