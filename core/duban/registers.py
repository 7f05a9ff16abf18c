"""Registers: small csv files beside `duban.toml` that people keep, and that spreadsheets may have saved again."""

import csv
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from .errors import InputError, OutputError

LARGEST = 32 << 20  # bytes
_DELIMITERS = (",", "\t", ";")
# What a spreadsheet takes for a formula, or saves as another number or day than it read: 001, 8.50, more digits than it
# shows, 2023-12, 1:30. It may stand after any number of the marks that keep it from doing so.
_ALTERED = re.compile(
    r"""'*(?:[=+\-@\t\r＝＋－＠].*
    | 0[0-9]+(?:\.[0-9]*)? | [0-9]*\.(?:[0-9]*0)? | \.[0-9]+ | [0-9][0-9.]{11,} | [0-9.]+[eE][0-9]+
    | [0-9]{1,4}[-/][0-9]{1,2} | [0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2,4} | [0-9]+:[0-9:.]+ | (?i:true|false))""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Register:
    """One register: the records as they stand, heading first, and its rows by field with the line that a sheet shows."""

    content: bytes
    records: Sequence[Sequence[str]]
    fields: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, str]]]


def read_register(path: Path, headings: Mapping[str, Sequence[str]], required: Sequence[str]) -> Register:
    """Read a register; `headings` are the words for each field, whose own name is always known.

    UTF-8 with or without a byte order mark, UTF-16 and GB18030 are read, with commas, tabs or semicolons.
    Raises: InputError, for what cannot be read, and where a required heading is missing.
    """
    try:
        content = path.read_bytes()
        records = _records(_text(content, path.name))
    except OSError as error:
        raise InputError("file_unreadable", path.name, reason=error.strerror) from error
    except (csv.Error, UnicodeError) as error:
        raise InputError("file_broken", path.name, reason=str(error)) from error
    known = {_plain(word): field for field, words in headings.items() for word in (field, *words)}
    fields = [known.get(_plain(cell), "") for cell in (records[0] if records else [])]
    missing = [field for field in required if field not in fields]
    if missing:
        wanted = "、".join(headings[field][0] for field in missing)
        raise InputError("register_heading_missing", path.name, wanted=wanted)
    rows = [
        (line, _row(fields, cells)) for line, cells in enumerate(records[1:], 2) if any(map(_plain, cells))
    ]
    return Register(content, records, fields, rows)


def _text(content: bytes, shown: str) -> str:
    if len(content) > LARGEST:
        raise InputError("register_too_large", shown, megabytes=LARGEST >> 20)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _records(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _plain(text: str) -> str:
    return "".join(text.split())


def _row(fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {field: unguarded(flat(cell)) for field, cell in zip(fields, cells, strict=False) if field}


def flat(text: str) -> str:
    """Return a text on one line with single blanks, as it stands in a register."""
    return " ".join(text.split())


def guarded(text: str) -> str:
    """Return a text with `'` before it where a spreadsheet would not leave it as it is; `unguarded` takes it away."""
    return f"'{text}" if _ALTERED.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return a text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _ALTERED.fullmatch(text) else text


def write_register(path: Path, records: Sequence[Sequence[str]], before: bytes | None) -> None:
    """Write a register whole, as UTF-8 with BOM, in one step; `before` is what it must still hold, None for no file.

    Raises: OutputError, where somebody else has written it meanwhile, or it cannot be written.
    """
    lines = StringIO(newline="")
    csv.writer(lines).writerows(records)
    try:
        if (path.read_bytes() if path.exists() else None) != before:
            raise OutputError("register_changed", path.name)
        _exchange(path, lines.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise OutputError("register_not_written", path.name, reason=error.strerror) from error


def _exchange(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        made = Path(file.name)
        try:
            file.write(content)
            file.close()
            # The mode of a temporary file is narrower than that of what a clerk makes.
            made.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
