"""A root is worked out as a float and only then made a fraction."""

from fractions import Fraction

from duban import Curve, NoParameters, hookimpl, pointwise

EXPECTED = "answer_not_exact"


def judge_one(value: Fraction, full: Fraction, parameters: NoParameters) -> Fraction:
    return full * Fraction(min(max(float(value), 0.0), 1.0) ** 0.5)


@hookimpl
def register_curves() -> list[Curve]:
    return [
        Curve("bad_curve", "测试曲线", NoParameters, pointwise(judge_one), title_en="A curve", source="测试")
    ]
