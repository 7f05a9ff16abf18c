"""One measure over rows written by hand, worked out on the way that a run takes."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pandas as pd

from duban.corrections import ALWAYS_STOP
from duban.errors import Stopped
from duban.hookspecs import hookimpl
from duban.measures import Measure
from duban.pipeline import run
from duban.record import Run
from duban.registry import Registry, installed, load
from duban.results import Figure
from duban.tables import known_tables
from duban.terms import Status
from duban.texts import codes

from .workspaces import TableRow, write_workspace

# The names of what the made-up ruleset needs; whoever gives more of it may add to them.
DIMENSION, CRITERION = "measuring", "measured"


def figures(
    measure: str | Measure,
    tables: Mapping[str, Sequence[TableRow]],
    *,
    as_of: date = date(2024, 1, 31),
    period: tuple[date, date] | None = None,
    parameters: Mapping[str, Any] | None = None,
    ruleset: Mapping[str, Any] | None = None,
    plugins: Sequence[object] = (),
    lenient: bool = False,
) -> dict[str, Figure]:
    """Return what a measure says of each department, over rows by table: `{"cases": [{"case_id": "1", …}]}`.

    The measure is one of an installed plugin or of `plugins`, by its id, or a `Measure` of its own. A column that no
    row has is one that the files lack. `ruleset` holds more sections of the ruleset: `{"deadlines": {…}}`. `lenient`
    accepts whatever the checks find, as ledgers that were made up need.

    Raises: Stopped, where findings stop the run; DubanError, as `duban.run` does.
    """
    given = [*plugins, _plugin_of(measure)] if isinstance(measure, Measure) else plugins
    name = measure.id if isinstance(measure, Measure) else measure
    done = run_over(tables, as_of, rules_for(name, parameters or {}, period, ruleset or {}), given, lenient)
    rows = done.criteria[done.criteria["criterion"] == CRITERION]
    columns = ("department", "status", "count", "hits", "value")
    return {
        str(name): _figure(*rest) for name, *rest in zip(*(rows[column] for column in columns), strict=True)
    }


def run_over(
    tables: Mapping[str, Sequence[TableRow]],
    as_of: date,
    ruleset: Mapping[str, Any],
    plugins: Sequence[object] = (),
    lenient: bool = False,
) -> Run:
    """Return the run of a ruleset over rows, which are written as the files of a workspace; nothing else is written.

    Raises: DubanError, as `duban.run` does.
    """
    registry = load(plugins) if plugins else installed()
    known = known_tables(registry.tables.values())
    with TemporaryDirectory(prefix="duban-") as place:
        write_workspace(Path(place), tables, ruleset, as_of, known, _accepted(registry) if lenient else ())
        return _run(place, plugins)


def _accepted(registry: Registry) -> list[str]:
    return sorted({*codes("findings"), *registry.checks} - ALWAYS_STOP)


def _run(place: str, plugins: Sequence[object]) -> Run:
    """Run a workspace; what stops it is told with the findings themselves, whose file is gone by then."""
    try:
        return run(place, write=False, plugins=plugins)
    except Stopped as stopped:
        stopped.add_note(stopped.findings.to_string())
        raise


def _plugin_of(measure: Measure) -> object:
    @hookimpl
    def register_measures() -> list[Measure]:
        return [measure]

    return SimpleNamespace(__name__="test", register_measures=register_measures)


def rules_for(
    name: str,
    parameters: Mapping[str, Any] = MappingProxyType({}),
    period: tuple[date, date] | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a ruleset that uses the measure in its only criterion."""
    criterion: dict[str, Any] = {"title": "测试", "dimension": DIMENSION, "measure": name, "points": 1}
    if parameters:
        criterion["with"] = parameters
    made: dict[str, Any] = {"format": 1, "id": "test", "title": "测试", **more}
    if period is not None:
        made["period"] = {"from": period[0], "to": period[1]}
    made["dimensions"] = {DIMENSION: {"title": "测试"}, **more.get("dimensions", {})}
    made["criteria"] = {CRITERION: criterion, **more.get("criteria", {})}
    return made


def _figure(status: str, count: int, hits: Any, value: Any) -> Figure:
    return Figure(
        Status(status), int(count), None if pd.isna(hits) else int(hits), None if pd.isna(value) else value
    )
