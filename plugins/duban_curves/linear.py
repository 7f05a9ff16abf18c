"""In proportion between the value that earns nothing and the value that earns all points."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal, Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Parameters, Speech, Subject, logarithm, plain, pointwise


class Linear(Parameters):
    """No points at `zero_at`, all at `full_at`; `zero_at` above `full_at` means that lower is better.

    `scale = "log"` measures the position between the two on a logarithmic axis, as indices of income do.
    """

    zero_at: Exact = Field(default=Fraction(0), description="在此得零分；大于 full_at 表示越低越好")
    full_at: Exact = Field(default=Fraction(1), description="在此得满分")
    scale: Literal["linear", "log"] = Field(default="linear", description="刻度：linear 等距，log 对数")

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


def words(parameters: Linear, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence."""
    log = parameters.scale == "log"
    facts = {
        "zero": speech.value(parameters.zero_at),
        "full": speech.value(parameters.full_at),
        "how": speech.say("按对数比例", "on a logarithmic axis")
        if log
        else speech.say("按比例", "in proportion"),
    }
    if parameters.zero_at > parameters.full_at:
        zh = "不超过 {full} 得满分，达到 {zero} 不得分，中间{how}"
        en = "full points up to {full}, none from {zero} on, between them {how}"
    elif parameters.zero_at == 0:
        zh, en = "达到 {full} 得满分，不足的{how}得分", "full points from {full} on, below it {how}"
    else:
        zh = "达到 {zero} 起计分，{full} 得满分，中间{how}"
        en = "none up to {zero}, full points from {full} on, between them {how}"
    return speech.say(zh, en, **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Linear, speech: Speech
) -> str:
    """Return how a value came to its points."""
    value, zero, end = subject.value, parameters.zero_at, parameters.full_at
    position = _position(value, parameters)
    if position in (0, 1):
        said = {"value": speech.value(value), "end": speech.value(end if position else zero)}
        lower = zero > end
        if position:
            zh, en = "{value} {verb} {end}，得满分 {full}", "{value} {verb} {end}: the full {full}"
        else:
            zh, en = "{value} {verb} {end}，不得分", "{value} {verb} {end}: no points"
        verb = (
            speech.say("不超过", "is at most") if lower is bool(position) else speech.say("达到", "reaches")
        )
        return speech.say(zh, en, verb=verb, full=plain(full), **said)
    return speech.equation(_proportion(full, value, parameters, speech), full * position)


def _proportion(full: Fraction, value: Fraction, parameters: Linear, speech: Speech) -> str:
    """Return the arithmetic between the ends; what is 0 or 1 is left out."""
    axis = "ln " if parameters.scale == "log" else ""
    at, zero, end = (axis + speech.number(part) for part in (value, parameters.zero_at, parameters.full_at))
    if parameters.zero_at == 0:
        return f"{plain(full)} × {at}" + ("" if parameters.full_at == 1 else f" ÷ {end}")
    if parameters.zero_at > parameters.full_at:
        return f"{plain(full)} × ({zero} − {at}) ÷ ({zero} − {end})"
    return f"{plain(full)} × ({at} − {zero}) ÷ ({end} − {zero})"


def formula(parameters: Linear) -> str:
    """Return the rule for a spreadsheet."""
    ends, at = ("{zero_at}", "{full_at}"), "{value}"
    if parameters.scale == "log":
        low = min(parameters.zero_at, parameters.full_at)
        # A logarithm is asked for between the ends only.
        at = f"MAX({{value}},{'{zero_at}' if low == parameters.zero_at else '{full_at}'})"
        ends, at = (f"LN({ends[0]})", f"LN({ends[1]})"), f"LN({at})"
    return f"{{full}}*MAX(0,MIN(1,({at}-{ends[0]})/({ends[1]}-{ends[0]})))"


CURVE = Curve(
    "linear",
    "按比例得分",
    Linear,
    pointwise(judge_one),
    title_en="in proportion",
    source="各地承办单位评价办法的通行计分方式",
    words=words,
    worked=worked,
    formula=formula,
)
