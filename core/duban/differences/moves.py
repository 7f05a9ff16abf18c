"""The same figures under two rulesets: where each department stands before and after, and what moved it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Judgement, evaluate
from duban.plan import Plan
from duban.results import Department, Figures

from .hybrids import hybrid
from .parts import Chosen, Part, Parts
from .splitting import Split, split

# What the engine gave, by the parts that are new: the departments, always the same ones, and their figures.
Counted = Callable[[Chosen], tuple[Sequence[Department], Figures]]
Shares = Mapping[Part, Fraction]


class Standpoint(NamedTuple):
    """Where a department stands under one ruleset; `lists` are those that it is on."""

    group: str
    total: Fraction | None
    rank: int | None
    status: str
    lists: frozenset[str]


@dataclass(frozen=True)
class Move:
    """One department before and after, and the share of each part in what moved it; shares add up to the move.

    No total counts as 0, and no rank as one more than there are departments; a lower number is a better rank.
    """

    department: Department
    before: Standpoint
    after: Standpoint
    total: Shares
    rank: Shares
    # By selection: 1 altogether for who enters the list, -1 for who leaves it.
    lists: Mapping[str, Shares]


@dataclass(frozen=True)
class Backtest:
    """All moves, in the order of the departments, and how they were split."""

    moves: Sequence[Move]
    selections: Sequence[str]
    split: Split


def backtest(old: Plan, new: Plan, parts: Parts, counted: Counted) -> Backtest:
    """Judge the figures under both rulesets and split what differs.

    Raises: DubanError, where one of the rulesets cannot judge them.
    """
    every = frozenset(parts.changes)
    before = evaluate(old, *counted(frozenset()))
    after = evaluate(new, *counted(every))
    selections = sorted({*before.lists, *after.lists})

    def worth(chosen: Chosen) -> list[Fraction]:
        plan = hybrid(old, new, parts.changes, chosen)
        return list(_numbers(evaluate(plan, *counted(chosen)), selections))

    made = split(list(parts.changes), worth)
    departments, _ = counted(every)
    moves = [
        _move(index, department, before, after, made, selections)
        for index, department in enumerate(departments)
    ]
    return Backtest(moves, selections, made)


def _numbers(judged: Judgement, selections: Sequence[str]) -> Iterator[Fraction]:
    """Yield total, rank, and whether on each list, department by department."""
    last = len(judged.places) + 1
    for index, place in enumerate(judged.places):
        yield judged.totals.total[index] or Fraction(0)
        yield Fraction(place.rank or last)
        for name in selections:
            yield Fraction(name in judged.lists and judged.lists[name][index].chosen)


def _move(
    index: int,
    department: Department,
    before: Judgement,
    after: Judgement,
    made: Split,
    selections: Sequence[str],
) -> Move:
    width = 2 + len(selections)

    def shares(column: int) -> Shares:
        return {part: numbers[index * width + column] for part, numbers in made.shares.items()}

    return Move(
        department,
        _standpoint(before, index),
        _standpoint(after, index),
        shares(0),
        shares(1),
        {name: shares(column) for column, name in enumerate(selections, start=2)},
    )


def _standpoint(judged: Judgement, index: int) -> Standpoint:
    place = judged.places[index]
    lists = frozenset(name for name, choices in judged.lists.items() if choices[index].chosen)
    return Standpoint(
        judged.groups[index], judged.totals.total[index], place.rank, place.standing.value, lists
    )
