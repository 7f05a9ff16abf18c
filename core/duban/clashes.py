"""Names that two plugins claim, or that are duban's own: of such things none is kept, so that no order decides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .errors import PluginError
from .methods import DerivedColumn
from .plugins import Offer
from .tables import CASES, TABLES, Table
from .texts import codes

OWN = "duban"
# What the view adds to the columns of the cases, beside one `<id>_deadline_on` for each deadline of the ruleset.
_ADDED = ("department_cases", "deadline_on")


class Thing(NamedTuple):
    """What a plugin registers under an id."""

    plugin: str
    kind: str
    id: str


class Clashes(NamedTuple):
    """The things that are not kept, and the error of each plugin that has one."""

    lost: frozenset[Thing]
    errors: Mapping[str, PluginError]


def clashes(offers: Sequence[Offer]) -> Clashes:
    """Return what is claimed twice, whatever the order of the offers."""
    claims: dict[str, set[Thing]] = defaultdict(set)
    for offer in offers:
        for kind, items in offer.things.items():
            for item in items:
                for name in _names(kind, item):
                    claims[name].add(Thing(offer.plugin.name, kind, item.id))
    own = _own_names()
    doubled = {name: things for name, things in claims.items() if len(things) > 1 or _is_own(name, own)}
    lost = frozenset(thing for things in doubled.values() for thing in things)
    errors = {plugin: _error(plugin, doubled, own) for plugin in sorted({thing.plugin for thing in lost})}
    return Clashes(lost, errors)


def _error(plugin: str, doubled: Mapping[str, set[Thing]], own: frozenset[str]) -> PluginError:
    """Return one error for all that a plugin claims and others do too."""
    names, others = set(), set()
    for name, things in doubled.items():
        owners = {thing.plugin for thing in things}
        if plugin in owners:
            names.add(name)
            others |= (owners - {plugin}) | ({OWN} if _is_own(name, own) else set())
    said = "、".join(sorted(others or {plugin})), "、".join(_shortest(names))
    return PluginError("plugin_duplicate", plugin=plugin, other=said[0], name=said[1])


def _shortest(names: set[str]) -> list[str]:
    """Return the names without columns of a table that is named itself, or that are named by themselves."""

    def is_said(name: str) -> bool:
        table, _, column = name.partition(".")
        return f"tables.{table}" in names or (table != "columns" and f"columns.{column}" in names)

    return sorted(name for name in names if not is_said(name))


def _names(kind: str, item: Any) -> Iterator[str]:
    """Yield every name that a thing takes: its id, and the columns that it gives to a table."""
    yield f"{kind}.{item.id}"
    if isinstance(item, DerivedColumn):
        yield f"{item.table}.{item.id}"
    if isinstance(item, Table):
        table = item.extends or item.name
        given = [name for name in item.columns if not item.extends or name not in item.key]
        yield from (f"{table}.{name}" for name in given)


def _own_names() -> frozenset[str]:
    columns = {f"{table.name}.{column}" for table in TABLES.values() for column in table.columns}
    added = {f"{CASES.name}.{name}" for name in _ADDED}
    tables, findings = {f"tables.{name}" for name in TABLES}, {f"checks.{code}" for code in codes("findings")}
    return frozenset(columns | added | tables | findings)


def _is_own(name: str, own: frozenset[str]) -> bool:
    return name in own or (name.startswith(f"{CASES.name}.") and name.endswith("_deadline_on"))
