"""Gathered cells become one typed relation: labels mapped, dates dates, one row a department.

Text is converted once into a table; Parquet stays where it is, behind a view that touches only what needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from duban.engine import Engine, literal, quoted
from duban.errors import Position
from duban.findings import Finding, finding
from duban.relations import Relation, Staged
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.workspace import Source

from .cells import cleaned_sql, is_error_sql, untidy_sql
from .dates import possible_sql
from .extras import kept_type, read_extra
from .gathering import HOURS_AHEAD, ZONED, Gathered, day_sql, gather, text_sql
from .meanings import MapFacts, build_map, check_source, known_words, meaning_of, sql_type_of, texts_sql

# One column's cells listed one by one in the findings; the rest are counted in one more finding.
LISTED_CELLS = 20_000
# So many labels are told apart in place where a file is read in place; more are joined.
INLINE_LABELS = 16
WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_KINDS = {
    ColumnType.DATE: ("日期", "a date"),
    ColumnType.INTEGER: ("整数", "a whole number"),
    ColumnType.DECIMAL: ("数字", "a number"),
}


@dataclass(frozen=True)
class Circumstances:
    """What typing needs to know besides the cells: the ruleset's classes, and whether departments are resolved.

    `nearest` gives the known names closest to a department that nobody knows.
    """

    outcomes: Mapping[str, str]
    resolves: bool = False
    nearest: Callable[[str], Sequence[str]] = lambda name: ()


class Profile(NamedTuple):
    """What one scan counts: rows, filled cells a column, and cells that a column's shortest way cannot take.

    A column that always goes through a map is not in `odd`.
    """

    rows: int
    filled: Mapping[str, int]
    odd: Mapping[str, int]

    def has_blanks(self, column: str) -> bool:
        """Return whether a column has cells without anything in them."""
        return self.filled[column] < self.rows


class Cells(NamedTuple):
    """One column on its way: SQL of its value and of its problem over the gathered relation `b`, and their join.

    `suspect` says that some cell may have a problem, or be blank where it must not.
    """

    column: Column
    value: str
    problem: str = "NULL"
    piece: str = ""
    join: str = ""
    suspect: bool = False


class _Work(NamedTuple):
    engine: Engine
    table: Table
    source: Source
    gathered: Gathered
    circumstances: Circumstances
    profile: Profile

    def native(self, column: str) -> str:
        return self.gathered.types[column]

    def map_name(self, column: str) -> str:
        return f"{self.table.name}_map_{column}"


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
    work = _Work(engine, table, source, gathered, circumstances, _profile(engine, table, source, gathered))
    findings += _zoned(work)
    columns = []
    for name in gathered.types:
        cells = (
            _canonical(work, table.columns[name]) if name in table.columns else _extra(work, name, findings)
        )
        columns += [cells] if cells else []
    for cells in columns:
        findings += _findings_of(work, cells)
    return _assemble(work, columns), findings


def _profile(engine: Engine, table: Table, source: Source, gathered: Gathered) -> Profile:
    names = list(gathered.types)
    tests = {name: _odd_sql(name, kind, table.columns.get(name)) for name, kind in gathered.types.items()}
    odd = {name: test for name, test in tests.items() if test and name not in {*source.values, *source.split}}
    counts = [f"count({quoted(name)})" for name in names] + [
        f"coalesce(count_if({test}), 0)" for test in odd.values()
    ]
    rows, *counted = engine.one(f"SELECT {', '.join(['count(*)', *counts])} FROM {quoted(gathered.name)}")
    filled = dict(zip(names, counted[: len(names)], strict=True))
    return Profile(rows, filled, dict(zip(odd, counted[len(names) :], strict=True)))


def _zoned(work: _Work) -> list[Finding]:
    """Return a finding for each column of instants, whose day depends on the place."""
    found = []
    for name, kind in work.gathered.types.items():
        if kind == ZONED:
            file, sheet = work.gathered.files[0]
            heading = work.gathered.heading(name)
            place = {"table": work.table.name, "file": file, "sheet": sheet, "column": heading}
            found.append(finding("zoned_dates", **place, hours=HOURS_AHEAD))
    return found


def _odd_sql(name: str, kind: str, column: Column | None) -> str | None:
    """Return a test for cells that cannot be used as they stand, or None where a column is always converted."""
    cell = quoted(name)
    if column is None or column.type is ColumnType.TEXT:
        return untidy_sql(cell) if kind == "VARCHAR" else "false"
    if column.type is ColumnType.DATE and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        return f"{possible_sql(day_sql(cell, kind))} IS NULL AND {cell} IS NOT NULL"
    if (column.type, kind) == (ColumnType.BOOLEAN, "BOOLEAN"):
        return "false"
    return "false" if column.type is ColumnType.INTEGER and kind in WHOLE_NUMBERS else None


def _canonical(work: _Work, column: Column) -> Cells:
    """Return how a column of the table is read: in place where its cells allow it, else through a map."""
    odd = work.profile.odd.get(column.name)
    resolved = column.name == "department" and work.circumstances.resolves
    if odd is None or resolved:
        return _defaulted(work, _mapped(work, column))
    return _defaulted(work, _direct(work, column, odd))


def _direct(work: _Work, column: Column, odd: int) -> Cells:
    """Return a column whose cells are used as they stand, or nearly so."""
    kind, cell = work.native(column.name), f"b.{quoted(column.name)}"
    missing = column.required and work.profile.has_blanks(column.name)
    if column.type is ColumnType.DATE:
        day = day_sql(cell, kind)
        if not odd:
            return Cells(column, day, suspect=missing)
        problem = f"CASE WHEN {cell} IS NOT NULL AND {possible_sql(day)} IS NULL THEN 'impossible_date' END"
        return Cells(column, possible_sql(day), problem, suspect=True)
    if column.type is not ColumnType.TEXT:
        return Cells(column, f"CAST({cell} AS {sql_type_of(column)})", suspect=missing)
    text = text_sql(cell, kind)
    if not odd:
        return Cells(column, text, suspect=missing or (column.required and kind in ("DOUBLE", "FLOAT")))
    clean = cleaned_sql(text)
    error = is_error_sql(clean)
    value = f"CASE WHEN {untidy_sql(text)} THEN CASE WHEN NOT {error} THEN {clean} END ELSE {text} END"
    return Cells(column, value, f"CASE WHEN {error} THEN 'error_cell' END", suspect=True)


def _mapped(work: _Work, column: Column) -> Cells:
    """Return a column whose distinct cells are looked at once."""
    words, separator = work.source.values.get(column.name, {}), work.source.split.get(column.name)
    resolves = work.circumstances.resolves
    texts = texts_sql(work.gathered.name, column, work.native(column.name), words, separator)
    meaning = meaning_of(column, work.circumstances.outcomes, resolves)
    facts = build_map(work.engine, work.map_name(column.name), texts, meaning)
    return _joined(work, column, facts, split=separator is not None)


def _joined(work: _Work, column: Column, facts: MapFacts, *, split: bool = False) -> Cells:
    """Return a column as it comes out of its map: in place where the map changes nothing or is small, else joined."""
    cell, name = f"b.{quoted(column.name)}", quoted(work.map_name(column.name))
    plain = work.native(column.name) == "VARCHAR" and not split and not facts.problems
    missing = column.required and (facts.blanks > 0 or split or work.profile.has_blanks(column.name))
    if plain and not facts.changed and column.type in (ColumnType.TEXT, ColumnType.LABEL):
        work.engine.run(f"DROP TABLE {name}")
        return Cells(column, cell, suspect=missing)
    if plain and work.gathered.typed and facts.texts <= INLINE_LABELS and column.type is ColumnType.LABEL:
        return Cells(column, _inline(work, column, cell), suspect=missing)
    alias = quoted(f"map {column.name}")
    join = f"LEFT JOIN {name} AS {alias} ON {alias}.raw = {cell}"
    problem = f"{alias}.problem" if facts.problems else "NULL"
    return Cells(column, f"{alias}.value", problem, f"{alias}.piece", join, missing or bool(facts.problems))


def _inline(work: _Work, column: Column, cell: str) -> str:
    """Return a small map as an expression: a scan that does not ask for the column does not pay for it."""
    name = quoted(work.map_name(column.name))
    rows = work.engine.rows(f"SELECT raw, value FROM {name} WHERE value IS NOT NULL ORDER BY raw")
    work.engine.run(f"DROP TABLE {name}")
    cases = " ".join(f"WHEN {literal(raw)} THEN {literal(value)}" for raw, value in rows)
    return f"CASE {cell} {cases} END" if rows else "CAST(NULL AS VARCHAR)"


def _defaulted(work: _Work, cells: Cells) -> Cells:
    """Return the column with its default in blank cells; a cell that could not be read stays unknown."""
    default = cells.column.default
    if default is None:
        return cells
    filled = f"coalesce({cells.value}, {literal(default)})"
    if cells.problem != "NULL":
        return cells._replace(value=f"CASE WHEN {cells.problem} IS NULL THEN {filled} END")
    as_it_is = cells.value == f"b.{quoted(cells.column.name)}"
    return (
        cells if as_it_is and not work.profile.has_blanks(cells.column.name) else cells._replace(value=filled)
    )


def _extra(work: _Work, name: str, findings: list[Finding]) -> Cells | None:
    """Return a column that the table does not know, under its own heading, with the type that its cells have."""
    text = Column(name, ColumnType.TEXT)
    if name in work.source.values or name in work.source.split:
        return _mapped(work, text)
    if work.gathered.typed:
        return _kept(work, name, findings)
    texts = texts_sql(work.gathered.name, text, "VARCHAR", {})
    read = read_extra(work.engine, work.map_name(name), name, texts)
    return _joined(work, *read) if read else _direct(work, text, work.profile.odd[name])


def _kept(work: _Work, name: str, findings: list[Finding]) -> Cells | None:
    """Return an unknown Parquet column with its own type, or None where no expression could use it."""
    kind, cell = work.native(name), f"b.{quoted(name)}"
    kept = kept_type(kind)
    if kept is None:
        file, sheet = work.gathered.files[0]
        place = {
            "table": work.table.name,
            "file": file,
            "sheet": sheet,
            "column": work.gathered.heading(name),
        }
        findings.append(finding("column_type_not_supported", **place, value=kind))
        return None
    if kept is ColumnType.TEXT:
        return _direct(work, Column(name, kept), work.profile.odd[name])
    return Cells(Column(name, kept), day_sql(cell, kind) if kept is ColumnType.DATE else cell)


def _findings_of(work: _Work, cells: Cells) -> list[Finding]:
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


def _finding_of(work: _Work, column: Column, row: tuple[Any, ...]) -> Finding:
    number, line, code, raw, piece = row
    file, sheet = work.gathered.files[number]
    heading = work.gathered.headings[number].get(column.name, column.title)
    value = piece if code == "unknown_department" else (raw or "")
    facts = _facts(work, column, code, value)
    place = {"table": work.table.name, "file": file, "sheet": sheet, "row": line, "column": heading}
    return finding(code, **place, value=value, **facts)


def _facts(work: _Work, column: Column, code: str, value: str) -> dict[str, str]:
    if code == "unknown_label":
        return {"known": "、".join(known_words(column, work.circumstances.outcomes))}
    if code == "unknown_department":
        return {"near": "、".join(work.circumstances.nearest(value)) or "—"}
    if code == "unparsable_cell":
        kind, kind_en = _KINDS.get(column.type, ("数值", "a value"))
        return {"kind": kind, "kind_en": kind_en}
    return {}


def _assemble(work: _Work, columns: Sequence[Cells]) -> Relation:
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


def _drop_maps(work: _Work, columns: Sequence[Cells]) -> None:
    """Give back what a finished table no longer needs."""
    work.engine.run(f"DROP VIEW {quoted(work.gathered.name)}")
    for cells in columns:
        if cells.join:
            work.engine.run(f"DROP TABLE {quoted(work.map_name(cells.column.name))}")
