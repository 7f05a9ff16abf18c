"""The .xls format (and WPS .et): calamine reads the values, the records tell what it does not show.

calamine gives error cells as blanks and no hidden rows, so both are read from the records of the workbook stream.
[MS-XLS] describes the records, [MS-CFB] the container.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from duban.engine import Engine
from duban.errors import InputError, Position

from .grids import Area, Grid, GridWriter, Note
from .sheets import as_text, choose_sheet

_LARGEST = 256 << 20  # bytes
_MOST_COLUMNS = 256
_STANDARD_ERROR = 2  # file descriptor
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
# The stream in which Excel keeps an .xlsx that it has encrypted.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FILEPASS, _BOUNDSHEET, _ROW, _FORMULA, _BOOLERR, _MULRK = 0x2F, 0x85, 0x208, 0x06, 0x205, 0xBD
_CELLS = {_FORMULA, _BOOLERR, _MULRK, 0x203, 0x204, 0x27E, 0xFD, 0xD6}
_ROW_HIDDEN = 0x20
_END = 0x0A
_NO_SECTOR = 0xFFFFFFFA


@dataclass
class _Beside:
    """What calamine does not show of one sheet: error texts by (row, index), hidden rows."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


def read_xls(
    engine: Engine, path: Path, sheet: str | None, relation: str, shown: str, at: Position | str
) -> Grid:
    """Load one sheet of an .xls or .et file as text."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    if path.stat().st_size > _LARGEST:
        raise InputError("file_too_large_inside", shown, megabytes=path.stat().st_size >> 20, members=1)
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise InputError("password_protected", shown)
    sheets = _look_beside(content, shown)
    with _silenced():
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        visible = [item.name for item in workbook.sheets_metadata if item.visible == SheetVisibleEnum.Visible]
        name = choose_sheet(workbook.sheet_names, visible, sheet, shown, at)
        found, beside = workbook.get_sheet_by_name(name), sheets.get(name, _Beside())
    with GridWriter(engine, relation, shown) as writer:
        for row, values in enumerate(found.iter_rows(), 1):
            texts = [as_text(value) or beside.errors.get((row, index)) for index, value in enumerate(values)]
            if any(texts):
                writer.add(row, texts)
        writer.load()
    ranges = found.merged_cell_ranges or []
    merged = [Area(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]
    notes = [] if name in sheets else [Note("old_format")]
    return Grid(relation, writer.width, name, visible, merged, beside.hidden, notes=notes)


@contextmanager
def _silenced() -> Iterator[None]:
    """calamine panics over some broken files; a panic is an exception in the end, but prints a trace of its own first."""
    kept = os.dup(_STANDARD_ERROR)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STANDARD_ERROR)
        yield
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        os.close(kept)


def _look_beside(content: bytes, shown: str) -> dict[str, _Beside]:
    """Return what the records say of each sheet; nothing where they are of an older version than Excel 97.

    Raises: InputError, for a broken container; calamine would panic over some.
    """
    try:
        stream = _workbook_stream(content)
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise InputError("file_broken", shown, reason="compound file") from error
    try:
        starts = dict(_sheet_starts(stream, shown))
        return {name: _sheet_beside(stream, start, shown) for name, start in starts.items()}
    except (struct.error, IndexError, KeyError, ValueError):
        return {}


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        if kind == _END:
            return
        start += 4 + length


def _sheet_starts(stream: bytes, shown: str) -> Iterator[tuple[str, int]]:
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise InputError("password_protected", shown)
        if kind == _BOUNDSHEET:
            (start,) = struct.unpack_from("<I", data)
            wide, characters = data[7] & 1, data[8 : 8 + data[6] * (1 + (data[7] & 1))]
            yield characters.decode("utf-16-le" if wide else "latin-1"), start


def _sheet_beside(stream: bytes, start: int, shown: str) -> _Beside:
    beside = _Beside()
    for kind, data in _records(stream, start):
        if kind == _ROW and struct.unpack_from("<I", data, 12)[0] & _ROW_HIDDEN:
            beside.hidden.append(struct.unpack_from("<H", data)[0] + 1)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == _MULRK else column
            if max(column, last) >= _MOST_COLUMNS:
                raise InputError("cell_far_out", shown, cell=f"R{row + 1}C{column + 1}", limit=_MOST_COLUMNS)
            if (code := _error_code(kind, data)) is not None:
                beside.errors[row + 1, column] = _ERRORS.get(code, "#N/A")
    return beside


def _error_code(kind: int, data: bytes) -> int | None:
    if kind == _BOOLERR and data[7]:
        return data[6]
    # A formula's cached result that is no number ends with FF FF; its first byte says what it is, 2 an error.
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    return None


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream named Workbook out of the container.

    Raises: ValueError, KeyError, struct.error, for a container that is broken or has none.
    """
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    first_directory, cutoff, first_small = struct.unpack_from("<I4xII", content, 48)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError("sector size")
    table = _allocation(content, shift)
    directory = _chain(content[1 << shift :], table, first_directory, shift)
    entries = {}
    for start in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, start + 64)
        name = directory[start : start + max(length - 2, 0)].decode("utf-16-le", "replace")
        entries[name] = struct.unpack_from("<II", directory, start + 116)
    first, size = entries.get("Workbook") or entries["Book"]
    if size >= cutoff:
        return _chain(content[1 << shift :], table, first, shift)[:size]
    root = _chain(content[1 << shift :], table, entries["Root Entry"][0], shift)
    small = _chain(content[1 << shift :], table, first_small, shift)
    small_table = list(struct.unpack(f"<{len(small) // 4}I", small))
    return _chain(root, small_table, first, small_shift)[:size]


def _chain(content: bytes, following: list[int], sector: int, shift: int) -> bytes:
    """Return the sectors of one chain; a chain longer than the table goes in a circle."""
    parts = []
    for _ in following:
        if sector >= _NO_SECTOR:
            break
        if sector << shift >= len(content):
            raise ValueError("sector beyond the end")
        parts.append(content[sector << shift : (sector + 1) << shift])
        sector = following[sector]
    return b"".join(parts)


def _allocation(content: bytes, shift: int) -> list[int]:
    """Return, for each sector, the one that follows it."""
    sectors = list(struct.unpack_from("<109I", content, 76))
    (more,) = struct.unpack_from("<I", content, 68)
    for _ in range(len(content) >> shift):
        if more >= _NO_SECTOR:
            break
        block = struct.unpack_from(f"<{(1 << shift) // 4}I", content, (more + 1) << shift)
        sectors.extend(block[:-1])
        more = block[-1]
    numbers: list[int] = []
    for sector in sectors[: len(content) >> shift]:
        if sector < _NO_SECTOR:
            numbers.extend(struct.unpack_from(f"<{(1 << shift) // 4}I", content, (sector + 1) << shift))
    return numbers
