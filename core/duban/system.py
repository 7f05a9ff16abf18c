"""What operating systems offer under different names: exchanging two folders in one step, and file locks."""

import ctypes
import os
import sys
from errno import EINVAL, ENOLCK, ENOSYS, ENOTSUP
from pathlib import Path

_CURRENT_FOLDER = -100  # AT_FDCWD of <fcntl.h>
_EXCHANGE = 2  # RENAME_EXCHANGE of <linux/fs.h> and RENAME_SWAP of <sys/stdio.h> on macOS
_UNKNOWN = (ENOSYS, EINVAL, ENOTSUP)


def exchange(first: Path, second: Path) -> bool:
    """Exchange two names in one step; False where the system or the file system does not know how.

    Raises: OSError, where it knows how and fails.
    """
    try:
        failed = _exchange(os.fsencode(first), os.fsencode(second)) != 0
    except (AttributeError, OSError):
        return False
    error = ctypes.get_errno()
    if failed and error not in _UNKNOWN:
        raise OSError(error, os.strerror(error), str(second))
    return not failed


def _exchange(first: bytes, second: bytes) -> int:
    if not sys.platform.startswith(("linux", "darwin")):
        return _refuse()
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        return int(library.renamex_np(first, second, ctypes.c_uint(_EXCHANGE)))
    return int(library.renameat2(_CURRENT_FOLDER, first, _CURRENT_FOLDER, second, ctypes.c_uint(_EXCHANGE)))


def _refuse() -> int:
    ctypes.set_errno(ENOSYS)
    return -1


def try_lock(handle: int) -> bool:
    """Lock an open file without waiting; False where another process holds it.

    A file system without locks (some network folders) is taken as locked: better no guard than no output.
    """
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        return error.errno in (*_UNKNOWN, ENOLCK)
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
