"""From what the command line says to a loaded ruleset and its plan."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from duban.errors import RulesetError, shown
from duban.loading import LoadedRuleset, load_ruleset
from duban.own_columns import with_own_columns
from duban.plan import Plan
from duban.registry import Registry, installed
from duban.resolving import resolve
from duban.tables import Table, known_tables

FILE = "ruleset.toml"


class Opened(NamedTuple):
    """A ruleset, resolved, with the plugins that it was resolved with."""

    loaded: LoadedRuleset
    plan: Plan
    registry: Registry
    tables: Mapping[str, Table]


def open_ruleset(name: str, disable: Iterable[str] = ()) -> Opened:
    """Load and resolve a ruleset by the id of an installed one, by its file, or by the folder that holds a `ruleset.toml`.

    Raises: DubanError.
    """
    registry = installed(tuple(disable))
    with registry.explaining():
        loaded = load_named(name, registry)
        tables = with_own_columns(known_tables(registry.tables.values()), loaded)
        return Opened(loaded, resolve(loaded, registry, tables, None), registry, tables)


def load_named(name: str, registry: Registry) -> LoadedRuleset:
    """Load a ruleset without resolving it. Raises: DubanError."""
    if name in registry.rulesets:
        return load_ruleset(name, Path(), "RULESET", registry.rulesets)
    try:
        path = file_of(name).resolve()
    except (OSError, RuntimeError, ValueError) as problem:
        raise RulesetError(
            "file_not_readable", shown(name), reason=getattr(problem, "strerror", None) or str(problem)
        ) from None
    at = shown(name) if name.endswith(".toml") or path.name == FILE else "RULESET"
    return load_ruleset(path.name, path.parent, at, registry.rulesets)


def file_of(name: str) -> Path:
    """Return the file that a name on the command line means."""
    path = Path(name)
    return path / FILE if path.is_dir() else path
