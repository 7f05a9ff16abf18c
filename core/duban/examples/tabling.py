"""From the `tables` of an example to departments and figures, on the way of a run: files, read, checked, measured."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from duban.documents import KeyPath
from duban.errors import DubanError, RulesetError, raise_all
from duban.language.grammar import parse
from duban.loading import load_workspace
from duban.pipeline import Facts, measured
from duban.plan import Plan
from duban.preparing import Prepared
from duban.ruleset import Period
from duban.sql import Clause
from duban.tables import Table
from duban.testing.workspaces import write_workspace

from .models import Example
from .opening import Rules, Suite

# The day as of which an example is judged where neither it nor the rules have a period.
LAST_DAY = date(2024, 12, 31)


def measured_rows(rules: Rules, plan: Plan, example: Example) -> Facts:
    """Return what a run would measure of the rows; `stopped` where findings stop it.

    Raises: DubanError.
    """
    with TemporaryDirectory(prefix="duban-") as place:
        folder = Path(place)
        tables = {**_departments(rules, example), **example.tables}
        write_workspace(folder, tables, {}, as_of(plan.period, example), rules.tables)
        opened, at = load_workspace(folder)
        # A period of the example is a period of its workspace: it comes before the ruleset's.
        workspace = opened.workspace.model_copy(update={"period": example.period})
        opened = opened.model_copy(update={"workspace": workspace})
        day = as_of(plan.period, example)
        prepared = Prepared(opened, at, rules.loaded, plan, rules.registry, rules.tables, day, [])
        return measured(prepared)


def _departments(rules: Rules, example: Example) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Return a table of the departments that the rows name under any heading: each is known."""
    named = set()
    for name, rows in example.tables.items():
        column = rules.tables[name].columns.get("department")
        headings = () if column is None else (column.name, *column.headings)
        named |= {str(row[heading]) for row in rows for heading in headings if row.get(heading)}
    return {"departments": [{"department": name} for name in sorted(named)]}


def as_of(period: Period | None, example: Example) -> date:
    """Return the day as of which an example is judged: its own, the last of the period, or the end of 2024."""
    return example.as_of or (period.end if period is not None else LAST_DAY)


def check_tables(rules: Rules, plan: Plan, suite: Suite, name: str, example: Example) -> None:
    """Check the names of tables and columns, in which a slip would be one more column that nobody asks for.

    Raises: RulesetError, or Problems with several of them.
    """
    errors: list[DubanError] = []
    asked = _asked(plan)
    for table, rows in example.tables.items():
        path: KeyPath = (name, "tables", table)
        if table not in rules.tables:
            place = suite.key_at(path)
            errors.append(RulesetError("unknown_table", place, name=table, known=list(rules.tables)))
            continue
        known = {*_headings(rules.tables[table]), *asked}
        for number, row in enumerate(rows):
            for heading, value in row.items():
                cell: KeyPath = (*path, number, heading)
                if heading not in known:
                    facts = {"name": heading, "known": known}
                    errors.append(RulesetError("unknown_column", suite.key_at(cell), **facts))
                elif isinstance(value, list | dict):
                    errors.append(RulesetError("example_cell", suite.at(cell), name=heading))
    raise_all(errors)


def _headings(table: Table) -> Iterable[str]:
    for column in table.columns.values():
        yield from (column.name, *column.headings)


def _asked(plan: Plan) -> list[str]:
    """Return the columns that texts of the rules ask for: a ledger may have more than duban knows."""
    clauses = [
        clause
        for use in plan.uses.values()
        for clause in (use.count, use.hit, use.value, use.where)
        if clause is not None and use.formula is None
    ]
    texts = [Clause(rule.when, "", "") for rule in plan.ruleset.deadlines.values() if rule.when is not None]
    named = {node.name for clause in [*clauses, *texts] for node in parse(clause).find_all(exp.Column)}
    return sorted(named | {name for name, _ in plan.attributes})
