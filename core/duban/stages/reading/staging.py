"""From files to staged tables: cells as text, columns named, rows that are no units set apart."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import EDQUOT, EFBIG, ENOSPC
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
from .grids import Grid, Place, columns_of
from .headings import SEARCHED_ROWS, Header, Mapped, Row, Vocabulary, find_header, map_columns
from .records import Records, total_findings
from .workbooks import read_workbook

_FULL = (ENOSPC, EDQUOT, EFBIG)


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
        with _as_input_error(self.shown):
            if self.path.suffix.lower() in PARQUET:
                return self._stage_parquet()
            return self._stage_sheet(self._grid())

    def _grid(self) -> Grid:
        relation = f"raw_{self.suffix}"
        if self.path.suffix.lower() in DELIMITED:
            return read_delimited(self.engine, self.path, relation, self.shown)
        grid = read_workbook(self.engine, self.path, self.source.sheet, relation, self.shown, self.at)
        # Whoever names the sheet has chosen it; of the others nothing need be said.
        return replace(grid, sheets=()) if self.source.sheet is not None else grid

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
        findings.extend(total_findings(self.engine, relation, header, self.table, mapped, texts, place))
        return self._staged(relation, mapped, "", typed=True), findings

    def _staged(self, relation: str, mapped: Mapped, sheet: str, typed: bool = False) -> Staged:
        physical = {name: f"c{index + 1}" for name, index in mapped.columns.items()}
        return Staged(self.shown, sheet, relation, physical, dict(mapped.headings), typed)

    def _stage_sheet(self, grid: Grid) -> tuple[Staged, list[Finding]]:
        place = Place(self.table.name, self.shown, grid.sheet)
        top = self._top_rows(grid)
        header = self._header(grid, top)
        mapped = map_columns(header, self.table, self.source, self._filled(grid, header), place, self.at)
        records = Records(self.engine, grid, header, self.table, mapped, place)
        relation = f"staged_{self.suffix}"
        findings = [*mapped.findings, *records.stage(relation, top)]
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


@contextmanager
def _as_input_error(shown: str) -> Iterator[None]:
    """The file may go while it is read, and what is spelled out on the way needs room on the disk."""
    try:
        yield
    except OSError as error:
        code = "temporary_disk_full" if error.errno in _FULL else "file_unreadable"
        raise InputError(code, shown, reason=error.strerror or type(error).__name__) from error
