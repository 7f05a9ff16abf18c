"""The pieces of a curve, whatever the curve: where its course changes, which labels it gives, which texts it asks.

A curve is a plugin's. Its course can only change at a number among its parameters: at each of them it is tried just
below, there and just above. Between two numbers where it changes lies a piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from pydantic import BaseModel

from duban.judging import judgements
from duban.methods import Judged, Subject
from duban.plan import PlannedCriterion
from duban.results import CriterionScore
from duban.terms import Aggregate

_CLOSE = Fraction(1, 10**9)
_TOUCHING = Fraction(1, 10**6)


@dataclass(frozen=True)
class Piece:
    """One piece: an interval of values (`None` has no end), the points `zero`, `between` or `full`, or a label."""

    kind: str
    low: Fraction | None = None
    high: Fraction | None = None
    label: str = ""


class Pieces:
    """The pieces of one criterion's curve; a criterion that is shown, not scored, has only its labels."""

    def __init__(self, criterion: PlannedCriterion) -> None:
        self._criterion = criterion
        self._scored = bool(criterion.rule.points) and not criterion.curve.conditions
        self._compares = self._scored and _compares(criterion)
        self._course = _Course(criterion) if self._scored and not self._compares else None

    def all(self) -> list[Piece]:
        """Return every piece, in the order of the values."""
        found = [Piece("label", label=label) for label in dict.fromkeys(self._criterion.curve.labels)]
        if self._compares:
            found += [Piece("zero"), Piece("between"), Piece("full")]
        return found + (self._course.pieces() if self._course else [])

    def of(self, score: CriterionScore) -> Iterator[Piece]:
        """Return the pieces that a measured department is in."""
        if score.label is not None:
            yield Piece("label", label=score.label)
        if score.points is not None and self._scored:
            yield Piece(_class_of(score.points, self._criterion.rule.points))
        value = score.value if score.judged is None else score.judged
        if value is not None and self._course is not None:
            yield self._course.interval(value)


def _class_of(points: Fraction, full: Fraction) -> str:
    return "zero" if points <= 0 else "full" if points >= full else "between"


def _judged(criterion: PlannedCriterion, *values: Fraction) -> Sequence[Judged]:
    return judgements(criterion, [Subject(value, "", lambda text: False) for value in values])


def _compares(criterion: PlannedCriterion) -> bool:
    """Return whether the curve compares departments: then a value alone has no piece."""
    values = [Fraction(0), Fraction(1, 2), Fraction(1)]
    together = _judged(criterion, *values)
    return any(_judged(criterion, value)[0] != judged for value, judged in zip(values, together, strict=True))


class _Course:
    """The course of one curve over the values that its measure can have."""

    def __init__(self, criterion: PlannedCriterion) -> None:
        self._criterion = criterion
        self._numbers = sorted(set(numbers_of(criterion.curve.parameters)))
        self._changes = [number for number in self._numbers if self._changes_at(number)]

    def pieces(self) -> list[Piece]:
        """Return the intervals that values can lie in, and the end of a slope where it has none of its own."""
        lowest, highest = self._domain()
        ends = [None, *self._changes, None]
        found = []
        for low, high in pairwise(ends):
            inside = (
                lowest if low is None else max(low, lowest),
                highest if high is None else min(high, highest),
            )
            middle = (inside[0] + inside[1]) / 2
            edges = [end for end in inside if lowest <= end <= highest]
            if any(self.interval(value) == Piece("interval", low, high) for value in (middle, *edges)):
                found.append((Piece("interval", low, high), inside))
        return [piece for piece, _ in found] + self._ends_of_slopes(found)

    def interval(self, value: Fraction) -> Piece:
        """Return the interval of a value; where two meet, the one that goes on as the value has it, or the flat one."""
        below = [number for number in self._changes if number < value]
        above = [number for number in self._changes if number > value]
        low, high = (below[-1] if below else None), (above[0] if above else None)
        if value in self._changes:
            low, high = (low, value) if self._belongs_below(value) else (value, high)
        return Piece("interval", low, high)

    def _at(self, value: Fraction) -> Judged:
        return _judged(self._criterion, value)[0]

    def _changes_at(self, number: Fraction) -> bool:
        before, there, after = (self._at(number + step) for step in (-_CLOSE, Fraction(0), _CLOSE))
        bends = there.points - before.points != after.points - there.points
        return bends or len({before.label, there.label, after.label}) > 1

    def _belongs_below(self, number: Fraction) -> bool:
        before, there, after = (self._at(number + step) for step in (-_CLOSE, Fraction(0), _CLOSE))
        goes_on = [
            abs(side.points - there.points) < _TOUCHING and side.label == there.label
            for side in (before, after)
        ]
        if goes_on[0] != goes_on[1]:
            return goes_on[0]
        return before.points == there.points != after.points

    def _ends_of_slopes(self, found: Sequence[tuple[Piece, tuple[Fraction, Fraction]]]) -> list[Piece]:
        """Return the zero and full points that a slope comes to without a number that says where."""
        full = self._criterion.rule.points
        flat, inside = set(), set()
        for piece, (low, high) in found:
            # Where the next piece begins the points are the next one's.
            start = low if piece.low is None else low + _CLOSE
            end = high if piece.high is None else high - _CLOSE
            first, middle, last = (self._at(value).points for value in (start, (low + high) / 2, end))
            if first == middle == last or low == high:
                flat.add(_class_of(middle, full))
            else:
                inside |= {_class_of(points, full) for points in (first, middle, last)}
        return [Piece(kind) for kind in ("zero", "full") if kind in inside - flat]

    def _domain(self) -> tuple[Fraction, Fraction]:
        uses = [self._criterion.use, *self._criterion.by_department.values()]
        if all(use.measure.kind is Aggregate.SHARE for use in uses if use is not None):
            return Fraction(0), Fraction(1)
        lowest, highest = min([Fraction(0), *self._numbers]), max([Fraction(1), *self._numbers])
        return (2 * lowest - 1 if lowest < 0 else Fraction(0)), 2 * highest


def numbers_of(value: object) -> Iterator[Fraction]:
    """Return every number among parameters."""
    if isinstance(value, Fraction):
        yield value
    elif isinstance(value, BaseModel):
        for _, item in value:
            yield from numbers_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_of(item)
