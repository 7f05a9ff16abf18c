"""Put a new folder or file in the place of an old one, all or nothing, whatever ends the process in between.

A new folder is made beside the target under a name of duban's own, sealed with a mark that lists its files, and then
exchanged with the target in one step. Where the system knows no exchange, two renames do it, and the next start mends
what a kill between them left. A lock keeps two runs apart; whoever holds it may sweep away what dead ones left.
"""

import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EBUSY, EDQUOT, EFBIG, ENOENT, ENOSPC, EPERM, EROFS
from pathlib import Path
from typing import Any

from .errors import OutputError
from .system import exchange, try_lock

MARK = ".duban"
INTERNAL, PUBLIC = EDITIONS = ("internal", "public")
# What Excel, WPS, LibreOffice and file managers leave in a folder that somebody only looked at.
_TRACES = ("~$", ".~", "Thumbs.db", "desktop.ini", ".DS_Store")
_FULL = (ENOSPC, EDQUOT, EFBIG)
_FORBIDDEN = (EACCES, EPERM, EBUSY, EROFS)
OUTSIDE_CAUSES = (*_FULL, *_FORBIDDEN)
PATIENCE_SECONDS = 60.0


@contextmanager
def new_folder(target: Path, edition: str = INTERNAL) -> Iterator[Path]:
    """Give an empty folder to fill; at the end of the block it stands where the target stood.

    Raises: OutputError, for a target that is not duban's to replace or holds another edition, and for a disk that is full or forbidden.
    """
    with writing(target), _owned(target):
        _sweep(target)
        _check_own(target)
        _check_edition(target, edition)
        fresh = _beside(target, "new")
        fresh.mkdir()
        try:
            (fresh / MARK).write_text("{}", "utf-8")
            yield fresh
            _seal(fresh, edition)
            _put(fresh, target)
        finally:
            _remove(fresh)


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give the name of a file to write; at the end of the block it stands where the target stood.

    Raises: OutputError, for a disk that is full or forbidden.
    """
    with writing(target), _owned(target):
        fresh = target.with_name(f".{target.name}.duban-new")
        fresh.unlink(missing_ok=True)
        try:
            yield fresh
            _sync(fresh)
            fresh.replace(target)
            _sync(target.parent)
        finally:
            fresh.unlink(missing_ok=True)


def check_own(target: Path, edition: str = INTERNAL) -> None:
    """Mend what a kill between two renames left, then refuse a target that is not duban's to replace.

    Raises: OutputError.
    """
    with writing(target), _owned(target):
        _sweep(target)
        _check_own(target)
        _check_edition(target, edition)


def edition_of(folder: Path) -> str | None:
    """Return for whom the files of a folder are, None where duban did not write it."""
    mark = _mark(folder)
    return None if mark is None else str(mark.get("edition", INTERNAL))


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what the operating system says while a target is written into one line with what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if error.errno in _FULL:
            raise OutputError("output_disk_full", str(target), reason=reason) from error
        if error.errno in _FORBIDDEN:
            raise OutputError("output_forbidden", str(target), reason=reason) from error
        if error.errno == ENOENT and not target.parent.is_dir():
            raise OutputError("output_no_parent", str(target), parent=target.parent) from error
        raise OutputError("output_failed", str(target), reason=reason) from error


@contextmanager
def _owned(target: Path) -> Iterator[None]:
    """Hold the target's lock: a file beside it, gone afterwards; a killed process lets go of it by itself."""
    lock = target.with_name(f".{target.name}.duban-lock")
    patience = time.monotonic() + PATIENCE_SECONDS
    handle = _locked(lock)
    while handle is None:
        if time.monotonic() > patience:
            raise OutputError("output_busy", str(target))
        time.sleep(0.05)
        handle = _locked(lock)
    try:
        yield
    finally:
        # Before the lock is let go, so that nobody takes a lock on a name that is about to vanish.
        with suppress(OSError):
            lock.unlink()
        os.close(handle)
        # Windows removes no open file.
        if os.name == "nt":
            with suppress(OSError):
                lock.unlink()


