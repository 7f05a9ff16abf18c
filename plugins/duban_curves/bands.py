"""Ordered bands: the first that holds gives its points, its label, or both."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from duban import Curve, Exact, Judged, Parameters, Speech, Subject, plain

ConditionText = Annotated[str, Field(min_length=1, max_length=2000)]
Label = Annotated[str, Field(min_length=1, max_length=100)]


class Band(Parameters):
    """One band: from a value on, or where a department text holds, or both; `value` may stand in the text."""

    at_least: Exact | None = Field(default=None, description="值至少多少")
    when: ConditionText | None = Field(default=None, description="单位条件；其中 value 是本项的值")
    points: Exact | None = Field(default=None, description="得几分")
    label: Label | None = Field(default=None, description="标签，可在 label.评分项 里用")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.points is None and self.label is None:
            raise ValueError("band_says_nothing")
        return self

    @property
    def takes_all(self) -> bool:
        """Whether the band holds for everybody."""
        return self.at_least is None and self.when is None

    def holds(self, subject: Subject) -> bool:
        """Return whether the department is in this band."""
        if self.at_least is not None and subject.value < self.at_least:
            return False
        return self.when is None or subject.holds(self.when)


class Bands(Parameters):
    """The bands in the order in which they are tried; where none holds there are no points."""

    bands: Annotated[tuple[Band, ...], Field(min_length=1)] = Field(description="各档，取第一个成立的")

    @model_validator(mode="after")
    def _can_all_be_reached(self) -> Self:
        if any(band.takes_all for band in self.bands[:-1]):
            raise ValueError("band_for_the_rest_not_last")
        lowest: Fraction | None = None
        for band in self.bands:
            if band.at_least is not None and lowest is not None and band.at_least >= lowest:
                raise ValueError("bands_not_descending")
            if band.at_least is not None and band.when is None:
                lowest = band.at_least
        return self


def judge(subjects: Sequence[Subject], full: Fraction, parameters: Bands) -> Sequence[Judged]:
    """Return points and label of the first band that holds.

    Raises: ValueError, where a band's points exceed the criterion's, or are missing though the criterion has some.
    """
    outcomes = [(band, Judged(_points(band, full), band.label)) for band in parameters.bands]
    none = Judged(Fraction(0))
    if conditions(parameters):
        return [_first(outcomes, subject, none) for subject in subjects]
    known: dict[Fraction, Judged] = {}
    return [
        known.get(subject.value) or known.setdefault(subject.value, _first(outcomes, subject, none))
        for subject in subjects
    ]


def _first(outcomes: Sequence[tuple[Band, Judged]], subject: Subject, none: Judged) -> Judged:
    return next((judged for band, judged in outcomes if band.holds(subject)), none)


def _points(band: Band, full: Fraction) -> Fraction:
    if band.points is None:
        if full:
            raise ValueError("band_needs_points")
        return Fraction(0)
    if band.points > full:
        raise ValueError("band_points_above_full")
    return band.points if full else Fraction(0)


def conditions(parameters: Bands) -> Sequence[str]:
    """Return the department texts of the bands."""
    return [band.when for band in parameters.bands if band.when is not None]


def labels(parameters: Bands) -> Sequence[str]:
    """Return the labels that the bands may give."""
    return [band.label for band in parameters.bands if band.label is not None]


def words(parameters: Bands, full: Fraction, speech: Speech) -> str:
    """Return the rule as a sentence, a part a band."""
    parts = [f"{_range(band, speech)}{_gain(band, full, speech)}" for band in parameters.bands]
    return speech.say("；", "; ").join(parts)


def _range(band: Band, speech: Speech) -> str:
    parts = [speech.condition(band.when)] if band.when is not None else []
    if band.at_least is not None:
        value = speech.value(band.at_least)
        parts.insert(0, speech.say("达到 {value} ", "from {value} on", value=value))
    return speech.say("且", " and ").join(parts) or speech.say("其余", "the others")


def _gain(band: Band, full: Fraction, speech: Speech) -> str:
    points = plain(band.points) if band.points is not None and full else ""
    facts = {"points": points, "label": band.label}
    if band.label is None:
        return speech.say("得 {points} 分", ": {points}", **facts)
    if not points:
        return speech.say("为“{label}”", ": “{label}”", **facts)
    return speech.say("为“{label}”，得 {points} 分", ": “{label}”, {points}", **facts)


def worked(
    subject: Subject, subjects: Sequence[Subject], full: Fraction, parameters: Bands, speech: Speech
) -> str:
    """Return which band a value is in."""
    band = next((band for band in parameters.bands if band.holds(subject)), None)
    value = speech.value(subject.value)
    if band is None:
        return speech.say("{value} 不在任何一档，得 0 分", "{value} is in no band: 0", value=value)
    facts = {"value": value, "band": _range(band, speech).strip(), "gain": _gain(band, full, speech)}
    return speech.say("{value} 归入“{band}”一档，{gain}", "{value} is in the band “{band}”{gain}", **facts)


def formula(parameters: Bands) -> str | None:
    """Return the rule for a spreadsheet; none where a department text decides. A difference under a billionth is none."""
    if conditions(parameters):
        return None
    said = "0"
    for place, band in reversed(list(enumerate(parameters.bands))):
        points = "0" if band.points is None else f"{{bands.{place}.points}}"
        said = (
            points
            if band.at_least is None
            else f"IF(ROUND({{value}}-{{bands.{place}.at_least}},9)>=0,{points},{said})"
        )
    return said


CURVE = Curve(
    "bands",
    "分档得分",
    Bands,
    judge,
    conditions=conditions,
    labels=labels,
    title_en="bands",
    source="深圳市人大常委会2007年试点",
    words=words,
    worked=worked,
    formula=formula,
)
