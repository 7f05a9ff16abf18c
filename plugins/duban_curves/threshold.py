"""All or nothing: full points from a value on, otherwise none, or a deduction."""

from fractions import Fraction
from typing import Self

from pydantic import model_validator

from duban import Curve, Exact, Parameters, pointwise


class Threshold(Parameters):
    """Full points from `at_least` on; below it `otherwise`, which is 0 or a negative number of points."""

    at_least: Exact
    otherwise: Exact = Fraction(0)

    @model_validator(mode="after")
    def _rewards_nobody_below(self) -> Self:
        if self.otherwise > 0:
            raise ValueError("threshold_otherwise_above_zero")
        return self


def judge_one(value: Fraction, full: Fraction, parameters: Threshold) -> Fraction:
    """Return the full points or the points for falling short; a criterion without points never deducts."""
    if value >= parameters.at_least:
        return full
    return parameters.otherwise if full else Fraction(0)


CURVE = Curve(
    "threshold",
    "达标得分",
    Threshold,
    pointwise(judge_one),
    title_en="all or nothing",
    source="洛政办〔2009〕24号",
)
