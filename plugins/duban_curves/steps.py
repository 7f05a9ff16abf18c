"""Volume: a base up to so many cases, and more for each further one."""

from fractions import Fraction
from typing import Self

from pydantic import model_validator

from duban import Curve, Exact, Parameters, pointwise


class Steps(Parameters):
    """`base` points up to `upto`, then `more` for each further whole one, up to `cap` (default: the full points)."""

    base: Exact
    upto: Exact
    more: Exact
    cap: Exact | None = None

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.more <= 0:
            raise ValueError("steps_need_positive_more")
        if self.cap is not None and self.cap < self.base:
            raise ValueError("steps_cap_below_base")
        return self


def judge_one(value: Fraction, full: Fraction, parameters: Steps) -> Fraction:
    """Return the base and what the further ones add, capped; a criterion without points adds nothing.

    Raises: ValueError, where the base or the cap exceeds the criterion's points.
    """
    if not full:
        return Fraction(0)
    if parameters.base > full or (parameters.cap is not None and parameters.cap > full):
        raise ValueError("steps_above_full")
    further = max((value - parameters.upto) // 1, 0)
    cap = full if parameters.cap is None else parameters.cap
    return min(parameters.base + parameters.more * further, cap)


CURVE = Curve(
    "steps", "按件数累加", Steps, pointwise(judge_one), title_en="volume steps", source="洛政办〔2009〕24号"
)
