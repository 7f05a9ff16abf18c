"""What all answered cases would show had everybody been asked: a rate among a finite number of cases, some not rated.

Of the cases that nobody rated as many are hits as chance gives, if silence says nothing: with Jeffreys' prior their
number is beta-binomial, whose probabilities are rationals. Nothing here is approximated.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

_HALF = Fraction(1, 2)


@lru_cache(maxsize=65_536)
def finite_interval(
    hits: int, count: int, outstanding: int, confidence: Fraction = Fraction(95, 100)
) -> tuple[Fraction, Fraction]:
    """Return the ends of the central interval of (hits + hits among the outstanding) / (count + outstanding).

    Raises: ValueError, where there is no case at all.
    """
    if not count + outstanding:
        raise ValueError("no interval of no cases")
    below = (1 - confidence) / 2
    sums = list(accumulate(_weights(hits, count, outstanding)))
    total = sums[-1]
    low = next(number for number, upto in enumerate(sums) if upto > below * total)
    high = next(number for number, upto in enumerate(sums) if upto >= (1 - below) * total)
    return Fraction(hits + low, count + outstanding), Fraction(hits + high, count + outstanding)


def _weights(hits: int, count: int, outstanding: int) -> Iterator[Fraction]:
    """Yield what is proportional to the probability of 0, 1, … hits among the outstanding cases."""
    a, b, weight = hits + _HALF, count - hits + _HALF, Fraction(1)
    for number in range(outstanding + 1):
        yield weight
        left = outstanding - number
        if left:
            weight *= left * (a + number) / ((number + 1) * (b + left - 1))
