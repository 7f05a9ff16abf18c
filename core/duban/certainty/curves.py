"""A curve as a table of floats: tried exactly where its course turns or jumps, straight between.

A curve is a plugin's, so it is looked at from outside. It is halved until it is a straight line between the values tried;
a jump or a bend is then at the simplest number that is left.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from duban.methods import Judged

Floats = NDArray[np.float64]
Look = Callable[[Sequence[Fraction]], Sequence[Judged]]
# Two numbers closer than that are one place; larger numbers are less finely told apart.
_CLOSE = Fraction(1, 10**12)
# A course that is nowhere straight (a logarithm) is taken for straight where it is that close, in points.
_SMOOTH = 5e-4
# Floats agree that far.
_STRAIGHT = 1e-11
_WITHIN = (Fraction(3, 11), Fraction(1, 2), Fraction(29, 41))
_PARTS = (0.0, *map(float, _WITHIN), 1.0)
# How narrow an interval is when a short number in it is tried.
_GUESSES = (Fraction(1, 10**4), Fraction(1, 10**8))
_MOST_TRIED = 20_000


class Table(NamedTuple):
    """Values in order, the points at each, straight between; the label at each, which holds up to the next."""

    values: Floats
    points: Floats
    labels: NDArray[Any]

    def points_at(self, values: Floats) -> Floats:
        """Return the points of values in any shape, NaN where there is no value."""
        found: Floats = np.interp(values, self.values, self.points)
        return found

    def labels_at(self, values: Floats) -> NDArray[Any]:
        """Return the labels, None where there is no value or the curve gives none."""
        places = np.searchsorted(self.values, values, side="right") - 1
        found: NDArray[Any] = self.labels[np.clip(places, 0, len(self.labels) - 1)]
        found[np.isnan(values)] = None
        return found


def numbers_in(value: object) -> Iterator[Fraction]:
    """Yield all numbers among the parameters of a curve."""
    if isinstance(value, BaseModel):
        for _, part in value:
            yield from numbers_in(part)
    elif isinstance(value, Fraction | int) and not isinstance(value, bool):
        yield Fraction(value)
    elif isinstance(value, Mapping):
        yield from numbers_in(tuple(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for part in value:
            yield from numbers_in(part)


def tabulated(look: Look, marks: Iterable[Fraction], met: Iterable[Fraction]) -> Table:
    """Return the table of a curve between the least and the greatest of the marks.

    `marks` are values where it may jump; the values `met` are exact also where the course is curved.
    """
    return _Tabulating(look).table(sorted(set(marks)), met)


class _Tabulating:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: dict[Fraction, Judged] = {}
        self._jumps: set[Fraction] = set()
        self._curved = False

    def table(self, marks: Sequence[Fraction], met: Iterable[Fraction]) -> Table:
        self._jumps |= set(marks)
        waiting = [(one + 2 * _near(one), other - 2 * _near(other)) for one, other in pairwise(marks)]
        inner: set[Fraction] = set()
        while waiting:
            self._try(place for one in waiting for place in (*one, *_between(*one)))
            inner |= {place for one in waiting for place in one}
            waiting = [half for one in waiting for half in self._halves(*one)]
        if self._curved:
            inner |= {value for value in met if marks[0] < value < marks[-1]}
        return self._finished(sorted(inner), marks[0], marks[-1])

    def _try(self, values: Iterable[Fraction]) -> None:
        wanted = sorted(set(values) - self._known.keys())
        self._known |= dict(zip(wanted, self._look(wanted), strict=True))

    def _halves(self, low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Yield what is still to be looked at of an interval: nothing of a straight one."""
        if self._is_straight(low, high):
            return
        width, near = high - low, _near(low)
        if width <= 4 * near:
            self._jumps.add(_simplest(low, high))
        elif any(guess < width <= 2 * guess for guess in _GUESSES):
            # Where rules change is mostly a short number: with it, the rest is straight.
            guessed = _simplest(low, high)
            self._jumps.add(guessed)
            parts = ((low, guessed - 2 * near), (guessed + 2 * near, high))
            yield from (part for part in parts if part[0] < part[1])
        elif len(self._known) < _MOST_TRIED:
            middle = (low + high) / 2
            yield from ((low, middle), (middle, high))

    def _is_straight(self, low: Fraction, high: Fraction) -> bool:
        """Return whether the interval is one straight line, or curved throughout and nearly straight."""
        judged = [self._known[place] for place in (low, *_between(low, high), high)]
        if len({one.label for one in judged}) > 1:
            return False
        points = [float(one.points) for one in judged]
        close = _STRAIGHT * max(1.0, *map(abs, points))
        worst = max(_bend(points, 0, number, -1) for number in range(1, len(points) - 1))
        if worst <= close:
            return True
        # Around a bend of two straight lines some of the places still lie on one line.
        inner = range(1, len(points) - 1)
        curved = all(_bend(points, number - 1, number, number + 1) > close for number in inner)
        self._curved = self._curved or curved
        return curved and worst <= _SMOOTH

    def _finished(self, inner: Sequence[Fraction], low: Fraction, high: Fraction) -> Table:
        """Return the table; a jump is a narrow step on each side of its place."""
        steps = [
            (jump + side * _near(jump), jump if abs(side) == 1 else jump + side * _near(jump))
            for jump in self._jumps
            for side in (-2, -1, 1, 2)
        ]
        steps = [(place, asked) for place, asked in steps if low <= asked <= high]
        jumps = sorted(self._jumps)
        steps += [(place, place) for place in inner if not _beside(place, jumps)]
        self._try(asked for _, asked in steps)
        steps.sort()
        judged = [self._known[asked] for _, asked in steps]
        labels = np.empty(len(judged), dtype=object)
        labels[:] = [one.label for one in judged]
        values = np.array([float(place) for place, _ in steps])
        return Table(values, np.array([float(one.points) for one in judged]), labels)


def _bend(points: Sequence[float], first: int, middle: int, last: int) -> float:
    """Return how far the middle one is from the line between the others."""
    part = (_PARTS[middle] - _PARTS[first]) / (_PARTS[last] - _PARTS[first])
    return abs(points[middle] - points[first] - (points[last] - points[first]) * part)


def _near(value: Fraction) -> Fraction:
    return _CLOSE * max(Fraction(1), abs(value))


def _between(low: Fraction, high: Fraction) -> list[Fraction]:
    return [low + part * (high - low) for part in _WITHIN]


def _beside(place: Fraction, jumps: Sequence[Fraction]) -> bool:
    number = bisect(jumps, place)
    return any(abs(place - jump) <= 2 * _near(jump) for jump in jumps[max(number - 1, 0) : number + 1])


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the number with the smallest denominator between two others, both included."""
    whole = -(-low // 1)
    if whole <= high:
        return Fraction(whole)
    floor = low // 1
    return floor + 1 / _simplest(1 / (high - floor), 1 / (low - floor))
