"""The Jeffreys interval of a rate: how far chance alone may have moved a share of few cases.

Brown, Cai & DasGupta (2001), Interval Estimation for a Binomial Proportion, Statistical Science 16(2), 101-133,
recommend it for small numbers (pp. 108-113): the quantiles of Beta(hits + 1/2, count - hits + 1/2), with the end that
no hit or no miss can reach taken as 0 or 1.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from statistics import NormalDist

from .exact import irrational, stated_context

MOST_CASES = 100_000_000
CLOSEST_TO_CERTAIN = Fraction(999_999, 1_000_000)
_CONTEXT = stated_context(64)
# The scale of the whole numbers that the series is added up in.
_ONE = 10**50
# After a step this small against the scale of the distribution, the fourth power of the error is beyond the last place.
_SMALL_STEP = Decimal("1e-9")
# Where Stirling's series with this many terms is right to more than 50 places.
_STIRLING_FROM, _STIRLING_TERMS = 60, 24


@lru_cache(maxsize=65_536)
def jeffreys(hits: int, count: int, confidence: Fraction = Fraction(95, 100)) -> tuple[Fraction, Fraction]:
    """Return the lower and the upper end of the interval of `hits` out of `count`, to 30 places; (0, 1) of no cases.

    Raises: ValueError, unless 0 ≤ hits ≤ count ≤ 10⁸ and 0 < confidence ≤ 0.999999.
    """
    if not 0 <= hits <= count <= MOST_CASES or not 0 < confidence <= CLOSEST_TO_CERTAIN:
        raise ValueError(f"no interval of {hits} out of {count} at {confidence}")
    below = (1 - confidence) / 2
    with localcontext(_CONTEXT):
        low = _quantile(hits, count, below) if hits else Decimal(0)
        high = _quantile(hits, count, 1 - below) if hits < count else Decimal(1)
    return irrational(low), irrational(high)


def _quantile(hits: int, count: int, share: Fraction) -> Decimal:
    """Return the point below which this share of Beta(hits + 1/2, count - hits + 1/2) lies.

    Steps of the fourth order from the series of the inverse; one that leaves what is known is replaced by a halving.
    """
    a, b = Decimal(hits) + Decimal("0.5"), Decimal(count - hits) + Decimal("0.5")
    wanted = Decimal(share.numerator) / Decimal(share.denominator)
    deviation = (a * b / (a + b + 1)).sqrt() / (a + b)
    constant = _log_gamma(a + b) - _log_gamma(a) - _log_gamma(b)
    known_low, known_high, point = Decimal(0), Decimal(1), _first_guess(float(a), float(b), float(share))
    while True:
        below, density = _beta(a, b, point, constant)
        known_low, known_high = (point, known_high) if below < wanted else (known_low, point)
        error = (wanted - below) / density
        slope = (a - 1) / point - (b - 1) / (1 - point)
        bend = -(a - 1) / point**2 - (b - 1) / (1 - point) ** 2
        step = error - slope * error**2 / 2 + (2 * slope**2 - bend) * error**3 / 6
        inside = known_low <= point + step <= known_high
        point = point + step if inside else (known_low + known_high) / 2
        if inside and abs(step) < _SMALL_STEP * min(deviation, point, 1 - point):
            return point


def _first_guess(a: float, b: float, share: float) -> Decimal:
    """Return a point near the quantile: the normal one, moved by skewness and kurtosis (Cornish & Fisher).

    Whatever it is, the steps that follow end at the same 30 places.
    """
    n, z = a + b, NormalDist().inv_cdf(share)
    skew = 2 * (b - a) * sqrt(n + 1) / ((n + 2) * sqrt(a * b))
    excess = 6 * ((a - b) ** 2 * (n + 1) - a * b * (n + 2)) / (a * b * (n + 2) * (n + 3))
    z += (z * z - 1) * skew / 6 + (z**3 - 3 * z) * excess / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
    guess = a / n + z * sqrt(a * b / (n + 1)) / n
    return Decimal(guess if 0 < guess < 1 else a / n)


def _beta(a: Decimal, b: Decimal, point: Decimal, constant: Decimal) -> tuple[Decimal, Decimal]:
    """Return the share of Beta(a, b) below a point, and its density there."""
    power = (a * point.ln() + b * (1 - point).ln() + constant).exp()
    density = power / (point * (1 - point))
    if 2 * point <= 1:
        return power * _series(a, b, point) / a, density
    return 1 - power * _series(b, a, 1 - point) / b, density


def _series(a: Decimal, b: Decimal, point: Decimal) -> Decimal:
    """Return the sum of (a+b)(a+b+1)…(a+b+k-1) / (a+1)(a+2)…(a+k) · pointᵏ over all k; all terms are positive."""
    above, under, factor = int(2 * (a + b)), int(2 * (a + 1)), int(point * _ONE)
    term = total = _ONE
    while term:
        term = term * above * factor // (under * _ONE)
        total, above, under = total + term, above + 2, under + 2
    return Decimal(total) / _ONE


def _log_gamma(z: Decimal) -> Decimal:
    """Return the logarithm of the gamma function by Stirling's series, far enough out for it to be exact."""
    before = Decimal(1)
    while z < _STIRLING_FROM:
        before, z = before * z, z + 1
    tau = 2 * _pi()
    series = sum((term / z ** (2 * k - 1) for k, term in enumerate(_stirling(), start=1)), Decimal(0))
    return (z - Decimal("0.5")) * z.ln() - z + tau.ln() / 2 + series - before.ln()


@lru_cache(maxsize=1)
def _stirling() -> tuple[Decimal, ...]:
    """Return B₂ₖ / (2k (2k - 1)) of the Bernoulli numbers."""
    numbers = [Fraction(1)]
    for n in range(1, 2 * _STIRLING_TERMS + 1):
        row, binomial = Fraction(0), 1
        for k, number in enumerate(numbers):
            row += binomial * number
            binomial = binomial * (n + 1 - k) // (k + 1)
        numbers.append(-row / (n + 1))
    wanted = [numbers[2 * k] / (2 * k * (2 * k - 1)) for k in range(1, _STIRLING_TERMS + 1)]
    return tuple(Decimal(term.numerator) / Decimal(term.denominator) for term in wanted)


@lru_cache(maxsize=1)
def _pi() -> Decimal:
    """Return π by Machin's formula: 16 arctan(1/5) - 4 arctan(1/239)."""
    return 16 * _arctangent(5) - 4 * _arctangent(239)


def _arctangent(inverse: int) -> Decimal:
    terms = (Decimal((-1) ** k) / ((2 * k + 1) * inverse ** (2 * k + 1)) for k in range(50))
    return sum(terms, Decimal(0))
