"""Report: every reporter writes into a new folder, which then takes the place of the old one, all or nothing."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from duban.cells import write_csv
from duban.errors import DubanError, OutputError, PluginError
from duban.findings import COLUMNS
from duban.methods import Reporter
from duban.record import Run
from duban.replacing import MARK, OUTSIDE_CAUSES, check_own, new_file, new_folder
from duban.stage import enter
from duban.visibility import Edition

_HEADER = ",".join(COLUMNS)


def write(
    run: Run, reporters: Sequence[Reporter], out: Path, plugins: Mapping[str, str] | None = None
) -> list[Path]:
    """Write the files of all reporters into `out`; return their paths, sorted.

    `plugins` says which plugin a reporter's id came from.

    Raises: OutputError, where `out` is not duban's to replace or cannot be written; PluginError, naming the reporter
    that raised or wrote something else than it says. In either case `out` stays as it was.
    """
    place = _absolute(out)
    with new_folder(place, run.edition) as folder:
        written: dict[str, str] = {MARK: "duban"}
        for reporter in sorted(reporters, key=lambda item: item.id):
            plugin = (plugins or {}).get(reporter.id, reporter.id)
            enter("writing", reporter.title if run.language == "zh" else reporter.title_en or reporter.id)
            part = folder / f"{MARK}-{reporter.id}"
            part.mkdir()
            for name in _written_by(reporter, plugin, run, part):
                if name in written:
                    other = written[name]
                    raise PluginError("reporter_same_file", reporter=reporter.id, file=name, other=other)
                written[name] = reporter.id
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (part / name).rename(folder / name)
            shutil.rmtree(part, ignore_errors=True)
    return [place / name for name in sorted(written) if name != MARK]


def check_place(out: Path, edition: Edition = Edition.INTERNAL) -> None:
    """Refuse early what `write` would refuse late, and give back its name to a folder that a kill left without it.

    Raises: OutputError, where `out` is not duban's to replace, or holds another edition.
    """
    check_own(_absolute(out), edition)


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


def _written_by(reporter: Reporter, plugin: str, run: Run, part: Path) -> list[str]:
    """Return the names that one reporter wrote into a folder of its own, checked: they are all that is there."""
    facts = {"reporter": reporter.id, "plugin": plugin}
    try:
        names = list(reporter.write(_copy(run), part))
    except DubanError:
        raise
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) and error.errno in OUTSIDE_CAUSES:
            raise
        reason = f"{type(error).__name__}: {error}"
        raise PluginError("reporter_raised", reason=reason, **facts) from error
    present = {
        path.relative_to(part).as_posix()
        for path in part.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }
    said = {str(name) for name in names}
    for name in sorted(said - present) + sorted(name for name in said if not _is_plain(part / name)):
        raise PluginError("reporter_no_file", file=name, **facts)
    for name in sorted(present - said):
        raise PluginError("reporter_unsaid_file", file=name, **facts)
    return sorted(said)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _copy(run: Run) -> Run:
    """Return the run with tables of its own: what one reporter does to them reaches no other."""
    copies: dict[str, Any] = {
        item.name: table.copy()
        for item in fields(run)
        if isinstance(table := getattr(run, item.name), pd.DataFrame)
    }
    return replace(run, **copies)


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
