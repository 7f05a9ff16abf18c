"""The funnel: how far chance alone takes a rate of so many cases from the rate of its group.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24, 1185-1202: limits
from the binomial distribution at 95 % and 99.8 %, and a measure of overdispersion.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

from duban.exact import stated_context
from duban.results import Figure

INNER, OUTER = Fraction(95, 100), Fraction(998, 1000)
# Where the rates of a group vary that many times as much as chance makes them, the limits are too narrow for it.
OVERDISPERSED = 2
_CONTEXT = stated_context(30)
# What is less likely than this, against the likeliest number, moves no limit.
_NEGLIGIBLE = Decimal("1e-25")


class Position(StrEnum):
    """Where a rate lies: within the inner limits, beyond them, or beyond the outer ones too."""

    FAR_BELOW = "far_below"
    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"
    FAR_ABOVE = "far_above"


@lru_cache(maxsize=65_536)
def limits(rate: Fraction, count: int, confidence: Fraction) -> tuple[Fraction, Fraction]:
    """Return the central quantiles of Binomial(count, rate) as rates, within 0..1; `count` is at least 1."""
    if rate in (0, 1):
        return rate, rate
    with localcontext(_CONTEXT):
        first, sums = _sums(rate, count)
        below = Decimal(((1 - confidence) / 2).numerator) / Decimal(((1 - confidence) / 2).denominator)
        low = next(number for number, upto in enumerate(sums) if upto > below * sums[-1])
        high = next(number for number, upto in enumerate(sums) if upto >= (1 - below) * sums[-1])
    return Fraction(first + low, count), Fraction(first + high, count)


# Both pairs of limits are asked for in a row.
@lru_cache(maxsize=1)
def _sums(rate: Fraction, count: int) -> tuple[int, list[Decimal]]:
    """Return the smallest number of hits that is not negligible, and the sums of the weights from there on."""
    first, weights = _weights(rate, count)
    return first, list(accumulate(weights))


def _weights(rate: Fraction, count: int) -> tuple[int, list[Decimal]]:
    """Return the smallest number of hits that is not negligible, and weights proportional to the probabilities."""
    odds = Decimal(rate.numerator) / Decimal(rate.denominator - rate.numerator)
    likeliest = min(count, int((count + 1) * rate))
    down = list(_falling(likeliest, count, odds, -1))
    return likeliest - len(down), [*reversed(down), Decimal(1), *_falling(likeliest, count, odds, 1)]


def _falling(number: int, count: int, odds: Decimal, step: int) -> Iterator[Decimal]:
    """Yield the weights from the likeliest number on, downwards or upwards, until they are negligible."""
    weight = Decimal(1)
    while 0 <= number + step <= count and weight > _NEGLIGIBLE:
        if step > 0:
            weight = weight * (count - number) / (number + 1) * odds
        else:
            weight = weight * number / (count - number + 1) / odds
        number += step
        yield weight


def position(figure: Figure, rate: Fraction) -> Position:
    """Return where a measured rate lies in the funnel of its group."""
    value = figure.value or Fraction(0)
    for confidence, below, above in (
        (OUTER, Position.FAR_BELOW, Position.FAR_ABOVE),
        (INNER, Position.BELOW, Position.ABOVE),
    ):
        low, high = limits(rate, figure.count, confidence)
        if not low <= value <= high:
            return below if value < low else above
    return Position.INSIDE


def dispersion(figures: Sequence[Figure], rate: Fraction) -> Fraction | None:
    """Return how many times as much the rates vary as chance makes them: Σ n(r-p)² / p(1-p) over one less than there are.

    None of fewer than two rates, or where the group's is 0 or 1.
    """
    if len(figures) < 2 or rate in (0, 1):
        return None
    moved = sum((item.count * ((item.value or 0) - rate) ** 2 for item in figures), Fraction(0))
    return moved / (rate * (1 - rate)) / (len(figures) - 1)
