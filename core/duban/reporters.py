"""Which reporters write, and with which templates: what is asked for, held against what there is."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .documents import KeyPath
from .errors import Position, UsageError, WorkspaceError
from .methods import Reporter
from .registry import Registry
from .report import Report
from .workspace import OpenedWorkspace


def chosen_reporters(registry: Registry, wanted: Sequence[str] | None) -> list[Reporter]:
    """Return the reporters of these ids, all for None.

    Raises: UsageError, for an id that no reporter has, and where there is no reporter at all.
    """
    if not registry.reporters:
        raise UsageError("no_reporters")
    for name in wanted or ():
        if name not in registry.reporters:
            raise UsageError("reporter_unknown", "--report", name=name, known=list(registry.reporters))
    return [item for name, item in sorted(registry.reporters.items()) if not wanted or name in wanted]


def report_of(
    opened: OpenedWorkspace,
    at: Callable[[KeyPath], Position],
    registry: Registry,
    given: Mapping[str, str | Path],
) -> Report:
    """Return `[report]` with its paths found; `given` are templates from outside, by kind, which come first.

    Raises: UsageError, WorkspaceError: for a kind that no reporter has, a file that is not there, or one that the
    workspace names outside its folder.
    """
    known = sorted({kind for item in registry.reporters.values() for kind in item.templates})
    for kind, path in given.items():
        if kind not in known:
            raise UsageError("template_kind_unknown", "--template", name=kind, known=known)
        if not Path(path).is_file():
            raise UsageError("template_not_found", "--template", file=path)
    folder, report = opened.folder, opened.workspace.report
    for kind, path in report.templates.items():
        place = at(("report", "templates", kind))
        if kind not in known:
            raise WorkspaceError("template_kind_unknown", place, name=kind, known=known)
        if not (folder / path).resolve().is_relative_to(folder):
            raise WorkspaceError("template_outside", place, file=path)
        if kind not in given and not (folder / path).is_file():
            raise WorkspaceError("template_not_found", place, file=path)
    return report.within(folder, {kind: Path(path).resolve() for kind, path in given.items()})
