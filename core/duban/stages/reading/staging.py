"""From files to staged tables: cells as text, columns named, rows that are no units set apart."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import duckdb

from duban.engine import Engine, literal, quoted
from duban.errors import InputError, Position, WorkspaceError
from duban.findings import Finding
from duban.relations import Staged
from duban.tables import Table
from duban.workspace import Source

from . import margins
from .delimited import plainly_named, read_delimited
from .files import DELIMITED, PARQUET, check_readable, display
from .grids import Area, Grid, Place, columns_of, letters
from .headings import SEARCHED_ROWS, Header, Mapped, Row, Vocabulary, find_header, map_columns
from .workbooks import read_workbook

_LISTED_ROWS = 20


def stage_table(
    engine: Engine, folder: Path, paths: Sequence[Path], table: Table, source: Source, at: Position | str
) -> tuple[list[Staged], list[Finding]]:
    """Load the files of one table as text, one `Staged` a file in the order of the paths; `at` is the table's place.

    Raises: InputError, for a file that cannot be read; WorkspaceError, where the workspace names what is not there.
    """
    staged: list[Staged] = []
    findings: list[Finding] = []
    for number, path in enumerate(paths):
        job = _Job(engine, path, display(folder, path), f"{table.name}_{number}", table, source, at)
        one, noticed = job.stage()
        staged.append(one)
        findings.extend(noticed)
    return staged, findings


@dataclass(frozen=True)
class _Job:
    """One file to be staged, with all that is known of it beforehand."""

    engine: Engine
    path: Path
    shown: str
    suffix: str
    table: Table
    source: Source
    at: Position | str

    def stage(self) -> tuple[Staged, list[Finding]]:
        """Stage the file by its format."""
        check_readable(self.path, self.shown)
        if self.path.suffix.lower() in PARQUET:
            return self._stage_parquet()
        return self._stage_sheet(self._grid())

    def _grid(self) -> Grid:
        relation = f"raw_{self.suffix}"
        if self.path.suffix.lower() in DELIMITED:
            return read_delimited(self.engine, self.path, relation, self.shown)
        return read_workbook(self.engine, self.path, self.source.sheet, relation, self.shown, self.at)

    def _stage_parquet(self) -> tuple[Staged, list[Finding]]:
        """A view over the file: nothing is copied, and the columns keep their types."""
        place = Place(self.table.name, self.shown)
        scan = f"read_parquet({literal(str(plainly_named(self.engine, self.path)))}, file_row_number = true)"
        relation = f"staged_{self.suffix}"
        try:
            types = {
                name: kind for name, kind in self.engine.describe(f"FROM {scan}") if name != "file_row_number"
            }
            names = list(types)
            renamed = ", ".join(
                f"{quoted(name)} AS {physical}"
                for name, physical in zip(names, columns_of(len(names)), strict=True)
            )
            self.engine.run(
                f"CREATE OR REPLACE VIEW {quoted(relation)} AS SELECT file_row_number + 1 AS _row, {renamed} FROM {scan}"
            )
            (empty,) = self.engine.one(f"SELECT count(*) = 0 FROM (SELECT 1 FROM {quoted(relation)} LIMIT 1)")
        except duckdb.Error as error:
            raise InputError("file_broken", self.shown, reason=type(error).__name__) from error
        words = Vocabulary(self.table, self.source)
        header = Header(0, 0, names, [words.meaning(name) for name in names])
        mapped = map_columns(header, self.table, self.source, [True] * len(names), place, self.at)
        texts = [index for index, kind in enumerate(types.values()) if kind == "VARCHAR"]
        findings = [*mapped.findings, *([place.finding("empty_table")] if empty else [])]
        findings.extend(_totals(self.engine, relation, header, self.table, mapped, texts, place))
        return self._staged(relation, mapped, "", typed=True), findings

    def _staged(self, relation: str, mapped: Mapped, sheet: str, typed: bool = False) -> Staged:
        physical = {name: f"c{index + 1}" for name, index in mapped.columns.items()}
        return Staged(self.shown, sheet, relation, physical, dict(mapped.headings), typed)

    def _stage_sheet(self, grid: Grid) -> tuple[Staged, list[Finding]]:
        place = Place(self.table.name, self.shown, grid.sheet)
        top = self._top_rows(grid)
        header = self._header(grid, top)
        mapped = map_columns(header, self.table, self.source, self._filled(grid, header), place, self.at)
        findings = [*_opening(grid, header, place), *mapped.findings]
        rows = _Rows(self.engine, grid, header, self.table, mapped, place)
        left_out, noticed = rows.set_apart(top)
        findings.extend(noticed)
        findings.extend(_notes(grid, header, mapped, place, left_out))
        findings.extend(rows.fill_merged(left_out))
        relation = f"staged_{self.suffix}"
        self.engine.run(
            f"CREATE OR REPLACE VIEW {quoted(relation)} AS SELECT * FROM {quoted(grid.relation)} "
            f"WHERE {rows.condition(left_out)}"
        )
        findings.extend(rows.closing(relation))
        return self._staged(relation, mapped, grid.sheet), findings

    def _top_rows(self, grid: Grid) -> list[Row]:
        wanted = max(SEARCHED_ROWS, (self.source.header_row or 0) + 1)
        names = ", ".join(columns_of(grid.width))
        rows = self.engine.rows(
            f"SELECT _row, {names} FROM {quoted(grid.relation)} ORDER BY _row LIMIT {wanted}"
        )
        return [
            (row, cells) for row, *cells in rows if any((cell or "").strip(margins.WHITE) for cell in cells)
        ]

    def _header(self, grid: Grid, top: Sequence[Row]) -> Header:
        words = Vocabulary(self.table, self.source)
        if self.source.header_row is not None and self.source.header_row not in [row for row, _ in top]:
            raise WorkspaceError("header_row_blank", self.at, row=self.source.header_row, file=self.shown)
        header = find_header(top, grid.merged, words, self.source.header_row)
        if header is None:
            wanted = "、".join(column.title for column in self.table.columns.values() if column.required)
            raise InputError(
                "header_not_found",
                self.shown,
                sheet=grid.sheet,
                wanted=wanted,
                sheets="、".join(grid.sheets) or "-",
            )
        return header

    def _filled(self, grid: Grid, header: Header) -> list[bool]:
        """Say which physical columns hold data; asked only where a heading is blank."""
        if all(header.headings):
            return [True] * grid.width
        counts = ", ".join(f"count(*) FILTER (NOT {margins.blank(name)})" for name in columns_of(grid.width))
        found = self.engine.one(f"SELECT {counts} FROM {quoted(grid.relation)} WHERE _row > {header.bottom}")
        return [count > 0 for count in found]


@dataclass(frozen=True)
class _Rows:
    """The rows of one sheet below its header."""

    engine: Engine
    grid: Grid
    header: Header
    table: Table
    mapped: Mapped
    place: Place

    def set_apart(self, top: Sequence[Row]) -> tuple[set[int], list[Finding]]:
        """Return the rows that are left out, and the findings on them and on total rows, which stay."""
        findings: list[Finding] = []
        repeated = margins.repeated_headers(self.engine, self.grid, self.header, top)
        findings.extend(self.place.finding("repeated_header", row=row) for row in repeated)
        feet = margins.footers(
            self.engine, self.grid, self.header, self.table, self.mapped.columns, self._last()
        )
        findings.extend(self.place.finding("footer_left_out", row=row, value=text) for row, text in feet)
        every = range(self.grid.width)
        findings.extend(
            _totals(self.engine, self.grid.relation, self.header, self.table, self.mapped, every, self.place)
        )
        return {*repeated, *(row for row, _ in feet)}, findings

    def _last(self) -> int:
        """The last row that is not blank; exports often end in many that are."""
        where = f" WHERE NOT ({margins.blank_row(self.grid.width)})" if self.has_blank else ""
        (last,) = self.engine.one(f"SELECT max(_row) FROM {quoted(self.grid.relation)}{where}")
        return int(last or 0)

    @cached_property
    def has_blank(self) -> bool:
        """Whether any row of the sheet is blank: where none is, no later scan need ask."""
        where = margins.blank_row(self.grid.width)
        (count,) = self.engine.one(f"SELECT count(*) FROM {quoted(self.grid.relation)} WHERE {where}")
        return bool(count)

    def _heading(self, index: int) -> str:
        return _heading(self.header, index)

    def condition(self, left_out: Collection[int]) -> str:
        """Return the SQL of the rows that are units: below the header, not blank, not left out."""
        parts = [f"_row > {self.header.bottom}"]
        if self.has_blank:
            parts.append(f"NOT ({margins.blank_row(self.grid.width)})")
        if left_out:
            parts.append(f"_row NOT IN ({', '.join(map(str, sorted(left_out)))})")
        return " AND ".join(parts)

    def fill_merged(self, left_out: Collection[int]) -> Iterator[Finding]:
        """Fill the cells of a range merged downwards with its first cell's value, in rows that hold anything else."""
        width = self.grid.width
        ranges = [
            area
            for area in sorted(self.grid.merged)
            if area.bottom > area.top > self.header.bottom and area.left <= width and area.top not in left_out
        ]
        for index in sorted({area.left - 1 for area in ranges}):
            yield from self._fill(index, [area for area in ranges if area.left - 1 == index])

    def _fill(self, index: int, areas: Sequence[Area]) -> Iterator[Finding]:
        name, relation = f"c{index + 1}", quoted(self.grid.relation)
        spans = ", ".join(f"({area.top}, {area.bottom})" for area in areas)
        source = (
            f"SELECT span.first, span.last, above.{name} AS held FROM (VALUES {spans}) span(first, last) "
            f"JOIN {relation} above ON above._row = span.first WHERE NOT {margins.blank(f'above.{name}')}"
        )
        held = self.engine.rows(f"{source} ORDER BY 1")
        self.engine.run(
            f"UPDATE {relation} SET {name} = source.held FROM ({source}) source WHERE _row > source.first "
            f"AND _row <= source.last AND {margins.blank(f'{relation}.{name}')} "
            f"AND NOT ({' AND '.join(margins.blank(f'{relation}.{each}') for each in columns_of(self.grid.width))})"
        )
        for first, last, value in held:
            yield self.place.finding(
                "merged_cells_filled",
                row=first,
                column=self._heading(index),
                value=value,
                first=first,
                last=last,
            )

    def closing(self, relation: str) -> Iterator[Finding]:
        """Yield what the staged rows show: hidden ones, or none at all."""
        hidden = _runs(row for row in self.grid.hidden if row > self.header.bottom)
        for first, last in hidden:
            (count,) = self.engine.one(
                f"SELECT count(*) FROM {quoted(relation)} WHERE _row BETWEEN {first} AND {last}"
            )
            if count:
                yield self.place.finding("hidden_rows", row=first, first=first, last=last, count=count)
        (empty,) = self.engine.one(f"SELECT count(*) = 0 FROM (SELECT 1 FROM {quoted(relation)} LIMIT 1)")
        if empty:
            yield self.place.finding("empty_table", row=self.header.bottom)


