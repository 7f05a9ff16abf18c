"""What a plugin delivers: files of reports, folders with rulesets and sample workspaces."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from duban.errors import DubanError
from duban.loading import load_ruleset
from duban.methods import DataFolder, Reporter
from duban.preparing import prepare
from duban.record import Run
from duban.resolving import resolve
from duban.stages.reading.files import find_files
from duban.stages.reporting import write
from duban.tables import known_tables

from .faults import Fault, told
from .measured import rules_for, run_over
from .registering import Registered
from .values import AS_OF, DEPARTMENTS
from .watching import Refused, Watch


def of_reporters(plugin: Registered, watch: Watch) -> Iterator[Fault]:
    """Yield what is wrong with the reports of a plugin: a run with odd names, and one without any department."""
    if not plugin.things["reporters"]:
        return
    rows = [
        {
            "case_id": str(number),
            "department": name,
            "assigned_on": AS_OF,
            "replied_on": AS_OF if number % 2 else None,
        }
        for number, name in enumerate(DEPARTMENTS)
    ]
    rules = rules_for("replied")
    runs = [run_over({"cases": rows}, AS_OF, rules), run_over({"cases": [], "departments": []}, AS_OF, rules)]
    for id, reporter in plugin.things["reporters"].items():
        for run in runs:
            fault = _reported(plugin, reporter, run, watch)
            if fault is not None:
                yield replace(fault, subject=f"reporters.{id}")
                break


def _reported(plugin: Registered, reporter: Reporter, run: Run, watch: Watch) -> Fault | None:
    with TemporaryDirectory(prefix="duban-") as place, _temporary_files(Path(place) / "temporary"):

        def watched(run: Run, folder: Path) -> Sequence[str]:
            action = lambda: list(reporter.write(run, folder))
            return watch.ask(f"reporters.{reporter.id}", action, clock=False, writable=folder)

        try:
            owners = {reporter.id: plugin.name}
            write(run, [replace(reporter, write=watched)], Path(place) / "out", owners)
        except DubanError as error:
            refused = isinstance(error.__cause__, Refused)
            return None if refused else Fault("report_not_written", "", {"reason": told(error)})
    return None


@contextmanager
def _temporary_files(folder: Path) -> Iterator[None]:
    """Let temporary files be made in a folder of their own, beside which nothing may be written."""
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def of_folders(plugin: Registered) -> Iterator[Fault]:
    """Yield the rulesets and samples of a plugin that cannot be loaded."""
    for kind, load in (("rulesets", _load_ruleset), ("samples", _load_sample)):
        for id, folder in plugin.things[kind].items():
            try:
                load(plugin, folder)
            except DubanError as error:
                yield Fault("folder_not_loaded", f"{kind}.{id}", {"reason": told(error)})


def _load_ruleset(plugin: Registered, folder: DataFolder) -> None:
    registry = plugin.registry
    loaded = load_ruleset(folder.id, Path(str(folder.folder)), folder.id, registry.rulesets)
    resolve(loaded, registry, known_tables(registry.tables.values()), None)


def _load_sample(plugin: Registered, folder: DataFolder) -> None:
    """Load a sample, and find its files, in a copy: nothing is read of them."""
    with TemporaryDirectory(prefix="duban-") as place:
        copy = Path(place) / "sample"
        shutil.copytree(str(folder.folder), copy)
        prepared = prepare(copy, None, None, plugin.extra)
        for name, source in prepared.opened.workspace.tables.items():
            find_files(copy, source, prepared.at(("tables", name, "file")))
