"""Full points at a mark, and a price for every step below it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Self

from pydantic import Field, StrictBool, model_validator

from duban import Curve, Exact, Parameters, Speech, Subject, plain, pointwise


class PerPoint(Parameters):
    """Full points from `full_at` on; `lose` points for every `per` below it, in proportion, never under 0.

    With `whole` only whole steps cost points. The default `per` is one percentage point of a share.
    """

    full_at: Exact = Field(default=Fraction(1), description="满分线")
    lose: Exact = Field(description="每低一步扣几分")
    per: Exact = Field(default=Fraction(1, 100), description="一步多大；0.01 是一个百分点")
    whole: StrictBool = Field(default=False, description="不满一步的不扣")

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


def words(parameters: PerPoint, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    facts = {
        "full": speech.value(parameters.full_at),
        "step": speech.step(parameters.per),
        "lose": plain(parameters.lose),
        "rest": speech.say("不满的不扣，", "only whole steps count, ") if parameters.whole else "",
    }
    zh = "达到 {full} 得满分，每低 {step} 扣 {lose} 分，{rest}扣完为止"
    en = "full points from {full} on, {lose} less for every {step} below it, {rest}never below zero"
    return speech.say(zh, en, **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: PerPoint, speech: Speech
) -> str:
    """Return how a value came to its points."""
    value, line = subject.value, parameters.full_at
    if value >= line:
        facts = {"value": speech.value(value), "line": speech.value(line), "full": plain(full)}
        return speech.say(
            "{value} 达到 {line}，得满分 {full}", "{value} reaches {line}: the full {full}", **facts
        )
    steps = (line - value) / parameters.per
    told = f"({speech.number(line)} − {speech.number(value)}) ÷ {speech.number(parameters.per)}"
    if parameters.whole:
        steps, before = Fraction(steps // 1), told
        told = speech.number(steps)
    left = f"{plain(full)} − {speech.number(parameters.lose)} × {told}"
    if full < parameters.lose * steps:
        said = speech.say("{left} 不足 0，扣完为止，得 0 分", "{left} is below zero: 0", left=left)
    else:
        said = speech.equation(left, full - parameters.lose * steps)
    if not parameters.whole:
        return said
    return speech.say(
        "{before} 满 {told} 步：{said}", "{before}, {told} whole: {said}", before=before, told=told, said=said
    )


def formula(parameters: PerPoint) -> str:
    """Return the rule for a spreadsheet; a whole step short of a billionth is a whole one, as it is exactly."""
    steps = "MAX({full_at}-{value},0)/{per}"
    return f"MAX({{full}}-{{lose}}*{f'INT(ROUND({steps},9))' if parameters.whole else steps},0)"


CURVE = Curve(
    "per_point",
    "每低一点扣分",
    PerPoint,
    pointwise(judge_one),
    title_en="a price a step",
    source="各地承办单位评价办法的通行计分方式",
    words=words,
    worked=worked,
    formula=formula,
)
