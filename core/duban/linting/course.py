"""The course of a curve over the values that its measure can have, looked at from outside: a curve is a plugin's.

A curve can only change its course at a number among its parameters, or where it runs into an end; it is tried at each
of these numbers, just beside it, half way to the next, and far out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic import BaseModel

from duban.documents import KeyPath
from duban.examples.pieces import numbers_of
from duban.judging import judgements
from duban.methods import Judged, Subject
from duban.plan import BoundCurve, PlannedCriterion

from .cells import Range, Ranges, together
from .spans import Span, point

_CLOSE = Fraction(1, 10**9)
_FAR = 1_000
# What the texts of a curve say of a department: which of them hold.
Held = frozenset[str]
_NOTHING_HOLDS = frozenset[str]().__contains__


class Tried(NamedTuple):
    """One value with the texts that hold for it, and what the curve makes of it."""

    value: Fraction
    held: Held
    judged: Judged


class UnwatchedCurve(BoundCurve):
    """A curve for which somebody else waits only so long: a watch over each call takes longer than the call."""

    def judge(self, subjects: Sequence[Subject], full: Fraction) -> Sequence[Judged]:
        """Return what the curve says of the subjects."""
        return self.curve.judge(subjects, full, self.parameters)


def unwatched(criterion: PlannedCriterion) -> PlannedCriterion:
    """Return a criterion whose curve is not watched."""
    return replace(criterion, curve=UnwatchedCurve(**vars(criterion.curve)))


class Course:
    """One criterion's curve, tried at the values that its measure can have; nobody watches it here."""

    def __init__(self, criterion: PlannedCriterion, known: Range, ranges: Ranges) -> None:
        self._criterion, self._known, self._ranges = unwatched(criterion), known, ranges
        self._span = next(one for one in known.values if isinstance(one, Span))
        self._texts = list(criterion.curve.conditions)
        self.numbers = sorted(set(numbers_of(criterion.curve.parameters)))

    @cached_property
    def compares(self) -> bool:
        """Whether the curve compares departments: a value alone says nothing then."""
        ends = [Subject(Fraction(end), "", _NOTHING_HOLDS) for end in (0, 1)]
        apart = [one for end in ends for one in judgements(self._criterion, [end])]
        return apart != list(judgements(self._criterion, ends))

    def at(self, value: Fraction, held: Held = frozenset()) -> Judged:
        """Return what the curve makes of one value."""
        return self._judge([(value, held)])[0]

    def together(self, values: Sequence[Fraction]) -> list[Judged]:
        """Return what the curve makes of several departments at once, which some curves compare."""
        return list(self._judge([(value, frozenset()) for value in values]))

    @cached_property
    def values(self) -> list[Fraction]:
        """The values at which the curve is tried, in order."""
        low, high = self._span.low, self._span.high
        marks = sorted(
            {*self.numbers, Fraction(0), Fraction(1), *(end for end in (low, high) if end is not None)}
        )
        beyond = {2 * marks[-1] + 1, marks[-1] + _FAR}
        beyond |= {2 * marks[0] - 1, marks[0] - _FAR} if marks[0] < 0 else set()
        near = {mark + step for mark in marks for step in (-_CLOSE, Fraction(0), _CLOSE)}
        near |= {mark + step for mark in marks for step in (-1, 1)} | beyond
        near |= {(first + second) / 2 for first, second in pairwise(marks)}
        return sorted(value for value in near if self._can_be(value))

    def _can_be(self, value: Fraction) -> bool:
        return self._span.has(value) and (value.denominator == 1 or not self._known.whole)

    @cached_property
    def tried(self) -> list[Tried]:
        """What the curve makes of every value, whatever its texts can say there."""
        subjects = [(value, held) for value in self.values for held in self._held_at(value)]
        return [
            Tried(*subject, judged) for subject, judged in zip(subjects, self._judge(subjects), strict=True)
        ]

    def _held_at(self, value: Fraction) -> Sequence[Held]:
        if not self._texts:
            return [frozenset()]
        ranges = partial(self._range_at, value)
        return [
            frozenset(text for text, holds in zip(self._texts, answers, strict=True) if holds)
            for answers in sorted(together(self._texts, ranges))
        ]

    def _range_at(self, value: Fraction, name: str) -> Range:
        if name == "value":
            return Range(frozenset([point(value)]))
        return self._ranges(name)

    def _judge(
        self, subjects: Sequence[tuple[Fraction, Held]], parameters: BaseModel | None = None
    ) -> Sequence[Judged]:
        made = [Subject(value, "", held.__contains__) for value, held in subjects]
        if parameters is None:
            return judgements(self._criterion, made)
        return self._criterion.curve.curve.judge(made, self._criterion.rule.points, parameters)

    def lowest(self) -> Fraction:
        """Return the fewest points that the curve gives; less than nothing where it deducts."""
        if self.compares or self._texts:
            return min([Fraction(0), *(number for number in self.numbers if number < 0)])
        return min(Fraction(one.judged.points) for one in self.tried)

    def changes_at(self, number: Fraction) -> bool:
        """Return whether the course turns, jumps or gets another label at a number."""
        before, there, after = self.together([number - _CLOSE, number, number + _CLOSE])
        bends = there.points - before.points != after.points - there.points
        return bends or len({before.label, there.label, after.label}) > 1

    def idle_parts(self) -> Iterator[KeyPath]:
        """Return the items of lists in the parameters on which no points and no label depend."""
        parameters = self._criterion.curve.parameters
        for field, value in parameters:
            for number, item in enumerate(value if isinstance(value, tuple) else ()):
                if isinstance(item, BaseModel) and not self._depends_on(parameters, field, number):
                    yield (field, number)

    def _depends_on(self, parameters: BaseModel, field: str, number: int) -> bool:
        """Return whether any change of an item shows: each number a little more and less, each label another."""
        items = getattr(parameters, field)
        for changes in self._changes(items[number]):
            changed = (*items[:number], items[number].model_copy(update=changes), *items[number + 1 :])
            try:
                judged = self._judge(
                    [one[:2] for one in self.tried], parameters.model_copy(update={field: changed})
                )
            except ValueError:
                continue
            if list(judged) != [one.judged for one in self.tried]:
                return True
        return False

    def _changes(self, item: BaseModel) -> Iterator[Mapping[str, Any]]:
        for name, value in item:
            if isinstance(value, Fraction):
                yield from ({name: value + step} for step in (-_CLOSE / 2, _CLOSE / 2))
            elif isinstance(value, str) and value not in self._texts:
                yield {name: f"{value}′"}
