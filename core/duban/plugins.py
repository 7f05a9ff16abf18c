"""One plugin at a time: found among what is installed, imported, asked what it offers, and checked.

Whatever is wrong with it becomes one error that names it; nothing that it does reaches the others.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from importlib.metadata import Distribution, EntryPoint, distributions
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pluggy

from .errors import PluginError, shown
from .limiting import PLUGIN_SECONDS, TooSlow, reason, within
from .shapes import KINDS, misfit

GROUP = "duban"
HOOKS = tuple(f"register_{kind}" for kind in KINDS)
# Far more than anybody writes: a hook that never ends must not fill the memory.
MOST_THINGS = 10_000
_PLAIN = (int, float, bool, bytes, type(None))


@dataclass(frozen=True)
class Plugin:
    """A plugin by name: its version, the distribution that it came with, and the folder or file of its package."""

    name: str
    version: str = ""
    distribution: str = ""
    place: str = ""


@dataclass(frozen=True)
class Candidate:
    """A plugin that may be loaded; `load` imports it and returns what has the hooks."""

    plugin: Plugin
    load: Callable[[], object]


@dataclass(frozen=True)
class Offer:
    """What a plugin offers, by kind; `fault` says why it offers nothing."""

    plugin: Plugin
    things: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    fault: PluginError | None = None


def candidates() -> list[Candidate]:
    """Return every installed plugin by name, none of them imported yet; two of one name are none."""
    named: dict[str, list[tuple[Plugin, EntryPoint]]] = {}
    found = []
    for distribution in _distributions():
        try:
            for point in distribution.entry_points.select(group=GROUP):
                named.setdefault(point.name, []).append((_plugin(point, distribution), point))
        except Exception as problem:  # noqa: BLE001 - a file that somebody else wrote, in any shape
            if f"[{GROUP}]" in (distribution.read_text("entry_points.txt") or ""):
                name = str(distribution.name)
                error = PluginError("plugin_not_loaded", plugin=name, reason=shown(reason(problem)))
                found.append(Candidate(Plugin(name), _raising(error)))
    found += [_candidate(name, sources) for name, sources in named.items()]
    return sorted(found, key=lambda item: item.plugin.name)


def given(module: object) -> Candidate:
    """Return a plugin that is there already: a module with hooks."""
    name = str(getattr(module, "__name__", type(module).__name__))
    version = str(getattr(module, "__version__", ""))
    return Candidate(Plugin(name, version, place=str(getattr(module, "__file__", ""))), lambda: module)


def ask(candidate: Candidate) -> Offer:
    """Import a plugin, call its hooks and check what they return; whatever goes wrong is the offer's fault."""
    with _undisturbed():
        try:
            return within(PLUGIN_SECONDS, lambda: _asked(candidate))
        except TooSlow:
            name = candidate.plugin.name
            error = PluginError("plugin_too_slow", plugin=name, seconds=f"{PLUGIN_SECONDS:g}")
            return Offer(candidate.plugin, fault=error)


def _distributions() -> Iterator[Distribution]:
    """Yield what is installed, of two with one name the one that Python imports."""
    seen = set()
    for distribution in distributions():
        name = distribution.name
        if name not in seen or name is None:
            seen.add(name)
            yield distribution


def _candidate(name: str, sources: Sequence[tuple[Plugin, EntryPoint]]) -> Candidate:
    (plugin, point), *others = sources
    if not others:
        return Candidate(plugin, point.load)
    both = "、".join(sorted(f"{one.distribution} {one.version}" for one, _ in sources))
    return Candidate(Plugin(name), _raising(PluginError("plugin_name_twice", plugin=name, other=both)))


def _plugin(point: EntryPoint, distribution: Distribution) -> Plugin:
    version, name = str(distribution.version or ""), str(distribution.name or "")
    return Plugin(point.name, version, name, _place(point.module))


def _place(module: str) -> str:
    """Return the folder of a package or the file of a module, without importing it."""
    try:
        spec = find_spec(module.partition(".")[0])
    except (ImportError, ValueError, AttributeError):
        return ""
    if spec is None or not spec.has_location:
        return ""
    return str(Path(str(spec.origin)).parent if spec.submodule_search_locations else spec.origin)


