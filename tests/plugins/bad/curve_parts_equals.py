"""Of equal values the one that is listed first gets fewer points."""

from collections.abc import Sequence
from fractions import Fraction

from duban import Curve, Judged, NoParameters, Subject, hookimpl

EXPECTED = "depends_on_order"


def judge(subjects: Sequence[Subject], full: Fraction, parameters: NoParameters) -> Sequence[Judged]:
    order = sorted(range(len(subjects)), key=lambda place: subjects[place].value)
    return [Judged(full * (order.index(place) + 1) / len(subjects)) for place in range(len(subjects))]


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("bad_curve", "测试曲线", NoParameters, judge, title_en="A curve", source="测试")]
