"""How often an interval holds the true rate: added up over all outcomes, not simulated."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

from duban.certainty.finite import finite_interval
from duban.intervals import jeffreys

Interval = tuple[Fraction, Fraction]
RATES: Sequence[Fraction] = [Fraction(number, 200) for number in range(100, 200)]
COUNTS = (5, 6, 10, 15, 20, 31, 46, 63, 100, 200)
# Rated and silent cases.
SILENT = ((5, 1), (10, 2), (20, 5), (50, 10), (60, 40))


class Coverage(NamedTuple):
    """How often the intervals of one number of cases hold the truth: the mean over the rates, the least, and where."""

    mean: float
    least: float
    at: Fraction


def coverage_of_rates(count: int) -> Coverage:
    """Return the coverage of the 95 % interval of a rate of so many cases, over all true rates."""
    ends = [jeffreys(hits, count) for hits in range(count + 1)]

    def covered(rate: Fraction) -> float:
        weights = _binomial(count, rate)
        return sum(weight for weight, (low, high) in zip(weights, ends, strict=True) if low <= rate <= high)

    return _over_rates(covered)


def coverage_of_everybody_asked(rated: int, silent: int) -> Coverage:
    """Return the coverage of the 95 % interval of what all answered cases would show, had everybody been asked."""
    ends = [finite_interval(hits, rated, silent) for hits in range(rated + 1)]
    whole = rated + silent

    def covered(rate: Fraction) -> float:
        of_rated, of_silent = _binomial(rated, rate), _binomial(silent, rate)
        return sum(
            of_rated[hits] * of_silent[more]
            for hits, (low, high) in enumerate(ends)
            for more in range(silent + 1)
            if low * whole <= hits + more <= high * whole
        )

    return _over_rates(covered)


def _binomial(count: int, rate: Fraction) -> list[float]:
    yes, no = float(rate), float(1 - rate)
    return [comb(count, hits) * yes**hits * no ** (count - hits) for hits in range(count + 1)]


def _over_rates(covered: Callable[[Fraction], float]) -> Coverage:
    found = {rate: covered(rate) for rate in RATES}
    at = min(found, key=lambda rate: found[rate])
    return Coverage(sum(found.values()) / len(found), found[at], at)
