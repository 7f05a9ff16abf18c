"""What a rate of few cases is judged as: drawn towards its group, by the worse end of its interval, or as it stands."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from fractions import Fraction

from .intervals import jeffreys
from .results import Figure
from .ruleset import LowerBound, Shrink
from .terms import Better, Status

_NOTHING = Fraction(0)


def judged_values(
    rule: Shrink | LowerBound | None,
    figures: Sequence[Figure],
    pools: Sequence[Hashable],
    takes_part: Sequence[bool],
    better: Sequence[Better],
) -> list[Fraction | None]:
    """Return what each department's value is judged as; sequences run parallel to the departments.

    `pools` says whose cases make up a group's rate: the same measure in the same group, of those that `takes_part`. A
    value without hits, which only an example can state, is judged as it stands.
    """
    if isinstance(rule, Shrink):
        rates = pooled_rates(figures, pools, takes_part)
        return [
            shrunk(figure, rule.strength, rates.get(pool))
            for figure, pool in zip(figures, pools, strict=True)
        ]
    if isinstance(rule, LowerBound):
        return [cautious(figure, rule.confidence, way) for figure, way in zip(figures, better, strict=True)]
    return [figure.value for figure in figures]


def pooled_rates(
    figures: Sequence[Figure], pools: Sequence[Hashable], takes_part: Sequence[bool]
) -> dict[Hashable, Fraction]:
    """Return the rate of all cases of each pool together."""
    hits: dict[Hashable, int] = defaultdict(int)
    counts: dict[Hashable, int] = defaultdict(int)
    for figure, pool, inside in zip(figures, pools, takes_part, strict=True):
        if inside and figure.status is Status.MEASURED and figure.hits is not None:
            hits[pool] += figure.hits
            counts[pool] += figure.count
    return {pool: Fraction(hits[pool], count) for pool, count in counts.items() if count}


def shrunk(figure: Figure, strength: Fraction, group: Fraction | None) -> Fraction | None:
    """Return (hits + strength · group's rate) / (cases + strength): between the own rate and the group's."""
    if figure.hits is None or not figure.count or group is None:
        return figure.value
    return (figure.hits + strength * group) / (figure.count + strength)


def cautious(figure: Figure, confidence: Fraction, better: Better) -> Fraction | None:
    """Return the end of the interval that speaks against the department: the lower one where more is better."""
    if figure.hits is None or not figure.count:
        return figure.value
    low, high = jeffreys(figure.hits, figure.count, confidence)
    return high if better is Better.LOWER else low
