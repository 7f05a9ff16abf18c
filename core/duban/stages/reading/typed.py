"""Gathered cells become one typed relation: labels mapped, dates dates, one row a department.

Text is converted once into a table; Parquet stays where it is, behind a view that touches only what needs it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from duban.engine import Engine, literal, quoted
from duban.errors import Position
from duban.findings import Finding, finding
from duban.relations import Relation, Staged
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.workspace import Source

from .columns import Cells, Circumstances, Work, prepared, read_column
from .gathering import HOURS_AHEAD, ZONED, gather
from .meanings import check_source, known_words, sql_type_of

# One column's cells listed one by one in the findings; the rest are counted in one more finding.
LISTED_CELLS = 20_000
_KINDS = {
    ColumnType.DATE: ("日期", "a date"),
    ColumnType.INTEGER: ("整数", "a whole number"),
    ColumnType.DECIMAL: ("数字", "a number"),
}


def type_table(
    engine: Engine,
    table: Table,
    staged: Sequence[Staged],
    source: Source,
    circumstances: Circumstances,
    at: Callable[[tuple[str, ...]], Position],
) -> tuple[Relation, list[Finding]]:
    """Turn the sheets of one table into a typed relation, with a finding for each cell that cannot be read.

    Raises: WorkspaceError, where the workspace maps values of a column that does not exist, or to no value of it.
    """
    gathered, findings = gather(engine, table, staged)
    check_source(table, source, [name for name in gathered.types if name not in table.columns], at)
    work = prepared(engine, table, source, gathered, circumstances)
    findings += _zoned(work)
    columns: list[Cells] = []
    for name in gathered.types:
        cells, found = read_column(work, name)
        columns += [cells] if cells else []
        findings += found
    for cells in columns:
        findings += _findings_of(work, cells)
    return _assemble(work, columns), findings


def _zoned(work: Work) -> list[Finding]:
    """Return a finding for each column of instants, whose day depends on the place."""
    gathered = work.gathered
    place = {"table": work.table.name, "file": gathered.files[0][0], "hours": HOURS_AHEAD}
    zoned = [name for name, kind in gathered.types.items() if kind == ZONED]
    return [finding("zoned_dates", **place, column=gathered.heading(name)) for name in zoned]


def _findings_of(work: Work, cells: Cells) -> list[Finding]:
    """Return a finding for each cell of a column that is wrong, or blank where it must not be."""
    if not cells.suspect:
        return []
    column, gathered = cells.column, work.gathered
    missing = f"CASE WHEN {cells.value} IS NULL THEN 'missing_required' END" if column.required else "NULL"
    raw, piece = f"CAST(b.{quoted(column.name)} AS VARCHAR)", cells.piece or "NULL"
    rows = work.engine.rows(
        f"SELECT * FROM (SELECT b._file, b._row, coalesce({cells.problem}, {missing}) AS problem, {raw} AS raw, "
        f"{piece} AS piece FROM {quoted(gathered.name)} AS b {cells.join}) "
        f"WHERE problem IS NOT NULL ORDER BY ALL LIMIT {LISTED_CELLS + 1}"
    )
    found = [_finding_of(work, column, row) for row in rows[:LISTED_CELLS]]
    if len(rows) > LISTED_CELLS:
        place = {"table": work.table.name, "column": gathered.heading(column.name)}
        found.append(finding("too_many_bad_cells", **place, listed=LISTED_CELLS))
    return found


def _finding_of(work: Work, column: Column, row: tuple[Any, ...]) -> Finding:
    number, line, code, raw, piece = row
    file, sheet = work.gathered.files[number]
    heading = work.gathered.headings[number].get(column.name, column.title)
    value = piece if code == "unknown_department" else (raw or "")
    facts = _facts(work, column, code, value)
    place = {"table": work.table.name, "file": file, "sheet": sheet, "row": line, "column": heading}
    return finding(code, **place, value=value, **facts)


def _facts(work: Work, column: Column, code: str, value: str) -> dict[str, str]:
    if code == "unknown_label":
        return {"known": "、".join(known_words(column, work.circumstances.outcomes))}
    if code == "unknown_department":
        return {"near": "、".join(work.circumstances.nearest(value)) or "—"}
    if code == "unparsable_cell":
        kind, kind_en = _KINDS.get(column.type, ("数值", "a value"))
        return {"kind": kind, "kind_en": kind_en}
    return {}


def _assemble(work: Work, columns: Sequence[Cells]) -> Relation:
    """Create the typed relation: a view where the file is read in place, else a table."""
    by_name = {cells.column.name: cells for cells in columns}
    order = [*work.table.columns, *(name for name in by_name if name not in work.table.columns)]
    selected = ["b._file", "b._row"]
    for name in order:
        value = by_name[name].value if name in by_name else _absent(work.table.columns[name])
        selected.append(f"{value} AS {quoted(name)}")
    joins = " ".join(cells.join for cells in columns if cells.join)
    name = f"{work.table.name}_typed"
    form = "VIEW" if work.gathered.typed else "TABLE"
    query = f"SELECT {', '.join(selected)} FROM {quoted(work.gathered.name)} AS b {joins}"
    work.engine.run(f"CREATE OR REPLACE {form} {quoted(name)} AS {query}")
    if not work.gathered.typed:
        _drop_maps(work, columns)
    described = {name: work.table.columns.get(name) or by_name[name].column for name in order}
    defaults = {column.name for column in work.table.columns.values() if column.default is not None}
    headings = {name: work.gathered.heading(name) for name in by_name}
    files = tuple(work.gathered.files)
    return Relation(name, work.table.name, described, frozenset({*by_name, *defaults}), files, headings)


def _absent(column: Column) -> str:
    return literal(column.default) if column.default is not None else f"CAST(NULL AS {sql_type_of(column)})"


def _drop_maps(work: Work, columns: Sequence[Cells]) -> None:
    """Give back what a finished table no longer needs."""
    work.engine.run(f"DROP VIEW {quoted(work.gathered.name)}")
    for cells in columns:
        if cells.join:
            work.engine.run(f"DROP TABLE {quoted(work.map_name(cells.column.name))}")
