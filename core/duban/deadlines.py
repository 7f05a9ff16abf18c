"""Deadlines as SQL: one column for each `[deadlines.<id>]`; `deadline_on` is the deadline of the reply."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .calendars import TABLE, Calendar, create_calendar
from .counted import all_of, happened, sql_date
from .engine import Engine, quoted
from .errors import Position
from .measures import ParameterValue
from .ruleset import Deadline, Period, Ruleset, VolumeStep
from .sql import Clause, Scope, check_types, render
from .tables import Column
from .terms import ColumnType

REPLY = "reply"
# A date for the reply that stands in the ledger comes before the rule.
IN_LEDGER = ("extended_to", "due_on")
At = Callable[[tuple[str, ...]], Position]


class Clock(NamedTuple):
    """A deadline rule that rests on columns which the ledger has; `when` is SQL, `join` brings in the calendar."""

    id: str
    rule: Deadline
    when: str
    join: str = ""

    @property
    def start(self) -> str:
        """The day that the clock starts from: the first of its columns that has one."""
        return _first(map(quoted, self.rule.start))


def deadline_column(name: str) -> Column:
    """Return the derived column of a deadline by the rule's id."""
    if name == REPLY:
        return Column("deadline_on", ColumnType.DATE, ("办理期限",))
    return Column(f"{name}_deadline_on", ColumnType.DATE, (f"期限（{name}）",))


def bindings(period: Period | None, as_of: date) -> Mapping[str, ParameterValue | date | None]:
    """Return what `:as_of`, `:period_from` and `:period_to` stand for."""
    start, end = (period.start, period.end) if period else (None, None)
    return {"as_of": as_of, "period_from": start, "period_to": end}


def clocks(
    engine: Engine,
    ruleset: Ruleset,
    columns: Mapping[str, Column],
    available: Collection[str],
    period: Period | None,
    as_of: date,
    at: At,
) -> list[Clock]:
    """Return the rules that rest only on columns which the ledger has, by id.

    Raises: MeasureError, where a `when` is not a condition over the columns.
    """
    scope = Scope(columns, bindings(period, as_of), ruleset.scales)
    found = []
    for name, rule in sorted(ruleset.deadlines.items()):
        when, needs = _when(engine, name, rule, scope, at)
        if needs | (frozenset() if rule.date else {*rule.start}) <= set(available):
            found.append(Clock(name, rule, when))
    return found


def _when(engine: Engine, name: str, rule: Deadline, scope: Scope, at: At) -> tuple[str, frozenset[str]]:
    """Return the condition of a rule as SQL, and the columns that it reads."""
    if rule.when is None:
        return "true", frozenset()
    clause = Clause(rule.when, at(("deadlines", name, "when")), f"deadlines.{name}.when")
    rendered = render(clause, scope)
    check_types(engine, scope.columns, [(clause, rendered, "boolean")])
    return rendered.sql, rendered.columns


def with_calendar(engine: Engine, found: Sequence[Clock], relation: str, calendar: Calendar) -> list[Clock]:
    """Return the clocks with the join that a clock of working days needs; the calendar covers what the cases need.

    Raises: RulesetError `unknown_calendar_year`.
    """
    working = {
        clock.id: span
        for clock in found
        if clock.rule.working_days
        if (span := _span(engine, clock, relation))
    }
    if working:
        steps = {clock.id: clock.rule.working_days or 0 for clock in found}
        last = max(calendar.after(span[1], steps[name]) for name, span in working.items())
        create_calendar(engine, calendar, min(span[0] for span in working.values()), last)
    return [clock._replace(join=_join(clock)) if clock.id in working else clock for clock in found]


def _span(engine: Engine, clock: Clock, relation: str) -> tuple[date, date] | None:
    first, last = engine.one(
        f"SELECT min({clock.start}), max({clock.start}) FROM {quoted(relation)} WHERE {clock.when}"
    )
    return None if first is None else (first, last)


def _join(clock: Clock) -> str:
    return (
        f" LEFT JOIN (SELECT start.day AS {_hidden('day', clock)}, ending.day AS {_hidden('due', clock)} "
        f"FROM {TABLE} AS start JOIN {TABLE} AS ending "
        f"ON ending.working AND ending.ordinal = start.ordinal + {clock.rule.working_days}) "
        f"ON {_hidden('day', clock)} = {clock.start}"
    )


def _first(columns: Iterable[str]) -> str:
    """Return the first of some dates that is known as SQL."""
    return f"coalesce({', '.join(columns)})"


def _hidden(name: str, clock: Clock) -> str:
    return quoted(f"_{name}_{clock.id}")


def by_rule(clock: Clock) -> str:
    """Return the deadline by the rule alone as SQL: NULL where the rule does not hold."""
    due = _due(clock)
    due += _by_volume(clock.rule.volume)
    return due if clock.when == "true" else f"CASE WHEN {clock.when} THEN {due} END"


def _due(clock: Clock) -> str:
    rule = clock.rule
    if rule.date is not None:
        return sql_date(rule.date)
    if rule.months is not None:
        return months_after(clock.start, rule.months)
    if rule.working_days:
        return _hidden("due", clock) if clock.join else "CAST(NULL AS DATE)"
    return f"{clock.start} + {rule.days or 0}"


def months_after(start: str, months: int) -> str:
    """Return calendar months after a date as SQL, clamped to the month's end."""
    return f"CAST({start} + INTERVAL {months} MONTH AS DATE)"


def _by_volume(steps: Sequence[VolumeStep]) -> str:
    if not steps:
        return ""
    # The last step that a department is over is the one that counts.
    falling = sorted(steps, key=lambda step: step.over, reverse=True)
    cases = " ".join(f"WHEN department_cases > {step.over} THEN {step.days}" for step in falling)
    return f" + CASE {cases} ELSE 0 END"


def reply_deadline(rule: Clock | None, available: Collection[str]) -> str | None:
    """Return `deadline_on` as SQL: the date in the ledger, else the rule's; None where neither exists."""
    parts = [quoted(name) for name in IN_LEDGER if name in available]
    parts += [by_rule(rule)] if rule else []
    return f"coalesce({', '.join(parts)})" if parts else None


def without_deadline(rule: Clock | None, available: Collection[str], as_of: date) -> str | None:
    """Return the condition for cases without a deadline for the reply; None where no case can have one."""
    absent = [f"{quoted(name)} IS NULL" for name in IN_LEDGER if name in available]
    if rule is None:
        return all_of(absent) if absent else None
    first = _first(happened(name, as_of) for name in rule.rule.start)
    starts = [] if rule.rule.date else [f"{first} IS NOT NULL"]
    holds = [f"coalesce({rule.when}, false)"] if rule.when != "true" else []
    return all_of([*absent, f"NOT ({all_of([*starts, *holds])})"])


def extended_too_long(rule: Clock | None, available: Collection[str]) -> str | None:
    """Return the condition for cases with a longer extension than may be granted; None where nothing limits it."""
    if rule is None or rule.rule.extended_months is None or "extended_to" not in available:
        return None
    if not {*rule.rule.start} <= set(available):
        return None
    # The limit is worked out only where there is an extension: few cases have one.
    longest = months_after(rule.start, rule.rule.extended_months)
    return f"CASE WHEN extended_to IS NOT NULL THEN {rule.when} AND extended_to > {longest} END"
