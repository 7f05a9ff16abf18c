"""Which cases count, and which of their events had happened on the day the data are judged as of."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from .engine import literal, quoted
from .ruleset import Period
from .tables import CASES, COUNTED_STATES

# Dates of what happens to a case; never deadlines.
EVENTS = tuple(name for name, column in CASES.columns.items() if column.event)
FOLLOWS_REPLY = ("outcome", "answer_rating", "result_rating", "round")


class LeftOut(NamedTuple):
    """One reason why cases are not counted: the finding's code, the column, and the condition, never NULL."""

    code: str
    column: str
    condition: str


def sql_date(day: date) -> str:
    """Return a day as an SQL literal."""
    return f"DATE '{day.isoformat()}'"


def left_out(available: Collection[str], period: Period | None, as_of: date) -> list[LeftOut]:
    """Return the reasons for which a case is not counted; one that has several is told under the first.

    A reason over a column that the ledger lacks applies to no case.
    """
    reasons = []
    if "state" in available:
        states = ", ".join(literal(state) for state in COUNTED_STATES)
        reasons.append(LeftOut("state_not_counted", "state", f"coalesce(state NOT IN ({states}), false)"))
    if "assigned_on" in available:
        later = f"coalesce(assigned_on > {sql_date(as_of)}, false)"
        reasons.append(LeftOut("assigned_after_as_of", "assigned_on", later))
    if period is not None and period.by in available:
        last = min(period.end, as_of) if period.by in EVENTS else period.end
        within = f"{quoted(period.by)} BETWEEN {sql_date(period.start)} AND {sql_date(last)}"
        reasons.append(LeftOut("outside_period", period.by, f"NOT coalesce({within}, false)"))
    return reasons


def counted(available: Collection[str], period: Period | None, as_of: date) -> str:
    """Return the condition that holds for the cases that count."""
    return all_of(f"NOT ({reason.condition})" for reason in left_out(available, period, as_of))


def all_of(conditions: Iterable[str]) -> str:
    """Return the conjunction of conditions; `true` for none."""
    return " AND ".join(conditions) or "true"


def happened(column: str, as_of: date, events: Collection[str] = EVENTS) -> str:
    """Return a date column as SQL; an event after `as_of` is NULL. `events` names the columns that hold any."""
    if column not in events:
        return quoted(column)
    return f"CASE WHEN {quoted(column)} <= {sql_date(as_of)} THEN {quoted(column)} END"
