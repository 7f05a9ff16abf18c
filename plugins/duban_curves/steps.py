"""Volume: a base up to so many cases, and more for each further one."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Parameters, Speech, Subject, plain, pointwise


class Steps(Parameters):
    """`base` points up to `upto`, then `more` for each further whole one, up to `cap` (default: the full points)."""

    base: Exact = Field(description="不超过 upto 时的分")
    upto: Exact = Field(description="到几件为止")
    more: Exact = Field(description="每多一件加几分")
    cap: Exact | None = Field(default=None, description="至多几分；不写为满分")

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


def words(parameters: Steps, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    facts = {
        "base": plain(parameters.base),
        "upto": speech.value(parameters.upto),
        "one": speech.step(Fraction(1)),
        "more": plain(parameters.more),
        "cap": plain(full if parameters.cap is None else parameters.cap),
    }
    zh = "不超过 {upto} 得 {base} 分，每多 {one} 加 {more} 分，至多 {cap} 分"
    return speech.say(zh, "{base} up to {upto}, {more} for each {one} more, at most {cap}", **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Steps, speech: Speech
) -> str:
    """Return how a value came to its points."""
    further = Fraction(max((subject.value - parameters.upto) // 1, 0))
    facts = {
        "value": speech.value(subject.value),
        "upto": speech.value(parameters.upto),
        "base": plain(parameters.base),
        "cap": plain(full if parameters.cap is None else parameters.cap),
    }
    if not further:
        return speech.say("{value} 不超过 {upto}，得 {base} 分", "{value} is at most {upto}: {base}", **facts)
    points = parameters.base + parameters.more * further
    left = f"{plain(parameters.base)} + {speech.number(parameters.more)} × {speech.number(further)}"
    said = speech.equation(left, points)
    if points <= judge_one(subject.value, full, parameters):
        return said
    return speech.say("{said}，至多 {cap} 分", "{said}, at most {cap}", said=said, **facts)


def formula(parameters: Steps) -> str:
    """Return the rule for a spreadsheet."""
    cap = "{full}" if parameters.cap is None else "{cap}"
    return f"MIN({{base}}+{{more}}*MAX(INT(ROUND({{value}}-{{upto}},9)),0),{cap})"


CURVE = Curve(
    "steps",
    "按件数累加",
    Steps,
    pointwise(judge_one),
    title_en="volume steps",
    source="洛政办〔2009〕24号",
    words=words,
    worked=worked,
    formula=formula,
)
