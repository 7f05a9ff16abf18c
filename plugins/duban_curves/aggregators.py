"""How shares of parts become the share of the whole."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib import import_module
from math import lcm
from operator import mul
from typing import TYPE_CHECKING

from duban import Aggregator, NoParameters, geometric_mean

if TYPE_CHECKING:
    from .arrays import Floats, Weights


def mean(shares: Sequence[Fraction], weights: Sequence[Fraction], parameters: NoParameters) -> Fraction:
    """Return the weighted arithmetic mean.

    Added over one common denominator: with a reduction at every step a hundred thousand departments would wait.
    """
    unit = lcm(*(weight.denominator for weight in weights))
    units = [weight.numerator * (unit // weight.denominator) for weight in weights]
    common = lcm(*(share.denominator for share in shares))
    parts = [share.numerator * (common // share.denominator) for share in shares]
    return Fraction(sum(map(mul, parts, units)), common * sum(units))


def geometric(shares: Sequence[Fraction], weights: Sequence[Fraction], parameters: NoParameters) -> Fraction:
    """Return the weighted geometric mean to 30 places; a part without points leaves nothing."""
    return geometric_mean(shares, weights)


def smallest(shares: Sequence[Fraction], weights: Sequence[Fraction], parameters: NoParameters) -> Fraction:
    """Return the share of the weakest part."""
    return min(shares)


def verdict(shares: Sequence[Fraction], weights: Sequence[Fraction], parameters: NoParameters) -> Fraction:
    """Return the full share where every part has its full share, else nothing."""
    return Fraction(1 if min(shares) >= 1 else 0)


def _in_floats(name: str) -> "Callable[[Sequence[Floats], Weights, NoParameters], Floats]":
    """Return an aggregator in floats, loaded when something is drawn: most commands draw nothing."""

    def combine(shares: "Sequence[Floats]", weights: "Weights", parameters: NoParameters) -> "Floats":
        combined: Floats = getattr(import_module(".arrays", __package__), name)(shares, weights, parameters)
        return combined

    return combine


AGGREGATORS = (
    Aggregator(
        "mean",
        "加权平均",
        mean,
        title_en="weighted mean",
        source="各地承办单位评价办法的通行计分方式",
        formula="SUM({points})/SUM({weights})",
        many=_in_floats("mean"),
    ),
    Aggregator(
        "geometric",
        "加权几何平均",
        geometric,
        title_en="weighted geometric mean",
        source="联合国开发计划署《人类发展报告》技术说明",
        many=_in_floats("geometric"),
    ),
    Aggregator(
        "min",
        "取最低",
        smallest,
        title_en="the weakest part",
        source="“短板”计分的通行做法",
        formula="MIN({shares})",
        many=_in_floats("smallest"),
    ),
    Aggregator(
        "verdict",
        "全部达标",
        verdict,
        title_en="all parts in full",
        source="逐项达标验收的通行做法",
        formula="IF(ROUND(MIN({shares})-1,9)>=0,1,0)",
        many=_in_floats("verdict"),
    ),
)
