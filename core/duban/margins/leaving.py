"""Leaving one out: where a department would stand without any one of its cases, and the lists without any one rater."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.items import Item

from .changes import counters_of
from .company import Outcome
from .trying import Trial


@dataclass(frozen=True)
class WithoutOne:
    """Where a department stands without any one of its cases: the range of its ranks, and the cases that decide.

    `low` and `high` are the best and the worst rank, None where it is never ranked; `deciding` names, by list, the cases
    without any of which the department would be on the list where it is not, or off it where it is.
    """

    department: str
    cases: int
    low: int | None
    high: int | None
    deciding: Mapping[str, Sequence[str]]


class _Case(NamedTuple):
    case_id: str
    delta: tuple[tuple[tuple[str, str | Fraction], Fraction], ...]


def without_one_case(evaluated: Evaluated, items: Iterable[Item], department: str) -> WithoutOne:
    """Return what leaving out any one case does to a department; `items` are all rows, of this one at least.

    A case goes with all its rows, in the ledger and in tables about it; deadlines stay as they were with it. Cases with
    equal marks are tried once.
    """
    mine = [item for item in items if item.department == department]
    trial = Trial(evaluated, mine, department)
    cases = _cases(evaluated, mine)
    distinct = sorted({case.delta for case in cases}, key=repr)
    alone = len(cases) == 1
    outcomes = [None] if alone else trial.outcomes([dict(delta) for delta in distinct])
    known: dict[object, Outcome | None] = dict(zip(distinct, outcomes, strict=True))
    return _summed(trial, cases, known)


def _cases(evaluated: Evaluated, items: Iterable[Item]) -> list[_Case]:
    """Return what each case takes along, by its id."""
    lost: dict[str, dict[tuple[str, str | Fraction], Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    counted: set[str] = set()
    for item in items:
        if item.case_id is None:
            continue
        counted |= {item.case_id} if item.table == "cases" else set()
        for name, number in counters_of(evaluated.plan, item.marks).items():
            lost[item.case_id][name] -= number
    return [_Case(name, tuple(sorted(lost[name].items(), key=repr))) for name in sorted(counted)]


def _summed(trial: Trial, cases: Sequence[_Case], known: Mapping[object, Outcome | None]) -> WithoutOne:
    evaluated = trial.evaluated
    now = {name: column[trial.index].chosen for name, column in evaluated.judgement.lists.items()}
    # A department without a case takes no part.
    ranks = [outcome.place.rank for outcome in known.values() if outcome is not None]
    ranked = [rank for rank in ranks if rank is not None]
    deciding = {
        name: [case.case_id for case in cases if _chosen(known[case.delta], name) is not chosen]
        for name, chosen in now.items()
    }
    return WithoutOne(
        trial.department.id, len(cases), min(ranked, default=None), max(ranked, default=None), deciding
    )


def _chosen(outcome: Outcome | None, selection: str) -> bool:
    return outcome is not None and outcome.choices[selection].chosen
