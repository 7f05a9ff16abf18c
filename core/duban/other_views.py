"""The views of the tables beside the cases: rows of listed departments and of cases that count, and what has happened.

A table of which all that holds is not copied, nor looked at through a view.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .counted import all_of, happened, sql_date
from .engine import Engine, quoted
from .findings import Finding, finding
from .relations import SAME_CASE, Relation

KNOWN = "known_departments"
# Without any department the stored column has no type of its own.
KNOWN_IDS = f"(SELECT CAST(known AS VARCHAR) FROM {KNOWN})"


def other_view(
    engine: Engine, relation: Relation, cases: Relation | None, as_of: date
) -> tuple[Relation, list[Finding]]:
    """Return the view of a table, with a finding for each reason why rows are left out.

    `cases` is the view of the ledger: what other tables say of cases that it lacks does not count. Events after `as_of`
    are NULL; the check of rows has told them one by one.
    """
    if relation.table == "departments":
        return relation, []
    findings = []
    kept: list[str] = []
    for code, condition in _reasons(relation, cases):
        wanted = all_of([*kept, f"NOT ({condition})"])
        (count,) = engine.one(f"SELECT count(*) FROM {quoted(relation.name)} AS a WHERE {wanted}")
        if count:
            findings.append(finding(code, table=relation.table, count=count))
            kept.append(condition)
    later = _later(engine, relation, as_of)
    if not kept and not later:
        return relation, []
    name = f"{relation.name}_view"
    columns = ", ".join(f"{happened(event, as_of, later)} AS {quoted(event)}" for event in later)
    engine.run(
        f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT *{f' REPLACE ({columns})' if later else ''} "
        f"FROM {quoted(relation.name)} AS a WHERE {all_of(kept)}"
    )
    return replace(relation, name=name), findings


def _reasons(relation: Relation, cases: Relation | None) -> list[tuple[str, str]]:
    """Return what must hold of a row that counts, and never is NULL, each with the finding's code."""
    if "department" not in relation.available:
        return []
    reasons = [("department_not_listed", f"department IS NOT NULL AND department IN {KNOWN_IDS}")]
    if cases is not None and relation.is_about_cases and {"case_id", "department"} <= cases.available:
        same = f"SELECT 1 FROM {quoted(cases.name)} AS c WHERE {SAME_CASE.format('c', 'a')}"
        reasons.append(("case_not_counted", f"(case_id IS NULL OR EXISTS ({same}))"))
    return reasons


def _later(engine: Engine, relation: Relation, as_of: date) -> Sequence[str]:
    """Return the columns with events that had not happened on the day."""
    events = [
        name for name, column in relation.columns.items() if column.event and name in relation.available
    ]
    if not events:
        return []
    asked = ", ".join(f"max({quoted(name)}) > {sql_date(as_of)}" for name in events)
    answers = engine.one(f"SELECT {asked} FROM {quoted(relation.name)}")
    return [name for name, later in zip(events, answers, strict=True) if later]
