"""Where departments stand under one set of rules and figures, as numbers that can be split, and what moved them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Judgement, Standings
from duban.results import Department

from .parts import Part
from .splitting import Numbers, Split

Shares = Mapping[Part, Fraction]


class Standpoint(NamedTuple):
    """Where a department stands under one ruleset; `lists` are those that it is on."""

    group: str
    total: Fraction | None
    rank: int | None
    status: str
    lists: frozenset[str]


# Where a department stands that is only on the other side.
ABSENT = Standpoint("", None, None, "absent", frozenset())
Standpoints = Mapping[str, Standpoint]


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

    @property
    def is_moved(self) -> bool:
        """Whether it stands elsewhere."""
        return self.before != self.after


def standpoints(departments: Sequence[Department], judged: Judgement | Standings) -> dict[str, Standpoint]:
    """Return where each department stands, by its id."""
    return {item.id: _standpoint(judged, index) for index, item in enumerate(departments)}


def _standpoint(judged: Judgement | Standings, index: int) -> Standpoint:
    place = judged.places[index]
    lists = frozenset(name for name, choices in judged.lists.items() if choices[index].chosen)
    return Standpoint(
        judged.groups[index], judged.totals.total[index], place.rank, place.standing.value, lists
    )


def numbers(at: Standpoints, ids: Sequence[str], selections: Sequence[str], last: int) -> Iterator[Fraction]:
    """Yield total, rank, and whether on each list, department by department; no rank is one after the `last`."""
    for name in ids:
        standpoint = at.get(name, ABSENT)
        yield standpoint.total or Fraction(0)
        yield Fraction(standpoint.rank or last + 1)
        for selection in selections:
            yield Fraction(selection in standpoint.lists)


def move_of(
    department: Department,
    before: Standpoints,
    after: Standpoints,
    selections: Sequence[str],
    held: Mapping[Part, Numbers],
) -> Move:
    """Return the move of a department; `held` are each part's shares of its numbers, none where nothing was split."""

    def shares(place: int) -> Shares:
        return {part: column[place] for part, column in held.items()}

    lists = {name: shares(place) for place, name in enumerate(selections, start=2)}
    was, is_now = (side.get(department.id, ABSENT) for side in (before, after))
    return Move(department, was, is_now, shares(0), shares(1), lists)


def own_shares(split: Split, index: int, selections: Sequence[str]) -> dict[Part, Numbers]:
    """Return the shares of one department's numbers in a split of everybody's."""
    width = 2 + len(selections)
    return {part: column[index * width : (index + 1) * width] for part, column in split.shares.items()}
