"""Which files a table comes from, and whether it is safe to open them."""

import hashlib
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from duban.errors import InputError, Position, WorkspaceError
from duban.workspace import Source

DELIMITED = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
PARQUET = (".parquet",)
SUFFIXES = (*DELIMITED, *WORKBOOKS, *PARQUET)

LARGEST_UNPACKED = 1 << 30  # bytes
LARGEST_RATIO = 100  # unpacked to packed, minded from 30 MB unpacked on
UNPACKED_UNMINDED = 30 << 20
MOST_MEMBERS = 10_000
_NEARBY = 200


def find_files(folder: Path, source: Source, at: Position | str) -> list[Path]:
    """Return the files of one table, sorted, each once; all of them inside the workspace folder.

    Raises: WorkspaceError, for a path that leaves the folder, that nothing matches, or that duban cannot read.
    """
    root = folder.resolve()
    found: dict[Path, Path] = {}
    for pattern in source.file:
        for path in _matches(root, pattern, at):
            found.setdefault(path.resolve(), path)
    return sorted(found.values(), key=lambda path: path.relative_to(root).as_posix())


def _matches(root: Path, pattern: str, at: Position | str) -> list[Path]:
    relative = _inside(pattern, at)
    hits = [path for path in _candidates(root, relative) if not _is_lock(path)]
    if not hits:
        raise WorkspaceError("data_file_not_found", at, name=pattern, known=nearby(root))
    for path in hits:
        _check(root, path, at)
    return hits


def _check(root: Path, path: Path, at: Position | str) -> None:
    """Refuse what is no readable file of the folder; a link counts as what it leads to."""
    name = path.relative_to(root).as_posix()
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise WorkspaceError("data_file_not_found", at, name=name, known=nearby(root)) from error
    if not target.is_relative_to(root):
        raise WorkspaceError("path_outside", at, name=name)
    if not target.is_file():
        raise WorkspaceError("not_a_file", at, name=name)
    if path.suffix.lower() not in SUFFIXES:
        raise WorkspaceError("unknown_format", at, name=path.name, formats=" ".join(SUFFIXES))


def _inside(pattern: str, at: Position | str) -> str:
    """Return the pattern as a relative POSIX path without `.` and `..`."""
    unified = pattern.replace("\\", "/")
    windows = PureWindowsPath(pattern)
    parts = PurePosixPath(unified).parts
    if "\0" in pattern or windows.drive or windows.root or unified.startswith("/") or ".." in parts:
        raise WorkspaceError("path_outside", at, name=pattern)
    if not parts:
        raise WorkspaceError("not_a_file", at, name=pattern or ".")
    return "/".join(parts)


def _candidates(root: Path, relative: str) -> Iterator[Path]:
    """A name that exists is taken as it stands, also with `[` in it; else it is a pattern, for files only."""
    try:
        if (root / relative).exists() or (root / relative).is_symlink():
            yield root / relative
        elif any(mark in relative for mark in "*?["):
            hits = (path for path in root.glob(relative) if not path.name.startswith("."))
            yield from (path for path in hits if path.is_symlink() or not path.is_dir())
    except (OSError, ValueError):
        # A name too long, or a pattern that pathlib refuses, matches nothing.
        return


def _is_lock(path: Path) -> bool:
    """Excel, WPS and LibreOffice leave these beside a file that is open."""
    return path.name.startswith(("~$", ".~"))


def nearby(root: Path) -> list[str]:
    """Return the readable files of the folder and of its folders, `out` excepted, for a message."""
    patterns = ("*", "*/*", "*/*/*")
    paths = (path.relative_to(root) for pattern in patterns for path in root.glob(pattern))
    names = (path.as_posix() for path in paths if path.suffix.lower() in SUFFIXES and path.parts[0] != "out")
    return sorted(name for name, _ in zip(names, range(_NEARBY), strict=False) if not _is_lock(Path(name)))


def display(folder: Path, path: Path) -> str:
    """Return a file's name as findings show it: from the workspace folder, with `/`."""
    root = folder.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def check_readable(path: Path, shown: str) -> None:
    """Make sure that the file is one, and that nobody keeps it from being read.

    Raises: InputError.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError("not_a_file", shown, name=shown)
        with path.open("rb") as stream:
            stream.read(1)
    except PermissionError as error:
        raise InputError("file_locked", shown) from error
    except OSError as error:
        raise InputError("file_unreadable", shown, reason=error.strerror) from error


def check_size(path: Path, shown: str | None = None) -> None:
    """Refuse a packed workbook by what it declares, before any of it is unpacked.

    `zipfile` never unpacks more of a member than it declares, so the declared sizes are limits.
    Raises: InputError, for a bomb, for overlapping or encrypted members, and for a container that is broken.
    """
    place = shown or path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise InputError("file_broken", place, reason=str(error)) from error
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise InputError("password_protected", place)
    # Members that share their bytes declare more packed bytes than the file has.
    if (
        len(members) > MOST_MEMBERS
        or packed > path.stat().st_size
        or _explodes(unpacked, path.stat().st_size)
    ):
        raise InputError("file_too_large_inside", place, megabytes=unpacked >> 20, members=len(members))


def _explodes(unpacked: int, size: int) -> bool:
    return unpacked > LARGEST_UNPACKED or (unpacked > UNPACKED_UNMINDED and unpacked > LARGEST_RATIO * size)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    check_readable(path, path.name)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
