"""From what the command line says to a ruleset and its examples, loaded, with the place of every key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from duban.describing.opening import file_of, load_named
from duban.documents import Document, KeyPath, read_document
from duban.errors import Position, RulesetError
from duban.loading import LoadedRuleset
from duban.own_columns import with_own_columns
from duban.plan import Plan
from duban.registry import Registry, installed
from duban.resolving import resolve
from duban.ruleset import Period, Ruleset
from duban.tables import Table, known_tables
from duban.validation import validated

from .models import Example, Examples

FILE = "examples.toml"


@dataclass(frozen=True)
class Rules:
    """A loaded ruleset with all that is needed to resolve it again."""

    loaded: LoadedRuleset
    registry: Registry
    tables: Mapping[str, Table]

    _plans: dict[Period | None, Plan] = field(default_factory=dict, repr=False, compare=False)

    def plan(self, period: Period | None = None) -> Plan:
        """Resolve the rules for a period, which comes before the ruleset's; once for each.

        Raises: RulesetError or MeasureError; all of a file together.
        """
        if period not in self._plans:
            with self.registry.explaining():
                self._plans[period] = resolve(self.loaded, self.registry, self.tables, period)
        return self._plans[period]

    def changed(self, ruleset: Ruleset) -> "Rules":
        """Return the rules with another ruleset at the same places."""
        return Rules(replace(self.loaded, ruleset=ruleset), self.registry, self.tables)


@dataclass(frozen=True)
class Suite:
    """The examples of one file, by id in its order."""

    document: Document
    examples: Mapping[str, Example]

    def at(self, path: KeyPath) -> Position:
        """Return where the value at a path stands; the path begins with the example's id."""
        return self.document.at(("examples", *path))

    def key_at(self, path: KeyPath) -> Position:
        """Return where the key at a path stands; the path begins with the example's id."""
        return self.document.key_at(("examples", *path))


def open_rules(name: str) -> Rules:
    """Load a ruleset by the id of an installed one, by its file, or by the folder that holds a `ruleset.toml`.

    Raises: DubanError.
    """
    registry = installed()
    with registry.explaining():
        loaded = load_named(name, registry)
        tables = with_own_columns(known_tables(registry.tables.values()), loaded)
    return Rules(loaded, registry, tables)


def open_suite(name: str, given: str | None = None) -> Suite:
    """Read the examples beside a ruleset, or those of a given file.

    Raises: RulesetError; several errors of the file are reported together.
    """
    document = _document(name, given)
    read = validated(Examples, document.values, document.at, document.key_at, RulesetError)
    return Suite(document, read.examples)


def _document(name: str, given: str | None) -> Document:
    shipped = installed().rulesets
    if given is not None:
        return read_document(Path(given), Path(given).name, RulesetError)
    source = shipped[name].folder / FILE if name in shipped else file_of(name).parent / FILE
    if not source.is_file():
        raise RulesetError("examples_not_found", f"{name}/{FILE}" if name in shipped else str(source))
    return read_document(source, f"{name}/{FILE}" if name in shipped else FILE, RulesetError)
