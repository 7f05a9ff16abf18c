"""The course of a curve over the values that its measure can have, looked at from outside: a curve is a plugin's.

A curve can only change its course at a number among its parameters, or where it runs into an end; it is tried at each
of these numbers, just beside it, half way to the next, and far out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import combinations, pairwise, takewhile
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlglot import exp

from duban.documents import KeyPath
from duban.examples.pieces import numbers_of
from duban.judging import judgements
from duban.language.nodes import name_of
from duban.language.text import Node
from duban.methods import Judged, Subject
from duban.plan import BoundCurve, PlannedCriterion

from .cells import Range, Ranges, compared_with, compares, together, tree_of
from .spans import Span, point

_CLOSE = Fraction(1, 10**9)
_FAR = 1_000
# The name of the value in the texts of a curve, and into how many parts a share is cut where they reckon with it.
VALUE, _NET = "value", 100
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
        # Whether points follow from the value alone: no text asks for anything else.
        self.by_value = all(item.names <= {VALUE} for item in criterion.curve.conditions.values())

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
        ends = {Fraction(0), Fraction(1), *(end for end in (low, high) if end is not None)}
        marks = sorted({*self.numbers, *ends, *self._numbers_of_texts()})
        beyond = {2 * marks[-1] + 1, marks[-1] + _FAR}
        beyond |= {2 * marks[0] - 1, marks[0] - _FAR} if marks[0] < 0 else set()
        near = {mark + step for mark in marks for step in (-_CLOSE, Fraction(0), _CLOSE)}
        near |= {mark + step for mark in marks for step in (-1, 1)} | beyond
        near |= {(first + second) / 2 for first, second in pairwise(marks)}
        return sorted(value for value in near if self._can_be(value))

    def _numbers_of_texts(self) -> Iterable[Fraction]:
        """Return the numbers that texts hold the value against; a net of them where they reckon with it first."""
        trees = [tree_of(text) for text in self._texts]
        if any(map(_reckons, trees)):
            share = self._span.high == 1
            yield from (Fraction(number, _NET if share else 1) for number in range(_NET))
        yield from compared_with(trees)[0].get(VALUE, ())

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
        if name == VALUE:
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

    def overlapping_parts(self) -> Iterator[tuple[KeyPath, KeyPath, Fraction]]:
        """Return items of lists that share values, of which each has others for itself alone; with a shared value."""
        parameters = self._criterion.curve.parameters
        for field, value in parameters:
            items = value if isinstance(value, tuple) else ()
            alone = {number: self._alone(field, item) for number, item in enumerate(items)}
            for (first, mine), (second, others) in combinations(alone.items(), 2):
                shared = mine.keys() & others.keys()
                apart = [one for one in sorted(shared) if mine[one] != others[one]]
                if apart and mine.keys() - shared and others.keys() - shared:
                    yield (field, first), (field, second), _roundest(apart)

    def _alone(self, field: str, item: Any) -> Mapping[Fraction, Judged]:
        """Return what an item gives to values if it is the only one."""
        try:
            changed = self._criterion.curve.parameters.model_copy(update={field: (item,)})
            judged = self._judge([one[:2] for one in self.tried], changed)
        except ValueError:
            return {}
        return {
            one.value: found
            for one, found in zip(self.tried, judged, strict=True)
            if found.points or found.label is not None
        }

    def gap(self) -> tuple[Fraction, Fraction] | None:
        """Return the ends of the first values that earn nothing, while some below and some above them earn points."""
        earning = [number for number, one in enumerate(self.tried) if one.judged.points > 0]
        for below, above in pairwise(earning):
            if above > below + 1:
                return self.tried[below + 1].value, self.tried[above].value
        return None

    def told(self, worse: Tried, better: Tried) -> tuple[Tried, Tried]:
        """Return two neighbours, or values beside them that are judged alike and have shorter numbers."""
        return self._alike(worse, better), self._alike(better, worse)

    def _alike(self, one: Tried, other: Tried) -> Tried:
        step = 1 if one.value > other.value else -1
        place = self.tried.index(one)
        beyond = self.tried[place::step]
        alike = list(takewhile(lambda item: item.judged.points == one.judged.points, beyond))
        return min(alike, key=lambda item: item.value.denominator)

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


def _reckons(tree: Node) -> bool:
    """Return whether a text does anything with the value before it compares it."""
    return any(name_of(column) == VALUE and not compares(column) for column in tree.find_all(exp.Column))


def _roundest(values: Iterable[Fraction]) -> Fraction:
    return min(values, key=lambda value: value.denominator)
