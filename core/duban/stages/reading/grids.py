"""A sheet as raw text in the engine, and what was noticed while it was read."""

import csv
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

import duckdb

from duban.engine import Engine, literal, quoted
from duban.errors import InputError
from duban.findings import Finding, finding

LONGEST_CELL = 32_767  # characters, as in Excel
MOST_COLUMNS = 1_000
MOST_ROWS = 100_000_000
_USUAL_LINE = 2_000_000  # bytes; the engine's own limit, which larger records raise
_LARGEST_LINE = 32_000_000


class Area(NamedTuple):
    """A merged range of cells; all four count from 1 and belong to it."""

    top: int
    left: int
    bottom: int
    right: int


class Note(NamedTuple):
    """Something noticed at a row; `column` counts from 0, None is the whole row."""

    code: str
    row: int | None = None
    column: int | None = None
    value: str = ""


class Place(NamedTuple):
    """Where findings of one sheet are."""

    table: str
    file: str
    sheet: str = ""

    def finding(self, code: str, **facts: object) -> Finding:
        """Return a finding at this place."""
        return finding(code, table=self.table, file=self.file, sheet=self.sheet, **facts)


@dataclass(frozen=True)
class Grid:
    """One sheet: a relation with `_row` (as the spreadsheet shows it) and `c1` … `c<width>`, all text.

    `hidden` are the hidden rows, `short` those with fewer cells than the others, `sheets` the visible sheets.
    """

    relation: str
    width: int
    sheet: str = ""
    sheets: Sequence[str] = ()
    merged: Sequence[Area] = ()
    hidden: Sequence[int] = ()
    short: Sequence[int] = ()
    notes: Sequence[Note] = ()


def columns_of(width: int) -> list[str]:
    """Return the names of the physical columns."""
    return [f"c{number}" for number in range(1, width + 1)]


def letters(index: int) -> str:
    """Return a column's letters as a spreadsheet shows them; the index counts from 0."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def check_cell(text: str, row: int, index: int, shown: str) -> None:
    """Refuse a cell that is longer than a spreadsheet's cell can be.

    Raises: InputError.
    """
    if len(text) > LONGEST_CELL:
        raise InputError(
            "cell_too_long", shown, cell=f"{letters(index)}{row}", length=len(text), limit=LONGEST_CELL
        )


def check_place(row: int, index: int, shown: str) -> None:
    """Refuse a cell so far out that nobody meant it; the index counts from 0.

    Raises: InputError.
    """
    if index >= MOST_COLUMNS or not 1 <= row <= MOST_ROWS:
        raise InputError("cell_far_out", shown, cell=f"{letters(index)}{row}", limit=MOST_COLUMNS)


class GridWriter:
    """Collects rows in a temporary file that the engine then loads: memory stays small whatever the sheet."""

    def __init__(self, engine: Engine, relation: str, shown: str) -> None:
        self.width = 0
        self._engine, self._relation, self._shown = engine, relation, shown
        self._path = engine.spill / f"{secrets.token_hex(8)}.csv"
        self._stream = self._path.open("w", encoding="utf-8", errors="replace", newline="")
        # A line end of both characters, because the writer quotes cells that hold one of its own.
        self._writer = csv.writer(self._stream, lineterminator="\r\n")
        self._longest = 0

    def add(self, row: int, cells: Sequence[str | None]) -> None:
        """Write one row; a row must come after those above it."""
        length = sum(map(len, filter(None, cells)))
        if length > LONGEST_CELL:
            for index, text in enumerate(cells):
                check_cell(text or "", row, index, self._shown)
            self._longest = max(self._longest, length)
        if len(cells) > self.width:
            self._widen(row, cells)
        self._writer.writerow([row, *cells[: self.width]])

    def _widen(self, row: int, cells: Sequence[str | None]) -> None:
        filled = max((index for index, text in enumerate(cells) if text), default=0)
        check_place(row, filled, self._shown)
        self.width = max(self.width, filled + 1)

    def load(self) -> None:
        """Load the rows as a table.

        Raises: InputError, for a row that is too long.
        """
        self._stream.close()
        bound = max(_USUAL_LINE, 4 * self._longest + 100_000)
        if bound > _LARGEST_LINE:
            raise InputError("row_too_long", self._shown, limit=_LARGEST_LINE // 4)
        self.width = max(self.width, 1)
        columns = columns_of(self.width)
        types = ", ".join(["'_row': 'BIGINT'", *(f"'{name}': 'VARCHAR'" for name in columns)])
        try:
            self._engine.run(
                f"CREATE OR REPLACE TABLE {quoted(self._relation)} AS FROM read_csv({literal(str(self._path))}, "
                "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                # Else the engine takes a line break in the first row's cells for the one between rows.
                "new_line = '\\r\\n', "
                f"null_padding = true, parallel = false, max_line_size = {bound}, columns = {{{types}}})"
            )
        except duckdb.Error as error:
            raise InputError("file_broken", self._shown, reason=type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)
