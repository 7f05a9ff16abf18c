"""Exact numbers: from TOML and cells to rationals, from rationals to the plain decimals of the files."""

from collections.abc import Sequence
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import PlainSerializer, PlainValidator, SerializationInfo, WithJsonSchema

RoundingMode = Literal["half_up", "half_even", "down"]
LARGEST_EXPONENT = 30
IRRATIONAL_PLACES = 30


def stated_context(digits: int) -> Context:
    """Return a context for decimals with every choice stated: Python's own defaults can be changed by anybody."""
    return Context(
        digits, ROUND_HALF_EVEN, -999_999, 999_999, 1, 0, [], [InvalidOperation, DivisionByZero, Overflow]
    )


# An irrational step (a logarithm, a root) is computed at 50 digits and rounded to 30 places.
IRRATIONAL = stated_context(50)
# A root so close to a fraction with so small a denominator is that fraction.
_SIMPLE, _SAME = 10**9, Fraction(1, 10**42)
_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def exact(value: object) -> Fraction:
    """Return an integer, decimal or rational as a rational.

    Raises: ValueError, for anything else: text, true/false, NaN, infinity, an exponent beyond ±30.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        # Pydantic reports a ValueError and lets a TypeError through.
        raise ValueError("not_a_number")  # noqa: TRY004
    number = Decimal(value)
    if not number.is_finite() or (number and abs(number.adjusted()) > LARGEST_EXPONENT):
        raise ValueError("number_out_of_range")
    if not isinstance(value, int) and -int(number.as_tuple().exponent) > 2 * LARGEST_EXPONENT:
        raise ValueError("number_out_of_range")
    return Fraction(number)


def _written(value: Fraction, info: SerializationInfo) -> Decimal | str:
    # Whatever a file says ends; pydantic would make a text of a rational.
    return plain(value) if info.mode_is_json() else Decimal(plain(value))


Exact = Annotated[
    Fraction,
    PlainValidator(exact),
    PlainSerializer(_written),
    WithJsonSchema({"type": "number"}),
]


def rounded(value: Fraction, places: int, mode: RoundingMode = "half_up") -> Fraction:
    """Return the value rounded to decimal places; `half_up` is away from zero, as Excel's ROUND."""
    scale = 10**places
    # In whole numbers throughout: a run rounds hundreds of thousands of times.
    sign = -1 if value.numerator < 0 else 1
    whole, rest = divmod(abs(value.numerator) * scale, value.denominator)
    twice = 2 * rest - value.denominator
    up = mode == "half_up" and twice >= 0
    up = up or (mode == "half_even" and (twice > 0 or (twice == 0 and whole % 2 == 1)))
    return Fraction(sign * (whole + up), scale)


def plain(value: Fraction | int | None, places: int = IRRATIONAL_PLACES) -> str:
    """Return a plain decimal: exact where it ends, else 30 places half-up, no exponent; None is empty."""
    return "" if value is None else _plain(value.numerator, value.denominator, places)


# A run writes the same few thousand values into several files; a fraction takes long to hash, whole numbers do not.
@lru_cache(maxsize=65_536)
def _plain(numerator: int, denominator: int, places: int) -> str:
    number = Fraction(numerator, denominator)
    digits = _ending_places(number.denominator)
    number, digits = (
        (number, digits) if digits is not None and digits <= places else (rounded(number, places), places)
    )
    units = abs(number.numerator) * 10**digits // number.denominator
    text = str(units).rjust(digits + 1, "0")
    text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    text = text.rstrip("0").rstrip(".") if digits else text
    return f"-{text}" if number < 0 and text != "0" else text


def readable(value: Fraction) -> str:
    """Return a number for arithmetic that people follow: a short decimal (0.85), a fraction (53/54), else 6 places."""
    short = plain(value, 4)
    if Fraction(short) == value:
        return short
    return str(value) if value.denominator < 10_000 else plain(value, 6)


def equation(left: str, value: Fraction) -> str:
    """Return arithmetic with its result: `15 × 0.5 = 7.5`, `≈` where the result is shown rounded."""
    short = plain(value, 4)
    return f"{left} {'=' if Fraction(short) == value else '≈'} {short}"


def fixed(value: Fraction, places: int) -> str:
    """Return the value with exactly that many places, for tables that people read (85.5 → 85.50)."""
    text = plain(rounded(value, places))
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(places, '0')}" if places else whole


def irrational(value: Decimal) -> Fraction:
    """Return the result of an irrational step as a rational of 30 places."""
    return rounded(Fraction(value), IRRATIONAL_PLACES)


def logarithm(value: Fraction) -> Fraction:
    """Return the natural logarithm of a positive number to 30 places."""
    return irrational(IRRATIONAL.ln(_decimal(value)))


def _root(value: Decimal) -> Fraction:
    """Return the fraction that a root is, where it is one: to 30 places, a third would turn a tie. Else 30 places."""
    near = Fraction(value).limit_denominator(_SIMPLE)
    return near if abs(near - Fraction(value)) < _SAME else irrational(value)


def power(value: Fraction, exponent: Fraction) -> Fraction:
    """Return a root or power of a number that is not negative: exactly where it is a simple fraction, else to 30 places."""
    if value == 0:
        return Fraction(0 if exponent else 1)
    product = IRRATIONAL.multiply(IRRATIONAL.ln(_decimal(value)), _decimal(exponent))
    return _root(IRRATIONAL.exp(product))


def geometric_mean(shares: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    """Return the weighted geometric mean of shares that are not negative, as exactly as `power`."""
    if any(share <= 0 for share in shares):
        return Fraction(0)
    total = sum(weights, Fraction(0))
    logs = [IRRATIONAL.ln(_decimal(share)) for share in shares]
    scaled = [
        IRRATIONAL.multiply(log, _decimal(weight / total)) for log, weight in zip(logs, weights, strict=True)
    ]
    added = Decimal(0)
    for term in sorted(scaled):
        added = IRRATIONAL.add(added, term)
    return _root(IRRATIONAL.exp(added))


def square_root(value: Fraction) -> Fraction:
    """Return the square root of a number that is not negative, as exactly as `power`."""
    return _root(IRRATIONAL.sqrt(_decimal(value)))


def _decimal(value: Fraction) -> Decimal:
    return IRRATIONAL.divide(Decimal(value.numerator), Decimal(value.denominator))


def _ending_places(denominator: int) -> int | None:
    """Return how many places a fraction with this denominator needs, or None where it never ends."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None
