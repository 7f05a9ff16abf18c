"""Gathered cells become one typed relation: labels mapped, dates dates, one row a department.

Text is converted once into a table; Parquet stays where it is, behind a view that touches only what needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from duban.corrections import Edit
from duban.engine import Engine, literal, quoted
from duban.errors import Position
from duban.findings import Finding, finding
from duban.relations import Relation, Staged
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.workspace import Source

from .columns import Cells, Circumstances, Work, prepared, read_column
from .corrections import edited
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
    edits: Sequence[Edit] = (),
) -> tuple[Relation, list[Finding]]:
    """Turn the sheets of one table into a typed relation, with a finding for each cell that cannot be read.

    The `edits` of the table are made before anything is read into its cells.

    Raises: WorkspaceError, where the workspace maps values of a column that does not exist, or to no value of it.
    """
    gathered, findings = gather(engine, table, staged)
    check_source(table, source, [name for name in gathered.types if name not in table.columns], at)
    gathered, corrected = edited(engine, table, source, gathered, circumstances, edits)
    findings += corrected
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
    _create(work, by_name, order)
    described = {name: work.table.columns.get(name) or by_name[name].column for name in order}
    defaults = {column.name for column in work.table.columns.values() if column.default is not None}
    headings = {name: work.gathered.heading(name) for name in by_name}
    files = tuple(work.gathered.files)
    return Relation(
        f"{work.table.name}_typed",
        work.table.name,
        described,
        frozenset({*by_name, *defaults}),
        files,
        headings,
        declared=work.table,
    )


def cells_of(name: str) -> str:
    """Return the name of the table that holds the cells of a typed relation that was converted."""
    return f"{name}_cells"


def _create(work: Work, columns: Mapping[str, Cells], order: Sequence[str]) -> None:
    """Create the relation as a view, over the file itself or over a table of the columns that the files have."""
    name, source, hidden = f"{work.table.name}_typed", work.gathered.name, ["b._file", "b._row"]
    values = {column: cells.value for column, cells in columns.items()}
    joins = " ".join(cells.join for cells in columns.values() if cells.join)
    if not work.gathered.typed:
        source = cells_of(name)
        present = ", ".join([*hidden, *(f"{value} AS {quoted(column)}" for column, value in values.items())])
        work.engine.run(
            f"CREATE OR REPLACE TABLE {quoted(source)} AS SELECT {present} FROM {quoted(work.gathered.name)} AS b {joins}"
        )
        _drop_maps(work, list(columns.values()))
        joins, values = "", {column: f"b.{quoted(column)}" for column in values}
    shown = [
        f"{values.get(column) or _absent(work.table.columns[column])} AS {quoted(column)}" for column in order
    ]
    query = f"SELECT {', '.join([*hidden, *shown])} FROM {quoted(source)} AS b {joins}"
    work.engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")


def _absent(column: Column) -> str:
    return literal(column.default) if column.default is not None else f"CAST(NULL AS {sql_type_of(column)})"


def _drop_maps(work: Work, columns: Sequence[Cells]) -> None:
    """Give back what a finished table no longer needs."""
    work.engine.run(f"DROP VIEW {quoted(work.gathered.name)}")
    for cells in columns:
        if cells.join:
            work.engine.run(f"DROP TABLE {quoted(work.map_name(cells.column.name))}")
