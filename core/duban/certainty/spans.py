"""What departments may come to, and the ranks that this leaves to each."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple


class Span(NamedTuple):
    """What a department may come to: its lowest and highest total, None for any, and whether it is ranked at all.

    `rank` is the one that it has; `settled` says that nothing touches its total.
    """

    low: Fraction | None
    high: Fraction | None
    ever: bool
    always: bool
    rank: int | None
    settled: bool


def best_and_worst(
    spans: Sequence[Span], scopes: Sequence[Hashable], dense: bool
) -> list[tuple[int | None, int | None]]:
    """Return the best and the worst rank of each department among those of its scope; None for who has no rank or span.

    Of two settled ones that which is ahead stays ahead, whatever else told them apart.
    """
    # Numbers in the order of the totals are compared faster than fractions.
    ends = {end for span in spans for end in (span.low, span.high) if end is not None}
    numbers = {end: number for number, end in enumerate(sorted(ends))}
    inside: dict[Hashable, list[Span]] = defaultdict(list)
    for span, scope in zip(spans, scopes, strict=True):
        inside[scope].append(span)
    company = {scope: _Company(found, numbers) for scope, found in inside.items()}
    return [company[scope].ranks(span, dense) for span, scope in zip(spans, scopes, strict=True)]


class _Company:
    """Those who are ranked together."""

    def __init__(self, spans: Iterable[Span], numbers: dict[Fraction, int]) -> None:
        self._numbers = numbers
        everybody = list(spans)
        self._open = sum(span.ever and span.high is None for span in everybody)
        self._all = self._sorted(everybody)
        settled = [span for span in everybody if span.settled and span.always]
        self._settled = self._sorted(settled)
        self._ranks = sorted(span.rank or 0 for span in settled)

    def _sorted(self, spans: Iterable[Span]) -> tuple[list[int], list[int]]:
        """Return the lowest totals of those always ranked, and the highest of those ever ranked, in order."""
        known = list(spans)
        lows = (self._numbers[span.low] for span in known if span.always and span.low is not None)
        highs = (self._numbers[span.high] for span in known if span.ever and span.high is not None)
        return sorted(lows), sorted(highs)

    def ranks(self, mine: Span, dense: bool) -> tuple[int | None, int | None]:
        """Return the best and the worst rank that one of them may have."""
        if mine.rank is None or mine.low is None or mine.high is None:
            return None, None
        low, high = self._numbers[mine.low], self._numbers[mine.high]
        ahead, possibly = _beyond(self._all, low, high)
        # Nobody is ahead of itself, but by its own highest total it seems to be possible.
        possibly += self._open - 1
        if mine.settled:
            surely, maybe = _beyond(self._settled, low, high)
            before = bisect_left(self._ranks, mine.rank)
            ahead, possibly = ahead - surely + before, possibly - maybe + mine.always + before
        return 1 + (min(1, ahead) if dense else ahead), 1 + possibly


def _beyond(ends: tuple[Sequence[int], Sequence[int]], low: int, high: int) -> tuple[int, int]:
    """Return how many are surely above `high`, and how many may reach `low`."""
    lows, highs = ends
    return len(lows) - bisect_right(lows, high), len(highs) - bisect_left(highs, low)
