"""The best that was ever seen gets the full points."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Curve, Judged, NoParameters, Subject, hookimpl

EXPECTED = "answer_changes_between_runs"
seen = {Fraction(0)}


def judge(subjects: Sequence[Subject], full: Fraction, parameters: NoParameters) -> Sequence[Judged]:
    seen.update(subject.value for subject in subjects)
    return [Judged(full if subject.value == max(seen) else Fraction(0)) for subject in subjects]


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("bad_curve", "测试曲线", NoParameters, judge, title_en="A curve", source="测试")]
