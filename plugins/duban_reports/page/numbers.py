"""Numbers as the page shows them: texts rounded exactly, so that no browser rounds again."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from duban import is_missing, plain, rounded

POINTS = 2
# A percentage of two places.
_SHARE = 4


@lru_cache(maxsize=65_536, typed=True)
def fixed(value: object, places: int = POINTS) -> str | None:
    """Return a number with exactly so many places (85.5 → 85.50), None for none."""
    if is_missing(value) or not isinstance(value, Fraction | int):
        return None
    whole, _, rest = plain(rounded(Fraction(value), places)).partition(".")
    return f"{whole}.{rest.ljust(places, '0')}" if places else whole


@lru_cache(maxsize=65_536, typed=True)
def percent(value: object) -> str | None:
    """Return a share as a percentage of at most two places: 94.43 %, 100 %."""
    if is_missing(value) or not isinstance(value, Fraction | int):
        return None
    return f"{plain(rounded(Fraction(value), _SHARE) * 100)}%"


def whole(value: Any) -> int | None:
    """Return a count or a rank, None for none."""
    return None if is_missing(value) else int(value)


def wholes(values: Iterable[object]) -> list[int | None]:
    """Return counts or ranks."""
    return [whole(value) for value in values]
