"""Report: every reporter writes into a new folder, which then takes the place of the old one, all or nothing."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from duban.cells import write_csv
from duban.errors import DubanError, OutputError, PluginError
from duban.findings import COLUMNS
from duban.methods import Reporter
from duban.record import Run
from duban.replacing import OUTSIDE_CAUSES, check_own, new_file, new_folder

_HEADER = ",".join(COLUMNS)


def write(run: Run, reporters: Sequence[Reporter], out: Path) -> list[Path]:
    """Write the files of all reporters into `out`; return their paths, sorted.

    Raises: OutputError, where `out` is not duban's to replace or cannot be written; PluginError, naming the reporter
    that raised or wrote something else than it says. In either case `out` stays as it was.
    """
    place = _absolute(out)
    with new_folder(place) as folder:
        written: dict[str, str] = {}
        for reporter in sorted(reporters, key=lambda item: item.id):
            for name in _written_by(reporter, run, folder):
                if name in written:
                    raise PluginError(
                        "reporter_same_file", reporter=reporter.id, file=name, other=written[name]
                    )
                written[name] = reporter.id
    return [place / name for name in sorted(written)]


def check_place(out: Path) -> None:
    """Refuse early what `write` would refuse late, and give back its name to a folder that a kill left without it.

    Raises: OutputError, where `out` is not duban's to replace.
    """
    check_own(_absolute(out))


def write_findings(findings: pd.DataFrame, path: Path) -> None:
    """Write `findings.csv` of a check or a stopped run in one step.

    Raises: OutputError, where a file of that name is not a list of findings, or cannot be replaced.
    """
    place = _absolute(path)
    _check_replaceable(place)
    with new_file(place) as fresh:
        write_csv(findings, fresh)


def _absolute(path: Path) -> Path:
    """Return the path with its folder resolved; the last name stays, so that a symbolic link is seen as one."""
    place = path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()
    if not place.name:
        raise OutputError("output_not_ours", str(place))
    return place


def _written_by(reporter: Reporter, run: Run, folder: Path) -> list[str]:
    """Return the names that one reporter wrote, checked: plain names of files that are there."""
    try:
        names = [str(name) for name in reporter.write(run, folder)]
    except DubanError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OUTSIDE_CAUSES:
            raise
        reason = f"{type(error).__name__}: {error}"
        raise PluginError("reporter_raised", reporter=reporter.id, reason=reason) from error
    for name in names:
        path = folder / name
        inside = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
        if not inside or path.is_symlink() or not path.is_file():
            raise PluginError("reporter_no_file", reporter=reporter.id, file=name)
    return names


def _check_replaceable(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OutputError("findings_not_a_file", str(path))
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            start = file.read(len(_HEADER) + 8)
    except OSError as error:
        raise OutputError("output_forbidden", str(path), reason=error.strerror) from error
    if start and not start.decode("utf-8", "replace").lstrip("\ufeff").startswith(_HEADER):
        raise OutputError("findings_not_ours", str(path))
