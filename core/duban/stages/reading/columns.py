"""How each column of a gathered table is read: in place where its cells allow it, else through a map."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from duban.engine import Engine, literal, quoted
from duban.findings import Finding, finding
from duban.tables import Column, Table
from duban.terms import ColumnType
from duban.workspace import Source

from .cells import cleaned_sql, is_error_sql, untidy_sql
from .dates import possible_sql
from .extras import Inferred, infer, kept_type
from .gathering import Gathered, day_sql, text_sql
from .meanings import COLLECTOR, MapFacts, Meaning, build_map, meaning_of, sql_type_of, texts_sql

# So many labels are told apart in place where a file is read in place; more are joined.
INLINE_LABELS = 16
# Up to so many rows, dates of unknown columns are converted cell by cell.
DIRECT_ROWS = 20_000
WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


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


class Work(NamedTuple):
    """One table being typed: what is known before its columns are read."""

    engine: Engine
    table: Table
    source: Source
    gathered: Gathered
    circumstances: Circumstances
    profile: Profile
    inferred: Mapping[str, Inferred]

    def native(self, column: str) -> str:
        """Return the engine's type of a column as gathered."""
        return self.gathered.types[column]

    def map_name(self, column: str) -> str:
        """Return the name of the relation that a column is mapped by."""
        return f"{self.table.name}_map_{column}"


def _profile(engine: Engine, table: Table, source: Source, gathered: Gathered) -> Profile:
    """Count, in one scan, what decides how each column is read."""
    names = list(gathered.types)
    tests = {name: _odd_sql(name, kind, table.columns.get(name)) for name, kind in gathered.types.items()}
    odd = {name: test for name, test in tests.items() if test and name not in {*source.values, *source.split}}
    counts = [f"count({quoted(name)})" for name in names] + [
        f"coalesce(count_if({test}), 0)" for test in odd.values()
    ]
    rows, *counted = engine.one(f"SELECT {', '.join(['count(*)', *counts])} FROM {quoted(gathered.name)}")
    filled = dict(zip(names, counted[: len(names)], strict=True))
    return Profile(rows, filled, dict(zip(odd, counted[len(names) :], strict=True)))


def prepared(
    engine: Engine, table: Table, source: Source, gathered: Gathered, circumstances: Circumstances
) -> Work:
    """Return what is known of a gathered table before its columns are read: what its cells are like."""
    profile = _profile(engine, table, source, gathered)
    special = {*table.columns, *source.values, *source.split}
    extra = [] if gathered.typed else [name for name in gathered.types if name not in special]
    return Work(engine, table, source, gathered, circumstances, profile, infer(engine, gathered.name, extra))


def read_column(work: Work, name: str) -> tuple[Cells | None, list[Finding]]:
    """Return how a column is read; None, with a finding, for a Parquet type that no expression could use."""
    if name in work.table.columns:
        return _canonical(work, work.table.columns[name]), []
    return _extra(work, name)


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


def _canonical(work: Work, column: Column) -> Cells:
    """Return how a column of the table is read: in place where its cells allow it, else through a map."""
    odd = work.profile.odd.get(column.name)
    resolved = column.name in ("department", COLLECTOR) and work.circumstances.resolves
    if odd is None or resolved:
        return _defaulted(work, _mapped(work, column))
    return _defaulted(work, _direct(work, column, odd))


def _direct(work: Work, column: Column, odd: int) -> Cells:
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


def _mapped(work: Work, column: Column) -> Cells:
    """Return a column whose distinct cells are looked at once."""
    words, separator = work.source.values.get(column.name, {}), work.source.split.get(column.name)
    resolves = work.circumstances.resolves
    texts = texts_sql(work.gathered.name, column, work.native(column.name), words, separator)
    meaning = meaning_of(column, work.circumstances.outcomes, resolves)
    facts = build_map(work.engine, work.map_name(column.name), texts, meaning)
    return _joined(work, column, facts, split=separator is not None)


def _joined(work: Work, column: Column, facts: MapFacts, *, split: bool = False) -> Cells:
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


def _inline(work: Work, column: Column, cell: str) -> str:
    """Return a small map as an expression: a scan that does not ask for the column does not pay for it."""
    name = quoted(work.map_name(column.name))
    rows = work.engine.rows(f"SELECT raw, value FROM {name} WHERE value IS NOT NULL ORDER BY raw")
    work.engine.run(f"DROP TABLE {name}")
    cases = " ".join(f"WHEN {literal(raw)} THEN {literal(value)}" for raw, value in rows)
    return f"CASE {cell} {cases} END" if rows else "CAST(NULL AS VARCHAR)"


def _defaulted(work: Work, cells: Cells) -> Cells:
    """Return the column with its default in blank cells; a cell that could not be read stays unknown."""
    column = cells.column
    as_it_is = cells.value == f"b.{quoted(column.name)}" and not work.profile.has_blanks(column.name)
    if column.default is None or as_it_is:
        return cells
    filled = f"coalesce({cells.value}, {literal(column.default)})"
    if cells.problem == "NULL":
        return cells._replace(value=filled)
    return cells._replace(value=f"CASE WHEN {cells.problem} IS NULL THEN {filled} END")


def _extra(work: Work, name: str) -> tuple[Cells | None, list[Finding]]:
    """Return a column that the table does not know, under its own heading, with the type that its cells have."""
    text = Column(name, ColumnType.TEXT)
    if name in work.source.values or name in work.source.split:
        return _mapped(work, text), []
    if work.gathered.typed:
        return _kept(work, name)
    inferred = work.inferred.get(name)
    if inferred is None:
        return _direct(work, text, work.profile.odd[name]), []
    column = Column(name, inferred.type)
    if inferred.type is ColumnType.DATE and work.profile.rows > DIRECT_ROWS:
        texts = texts_sql(work.gathered.name, text, "VARCHAR", {})
        meaning = Meaning(inferred.value_sql("text"), "NULL")
        return _joined(work, column, build_map(work.engine, work.map_name(name), texts, meaning)), []
    return _converted(work, column, inferred), []


def _converted(work: Work, column: Column, inferred: Inferred) -> Cells:
    """Return a column converted cell by cell: of numbers a table may have hundreds, and each join needs memory."""
    text = (
        cleaned_sql(f"b.{quoted(column.name)}")
        if work.profile.odd[column.name]
        else f"b.{quoted(column.name)}"
    )
    value = inferred.value_sql(text)
    if not work.profile.odd[column.name]:
        return Cells(column, value)
    return Cells(column, value, f"CASE WHEN {is_error_sql(text)} THEN 'error_cell' END", suspect=True)


def _kept(work: Work, name: str) -> tuple[Cells | None, list[Finding]]:
    """Return an unknown Parquet column with its own type."""
    kind, cell = work.native(name), f"b.{quoted(name)}"
    kept = kept_type(kind)
    if kept is None:
        place = {"table": work.table.name, "file": work.gathered.files[0][0], "column": name}
        return None, [finding("column_type_not_supported", **place, value=kind)]
    if kept is ColumnType.TEXT:
        return _direct(work, Column(name, kept), work.profile.odd[name]), []
    return Cells(Column(name, kept), day_sql(cell, kind) if kept is ColumnType.DATE else cell), []
