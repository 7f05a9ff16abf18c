"""Fill a new folder, all of it or nothing."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.errors import OutputError
from duban.replacing import writing


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """Give a folder to fill; at the end what is in it stands in the named folder, which must be new or empty.

    Raises: OutputError, for a place that is taken, and for a disk that is full or forbidden.
    """
    with writing(folder):
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise OutputError("workspace_not_empty", str(folder))
        place = folder.absolute()
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.duban-new-{secrets.token_hex(6)}")
        fresh.mkdir()
        try:
            yield fresh
            _move(fresh, place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _move(fresh: Path, place: Path) -> None:
    if not place.exists():
        fresh.rename(place)
        return
    # The folder itself stays: it may be the one in which the user stands.
    for child in sorted(fresh.iterdir()):
        child.rename(place / child.name)
