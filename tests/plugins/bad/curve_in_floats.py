"""Points as binary numbers."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Curve, Judged, NoParameters, Subject, hookimpl

EXPECTED = "answer_not_exact"


def judge(subjects: Sequence[Subject], full: Fraction, parameters: NoParameters) -> Sequence[Judged]:
    return [Judged(0.1) for subject in subjects]  # type: ignore[arg-type]


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("bad_curve", "测试曲线", NoParameters, judge, title_en="A curve", source="测试")]
