"""A move split exactly into the parts that caused it, whatever their order in a file.

Up to ten parts the Shapley value: the average effect of bringing a part in, over every order in which the parts may come
in. Above that the average over some of the orders: the parts by section and id stand in a circle, and each order begins
at another of them and goes round one way or the other. Every order is taken backwards too, so that old and new are alike
and of any two parts each comes first in half of the orders: where no more than two parts act together, that is the
Shapley value.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Literal, NamedTuple

from .parts import Chosen, Part

MOST_PARTS = 10
# How often the rules are evaluated at most, roughly, where there are more parts.
EVALUATIONS = 2000
Numbers = Sequence[Fraction]
Worth = Callable[[Chosen], Numbers]


class Split(NamedTuple):
    """The shares of each part, parallel to the numbers that were split; they add up to new minus old."""

    method: Literal["shapley", "circle"]
    evaluations: int
    shares: Mapping[Part, Numbers]


def split(parts: Sequence[Part], worth: Worth) -> Split:
    """Return each part's share of what the numbers move from no part to all of them.

    `worth` returns the numbers with the given parts new and the others old; it is asked once for each choice.
    """
    members = sorted(parts)
    known: dict[Chosen, Numbers] = {}

    def once(chosen: Chosen) -> Numbers:
        if chosen not in known:
            known[chosen] = worth(chosen)
        return known[chosen]

    if len(members) <= MOST_PARTS:
        shares = _shapley(members, once)
        return Split("shapley", len(known), shares)
    shares = _average(list(_orders(members)), once)
    return Split("circle", len(known), shares)


def _shapley(members: Sequence[Part], worth: Worth) -> dict[Part, Numbers]:
    number = len(members)
    weights = [factorial(size) * factorial(number - size - 1) for size in range(number)]
    shares = {part: [Fraction(0)] * len(worth(frozenset())) for part in members}
    for size in range(number + 1):
        for chosen in map(frozenset, combinations(members, size)):
            values = worth(chosen)
            for part in members:
                weight = weights[size - 1] if part in chosen else -weights[size]
                _add(shares[part], values, weight)
    return {part: [share / factorial(number) for share in shares[part]] for part in members}


def _add(sums: list[Fraction], values: Numbers, weight: int) -> None:
    for index, value in enumerate(values):
        if value:
            sums[index] += weight * value


def _orders(members: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """Yield the orders, each with its reverse: from as many starts round the circle as there is time for."""
    number = len(members)
    starts = max(1, min(number, EVALUATIONS // (2 * number)))
    for start in range(starts):
        place = start * number // starts
        order = [*members[place:], *members[:place]]
        yield order
        yield order[::-1]


def _average(orders: Sequence[Sequence[Part]], worth: Worth) -> dict[Part, Numbers]:
    start = worth(frozenset())
    shares = {part: [Fraction(0)] * len(start) for part in orders[0]}
    for order in orders:
        before = start
        for number, part in enumerate(order, start=1):
            after = worth(frozenset(order[:number]))
            _add(shares[part], after, 1)
            _add(shares[part], before, -1)
            before = after
    return {part: [share / len(orders) for share in sums] for part, sums in shares.items()}