def _totals(
    engine: Engine,
    relation: str,
    header: Header,
    table: Table,
    mapped: Mapped,
    texts: Collection[int],
    place: Place,
) -> Iterator[Finding]:
    """Yield the total rows; they stay until the workspace excludes them."""
    totals = margins.total_rows(engine, relation, header.bottom, table, mapped.columns, texts)
    for row, (index, text) in totals.items():
        yield place.finding("total_row", row=row, column=_heading(header, index), value=text)


def _heading(header: Header, index: int) -> str:
    return (header.headings[index] if index < len(header.headings) else "") or f"列{letters(index)}"


def _opening(grid: Grid, header: Header, place: Place) -> Iterator[Finding]:
    if header.bottom > 1:
        rows = str(header.top) if header.top == header.bottom else f"{header.top}–{header.bottom}"
        yield place.finding("header_found", row=header.bottom, rows=rows)
    if len(grid.sheets) > 1 and grid.sheet == grid.sheets[0]:
        others = "、".join(name for name in grid.sheets if name != grid.sheet)
        yield place.finding("sheet_chosen", value=grid.sheet, others=others)


def _notes(
    grid: Grid, header: Header, mapped: Mapped, place: Place, left_out: Collection[int]
) -> Iterator[Finding]:
    """Yield what was noticed while reading, as far as it concerns rows of data."""
    used = set(mapped.columns.values())
    for note in grid.notes:
        concerns = note.row is None or (note.row > header.bottom and note.row not in left_out)
        if concerns and (note.column is None or note.column in used):
            column = "" if note.column is None else _heading(header, note.column)
            yield place.finding(note.code, row=note.row, column=column, value=note.value)
    short = [row for row in grid.short if row > header.bottom and row not in left_out]
    if short:
        listed = "、".join(map(str, short[:_LISTED_ROWS])) + (" …" if len(short) > _LISTED_ROWS else "")
        yield place.finding("short_rows", row=short[0], rows=listed, count=len(short))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return first and last row of each run of neighbouring rows."""
    ordered = sorted(rows)
    starts = ordered[:1] + [right for left, right in pairwise(ordered) if right != left + 1]
    ends = [left for left, right in pairwise(ordered) if right != left + 1] + ordered[-1:]
    return list(zip(starts, ends, strict=True))
