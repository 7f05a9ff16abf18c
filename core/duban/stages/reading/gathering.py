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


class _Sheet(NamedTuple):
    """One sheet with its columns: name → physical column, and name → engine type."""

    staged: Staged
    names: Mapping[str, str]
    types: Mapping[str, str]

    @property
    def headings(self) -> dict[str, str]:
        written = {
            source: self.staged.headings.get(column, column) for column, source in self.staged.columns.items()
        }
        return {name: written[source] for name, source in self.names.items()}


def gather(engine: Engine, table: Table, staged: Sequence[Staged]) -> tuple[Gathered, list[Finding]]:
    """Put the sheets of a table together: Parquet as a view, everything else as text."""
    findings: list[Finding] = []
    sheets = [_sheet(engine, table, one, findings) for one in staged]
    typed = all(one.typed for one in staged) and _alike(sheets)
    names = list(dict.fromkeys(name for sheet in sheets for name in sheet.names))
    order = [name for name in table.columns if name in names]
    order += [name for name in names if name not in table.columns]
    parts = [_select(number, sheet, order, native=typed) for number, sheet in enumerate(sheets)]
    name = f"{table.name}_gathered"
    engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {' UNION ALL '.join(parts)}")
    kinds = dict(engine.describe(f"FROM {quoted(name)}"))
    files = [(one.file, one.sheet) for one in staged]
    headings = [sheet.headings for sheet in sheets]
    return Gathered(name, {column: kinds[column] for column in order}, typed, files, headings), findings


def _sheet(engine: Engine, table: Table, staged: Staged, findings: list[Finding]) -> _Sheet:
    names = _names(table, staged, findings)
    described = dict(engine.describe(f"FROM {quoted(staged.relation)}"))
    return _Sheet(staged, names, {name: described[source] for name, source in names.items()})


def _alike(sheets: Sequence[_Sheet]) -> bool:
    """Return whether files can be read in place together: each column of one type, or of numbers throughout."""
    kinds: dict[str, set[str]] = {}
    for sheet in sheets:
        for name, kind in sheet.types.items():
            kinds.setdefault(name, set()).add(kind)
    return all(len(found) == 1 or all(map(_is_number, found)) for found in kinds.values())


def _is_number(kind: str) -> bool:
    return kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL") or kind.endswith(("INT", "INTEGER"))


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


def _select(number: int, sheet: _Sheet, order: Sequence[str], *, native: bool) -> str:
    """Return the part of the union that one sheet gives; a column that it lacks is NULL."""
    parts = [f"CAST({number} AS INTEGER) AS _file", "CAST(_row AS BIGINT) AS _row"]
    for column in order:
        cell = "NULL" if native else "CAST(NULL AS VARCHAR)"
        if column in sheet.names:
            source = quoted(sheet.names[column])
            cell = source if native else text_sql(source, sheet.types[column])
        parts.append(f"{cell} AS {quoted(column)}")
    return f"SELECT {', '.join(parts)} FROM {quoted(sheet.staged.relation)}"
