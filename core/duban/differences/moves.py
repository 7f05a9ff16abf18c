"""The same figures under two rulesets: where each department stands before and after, and what moved it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.evaluating import evaluate
from duban.plan import Plan
from duban.results import Department, Figures

from .hybrids import hybrid
from .parts import Chosen, Parts
from .splitting import Split, split
from .standpoints import Move, move_of, numbers, own_shares, standpoints

# What the engine gave, by the parts that are new: the departments, always the same ones, and their figures.
Counted = Callable[[Chosen], tuple[Sequence[Department], Figures]]


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
    departments, _ = counted(every)
    ids, last = [item.id for item in departments], len(departments)
    sides = [evaluate(old, *counted(frozenset())), evaluate(new, *counted(every))]
    selections = sorted({name for side in sides for name in side.lists})

    def worth(chosen: Chosen) -> list[Fraction]:
        plan = hybrid(old, new, parts.changes, chosen)
        held, figures = counted(chosen)
        return list(numbers(standpoints(held, evaluate(plan, held, figures)), ids, selections, last))

    made = split(list(parts.changes), worth)
    before, after = (standpoints(departments, side) for side in sides)
    moves = [
        move_of(department, before, after, selections, own_shares(made, index, selections))
        for index, department in enumerate(departments)
    ]
    return Backtest(moves, selections, made)
