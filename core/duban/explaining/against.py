"""Two departments beside each other: where one is ahead and where behind, part by part, in points."""

from fractions import Fraction
from typing import NamedTuple

from .explanation import Explanation
from .parts import Kind, Part

_NOTHING = Fraction(0)


class Difference(NamedTuple):
    """One part of both totals: what each has of it; all differences add up to that of the totals."""

    kind: Kind
    id: str
    dimension: str
    own: Fraction
    other: Fraction

    @property
    def points(self) -> Fraction:
        """How far the first department is ahead, negative where it is behind."""
        return self.own - self.other


def differences(own: Explanation, other: Explanation) -> list[Difference]:
    """Return the parts of two totals side by side, in the order of the rules; one that a total lacks is 0 there."""
    sides = [{_key(part): part.points for part in one.parts} for one in (own, other)]
    keys = dict.fromkeys([*sides[0], *sides[1]])
    return [Difference(*key, *(side.get(key, _NOTHING) for side in sides)) for key in keys]


def _key(part: Part) -> tuple[Kind, str, str]:
    return part.kind, part.id, part.dimension
