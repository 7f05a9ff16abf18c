"""OpenDocument sheets (.ods), streamed: what repeats is counted before it is spelled out.

OpenDocument 1.2, part 1, section 9 (tables) and 19 (attributes) describe the elements.
"""

import zipfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.parsers import expat

from duban.engine import Engine
from duban.errors import InputError, Position

from .grids import Area, Grid, GridWriter, Note, check_place
from .sheets import choose_sheet

_SPACE = " "
_OFFICE, _TABLE, _TEXT, _STYLE = (
    f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0{_SPACE}"
    for name in ("office", "table", "text", "style")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_REPEATED = 64 << 20  # characters, each cell's value and 16 more
_CHUNK = 1 << 20


def read_opendocument(
    engine: Engine, path: Path, sheet: str | None, relation: str, shown: str, at: Position | str
) -> Grid:
    """Load one sheet of an .ods file as text, with its merged ranges, hidden rows and error cells."""
    names = _Names()
    _parse(path, names)
    name = choose_sheet(
        list(names.shown), [key for key, visible in names.shown.items() if visible], sheet, shown, at
    )
    with GridWriter(engine, relation, shown) as writer:
        rows = _Rows(name, writer, shown)
        _parse(path, rows)
        writer.load()
    visible = [key for key, seen in names.shown.items() if seen]
    return Grid(relation, writer.width, name, visible, rows.merged, rows.hidden, notes=rows.notes)


class _Handler:
    """What happens at the elements of a content.xml."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def characters(self, text: str) -> None:
        """Text between elements."""


def _parse(path: Path, handler: _Handler) -> None:
    parser = expat.ParserCreate(namespace_separator=_SPACE)
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.characters
    parser.StartDoctypeDeclHandler = _refuse
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse(*_: Any) -> None:
    """Entities could grow without end, and no spreadsheet needs them."""
    raise ValueError("document type declaration")


class _Names(_Handler):
    """The sheets in their order, and whether each is visible."""

    def __init__(self) -> None:
        self.shown: dict[str, bool] = {}
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif tag == f"{_STYLE}table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == f"{_TABLE}table":
            self._depth += 1
            if self._depth == 1:
                style = attributes.get(f"{_TABLE}style-name", "")
                self.shown[attributes.get(f"{_TABLE}name", "")] = style not in self._hidden_styles

    def end(self, tag: str) -> None:
        self._depth -= tag == f"{_TABLE}table"


class _Rows(_Handler):
    """The rows of one sheet, written as they come."""

    def __init__(self, name: str, writer: GridWriter, shown: str) -> None:
        self.merged: list[Area] = []
        self.hidden: list[int] = []
        self.notes: list[Note] = []
        self._name, self._writer, self._shown = name, writer, shown
        self._inside = False
        self._tables = self._asides = self._paragraphs = 0
        self._row, self._repeats, self._repeated = 1, 1, 0
        self._texts: list[str | None] = []
        self._index = 0
        self._cell: dict[str, str] | None = None
        self._written: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_TABLE}table":
            self._tables += 1
            if self._tables == 1:
                self._inside = attributes.get(f"{_TABLE}name", "") == self._name
        if not self._inside or self._tables != 1:
            return
        if tag == f"{_TABLE}table-row":
            self._start_row(attributes)
        elif tag in _CELLS:
            self._cell, self._written, self._paragraphs = attributes, [], 0
        elif tag == f"{_OFFICE}annotation":
            self._asides += 1
        elif self._cell is not None and not self._asides:
            self._start_text(tag, attributes)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._texts, self._index = [], 0
        self._repeats = _count(attributes, "number-rows-repeated")
        self._collapsed = attributes.get(f"{_TABLE}visibility") in ("collapse", "filter")

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_TEXT}p":
            self._paragraphs += 1
            self._written.append("\n" if self._paragraphs > 1 else "")
        elif tag == f"{_TEXT}s":
            count = attributes.get(f"{_TEXT}c", "1")
            self._written.append(" " * min(int(count), 1000))
        elif tag == f"{_TEXT}tab":
            self._written.append("\t")
        elif tag == f"{_TEXT}line-break":
            self._written.append("\n")

    def characters(self, text: str) -> None:
        if self._cell is not None and self._paragraphs and not self._asides:
            self._written.append(text)

    def end(self, tag: str) -> None:
        if tag == f"{_TABLE}table":
            self._tables -= 1
            self._inside = self._inside and self._tables > 0
        if not self._inside or self._tables != 1:
            return
        if tag in _CELLS and self._cell is not None:
            self._end_cell(self._cell, covered=tag == _CELLS[1])
            self._cell = None
        elif tag == f"{_TABLE}table-row":
            self._end_row()
        elif tag == f"{_OFFICE}annotation":
            self._asides -= 1

    def _end_cell(self, cell: dict[str, str], covered: bool) -> None:
        repeats = _count(cell, "number-columns-repeated")
        text = "" if covered else _value(cell, "".join(self._written))
        if not text and cell.get(f"{_TABLE}formula") and f"{_OFFICE}value-type" not in cell:
            text = cell[f"{_TABLE}formula"].removeprefix("of:")
            self.notes.append(Note("formula_without_value", self._row, self._index, text))
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or across > 1:
            last = (self._row + down - 1, self._index + across)
            self.merged.append(Area(self._row, self._index + 1, *last))
        if text:
            self._mind(text, repeats * self._repeats)
            check_place(self._row, self._index + repeats - 1, self._shown)
            blanks: list[str | None] = [None] * (self._index - len(self._texts))
            self._texts.extend([*blanks, *[text] * repeats])
        self._index += repeats

    def _mind(self, text: str, times: int) -> None:
        self._repeated += (times - 1) * (len(text) + 16)
        if self._repeated > _MOST_REPEATED:
            raise InputError("file_too_large_inside", self._shown, megabytes=self._repeated >> 20, members=1)

    def _end_row(self) -> None:
        filled = self._repeats if self._texts else 0
        for row in range(self._row, self._row + filled):
            if self._collapsed:
                self.hidden.append(row)
            self._writer.add(row, self._texts)
        self._row += self._repeats


def _count(attributes: dict[str, str], name: str) -> int:
    return max(int(attributes.get(f"{_TABLE}{name}", "1")), 1)


def _value(cell: dict[str, str], text: str) -> str:
    """Return a typed cell's value rather than what its format shows of it; an error cell shows its error."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", text).replace("T", " ").removesuffix(" 00:00:00")
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value", text).upper()
    if kind in ("float", "percentage", "currency") and not text.startswith("#"):
        return _number(cell.get(f"{_OFFICE}value", text))
    return text or cell.get(f"{_OFFICE}string-value", "")


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return text
    return str(int(number)) if number == number.to_integral_value() else format(number.normalize(), "f")
