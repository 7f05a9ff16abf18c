"""What all plugins offer, by id, frozen: a plugin that does not load leaves a gap, never a guess.

Of two things with one id neither is kept, so that the order of plugins decides nothing; both plugins are named.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from .clashes import Thing, clashes
from .errors import DubanError, PluginError, Problems, UsageError, raise_all
from .measures import Measure
from .methods import Aggregator, Check, Curve, DataFolder, DerivedColumn, Reporter
from .plugins import GROUP, Offer, Plugin, ask, candidates, given
from .shapes import KINDS
from .tables import Table

__all__ = ["GROUP", "KINDS", "Registry", "installed", "load", "names_of", "refuse_unknown"]
Key = TypeVar("Key", str, tuple[str, str])
Value = TypeVar("Value")
# Errors about a name that a plugin might have brought.
_MAY_BE_MISSING = (
    "column_unknown",
    "no_reporters",
    "reporter_unknown",
    "template_kind_unknown",
    "ruleset_not_installed",
    "sample_unknown",
    "tie_break_unknown",
    "unknown_aggregator",
    "unknown_curve",
    "unknown_finding_code",
    "unknown_measure",
    "unknown_name",
    "unknown_ruleset",
    "unknown_table",
)


@dataclass(frozen=True)
class Registry:
    """Everything that the plugins offer, by id; `origins` says which plugin a (kind, id) came from.

    `plugins` are all that are installed or given, `disabled` those switched off. `faults` says what is wrong with one:
    it is not in `versions` where nothing of it was loaded, and in it where only some of its things are left out.
    """

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
    plugins: Mapping[str, Plugin] = field(default_factory=dict)
    disabled: tuple[str, ...] = ()
    faults: Mapping[str, DubanError] = field(default_factory=dict)

    def explained(self, error: DubanError) -> DubanError:
        """Return an error about a name that nobody knows with one more line for each plugin that is not all there."""
        errors = error.errors if isinstance(error, Problems) else (error,)
        disabled = [PluginError("plugin_disabled", plugin=name) for name in self.disabled]
        absent = [*disabled, *self.faults.values()]
        if not absent or not any(item.code in _MAY_BE_MISSING for item in errors):
            return error
        return Problems([*errors, *absent])

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Let an error that a missing plugin may have caused say which plugins are missing.

        Raises: DubanError, as `explained`.
        """
        try:
            yield
        except DubanError as error:
            told = self.explained(error)
            if told is error:
                raise
            raise told from error


@cache
def installed(disable: tuple[str, ...] = ()) -> Registry:
    """Return the registry of all installed plugins without those switched off, loaded once a process.

    Raises: UsageError, for a name that no plugin has.
    """
    return load(disable=disable)


def load(extra: Sequence[object] = (), disable: Iterable[str] = ()) -> Registry:
    """Load the installed plugins and the given plugin modules; `disable` names installed ones that are not imported.

    A fault of an installed plugin is noted and leaves it out.

    Raises: PluginError or Problems, for a fault of a given module; UsageError, for a name in `disable` that no plugin has.
    """
    found, disabled = candidates(), names_of(disable)
    refuse_unknown(disabled, "disable", [item.plugin.name for item in found])
    offers = [ask(item) for item in found if item.plugin.name not in disabled]
    present = {offer.plugin.name for offer in offers}
    for module in extra:
        offer = ask(given(module))
        name = offer.plugin.name
        if name in present:
            raise PluginError("plugin_name_twice", plugin=name, other=offer.plugin.place)
        if offer.fault is not None:
            raise offer.fault
        present.add(name)
        offers.append(offer)
    strict = present - {item.plugin.name for item in found}
    absent = [item.plugin for item in found if item.plugin.name in set(disabled) - present]
    return _merged(offers, strict, absent)


def names_of(disable: Iterable[str]) -> tuple[str, ...]:
    """Return names in one order, each once; a single text is one name."""
    return tuple(sorted({disable} if isinstance(disable, str) else set(disable)))


def refuse_unknown(names: Iterable[str], place: str, known: Sequence[str] | None = None) -> None:
    """Refuse a name that no installed plugin has; `place` says where it was written.

    Raises: UsageError.
    """
    known = [item.plugin.name for item in candidates()] if known is None else known
    for name in names:
        if name not in known:
            raise UsageError("plugin_unknown", place, name=name, known=known)


def _merged(offers: Sequence[Offer], strict: set[str], absent: Sequence[Plugin]) -> Registry:
    """Return the registry of what was offered. Raises: PluginError or Problems, for what a `strict` plugin repeats."""
    clashing = clashes(offers)
    raise_all([error for name, error in clashing.errors.items() if name in strict])
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    origins = {}
    for offer in offers:
        for kind, items in offer.things.items():
            for item in items:
                if Thing(offer.plugin.name, kind, item.id) not in clashing.lost:
                    found[kind][item.id] = item
                    origins[kind, item.id] = offer.plugin.name
    plugins = {plugin.name: plugin for plugin in (*absent, *(offer.plugin for offer in offers))}
    faults = {offer.plugin.name: offer.fault for offer in offers if offer.fault is not None}
    loaded = [offer.plugin for offer in offers if offer.fault is None]
    return Registry(
        **{kind: _in_order(items) for kind, items in found.items()},
        origins=_in_order(origins),
        versions=_in_order({plugin.name: plugin.version for plugin in loaded}),
        plugins=_in_order(plugins),
        disabled=tuple(sorted(plugin.name for plugin in absent)),
        faults=_in_order({**faults, **clashing.errors}),
    )


def _in_order(items: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return MappingProxyType(dict(sorted(items.items(), key=lambda item: item[0])))
