"""Columns that a ruleset asks the ledger for: `[columns.<id>]`, each under its title as a heading."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from .errors import RulesetError, raise_all
from .loading import LoadedRuleset
from .tables import CASES, Column, Table
from .terms import ColumnType


def with_own_columns(tables: Mapping[str, Table], loaded: LoadedRuleset) -> Mapping[str, Table]:
    """Return the tables, the cases with the columns that the ruleset asks for.

    Raises: RulesetError, where the ledger has such a column or heading anyway; Problems with several of them.
    """
    cases = tables[CASES.name]
    known = {
        name: column.name for column in cases.columns.values() for name in (column.name, *column.headings)
    }
    added = {
        name: Column(name, ColumnType(rule.type), (rule.title,), title_en=rule.title_en)
        for name, rule in loaded.ruleset.columns.items()
    }
    raise_all(
        [
            RulesetError("column_exists", loaded.at(("columns", column.name)), name=name, column=known[name])
            for column in added.values()
            for name in (column.name, column.headings[0])
            if name in known
        ]
    )
    cases = replace(cases, columns=MappingProxyType({**cases.columns, **added}))
    return MappingProxyType({**tables, CASES.name: cases})
