"""Spreadsheets: what a file is, its bytes say; whatever a library raises over it becomes one clear error."""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.engine import Engine
from duban.errors import DubanError, InputError, Position

from .biff import read_xls
from .excel import read_xlsx
from .files import check_size
from .grids import Grid
from .opendocument import read_opendocument

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_Reader = Callable[[Engine, Path, str | None, str, str, Position | str], Grid]


def read_workbook(
    engine: Engine, path: Path, sheet: str | None, relation: str, shown: str, at: Position | str
) -> Grid:
    """Load one sheet as text: the named one, or the first visible one; `at` is where the workspace names it.

    Raises: InputError, for a file that is broken, protected or no workbook; WorkspaceError, for an unknown sheet.
    """
    with _as_input_error(shown):
        return _reader(path, shown)(engine, path, sheet, relation, shown, at)


def _reader(path: Path, shown: str) -> _Reader:
    """Ledgers that some system exports as `.xls` are often `.xlsx`, or a web page, inside."""
    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic == _OLE:
        return read_xls
    if not magic.startswith(b"PK"):
        raise InputError("not_a_workbook", shown)
    check_size(path, shown)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if "content.xml" in names:
        return read_opendocument
    if "[Content_Types].xml" in names and not names & {"xl/workbook.bin", "word/document.xml"}:
        return read_xlsx
    raise InputError("not_a_workbook", shown)


@contextmanager
def _as_input_error(shown: str) -> Iterator[None]:
    """The libraries raise what they like over a broken file, and warn of parts that do not matter here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (DubanError, OSError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # A panic of calamine's comes as a BaseException.
        raise InputError("file_broken", shown, reason=f"{type(error).__name__}: {error}") from error
