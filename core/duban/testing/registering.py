"""What a plugin registers: loaded under watch, asked twice, and told apart from what other plugins register."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Any

from duban.errors import DubanError
from duban.plugins import HOOKS, MOST_THINGS, Candidate, ask, candidates, given
from duban.registry import Registry, load
from duban.shapes import KINDS

from .faults import PLUGIN, Fault, each, reason
from .locating import Target
from .watching import Refused, Watch


@dataclass(frozen=True)
class Registered:
    """A plugin with everything that it registers by kind and id, and the registry of all plugins with it.

    `extra` holds its module where it is not installed.
    """

    name: str
    registry: Registry
    things: Mapping[str, Mapping[str, Any]]
    extra: Sequence[object] = ()


def registered(target: Target, watch: Watch) -> tuple[Registered | None, list[Fault]]:
    """Return what a plugin registers; None with the reasons where it cannot be registered."""
    asked = []
    try:
        module = watch.ask(PLUGIN, target.load)
        for _ in range(2):
            asked.append({name: watch.ask(name, hook) for name, hook in _hooks(module).items()})
    except Refused:
        return None, []
    except Exception as problem:  # noqa: BLE001 - where it is no import, the registry says better what is wrong
        if not asked:
            return None, [
                Fault("plugin_not_loaded", PLUGIN, {"plugin": target.name, "reason": reason(problem)})
            ]
    offer = ask(_candidate(target, module))
    if offer.fault is not None:
        return None, [_refusal(offer.fault)]
    return _asked_twice(target, module, asked)


def _hooks(module: object) -> dict[str, Callable[[], object]]:
    found = {name: getattr(module, name, None) for name in HOOKS}
    return {name: partial(_listed, hook) for name, hook in found.items() if callable(hook)}


def _listed(hook: Callable[[], Iterable[object]]) -> list[object]:
    return list(islice(hook(), MOST_THINGS))


def _candidate(target: Target, module: object) -> Candidate:
    installed = [item for item in candidates() if target.is_installed and item.plugin.name == target.name]
    return installed[0] if installed else given(module)


def _asked_twice(
    target: Target, module: object, asked: Sequence[Mapping[str, object]]
) -> tuple[Registered | None, list[Fault]]:
    """Return what is registered, where both times the same was, and no other plugin has an id of it."""
    changed = [
        hook for hook, things in asked[0].items() if fingerprint(things) != fingerprint(asked[-1][hook])
    ]
    if changed:
        return None, [Fault("answer_changes_between_runs", hook) for hook in changed]
    extra = [] if target.is_installed else [module]
    try:
        registry = load(extra)
    except DubanError as error:
        return None, [_refusal(one) for one in each(error)]
    clashing = registry.faults.get(target.name)
    if clashing is not None:
        return None, [_refusal(one) for one in each(clashing)]
    return Registered(target.name, registry, _own(registry, target.name), extra), []


def _refusal(error: DubanError) -> Fault:
    """Return an error of the registry as a fault of what it names."""
    facts = {name: value for name, value in error.facts.items() if name != "known"}
    hook, name = facts.get("hook"), facts.get("name")
    kind = facts.get("what") or str(hook).removeprefix("register_")
    subject = f"{kind}.{name}" if name and (hook or "what" in facts) else str(hook or PLUGIN)
    return Fault(error.code, subject, facts)


def _own(registry: Registry, name: str) -> dict[str, dict[str, Any]]:
    return {
        kind: {id: item for id, item in getattr(registry, kind).items() if registry.origins[kind, id] == name}
        for kind in KINDS
    }


def fingerprint(value: object) -> object:
    """Return what a registered thing says, as what JSON can hold; a function counts by its name."""
    if is_dataclass(value) and not isinstance(value, type):
        return [
            type(value).__name__,
            {field.name: fingerprint(getattr(value, field.name)) for field in fields(value)},
        ]
    if isinstance(value, Mapping):
        return [[fingerprint(key), fingerprint(item)] for key, item in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [fingerprint(item) for item in value]
    if isinstance(value, Traversable):
        return value.name
    if callable(value):
        return getattr(value, "__qualname__", type(value).__name__)
    return repr(value)
