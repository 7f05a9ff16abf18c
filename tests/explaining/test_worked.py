"""The arithmetic that curves show: worked out again from its text, it gives the points."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.exact import plain
from duban.methods import Curve, Speech, Subject
from duban_curves import register_curves

CURVES: dict[str, Curve] = {curve.id: curve for curve in register_curves()}
ARITHMETIC: list[tuple[str, dict[str, Any]]] = [
    ("linear", {"zero_at": Fraction("0.8"), "full_at": Fraction(1)}),
    ("linear", {"zero_at": Fraction(1), "full_at": Fraction("0.1")}),
    ("linear", {}),
    ("linear", {"full_at": Fraction("0.95")}),
    ("per_point", {"lose": Fraction("0.37"), "full_at": Fraction("0.98"), "whole": True}),
    ("per_point", {"lose": Fraction(1), "per": Fraction("0.05")}),
    ("deduct", {"each": Fraction("1.5")}),
    ("steps", {"base": Fraction(2), "upto": Fraction("0.3"), "more": Fraction(1), "cap": Fraction(6)}),
    ("relative", {"method": "min_max", "within": "all"}),
    ("relative", {"method": "min_max", "better": "lower"}),
    ("relative", {"method": "percentile"}),
]
VALUES = st.fractions(0, 9, max_denominator=60)


def speech(language: Any = "zh") -> Speech:
    return Speech(language, lambda value: plain(value, 4), lambda step: plain(step, 4), lambda text: text)


def told(curve: Curve, parameters: Any, subjects: list[Subject], full: Fraction, language: Any = "zh") -> str:
    assert curve.worked is not None
    return curve.worked(subjects[0], subjects, full, parameters, speech(language))


def worked_out(text: str) -> Fraction:
    """Return what a line of arithmetic comes to, by hand."""
    numbers = re.sub(r"\d+(?:\.\d+)?", lambda found: f"Fraction('{found[0]}')", text)
    signs = {"×": "*", "÷": "/", "−": "-"}
    source = "".join(signs.get(character, character) for character in numbers)
    # A line of arithmetic of our own.
    result: Fraction = eval(source, {"Fraction": Fraction})
    return result


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(ARITHMETIC),
    VALUES,
    st.lists(VALUES, min_size=1, max_size=5),
    st.sampled_from(["zh", "en"]),
)
def test_the_text_comes_to_the_points(
    chosen: tuple[str, dict[str, Any]], value: Fraction, others: list[Fraction], language: str
) -> None:
    curve, full = CURVES[chosen[0]], Fraction(7)
    parameters = curve.parameters.model_validate(chosen[1])
    subjects = [
        Subject(one, "g", lambda text: False, f"甲{place}") for place, one in enumerate([value, *others])
    ]
    points = Fraction(curve.judge(subjects, full, parameters)[0].points)
    text = told(curve, parameters, subjects, full, language)
    last = re.split(r"[。：]|[.:] ", text)[-1]
    found = re.search(r"([0-9][0-9./ ()×÷−+]*) [=≈] (-?[0-9.]+)", last)
    if found is None:
        # No arithmetic: full marks, none, or a base.
        assert plain(points, 4) in text or points == 0
        return
    assert plain(worked_out(found[1]), 4) == found[2]
    if "至多" not in text and "at most" not in text:
        assert found[2] == plain(points, 4)


@pytest.mark.parametrize(
    ("kind", "given", "value", "says"),
    [
        ("linear", {"zero_at": Fraction("0.8")}, "0.9", "15 × (0.9 − 0.8) ÷ (1 − 0.8) = 7.5"),
        ("linear", {"zero_at": Fraction("0.8")}, "0.8", "0.8 不超过 0.8，不得分"),
        ("linear", {"zero_at": 30, "full_at": 10}, "10", "10 不超过 10，得满分 15"),
        ("linear", {"zero_at": 30, "full_at": 10}, "31", "31 达到 30，不得分"),
        ("threshold", {"at_least": Fraction("0.9")}, "0.89", "0.89 不到 0.9，不得分"),
        ("threshold", {"at_least": Fraction("0.9"), "otherwise": -2}, "0.89", "0.89 不到 0.9，倒扣 2 分"),
        ("deduct", {"each": 4}, "4", "15 − 4 × 4 不足 0，扣完为止，得 0 分"),
        ("per_point", {"lose": 2, "whole": True}, "0.975", "(1 − 0.975) ÷ 0.01 满 2 步：15 − 2 × 2 = 11"),
        ("steps", {"base": 1, "upto": 5, "more": 2, "cap": 4}, "9", "1 + 2 × 4 = 9，至多 4 分"),
        (
            "bands",
            {"bands": [{"at_least": 1, "points": 9}, {"points": 3}]},
            "0.5",
            "0.5 归入“其余”一档，得 3 分",
        ),
    ],
)
def test_what_it_says(kind: str, given: dict[str, Any], value: str, says: str) -> None:
    parameters = CURVES[kind].parameters.model_validate(given)
    assert (
        told(CURVES[kind], parameters, [Subject(Fraction(value), "g", lambda text: False)], Fraction(15))
        == says
    )


def test_a_comparison_names_with_whom() -> None:
    values = {"甲": "0.9", "乙": "0.5", "丙": "1"}
    subjects = [Subject(Fraction(value), "g", lambda text: False, name) for name, value in values.items()]
    parameters = CURVES["relative"].parameters.model_validate({"method": "min_max"})
    text = told(CURVES["relative"], parameters, subjects, Fraction(10))
    assert text == "同比的 3 个单位：丙 1、甲 0.9、乙 0.5。10 × (0.9 − 0.5) ÷ (1 − 0.5) = 8"
    alone = told(CURVES["relative"], parameters, subjects[:1], Fraction(10))
    assert alone.endswith("各单位相同，都得满分 10")


def test_a_rate_stands_there_as_it_was_counted() -> None:
    said = Speech("zh", plain, plain, str, {Fraction(21, 23): "42/46"})
    parameters = CURVES["linear"].parameters.model_validate({"zero_at": Fraction("0.5")})
    curve = CURVES["linear"]
    assert curve.worked is not None
    subject = Subject(Fraction(21, 23), "g", lambda text: False)
    assert curve.worked(subject, [subject], Fraction(6), parameters, said).startswith("6 × (42/46 − 0.5)")
