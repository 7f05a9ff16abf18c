"""All or nothing: full points from a value on, otherwise none, or a deduction."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Parameters, Speech, Subject, plain, pointwise


class Threshold(Parameters):
    """Full points from `at_least` on; below it `otherwise`, which is 0 or a negative number of points."""

    at_least: Exact = Field(description="达到就是满分")
    otherwise: Exact = Field(default=Fraction(0), description="没有达到的得分：0，或者负数（倒扣）")

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


def words(parameters: Threshold, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    facts = {"at_least": speech.value(parameters.at_least), "points": plain(-parameters.otherwise)}
    if parameters.otherwise:
        zh = "达到 {at_least} 得满分，没有达到的倒扣 {points} 分"
        return speech.say(zh, "full points from {at_least} on, below it minus {points}", **facts)
    zh = "达到 {at_least} 得满分，没有达到的不得分"
    return speech.say(zh, "full points from {at_least} on, below it none", **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Threshold, speech: Speech
) -> str:
    """Return how a value came to its points."""
    facts = {
        "value": speech.value(subject.value),
        "line": speech.value(parameters.at_least),
        "full": plain(full),
        "lost": plain(-parameters.otherwise),
    }
    if subject.value >= parameters.at_least:
        return speech.say(
            "{value} 达到 {line}，得满分 {full}", "{value} reaches {line}: the full {full}", **facts
        )
    if parameters.otherwise and full:
        return speech.say(
            "{value} 不到 {line}，倒扣 {lost} 分", "{value} is below {line}: minus {lost}", **facts
        )
    return speech.say("{value} 不到 {line}，不得分", "{value} is below {line}: no points", **facts)


def formula(parameters: Threshold) -> str:
    """Return the rule for a spreadsheet; a difference under a billionth is none, as it is exactly."""
    return "IF(ROUND({value}-{at_least},9)>=0,{full},{otherwise})"


CURVE = Curve(
    "threshold",
    "达标得分",
    Threshold,
    pointwise(judge_one),
    title_en="all or nothing",
    source="洛政办〔2009〕24号",
    words=words,
    worked=worked,
    formula=formula,
)
