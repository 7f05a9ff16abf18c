"""CSV and TSV: encoding, delimiter and quotes found; rows keep the number that a spreadsheet shows."""

import codecs
import csv
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from duban.engine import Engine, literal, quoted
from duban.errors import InputError

from .grids import LONGEST_CELL, MOST_COLUMNS, Grid, GridWriter, Note, columns_of

if TYPE_CHECKING:
    from _csv import Reader

_SAMPLE = 256 * 1024  # bytes
_SAMPLE_RECORDS = 200
_CHUNK = 4 << 20
_DELIMITERS = (",", ";", "\t")
_MOST_LONG_ROWS = 10_000
# A backslash before a quote that neither a delimiter nor the line's end follows: it escapes the quote.
_ESCAPED_QUOTE = re.compile(rb'\\"[^,;\t\r\n"]')
_BLANK_LINE = re.compile(rb"\n\r?\n")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Form(NamedTuple):
    """How a file is written; `width` is the usual number of cells, `even` that the sample's rows all have it.

    `named` says that the first line names the delimiter (`sep=;`): spreadsheets hide that line and do not count it.
    """

    delimiter: str
    escape: str
    width: int
    even: bool
    named: bool = False


def read_delimited(engine: Engine, path: Path, relation: str, shown: str) -> Grid:
    """Load a CSV or TSV file as text.

    A regular file is read by the engine at its own speed; one with blank lines, uneven rows or mixed line ends is read
    record by record, because the engine skips or refuses these.
    Raises: InputError, for an unknown encoding, unpaired quotes, an empty file, a cell that is too long.
    """
    utf8 = _as_utf8(engine, path, shown)
    regular, escape = _survey(utf8, shown)
    form = _form(utf8, escape, path.suffix.lower() == ".tsv")
    if regular and form.even:
        with suppress(duckdb.Error):
            return _read_fast(engine, utf8, relation, form)
    return _read_by_record(engine, _recoded(engine, utf8, shown), relation, form, shown)


def _as_utf8(engine: Engine, path: Path, shown: str) -> Path:
    """Return the file, or a copy of it, in UTF-8 and under a name that the engine does not take for a pattern."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if not head.strip():
        raise InputError("file_empty", shown)
    if head.startswith(_UTF16):
        return _transcoded(engine, path, "utf-16", shown)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _recoded(engine, path, shown)
    return plainly_named(engine, path)


def plainly_named(engine: Engine, path: Path) -> Path:
    """Return the file, or a copy of it under a name that the engine does not take for a pattern."""
    if not any(mark in str(path) for mark in "*?["):
        return path
    copy = engine.spill / secrets.token_hex(8)
    with path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
    return copy


class _Undecodable(Exception):
    """Where a file stops being text of an encoding, and how many characters of three bytes came before."""

    def __init__(self, offset: int, line: int, wide: int) -> None:
        super().__init__()
        self.offset, self.line, self.wide = offset, line, wide


def _recoded(engine: Engine, path: Path, shown: str) -> Path:
    """Return the file as it is where it is UTF-8 to its end, else a copy from GB18030.

    Raises: InputError, where it is neither, or where it is UTF-8 with a damaged place: three characters of three bytes
    before the fault do not happen in GB18030 by chance.
    """
    try:
        for _ in _decoded(path, "utf-8-sig"):
            pass
    except _Undecodable as error:
        if error.wide >= 3:
            raise InputError("encoding_damaged", shown, offset=error.offset, line=error.line) from error
        return _transcoded(engine, path, "gb18030", shown)
    return plainly_named(engine, path)


def _transcoded(engine: Engine, path: Path, encoding: str, shown: str) -> Path:
    copy = engine.spill / secrets.token_hex(8)
    try:
        with copy.open("w", encoding="utf-8", newline="") as target:
            target.writelines(_decoded(path, encoding))
    except _Undecodable as error:
        raise InputError("encoding_unknown", shown, offset=error.offset, line=error.line) from error
    return copy


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, lines, wide = 0, 1, 0
    for chunk in _chunks(path, end=True):
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            wide += _wide(before.decode(encoding, "ignore"))
            raise _Undecodable(offset - held + error.start, lines + before.count(b"\n"), wide) from error
        offset, lines = offset + len(chunk), lines + text.count("\n")
        wide = wide or _wide(text)
        yield text


def _wide(text: str) -> int:
    return sum(char >= "\u0800" for char in text)


def _chunks(path: Path, end: bool = False) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
    if end:
        yield b""


def _survey(path: Path, shown: str) -> tuple[bool, str]:
    """Return whether the engine would number the file's rows rightly, and the character that escapes a quote."""
    regular, escape, offset, tail = True, '"', 0, b"\n"
    for chunk in _chunks(path):
        if (zero := chunk.find(b"\0")) >= 0:
            raise InputError("nul_byte", shown, offset=offset + zero)
        joined = tail + chunk
        regular = regular and not _BLANK_LINE.search(joined) and not _has_lone_return(joined)
        # The engine drops a last line that its buffer cannot hold, without a word.
        regular = regular and (len(chunk) < _CHUNK or b"\n" in chunk)
        if b"\\" in joined and _ESCAPED_QUOTE.search(joined):
            escape = "\\"
        tail, offset = chunk[-2:], offset + len(chunk)
    return regular, escape


