"""Load plugins once, check what they register, freeze it; two things with one id are an error."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

import pluggy

from .errors import DubanError, PluginError, raise_all
from .hookspecs import HookSpecs
from .measures import Measure
from .methods import Aggregator, Check, Curve, DataFolder, DerivedColumn, Reporter
from .tables import Table

GROUP = "duban"
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
# What each hook returns, in the order of hookspecs.py.
KINDS: Mapping[str, type] = MappingProxyType(
    {
        "rulesets": DataFolder,
        "samples": DataFolder,
        "tables": Table,
        "columns": DerivedColumn,
        "checks": Check,
        "measures": Measure,
        "curves": Curve,
        "aggregators": Aggregator,
        "reporters": Reporter,
    }
)


@dataclass(frozen=True)
class Registry:
    """Everything that the plugins offer, by id; `origins` says which plugin a (kind, id) came from."""

    rulesets: Mapping[str, DataFolder] = field(default_factory=dict)
    samples: Mapping[str, DataFolder] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    columns: Mapping[str, DerivedColumn] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    aggregators: Mapping[str, Aggregator] = field(default_factory=dict)
    reporters: Mapping[str, Reporter] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@cache
def installed() -> Registry:
    """Return the registry of all installed plugins, loaded once a process."""
    return load()


def load(extra: Sequence[object] = ()) -> Registry:
    """Load the installed plugins and the given plugin modules.

    Raises: PluginError, for a plugin that does not load, does not fit the hooks, or repeats an id.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(HookSpecs)
    versions: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        versions[point.name] = point.dist.version if point.dist else ""
        _register(manager, _loaded(point), point.name)
    for module in extra:
        name = str(getattr(module, "__name__", type(module).__name__))
        versions[name] = str(getattr(module, "__version__", ""))
        _register(manager, module, name)
        if not manager.get_hookcallers(module):
            raise PluginError("plugin_without_hooks", plugin=name, value=repr(module))
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as problem:
        raise _misfit(problem) from problem
    return _collected(manager, versions)


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except (Exception, SystemExit) as problem:
        raise PluginError("plugin_not_loaded", plugin=point.name, reason=_reason(problem)) from problem


def _register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    try:
        manager.register(plugin, name=name)
    except pluggy.PluginValidationError as problem:
        raise _misfit(problem) from problem
    except ValueError as problem:
        raise PluginError("plugin_duplicate", plugin=name, other=name, what="plugin", name=name) from problem


def _misfit(problem: pluggy.PluginValidationError) -> PluginError:
    plugin = str(getattr(problem.plugin, "__name__", problem.plugin))
    return PluginError("plugin_hook", plugin=plugin, reason=_reason(problem))


def _reason(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"


def _collected(manager: pluggy.PluginManager, versions: Mapping[str, str]) -> Registry:
    origins: dict[tuple[str, str], str] = {}
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    errors: list[DubanError] = []
    for kind in KINDS:
        for plugin, item in _registered(manager, kind):
            if (kind, item.id) in origins:
                other = origins[kind, item.id]
                errors.append(
                    PluginError("plugin_duplicate", plugin=plugin, other=other, what=kind, name=item.id)
                )
                continue
            origins[kind, item.id] = plugin
            found[kind][item.id] = item
    raise_all(errors)
    frozen = {kind: MappingProxyType(dict(sorted(items.items()))) for kind, items in found.items()}
    return Registry(
        **frozen, origins=MappingProxyType(origins), versions=MappingProxyType(dict(sorted(versions.items())))
    )


def _registered(manager: pluggy.PluginManager, kind: str) -> Iterator[tuple[str, Any]]:
    hook = getattr(manager.hook, f"register_{kind}")
    for implementation in sorted(hook.get_hookimpls(), key=lambda item: item.plugin_name):
        name, plugin = f"register_{kind}", implementation.plugin_name
        try:
            items = list(implementation.function())
        except (Exception, SystemExit) as problem:
            raise PluginError("plugin_raised", plugin=plugin, hook=name, reason=_reason(problem)) from problem
        for item in items:
            if not isinstance(item, KINDS[kind]):
                expected = KINDS[kind].__name__
                raise PluginError(
                    "plugin_wrong_thing", plugin=plugin, hook=name, value=repr(item), expected=expected
                )
            _check_shape(item, plugin, kind)
            yield plugin, item


def _check_shape(item: Any, plugin: str, kind: str) -> None:
    """Refuse an id that nobody could write, and a measure whose fields do not go together."""
    field = item.misfit() if isinstance(item, Measure) else None
    if field is None and not (isinstance(item.id, str) and _ID.fullmatch(item.id)):
        field = "id"
    if field is not None:
        value = getattr(item, field)
        raise PluginError(
            "plugin_misshapen", plugin=plugin, what=kind, name=item.id, field=field, value=repr(value)
        )
