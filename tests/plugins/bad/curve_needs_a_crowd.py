"""No departments were measured, and the curve divides by their number."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Curve, Judged, NoParameters, Subject, hookimpl

EXPECTED = "curve_raises"


def judge(subjects: Sequence[Subject], full: Fraction, parameters: NoParameters) -> Sequence[Judged]:
    mean = sum(subject.value for subject in subjects) / len(subjects)
    return [Judged(full if subject.value >= mean else Fraction(0)) for subject in subjects]


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("bad_curve", "测试曲线", NoParameters, judge, title_en="A curve", source="测试")]