def _has_lone_return(chunk: bytes) -> bool:
    return b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n") + chunk.endswith(b"\r")


def _form(path: Path, escape: str, tabs: bool) -> Form:
    """Find the delimiter: the one that cuts most of the first records into equally many cells."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    text = head.decode("utf-8-sig", "ignore")
    cut = len(head) == _SAMPLE
    named = re.match(r"sep=([,;\t])\r?\n", text)
    delimiters = ("\t",) if tabs else (named[1],) if named else _DELIMITERS
    forms = [_measured(text, cut, delimiter, escape) for delimiter in delimiters]
    best = max(range(len(forms)), key=lambda index: (forms[index][1], -index))
    form = forms[best][0]
    return form._replace(named=True, even=False) if named else form


def _measured(text: str, cut: bool, delimiter: str, escape: str) -> tuple[Form, int]:
    """Return the form with this delimiter, and how well it fits: a wrong one soon meets a quote out of place."""
    widths: list[int] = []
    with suppress(csv.Error):
        for record in islice(_reader(StringIO(text, newline=""), delimiter, escape), _SAMPLE_RECORDS):
            widths.append(len(record))
    if cut and 1 < len(widths) < _SAMPLE_RECORDS:
        widths.pop()
    counted = Counter(width for width in widths if width)
    width, fitting = max(counted.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    even = len(counted) == 1 and len(widths) == counted.total() and width <= MOST_COLUMNS
    return Form(delimiter, escape, width, even), (width - 1) * fitting


def _reader(lines: Iterator[str], delimiter: str, escape: str) -> "Reader":
    escapes = None if escape == '"' else escape
    return csv.reader(
        lines, delimiter=delimiter, quotechar='"', escapechar=escapes, doublequote=True, strict=True
    )


def _read_fast(engine: Engine, path: Path, relation: str, form: Form) -> Grid:
    """The engine keeps the order of the file, so a row's place in the table is its number in the file.

    It refuses a line of more bytes than a cell may have characters; such a file is then looked at record by record.
    """
    columns = columns_of(form.width)
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    cells = f"{relation}_cells"
    engine.run(
        f"CREATE OR REPLACE TABLE {quoted(cells)} AS FROM read_csv({literal(str(path))}, header = false, "
        f"auto_detect = false, delim = {literal(form.delimiter)}, quote = '\"', escape = {literal(form.escape)}, "
        f"columns = {{{types}}}, max_line_size = {LONGEST_CELL})"
    )
    engine.run(
        f"CREATE OR REPLACE VIEW {quoted(relation)} AS SELECT rowid + 1 AS _row, * FROM {quoted(cells)}"
    )
    return Grid(relation, form.width)


def _read_by_record(engine: Engine, path: Path, relation: str, form: Form, shown: str) -> Grid:
    short: list[int] = []
    notes: list[Note] = []
    line = 1
    with GridWriter(engine, relation, shown) as writer, path.open(encoding="utf-8-sig", newline="") as stream:
        reader = _reader(stream, form.delimiter, form.escape)
        try:
            for row, cells in enumerate(reader, 0 if form.named else 1):
                if not row:
                    continue
                if len(cells) != form.width and any(cells):
                    _note_width(row, cells, form.width, short, notes, shown)
                writer.add(row, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise InputError("csv_quotes", shown, line=line, limit=LONGEST_CELL) from error
        writer.load()
    return Grid(relation, writer.width, short=short, notes=notes)


def _note_width(
    row: int, cells: Sequence[str], width: int, short: list[int], notes: list[Note], shown: str
) -> None:
    if len(cells) < width:
        short.append(row)
    elif any(cells[width:]):
        notes.append(Note("long_row", row, None, "".join(cells[width:])))
        if len(notes) > _MOST_LONG_ROWS:
            raise InputError("csv_uneven", shown, count=_MOST_LONG_ROWS, width=width, line=row)
