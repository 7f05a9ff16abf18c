"""Which tables a ruleset rests on beside the cases and the departments, so that an empty workspace has a sheet for each of them."""

import re
from collections.abc import Iterable, Iterator

from duban.plan import MeasureUse, Plan
from duban.registry import Registry
from duban.tables import CASES, DEPARTMENTS, TABLES, Table, added_columns

# Whatever may be a column's name: a word too many costs at most a sheet that stays empty.
_NAME = re.compile(r"[^\W\d]\w*")


def used_tables(plan: Plan, registry: Registry) -> list[Table]:
    """Return the tables that the measures of a plan count, or take columns of the cases from, by id."""
    counted = {use.measure.table for use in plan.uses.values()} - {CASES.id, DEPARTMENTS.id}
    texts = [text for use in plan.uses.values() for text in _texts(use)]
    texts += [rule.when or "" for rule in plan.ruleset.deadlines.values()]
    named = _names(texts)
    named |= _needs(named, registry)
    return [
        table
        for _, table in sorted({**registry.tables, **TABLES}.items())
        if table.id in counted or named & {column.name for column in added_columns(table)}
    ]


def _texts(use: MeasureUse) -> Iterator[str]:
    """Yield the texts of a use; what a formula names are uses of the plan themselves."""
    return (clause.text for clause in (use.count, use.hit, use.value, use.where) if clause is not None)


def _names(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _NAME.findall(text)}


def _needs(names: set[str], registry: Registry) -> set[str]:
    """Return the names of what the derived columns among these are worked out from."""
    derived = [column for name, column in registry.columns.items() if name in names]
    return {name for column in derived for name in (*column.needs, *_names([column.sql or ""]))}