def _raising(error: PluginError) -> Callable[[], object]:
    def load() -> object:
        raise error

    return load


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep to the plugin what it does while it loads: what it prints, its folder, its warnings.

    Standard output belongs to the command, which may print JSON there.
    """
    try:
        folder = str(Path.cwd())
    except OSError:
        # Somebody has removed it: there is none to come back to.
        folder = ""
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        try:
            yield
        finally:
            with suppress(OSError):
                os.chdir(folder)


def _asked(candidate: Candidate) -> Offer:
    """Ask one plugin, in the thread that runs it: what it raises there is never a key of the user's."""
    name = candidate.plugin.name
    try:
        hooks = _hooks(candidate.load(), name)
        things = {kind: _things(functions, kind, name) for kind, functions in hooks.items()}
        return Offer(candidate.plugin, MappingProxyType(things))
    except PluginError as error:
        return Offer(candidate.plugin, fault=error)
    except BaseException as problem:  # noqa: BLE001 - SystemExit and KeyboardInterrupt too
        fault = PluginError("plugin_not_loaded", plugin=name, reason=shown(reason(problem)))
        return Offer(candidate.plugin, fault=fault)


def _hooks(module: object, name: str) -> dict[str, list[Callable[[], Any]]]:
    """Return the hooks of a plugin, by the kind of thing that they register.

    Raises: PluginError, for a hook that does not exist or takes arguments, and where there is none.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.register(module, name)
    found: dict[str, list[Callable[[], Any]]] = {}
    for caller in sorted(manager.get_hookcallers(module) or (), key=lambda caller: caller.name):
        for hook in caller.get_hookimpls():
            if caller.name not in HOOKS:
                raise PluginError("plugin_hook_unknown", plugin=name, name=shown(caller.name), known=HOOKS)
            if hook.argnames:
                raise PluginError("plugin_hook_arguments", plugin=name, hook=caller.name)
            found.setdefault(caller.name.removeprefix("register_"), []).append(hook.function)
    if not found:
        raise PluginError("plugin_without_hooks", plugin=name, value=_described(module))
    return found


def _things(functions: Sequence[Callable[[], Any]], kind: str, name: str) -> tuple[Any, ...]:
    """Return what the functions of a hook return, checked.

    Raises: PluginError.
    """
    facts = {"plugin": name, "hook": f"register_{kind}"}
    try:
        returned = [function() for function in functions]
        unfit = [one for one in returned if isinstance(one, str) or not isinstance(one, Iterable)]
        found = () if unfit else chain.from_iterable(returned)
        items: tuple[Any, ...] = tuple(islice(found, MOST_THINGS + 1))
    except BaseException as problem:
        raise PluginError("plugin_raised", reason=shown(reason(problem)), **facts) from problem
    if unfit:
        raise PluginError(
            "plugin_wrong_thing", value=_described(unfit[0]), expected=KINDS[kind].__name__, **facts
        )
    if len(items) > MOST_THINGS:
        raise PluginError("plugin_never_ends", limit=MOST_THINGS, **facts)
    seen = set()
    for item in items:
        _check(item, kind, facts)
        if item.id in seen:
            raise PluginError("plugin_repeats", name=item.id, **facts)
        seen.add(item.id)
    return items


def _check(item: Any, kind: str, facts: Mapping[str, str]) -> None:
    """Refuse what is not exactly of the kind: a subclass may answer differently each time it is asked."""
    expected: Any = KINDS[kind]
    if type(item) is not expected:
        raise PluginError("plugin_wrong_thing", value=_described(item), expected=expected.__name__, **facts)
    wrong = misfit(item, kind)
    if wrong is not None:
        value, name = _described(getattr(item, wrong)), _described(item.id)
        plugin = facts["plugin"]
        raise PluginError("plugin_misshapen", plugin=plugin, what=kind, name=name, field=wrong, value=value)


def _described(value: object) -> str:
    """Return a value as it is written, of bounded length; of anything but plain values the type.

    Their own text may be long, raise, or hold an address that differs from run to run.
    """
    if type(value) is str:
        return shown(value)
    return shown(repr(value)) if type(value) in _PLAIN else f"<{type(value).__name__}>"
