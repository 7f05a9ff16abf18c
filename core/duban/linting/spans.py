"""Ranges of numbers: what arithmetic and comparisons can come to, when only the range of each operand is known."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

Truth = frozenset[bool]


class Span(NamedTuple):
    """All numbers between two ends; an end that is None is infinite, one that is open does not belong to it."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_point(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    def has(self, number: Fraction) -> bool:
        """Return whether a number belongs to it."""
        return _can_be_at_most(self, point(number)) and _can_be_at_most(point(number), self)


EVERY = Span()
NOT_NEGATIVE = Span(Fraction(0))
SHARES = Span(Fraction(0), Fraction(1))


def point(number: Fraction) -> Span:
    """Return the range of one number."""
    return Span(number, number)


def whole_part(span: Span) -> Span | None:
    """Return the range of the whole numbers in a range, None where there are none."""
    low, high = span.low, span.high
    if low is not None:
        low = Fraction(low // 1 + 1) if span.low_open or low.denominator != 1 else low
    if high is not None:
        high = Fraction(-(-high // 1) - 1) if span.high_open or high.denominator != 1 else high
    return None if low is not None and high is not None and low > high else Span(low, high)


def pieces(span: Span, numbers: list[Fraction]) -> list[Span]:
    """Return a range cut at each of the numbers, which stand for themselves."""
    found, low, low_open = [], span.low, span.low_open
    for number in sorted(set(numbers)):
        if span.has(number):
            if low is None or low < number:
                found.append(Span(low, number, low_open, True))
            found.append(point(number))
            low, low_open = number, True
    if low is None or span.high is None or low < span.high or not (low_open or span.high_open):
        found.append(Span(low, span.high, low_open, span.high_open))
    return found


def hull(first: Span, second: Span) -> Span:
    """Return the smallest range that holds both."""
    return Span(
        None if first.low is None or second.low is None else min(first.low, second.low),
        None if first.high is None or second.high is None else max(first.high, second.high),
    )


def add(first: Span, second: Span) -> Span:
    """Return the range of the sums."""
    return Span(
        None if first.low is None or second.low is None else first.low + second.low,
        None if first.high is None or second.high is None else first.high + second.high,
        first.low_open or second.low_open,
        first.high_open or second.high_open,
    )


def negative(span: Span) -> Span:
    """Return the range of the numbers with the other sign."""
    return Span(
        None if span.high is None else -span.high,
        None if span.low is None else -span.low,
        span.high_open,
        span.low_open,
    )


def multiply(first: Span, second: Span) -> Span:
    """Return a range that holds the products; ends are taken as closed."""
    ends = [first.low, first.high, second.low, second.high]
    if None not in ends:
        corners = [a * b for a in first[:2] for b in second[:2] if a is not None and b is not None]
        return Span(min(corners), max(corners))
    if first.low is not None and second.low is not None and min(first.low, second.low) >= 0:
        return Span(first.low * second.low)
    return EVERY


def divide(first: Span, second: Span) -> tuple[Span, bool]:
    """Return a range that holds the quotients, and whether the divisor may be 0."""
    zero = second.has(Fraction(0))
    if second.low is None or second.low < 0 or (second.is_point and zero):
        return EVERY, zero
    lowest = Fraction(0) if second.high is None else 1 / second.high
    return multiply(first, Span(lowest, 1 / second.low if second.low else None)), zero


def absolute(span: Span) -> Span:
    """Return the range of the numbers without their sign."""
    if span.low is not None and span.low >= 0:
        return span
    if span.high is not None and span.high <= 0:
        return negative(span)
    both = span.low is not None and span.high is not None
    return Span(Fraction(0), max(-span.low, span.high) if both else None)  # type: ignore[operator,type-var]


def less(first: Span, second: Span) -> Truth:
    """Return the answers that `first < second` can have."""
    return _answers(_can_be_less(first, second), _can_be_at_most(second, first))


def at_most(first: Span, second: Span) -> Truth:
    """Return the answers that `first <= second` can have."""
    return _answers(_can_be_at_most(first, second), _can_be_less(second, first))


def equal(first: Span, second: Span) -> Truth:
    """Return the answers that `first = second` can have."""
    meet = _can_be_at_most(first, second) and _can_be_at_most(second, first)
    return _answers(meet, not (meet and first.is_point and second.is_point))


def swapped(test: Callable[[Span, Span], Truth]) -> Callable[[Span, Span], Truth]:
    """Return the test with its operands the other way round."""
    return lambda first, second: test(second, first)


def _answers(can_hold: bool, can_fail: bool) -> Truth:
    return frozenset([True] * can_hold + [False] * can_fail)


def _can_be_less(first: Span, second: Span) -> bool:
    return first.low is None or second.high is None or first.low < second.high


def _can_be_at_most(first: Span, second: Span) -> bool:
    if _can_be_less(first, second):
        return True
    return first.low == second.high and not (first.low_open or second.high_open)
