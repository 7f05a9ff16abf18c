"""A year of oversight with a known truth: departments whose true rates are given, and a ledger as chance makes it of them.

The units are calibrated to the Harbin practice: its numbers of cases, and rates as high as there. Whatever is planted (figures
that were made up) is known too, so that a test can say how often duban finds it, and what it takes for it without cause.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from duban.registry import installed
from duban.tables import known_tables

from .workspaces import write_workspace

ASSIGNED, DUE, AS_OF = date(2024, 3, 15), date(2024, 6, 15), date(2025, 1, 31)
# So many deputies never answer.
_SILENT = Fraction(4, 100)
# So many more cases are moved to another department, soon after assignment.
_MOVED = Fraction(3, 100)
Row = dict[str, Any]


class Rates(NamedTuple):
    """What a department truly is like: the chance that any one of its cases is so."""

    in_time: Fraction
    contacted: Fraction
    answer_satisfied: Fraction
    result_satisfied: Fraction


class Unit(NamedTuple):
    """One department of the twin: its id, its number of cases that count, its true rates, and a habit.

    `last_day` is the chance that an answer in time comes on the last day.
    """

    id: str
    cases: int
    rates: Rates
    last_day: Fraction = Fraction(5, 100)


def _unit(cases: int, *percent: int) -> Unit:
    return Unit(f"单位{cases}", cases, Rates(*(Fraction(part, 100) for part in percent)))


UNITS: Sequence[Unit] = (
    _unit(5, 97, 98, 98, 96),
    _unit(46, 99, 96, 97, 95),
    _unit(52, 96, 93, 96, 89),
    _unit(38, 95, 92, 95, 88),
    _unit(63, 99, 98, 99, 98),
    _unit(31, 98, 97, 98, 96),
    _unit(70, 92, 90, 94, 84),
    _unit(27, 97, 95, 94, 93),
    _unit(6, 96, 96, 95, 90),
)
RULES: Mapping[str, Any] = MappingProxyType(
    {
        "format": 1,
        "id": "twin",
        "title": "孪生台账所用的办法",
        "deadlines": {"reply": {"months": 3}},
        "dimensions": {"all": {"title": "全部"}},
        "criteria": {
            name: {
                "title": title,
                "dimension": "all",
                "measure": name,
                "points": 25,
                "curve": {"kind": "linear", "zero_at": Fraction(1, 2), "full_at": 1},
            }
            for name, title in {
                "on_time": "按时办结率",
                "contacted": "沟通率",
                "answer_satisfied": "答复满意率",
                "result_satisfied": "结果满意率",
            }.items()
        },
        "selections": {"excellent": {"title": "优秀承办单位", "quota": 3}},
    }
)


@dataclass(frozen=True)
class Twin:
    """A ledger with its truth: rows by table, the units that made them, and what was planted, by department."""

    tables: Mapping[str, Sequence[Row]]
    units: Sequence[Unit]
    planted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def write(self, folder: Path, rules: Mapping[str, Any] = RULES) -> Path:
        """Write the workspace into a folder, which it makes; with rules of four criteria unless others are given."""
        folder.mkdir(parents=True, exist_ok=True)
        known = known_tables(installed().tables.values())
        write_workspace(folder, self.tables, rules, AS_OF, known)
        return folder


def twin(
    seed: int,
    units: Sequence[Unit] = UNITS,
    planted: Mapping[str, Sequence[str]] | None = None,
    part: Fraction = Fraction(1),
) -> Twin:
    """Return a ledger that the units' true rates make by chance; the same seed gives the same rows.

    `planted` names, by department, the manipulations among `MANIPULATIONS` that a `part` of its cases then undergo.

    Raises: KeyError, for a manipulation that there is not.
    """
    given, made = planted or {}, list[Row]()
    for unit in units:
        # A stream of its own for each department: what one has changes nothing for the others.
        dice = random.Random(f"{seed} {unit.id}")
        rows = [_case(unit, number, dice) for number in range(unit.cases)]
        for name in given.get(unit.id, ()):
            MANIPULATIONS[name](rows[: ceil(part * len(rows))], unit)
        made += rows
        made += [_moved(unit, number, dice) for number in range(unit.cases) if dice.random() < _MOVED]
    tables = {
        "cases": [_of_case(row) for row in made],
        "ratings": [one for row in made for one in _rated(row)],
    }
    tables["departments"] = [{"department": unit.id, "name": unit.id} for unit in units]
    return Twin(tables, tuple(units), given)


def _case(unit: Unit, number: int, dice: random.Random) -> Row:
    rates = unit.rates
    replied = _reply(unit, dice)
    answered_on = replied + timedelta(days=dice.randint(1, 20))
    answer, result = _rating(rates.answer_satisfied, dice), _rating(rates.result_satisfied, dice)
    return {
        "case_id": f"{unit.id}-{number + 1:03d}",
        "department": unit.id,
        "assigned_on": ASSIGNED,
        "lead_deputy": f"代表{dice.randint(1, 400)}",
        "state": "active",
        "contact_mode": dice.choice(("in_person", "phone")) if dice.random() < rates.contacted else "none",
        "replied_on": replied,
        "rated_at": f"{answered_on} {dice.randint(8, 17):02d}:{dice.randint(0, 59):02d}",
        "moved_on": None,
        "answer": answer,
        "answer_on": answered_on,
        # Who says nothing of the answer says nothing of the result.
        "result": None if answer is None else result,
        "result_on": answered_on + timedelta(days=dice.randint(90, 180)),
        "collected_by": "代表工委",
    }


def _reply(unit: Unit, dice: random.Random) -> date:
    if dice.random() >= unit.rates.in_time:
        return DUE + timedelta(days=dice.randint(1, 25))
    return DUE if dice.random() < unit.last_day else ASSIGNED + timedelta(days=dice.randint(15, 91))


def _rating(satisfied: Fraction, dice: random.Random) -> str | None:
    given = "satisfied" if dice.random() < satisfied else "dissatisfied"
    return None if dice.random() < _SILENT else given


def _moved(unit: Unit, number: int, dice: random.Random) -> Row:
    """Return a case that was handed on early, as it should be."""
    moved_on = ASSIGNED + timedelta(days=dice.randint(1, 20))
    row = dict.fromkeys(("contact_mode", "replied_on", "rated_at", "answer", "result"))
    own = {"case_id": f"{unit.id}-改{number + 1:03d}", "department": unit.id, "assigned_on": ASSIGNED}
    return {
        **row,
        **own,
        "lead_deputy": f"代表{dice.randint(1, 400)}",
        "state": "reassigned",
        "moved_on": moved_on,
    }


def _of_case(row: Row) -> Row:
    names = ("case_id", "department", "assigned_on", "lead_deputy", "state", "contact_mode", "replied_on")
    return {name: row[name] for name in (*names, "rated_at", "moved_on")}


def _rated(row: Row) -> list[Row]:
    return [
        {
            "case_id": row["case_id"],
            "department": row["department"],
            "deputy": row["lead_deputy"],
            "stage": stage,
            "rating": row[stage],
            "rated_on": row[f"{stage}_on"],
            "collected_by": row["collected_by"],
        }
        for stage in ("answer", "result")
        if row[stage] is not None
    ]


def _one_minute(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["rated_at"] = "2024-07-10 16:42"


def _one_day(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["answer_on"] = row["result_on"] = date(2024, 12, 20)


def _last_day(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["replied_on"] = DUE


def _no_contact(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["contact_mode"], row["answer"] = "none", "satisfied"


def _never_rated(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["result"] = None


def _self_collected(rows: Sequence[Row], unit: Unit) -> None:
    for row in rows:
        row["collected_by"] = unit.id


def _moved_late(rows: Sequence[Row], unit: Unit) -> None:
    """Move what is late; a department that has nothing late moves its last case."""
    for row in [row for row in rows if row["replied_on"] > DUE] or rows[-1:]:
        row |= {"state": "reassigned", "moved_on": DUE + timedelta(days=10)}


# What may be planted, by the code of the finding that should tell of it.
MANIPULATIONS: Mapping[str, Callable[[Sequence[Row], Unit], None]] = MappingProxyType(
    {
        "ratings_in_one_minute": _one_minute,
        "ratings_on_one_day": _one_day,
        "answered_on_the_last_day": _last_day,
        "satisfied_without_contact": _no_contact,
        "satisfied_but_result_never_rated": _never_rated,
        "ratings_collected_by_department": _self_collected,
        "moved_after_the_deadline": _moved_late,
    }
)