def _locked(lock: Path) -> int | None:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        if try_lock(handle) and os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
    except FileNotFoundError:
        pass
    os.close(handle)
    return None


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.duban-{kind}-{secrets.token_hex(6)}")


def _sweep(target: Path) -> None:
    """Bring the old folder back if it lost its name, then remove what dead processes left; needs the lock."""
    left = sorted(target.parent.glob(f".{_escaped(target.name)}.duban-*-*"))
    left = [path for path in left if path.is_dir() and not path.is_symlink() and _is_ours(path)]
    old = [path for path in left if ".duban-old-" in path.name]
    if old and not os.path.lexists(target):
        old[0].rename(target)
        left.remove(old[0])
    for path in left:
        _remove(path)


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _check_own(target: Path) -> None:
    """Refuse whatever is not absent, empty, or a folder that duban wrote and nobody added to."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir():
        raise OutputError("output_not_a_folder", str(target))
    if not _is_ours(target):
        raise OutputError("output_not_ours", str(target))
    strangers = _strangers(target)
    if strangers:
        raise OutputError("output_has_strangers", str(target), files="、".join(strangers[:5]))


def _is_ours(folder: Path) -> bool:
    return not any(folder.iterdir()) or _listed(folder) is not None


def _check_edition(target: Path, edition: str) -> None:
    """Refuse to mix editions: neither in the place of the other, nor one inside the other's folder."""
    for folder in (target, *target.parents):
        found = edition_of(folder)
        if found is not None and found != edition:
            raise OutputError(f"output_holds_{found}", str(target), folder=folder)


def _listed(folder: Path) -> frozenset[str] | None:
    """Return the files that the mark lists, None where there is no mark of duban's."""
    mark = _mark(folder)
    return None if mark is None else frozenset(map(str, mark.get("files", ())))


def _mark(folder: Path) -> dict[str, Any] | None:
    """Return what the mark of a folder says, None where there is no mark of duban's."""
    try:
        if not stat.S_ISREG((folder / MARK).lstat().st_mode):
            return None
        mark = json.loads((folder / MARK).read_text("utf-8"))
        files, edition = mark.get("files", []), mark.get("edition", INTERNAL)
    except (OSError, ValueError, AttributeError):
        return None
    return mark if isinstance(files, list) and edition in EDITIONS else None


def _strangers(folder: Path) -> list[str]:
    known = (_listed(folder) or frozenset()) | {MARK}
    return [
        name for name in _files(folder) if name not in known and not name.split("/")[-1].startswith(_TRACES)
    ]


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _seal(fresh: Path, edition: str) -> None:
    """Say the edition and list the files in the mark, and have the disk hold all of them before the exchange."""
    names = [name for name in _files(fresh) if name != MARK]
    (fresh / MARK).write_text(json.dumps({"edition": edition, "files": names}, indent=1) + "\n", "utf-8")
    for name in [MARK, *names]:
        _sync(fresh / name)
    for folder in [*(path for path in fresh.rglob("*") if path.is_dir()), fresh]:
        _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(fresh: Path, target: Path) -> None:
    """Let the new folder take the target's name; afterwards `fresh` names the old one, or nothing."""
    if not os.path.lexists(target):
        fresh.rename(target)
    else:
        shutil.copymode(target, fresh)
        if exchange(fresh, target):
            _check_exchanged(fresh, target)
        else:
            _rename_twice(fresh, target)
    _sync(target.parent)


def _check_exchanged(old: Path, target: Path) -> None:
    """Undo the exchange where somebody put another folder there since it was looked at."""
    try:
        _check_own(old)
    except OutputError:
        exchange(old, target)
        raise


def _rename_twice(fresh: Path, target: Path) -> None:
    aside = _beside(target, "old")
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    _remove(aside)


def _remove(folder: Path) -> None:
    """Remove a folder of duban's, its mark last, so that what cannot go now is known and goes next time."""
    if not folder.is_dir() or not _is_ours(folder):
        return
    with suppress(OSError):
        for child in folder.iterdir():
            if child.name != MARK:
                shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
        (folder / MARK).unlink(missing_ok=True)
        folder.rmdir()
