"""The typed view: what a measure sees of the ledger on the day it is judged as of.

Nothing is copied. The ledger is looked at once, and only the masks that it needs are put into the view, so that a
scan over the view costs what a scan over the ledger costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .added_columns import COUNTED_RATINGS, DEPARTMENT_CASES, derived_columns
from .calendars import Calendar
from .counted import FOLLOWS_REPLY, LeftOut, all_of, left_out, sql_date
from .deadlines import REPLY, At, Clock, by_rule, clocks, deadline_column, reply_deadline, with_calendar
from .engine import Engine, quoted
from .errors import RulesetError
from .findings import Finding, finding
from .other_views import KNOWN, KNOWN_IDS, other_view
from .relations import Relation
from .results import Department
from .ruleset import Period, RatingRule, RatingRules, Ruleset
from .tables import Column

VOLUME = "department_volume"
_SILENCE = {"neutral": "basically_satisfied", "as_satisfied": "satisfied", "as_dissatisfied": "dissatisfied"}


@dataclass(frozen=True)
class View:
    """The relations that measures read, the departments with `has_cases` filled in, and what was left out.

    `every_case` is the view of the cases with those that do not count.
    """

    relations: Mapping[str, Relation]
    departments: Sequence[Department]
    findings: Sequence[Finding]
    every_case: Relation | None = None


class _Profile(NamedTuple):
    """What one look at the ledger says about the masks that it needs."""

    reasons: Sequence[LeftOut]
    later: frozenset[str]
    interim: bool


class _Derived(NamedTuple):
    """One derived column: its SQL, and whether the ledger has what it rests on."""

    column: Column
    sql: str
    available: bool


def build_view(
    engine: Engine,
    relations: Mapping[str, Relation],
    departments: Sequence[Department],
    ruleset: Ruleset,
    period: Period | None,
    as_of: date,
    at: At,
    calendar_folder: Path | None = None,
) -> View:
    """Return the view of every table; what is left out is counted in findings.

    `calendar_folder` is the workspace's folder of calendar files.

    Raises: RulesetError, where the period's column or a calendar year is missing; MeasureError, where a `when` is wrong.
    """
    engine.put(KNOWN, pd.DataFrame({"known": pd.Series([item.id for item in departments], dtype="object")}))
    builder = _Builder(engine, ruleset, period, as_of, at, Calendar(calendar_folder))
    cases = builder.cases(relations["cases"]) if "cases" in relations else None
    shaped: dict[str, Relation] = {"cases": cases} if cases else {}
    for name in sorted(relations.keys() - shaped.keys()):
        shaped[name], found = other_view(engine, relations[name], cases, as_of)
        builder.findings += found
    if cases:
        with_cases = {row[0] for row in engine.rows(f"SELECT volume_of FROM {VOLUME}")}
        departments = [replace(item, has_cases=item.id in with_cases) for item in departments]
    return View(shaped, departments, builder.findings, builder.every_case)


class _Builder:
    """Builds the views of one run; collects what they leave out."""

    def __init__(
        self, engine: Engine, ruleset: Ruleset, period: Period | None, as_of: date, at: At, calendar: Calendar
    ) -> None:
        self.findings: list[Finding] = []
        self.every_case: Relation | None = None
        self._engine, self._ruleset, self._calendar = engine, ruleset, calendar
        self._period, self._as_of, self._at = period, as_of, at

    def cases(self, relation: Relation) -> Relation:
        """Return the typed view of the cases."""
        if self._period is not None and self._period.by not in relation.available:
            raise RulesetError("period_column_missing", self._at(("period", "by")), name=self._period.by)
        added = derived_columns(self._ruleset)
        for name in sorted(relation.columns.keys() & added.keys()):
            heading = relation.headings.get(name, name)
            self.findings.append(finding("column_replaced", table=relation.table, column=heading, value=name))
        kept = {name: column for name, column in relation.columns.items() if name not in added}
        profile = self._profile(relation)
        counted = f"{relation.name}_counted"
        self._create(counted, self._masked(relation, kept, profile))
        self._count_departments(counted, relation)
        found = clocks(
            self._engine, self._ruleset, kept, relation.available, self._period, self._as_of, self._at
        )
        found = with_calendar(self._engine, found, counted, self._calendar)
        derived = self._derived(relation, found)
        name = f"{relation.name}_view"
        self._create(name, _outer(counted, derived, found))
        every, seen = f"{relation.name}_every", f"{relation.name}_seen"
        self._create(seen, self._masked(relation, kept, profile._replace(reasons=())))
        self._create(every, _outer(seen, derived, found))
        available = (relation.available & kept.keys()) | {
            item.column.name for item in derived if item.available
        }
        shaped = replace(relation, name=name, columns=kept | added, available=available)
        self.every_case = replace(shaped, name=every)
        return shaped

    def _create(self, name: str, query: str) -> None:
        self._engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")

    def _profile(self, relation: Relation) -> _Profile:
        """Look at the ledger once: what is left out, which events come later, whether a reply is interim."""
        reasons = left_out(relation.available, self._period, self._as_of)
        columns = relation.columns.items()
        events = [name for name, column in columns if column.event and name in relation.available]
        interim = {"reply_kind", "replied_on"} <= relation.available
        asked = [f"count_if({reason.condition})" for reason in reasons]
        asked += [f"max({quoted(name)}) > {sql_date(self._as_of)}" for name in events]
        asked += ["count_if(coalesce(reply_kind = 'interim', false))"] if interim else []
        if not asked:
            return _Profile((), frozenset(), False)
        answers = list(self._engine.one(f"SELECT {', '.join(asked)} FROM {quoted(relation.name)}"))
        needed = [reason for reason in reasons if answers.pop(0)]
        later = frozenset(name for name in events if answers.pop(0))
        self._tell(relation, needed)
        return _Profile(needed, later, bool(answers and answers[0]))

    def _tell(self, relation: Relation, reasons: Sequence[LeftOut]) -> None:
        """Note how many cases each reason leaves out: per file, and per state; a case is told once."""
        earlier: list[str] = []
        for reason in reasons:
            mine = all_of([*earlier, reason.condition])
            by_state = reason.code == "state_not_counted"
            value = quoted(reason.column) if by_state else "NULL"
            rows = self._engine.rows(
                f"SELECT _file, {value} AS value, count(*) FROM {quoted(relation.name)} WHERE {mine} "
                "GROUP BY ALL ORDER BY ALL"
            )
            for number, state, count in rows:
                self.findings.append(self._left_out(relation, reason, number, state, count))
            earlier.append(f"NOT ({reason.condition})")

    def _left_out(
        self, relation: Relation, reason: LeftOut, number: int, state: str | None, count: int
    ) -> Finding:
        file, sheet = relation.files[number] if number < len(relation.files) else ("", "")
        facts: dict[str, object] = {"count": count, "as_of": self._as_of}
        if self._period is not None:
            facts |= {"start": self._period.start, "end": self._period.end}
        return finding(
            reason.code,
            table=relation.table,
            file=file,
            sheet=sheet,
            column=relation.headings.get(reason.column, relation.columns[reason.column].title),
            value=next(iter(relation.columns[reason.column].labels.get(state, ())), state) if state else "",
            **facts,
        )

    def _masked(self, relation: Relation, kept: Mapping[str, Column], profile: _Profile) -> str:
        """Return the query for the cases that count, with later events and interim replies unseen."""
        columns = ["_file", "_row", *(self._column(name, profile) for name in kept)]
        where = all_of(f"NOT ({reason.condition})" for reason in profile.reasons)
        return f"SELECT {', '.join(columns)} FROM {quoted(relation.name)} WHERE {where}"

    def _column(self, name: str, profile: _Profile) -> str:
        day, column = sql_date(self._as_of), quoted(name)
        hidden = [f"{column} > {day}"] if name in profile.later else []
        if name == "replied_on" and profile.interim:
            hidden.append("reply_kind = 'interim'")
        if name in FOLLOWS_REPLY and "replied_on" in profile.later:
            hidden.append(f"replied_on > {day}")
        return (
            f"CASE WHEN {' OR '.join(hidden)} THEN NULL ELSE {column} END AS {column}" if hidden else column
        )

    def _count_departments(self, counted: str, relation: Relation) -> None:
        """Store each department's cases; note the rows of departments that nobody knows, which the view leaves out."""
        handled = "count_if(coalesce(role, 'lead') <> 'co')" if "role" in relation.available else "count(*)"
        self._engine.run(
            f"CREATE OR REPLACE TABLE {VOLUME} AS SELECT department AS volume_of, "
            f"CAST({handled} AS BIGINT) AS department_cases, count(*) AS rows_of FROM {quoted(counted)} GROUP BY ALL"
        )
        unknown = f"volume_of IS NULL OR volume_of NOT IN {KNOWN_IDS}"
        (count,) = self._engine.one(f"SELECT coalesce(sum(rows_of), 0)::BIGINT FROM {VOLUME} WHERE {unknown}")
        if count:
            self.findings.append(finding("department_not_listed", table=relation.table, count=count))
            self._engine.run(f"DELETE FROM {VOLUME} WHERE {unknown}")

    def _derived(self, relation: Relation, found: Sequence[Clock]) -> list[_Derived]:
        by_id = {clock.id: clock for clock in found}
        columns = [_Derived(DEPARTMENT_CASES, "department_cases", "department" in relation.available)]
        for name in sorted({REPLY, *self._ruleset.deadlines}):
            clock = by_id.get(name)
            sql = by_rule(clock) if clock else None
            sql = reply_deadline(clock, relation.available) if name == REPLY else sql
            columns.append(_Derived(deadline_column(name), sql or "CAST(NULL AS DATE)", sql is not None))
        return [*columns, *_counted_ratings(self._ruleset.ratings, relation)]


def _counted_ratings(rules: RatingRules, relation: Relation) -> list[_Derived]:
    """Return both ratings as they count: silence on an answered case is what the ruleset says."""
    stages: Sequence[tuple[str, RatingRule]] = [
        ("answer_rating", rules.answer),
        ("result_rating", rules.result),
    ]
    derived = []
    for name, rule in stages:
        silence = _SILENCE.get(rule.non_response)
        needs = {name, "replied_on"} if silence else {name}
        sql = f"coalesce({name}, CASE WHEN replied_on IS NOT NULL THEN '{silence}' END)" if silence else name
        available = needs <= relation.available
        derived.append(
            _Derived(COUNTED_RATINGS[name], sql if available else "CAST(NULL AS VARCHAR)", available)
        )
    return derived


def _outer(counted: str, derived: Sequence[_Derived], found: Sequence[Clock]) -> str:
    added = ", ".join(f"{item.sql} AS {quoted(item.column.name)}" for item in derived)
    joins = "".join(clock.join for clock in found)
    # Every known department with a case is in the volume table: the join leaves out the others.
    return (
        f"SELECT cases.*, {added} FROM {quoted(counted)} AS cases "
        f"JOIN {VOLUME} ON volume_of = cases.department{joins}"
    )
