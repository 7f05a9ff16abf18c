"""The shares are added and not averaged."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Aggregator, NoParameters, hookimpl

EXPECTED = "combined_share_out_of_range"


def combine(shares: Sequence[Fraction], weights: Sequence[Fraction], parameters: NoParameters) -> Fraction:
    return sum(shares, Fraction(0))


@hookimpl
def register_aggregators() -> list[Aggregator]:
    return [Aggregator("bad_sum", "测试汇总", combine, title_en="A sum", source="测试")]
