"""Whether the texts of a ruleset fit the columns that are declared: labels that exist, types that compare."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from duban.added_columns import derived_columns, described
from duban.counters import compile_uses
from duban.deadlines import bindings
from duban.engine import Engine
from duban.errors import DubanError, Problems, raise_all
from duban.examples.opening import Rules
from duban.plan import MeasureUse, Plan
from duban.ruleset import Period
from duban.sql import Clause, Scope, check_types, column_names, render
from duban.tables import CASES, Column

Columns = Mapping[str, Mapping[str, Column]]
# Stands for the period where the ruleset leaves it to the workspace.
_SOME_YEAR = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})


def known_columns(rules: Rules) -> Columns:
    """Return the columns that are declared, by table: its own, the deadlines' and those that plugins derive."""
    found = {name: dict(table.columns) for name, table in rules.tables.items()}
    found[CASES.name] |= derived_columns(rules.loaded.ruleset)
    for column in rules.registry.columns.values():
        found.setdefault(column.table, {}).setdefault(column.id, described(column))
    return found


def check_fit(rules: Rules, columns: Columns) -> None:
    """Check the texts of measures and deadlines; those that name a column which nobody declares are left for the ledger.

    Raises: MeasureError, or Problems where several texts are wrong.
    """
    plan = rules.plan()
    plan = replace(plan, period=plan.period or _SOME_YEAR)
    with Engine() as engine:
        errors = [*_of_uses(engine, plan, columns), *_of_deadlines(engine, rules, plan, columns[CASES.name])]
    raise_all(errors)


def clauses(use: MeasureUse) -> list[Clause]:
    """Return the texts of a use that are asked of rows."""
    if use.formula is not None:
        return []
    return [clause for clause in (use.count, use.hit, use.value, use.where) if clause is not None]


def _of_uses(engine: Engine, plan: Plan, columns: Columns) -> Iterator[DubanError]:
    fitting: dict[str, list[MeasureUse]] = defaultdict(list)
    for use in plan.uses.values():
        named = {name for clause in clauses(use) for name in column_names(clause)}
        if use.formula is None and named <= columns[use.measure.table].keys():
            fitting[use.measure.table].append(use)
    for table, uses in sorted(fitting.items()):
        try:
            compile_uses(engine, uses, columns[table], plan, _SOME_YEAR.end)
        except Problems as problems:
            yield from problems.errors
        except DubanError as error:
            yield error


def _of_deadlines(
    engine: Engine, rules: Rules, plan: Plan, columns: Mapping[str, Column]
) -> Iterator[DubanError]:
    scope = Scope(columns, bindings(plan.period, _SOME_YEAR.end), plan.ruleset.scales)
    for name, rule in plan.ruleset.deadlines.items():
        clause = Clause(
            rule.when or "true", rules.loaded.at(("deadlines", name, "when")), f"deadlines.{name}.when"
        )
        if not column_names(clause) <= columns.keys():
            continue
        try:
            check_types(engine, columns, [(clause, render(clause, scope), "boolean")])
        except DubanError as error:
            yield error
