"""Full points at a mark, and a price for every step below it."""

from fractions import Fraction
from typing import Self

from pydantic import model_validator

from duban import Curve, Exact, Parameters, pointwise


class PerPoint(Parameters):
    """Full points from `full_at` on; `lose` points for every `per` below it, in proportion, never under 0.

    With `whole` only whole steps cost points. The default `per` is one percentage point of a share.
    """

    full_at: Exact = Fraction(1)
    lose: Exact
    per: Exact = Fraction(1, 100)
    whole: bool = False

    @model_validator(mode="after")
    def _has_a_price(self) -> Self:
        if self.lose <= 0 or self.per <= 0:
            raise ValueError("per_point_needs_positive_price")
        return self


def judge_one(value: Fraction, full: Fraction, parameters: PerPoint) -> Fraction:
    """Return the full points less the price of the steps that are missing."""
    steps = max((parameters.full_at - value) / parameters.per, Fraction(0))
    if parameters.whole:
        steps = Fraction(steps // 1)
    return max(full - parameters.lose * steps, Fraction(0))


CURVE = Curve(
    "per_point",
    "每低一点扣分",
    PerPoint,
    pointwise(judge_one),
    title_en="a price a step",
    source="各地承办单位评价办法的通行计分方式",
)
