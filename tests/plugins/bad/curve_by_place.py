"""The first to be listed gets the points."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Curve, Judged, NoParameters, Subject, hookimpl

EXPECTED = "depends_on_order"


def judge(subjects: Sequence[Subject], full: Fraction, parameters: NoParameters) -> Sequence[Judged]:
    return [Judged(full if place == 0 else Fraction(0)) for place, _ in enumerate(subjects)]


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("bad_curve", "测试曲线", NoParameters, judge, title_en="A curve", source="测试")]
