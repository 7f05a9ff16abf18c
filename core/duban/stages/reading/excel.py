"""The .xlsx format, streamed: openpyxl opens the workbook and parses the rows."""

import re
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from duban.engine import Engine
from duban.errors import InputError, Position

from .grids import Area, Grid, GridWriter, Note, check_place
from .sheets import as_text, choose_sheet

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# How the format writes characters that XML cannot hold (ECMA-376, ST_Xstring): a carriage return is _x000D_.
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def read_xlsx(
    engine: Engine, path: Path, sheet: str | None, relation: str, shown: str, at: Position | str
) -> Grid:
    """Load one sheet of an .xlsx file as text, with its merged ranges, hidden rows and uncomputed formulas."""
    state = path.stat()
    workbook = _opened(path, state.st_mtime_ns, state.st_size)
    sheets = {item.title: item for item in workbook.worksheets}
    visible = [name for name, item in sheets.items() if item.sheet_state == "visible"]
    name = choose_sheet(list(sheets), visible, sheet, shown, at)
    return _SheetReader(workbook, sheets[name], shown).load(engine, relation, visible)


# A workspace may have a table on each of a workbook's twenty sheets: it is opened once for all of them.
@lru_cache(maxsize=1)
def _opened(path: Path, changed: int, size: int) -> Any:
    # Imported here: it takes a third of a second, which only spreadsheets need.
    from openpyxl import load_workbook

    return load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False)


def forget_workbook() -> None:
    """Let go of the workbook that was opened last."""
    _opened.cache_clear()


class _SheetReader:
    """One sheet, read in one pass by openpyxl's own row parser.

    The parts after the rows are passed over but for the merged ranges: openpyxl refuses some that others write.
    """

    def __init__(self, workbook: Any, sheet: Any, shown: str) -> None:
        from openpyxl.worksheet._reader import WorkSheetParser

        self._sheet, self._shown = sheet, shown
        self._parser = WorkSheetParser(
            None,
            sheet._shared_strings,
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,
            timedelta_formats=workbook._timedelta_formats,
        )
        self._last = 0
        self._merged: list[Area] = []
        self._hidden: list[int] = []
        self._notes: list[Note] = []

    def load(self, engine: Engine, relation: str, visible: Sequence[str]) -> Grid:
        """Read the sheet into a table of the engine."""
        with GridWriter(engine, relation, self._shown) as writer, self._sheet._get_source() as source:
            for _, element in iterparse(source):
                if element.tag == f"{_MAIN}row":
                    self._add(element, writer)
                    element.clear()
                elif element.tag == f"{_MAIN}mergeCells":
                    self._merged.extend(_area(part.get("ref", "")) for part in element)
            writer.load()
        kept = (self._merged, self._hidden, self._notes)
        return Grid(relation, writer.width, self._sheet.title, visible, kept[0], kept[1], notes=kept[2])

    def _add(self, element: Element, writer: GridWriter) -> None:
        row, cells = self._parser.parse_row(element)
        if row <= self._last:
            raise InputError("file_broken", self._shown, reason=f"row {row} after row {self._last}")
        self._last = row
        texts: list[str | None] = []
        for cell, part in zip(cells, element, strict=True):
            text = _unescaped(as_text(cell["value"]))
            if text is None:
                text = self._uncomputed(row, cell["column"] - 1, part)
            if text:
                _put(texts, row, cell["column"] - 1, text, self._shown)
        if element.get("hidden") in ("1", "true"):
            self._hidden.append(row)
        if texts:
            writer.add(row, texts)

    def _uncomputed(self, row: int, index: int, part: Element) -> str | None:
        """A formula that no program has computed yet is no blank: it stays, as its text."""
        formula = part.find(f"{_MAIN}f")
        if formula is None or part.get("t") == "str":
            return None
        text = f"={formula.text or ''}"
        self._notes.append(Note("formula_without_value", row, index, text))
        return text


def _unescaped(text: str | None) -> str | None:
    if text is None or "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "")


def _put(texts: list[str | None], row: int, index: int, text: str, shown: str) -> None:
    if index >= len(texts):
        check_place(row, index, shown)
        texts.extend([None] * (index + 1 - len(texts)))
    texts[index] = text


def _area(reference: str) -> Area:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(reference)
    return Area(top, left, bottom, right)
