"""Full points where nothing is wrong, and a price for each fault, until nothing is left."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Parameters, Speech, Subject, plain, pointwise


class Deduct(Parameters):
    """`each` points lost for every one of the value (a fault, a missing element, a late case), never under 0."""

    each: Exact = Field(description="每一处扣几分，写正数")

    @model_validator(mode="after")
    def _has_a_price(self) -> Self:
        if self.each <= 0:
            raise ValueError("deduct_needs_positive_each")
        return self


def judge_one(value: Fraction, full: Fraction, parameters: Deduct) -> Fraction:
    """Return the full points less the price of the faults; a value below 0 adds nothing."""
    return max(full - parameters.each * max(value, Fraction(0)), Fraction(0))


def words(parameters: Deduct, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    facts = {"step": speech.step(Fraction(1)), "each": plain(parameters.each)}
    zh = "没有的得满分，每 {step} 扣 {each} 分，扣完为止"
    return speech.say(zh, "full points for none, {each} less for every {step}, never below zero", **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Deduct, speech: Speech
) -> str:
    """Return how a value came to its points."""
    faults = max(subject.value, Fraction(0))
    if not faults:
        return speech.say("没有，得满分 {full}", "none: the full {full}", full=plain(full))
    left = f"{plain(full)} − {speech.number(parameters.each)} × {speech.number(faults)}"
    rest = full - parameters.each * faults
    if rest < 0:
        return speech.say("{left} 不足 0，扣完为止，得 0 分", "{left} is below zero: 0", left=left)
    return speech.equation(left, rest)


def formula(parameters: Deduct) -> str:
    """Return the rule for a spreadsheet."""
    return "MAX({full}-{each}*MAX({value},0),0)"


CURVE = Curve(
    "deduct",
    "每处扣分",
    Deduct,
    pointwise(judge_one),
    title_en="a price a fault",
    source="政协提案办理 120 分考核表：每缺一项扣 0.25 分，扣完为止",
    words=words,
    worked=worked,
    formula=formula,
)
