"""The checks that a plugin registers, of rows and of departments: whether they can be asked and said, and which rows they let through."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from duban.engine import Engine, quoted
from duban.errors import DubanError
from duban.methods import Check
from duban.relations import Relation
from duban.results import Department
from duban.stages.checking.departments import FACTS, department_checks, offending_departments
from duban.stages.checking.rows import offended, plugin_checks
from duban.tables import Table
from duban.terms import Severity

from .faults import PLUGIN, Fault, each, told
from .making import Rows, departments, stored
from .registering import Registered
from .values import AS_OF

_FACT = re.compile(r"\{(\w+)\}")


def of_checks(
    engine: Engine, plugin: Registered, tables: Mapping[str, Table], ledger: Mapping[str, Rows]
) -> Iterator[Fault]:
    """Yield what is wrong with the checks of rows: their text, the column that they name, the facts of their sentence."""
    for id, check in plugin.things["checks"].items():
        if check.table not in ledger:
            yield Fault("column_undeclared", f"checks.{id}", {"name": check.table})
        elif not check.by_department:
            relation = stored(engine, tables[check.table], ledger[check.table])
            yield from _of_check(check, relation, partial(_of_rows, engine, check, relation))


def of_department_checks(
    engine: Engine, plugin: Registered, views: Mapping[str, Relation], ledger: Mapping[str, Rows]
) -> Iterator[Fault]:
    """Yield what is wrong with the checks of departments, which look at the rows as measures see them."""
    for check in plugin.things["checks"].values():
        if check.by_department and check.table in views:
            relation = views[check.table]
            yield from _of_check(
                check, relation, partial(_of_departments, engine, check, relation, departments(ledger))
            )


def _of_check(check: Check, relation: Relation, asked: Callable[[], set[str]]) -> Iterator[Fault]:
    subject = f"checks.{check.id}"
    try:
        facts = asked()
    except DubanError as error:
        yield from (of_text(one, subject) for one in each(error))
        return
    if check.column not in relation.columns:
        yield Fault("check_column_unknown", subject, {"name": check.column})
    for text in (check.message, check.action):
        for name in sorted({*_FACT.findall(text.zh), *_FACT.findall(text.en)} - facts if facts else ()):
            yield Fault("fact_unknown", subject, {"name": name})


def _of_rows(engine: Engine, check: Check, relation: Relation) -> set[str]:
    """Ask a check of rows; return what its sentences may say, nothing where it was not asked."""
    found = plugin_checks([check], relation, None, AS_OF, counted_only=check.counted_only)
    offended(engine, relation, found, "true")
    return {check.column, *(name for one in found for name in one.facts), "value"} if found else set()


def _of_departments(
    engine: Engine, check: Check, relation: Relation, known: Sequence[Department]
) -> set[str]:
    """Ask a check of departments; return what its sentences may say, nothing where it was not asked."""
    found = department_checks([check], relation, None, AS_OF, counted_only=check.counted_only)
    list(offending_departments(engine, found, known))
    return {*FACTS, "value"} if found else set()


def let_through(
    engine: Engine, plugin: Registered, tables: Mapping[str, Table], ledger: Mapping[str, Rows]
) -> Mapping[str, Rows]:
    """Return the ledger without the rows at which the plugin's own checks stop a run: those are never measured."""
    kept = dict(ledger)
    for check in plugin.things["checks"].values():
        if check.severity is not Severity.ERROR:
            continue
        rows = kept[check.table]
        relation = stored(engine, tables[check.table], rows)
        for one in plugin_checks([check], relation, None, AS_OF, counted_only=check.counted_only):
            found = engine.rows(f"SELECT _row FROM {quoted(relation.name)} WHERE {one.condition}")
            stopped = {number for (number,) in found}
            kept[check.table] = [row for number, row in enumerate(rows, start=2) if number not in stopped]
    return kept


def of_text(error: DubanError, subject: str | None = None) -> Fault:
    """Return an error of a text as a fault of the thing that has it."""
    facts = error.facts
    if subject is None:
        owner = str(facts.get("owner") or facts.get("measure") or "").partition(".")[0].partition("(")[0]
        column = facts.get("column")
        subject = f"columns.{column}" if column else f"measures.{owner}" if owner else PLUGIN
    if error.code in ("column_unknown", "column_needs_unknown"):
        return Fault(
            "column_undeclared", subject, {"name": facts.get("name", "?")}, (str(facts.get("text", "")),)
        )
    code = "measure_raises" if error.code.startswith("measure_") else "text_wrong"
    return Fault(code, subject, {"reason": told(error)})
