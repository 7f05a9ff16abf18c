"""Checks of departments: rows that offend together, more of them than chance would give one department."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import duckdb

from duban.chances import chance_of_so_many
from duban.deadlines import bindings
from duban.engine import Engine, quoted
from duban.errors import MeasureError
from duban.exact import plain, rounded
from duban.findings import Finding
from duban.methods import Check, Together
from duban.relations import Relation
from duban.results import Department
from duban.ruleset import Period
from duban.sql import Scope, first_line

from .rows import heading, rendered

# Chance is not told more exactly than one in a thousand million.
RAREST = 10**9
# What the sentences of such a check may say, beside the name of the department.
FACTS = ("hits", "count", "percent", "others", "one_in", "same")


class DepartmentCheck(NamedTuple):
    """A check as SQL over one relation: the rows that could offend, those that do, and what they must have in common."""

    check: Check
    together: Together
    relation: Relation
    among: str
    offends: str
    same: str


@dataclass(frozen=True)
class Told:
    """What is told of one department: its rows, those that offend, the value that they share, and the others' rows."""

    hits: int
    count: int
    same: str
    others_hits: int
    others_count: int
    chance: Fraction | None


@dataclass(frozen=True)
class _Rows:
    """One department's rows that could offend, and those that do by the value that they share."""

    count: int
    hits: Counter[str]


def department_checks(
    checks: Sequence[Check], relation: Relation, period: Period | None, as_of: date, *, counted_only: bool
) -> list[DepartmentCheck]:
    """Return the checks by department of a relation's table that rest only on columns which it has, by id.

    Raises: MeasureError, where a check's text is wrong.
    """
    scope = Scope(relation.columns, bindings(period, as_of))
    found = []
    for check in sorted(checks, key=lambda item: item.id):
        together = check.by_department
        if together is None or check.table != relation.table or check.counted_only is not counted_only:
            continue
        texts = (together.among, check.offends, together.same or "''")
        asked = [text for one in texts if (text := rendered(check.id, one, scope)) is not None]
        needs = {"department"}.union(*(columns for _, columns in asked))
        if len(asked) == len(texts) and needs <= relation.available:
            found.append(DepartmentCheck(check, together, relation, *(sql for sql, _ in asked)))
    return found


def offending_departments(
    engine: Engine, checks: Sequence[DepartmentCheck], departments: Sequence[Department]
) -> Iterator[Finding]:
    """Yield a finding for each department that a check tells of, with the numbers that say why.

    Raises: MeasureError, where a check cannot be worked out over the data.
    """
    for item in checks:
        found = told(_rows(engine, item), item.together)
        for department in departments:
            if department.id in found:
                yield _finding(item, department, found[department.id])


def _rows(engine: Engine, item: DepartmentCheck) -> Mapping[str, _Rows]:
    """Return every department's rows."""
    query = (
        f"SELECT department, CAST({item.same} AS VARCHAR), count(*), count_if(coalesce({item.offends}, false)) "
        f"FROM {quoted(item.relation.name)} WHERE ({item.among}) AND department IS NOT NULL GROUP BY ALL"
    )
    counts: Counter[str] = Counter()
    hits: dict[str, Counter[str]] = defaultdict(Counter)
    try:
        rows = engine.rows(query)
    except duckdb.Error as error:
        place = f"checks.{item.check.id}"
        raise MeasureError("check_failed", place, name=item.check.id, reason=first_line(error)) from None
    for department, value, count, offending in rows:
        counts[department] += count
        if offending and value is not None:
            hits[department][value] += offending
    return {department: _Rows(count, hits[department]) for department, count in counts.items()}


def told(rows: Mapping[str, _Rows], together: Together) -> dict[str, Told]:
    """Return what is told of each department that is told of.

    The chance is that of any department, and of any value that the rows may share: it is multiplied by their numbers.
    """
    everybody = sum((item.hits for item in rows.values()), Counter[str]())
    total = sum(item.count for item in rows.values())
    found = {}
    for department, item in rows.items():
        value, hits = max(item.hits.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
        if hits < together.least or hits < together.share * item.count:
            continue
        chance = chance_of_so_many(hits, item.count, everybody[value], total) * len(rows) * len(item.hits)
        if together.chance is None:
            found[department] = Told(hits, item.count, value, 0, 0, None)
        elif chance <= together.chance:
            others = (everybody[value] - hits, total - item.count)
            found[department] = Told(hits, item.count, value, *others, chance)
    return found


def _finding(item: DepartmentCheck, department: Department, found: Told) -> Finding:
    check = item.check
    others = _percent(found.others_hits, found.others_count) if found.others_count else "—"
    chance = found.chance or Fraction(0)
    facts = {
        "hits": found.hits,
        "count": found.count,
        "percent": _percent(found.hits, found.count),
        "others": others,
        "one_in": int(min(1 / chance, Fraction(RAREST))) if chance else RAREST,
        "same": found.same,
    }
    return Finding(
        check.id,
        check.severity,
        table=check.table,
        column=heading(item.relation, check.column),
        value=department.name,
        facts=facts,
        message=check.message,
        todo=check.action,
    )


def _percent(part: int, whole: int) -> str:
    return f"{plain(rounded(Fraction(100 * part, whole), 1))}%"
