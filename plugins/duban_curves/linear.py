"""In proportion between the value that earns nothing and the value that earns all points."""

from fractions import Fraction
from functools import lru_cache
from typing import Literal, Self

from pydantic import model_validator

from duban import Curve, Exact, Parameters, logarithm, pointwise


class Linear(Parameters):
    """No points at `zero_at`, all at `full_at`; `zero_at` above `full_at` means that lower is better.

    `scale = "log"` measures the position between the two on a logarithmic axis, as indices of income do.
    """

    zero_at: Exact = Fraction(0)
    full_at: Exact = Fraction(1)
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _is_a_line(self) -> Self:
        if self.zero_at == self.full_at:
            raise ValueError("linear_ends_equal")
        if self.scale == "log" and min(self.zero_at, self.full_at) <= 0:
            raise ValueError("linear_log_needs_positive_ends")
        return self


def judge_one(value: Fraction, full: Fraction, parameters: Linear) -> Fraction:
    """Return the points in proportion, never under 0 and never over the full points."""
    return full * _position(value, parameters)


def _position(value: Fraction, parameters: Linear) -> Fraction:
    """Return 0 at or beyond `zero_at`, 1 at or beyond `full_at`; only values strictly between reach the axis."""
    zero, full = parameters.zero_at, parameters.full_at
    sign = 1 if full > zero else -1
    if sign * value <= sign * zero:
        return Fraction(0)
    if sign * value >= sign * full:
        return Fraction(1)
    if parameters.scale == "log":
        zero, full, value = _logarithm_of_end(zero), _logarithm_of_end(full), logarithm(value)
    return (value - zero) / (full - zero)


@lru_cache(maxsize=256)
def _logarithm_of_end(end: Fraction) -> Fraction:
    """The ends are the same for every value of a criterion."""
    return logarithm(end)


CURVE = Curve(
    "linear",
    "按比例得分",
    Linear,
    pointwise(judge_one),
    title_en="in proportion",
    source="各地承办单位评价办法的通行计分方式",
)
