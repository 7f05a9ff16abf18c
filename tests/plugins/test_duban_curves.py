from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from planning import AGGREGATORS, CURVES
from pydantic import ValidationError

from duban import NoParameters, Subject
from duban.texts import entry

Number = int | str | Fraction


def _never(text: str) -> bool:
    raise AssertionError(f"nobody names {text}")


def points(
    curve: str,
    parameters: Mapping[str, object],
    values: Sequence[Number],
    full: Number = 10,
    groups: str = "",
) -> list[Fraction]:
    """Judge values; `groups` names each one's group by a letter."""
    subjects = [
        Subject(Fraction(value), groups[index] if groups else "all", _never)
        for index, value in enumerate(values)
    ]
    model = CURVES[curve].parameters.model_validate(parameters)
    return [one.points for one in CURVES[curve].judge(subjects, Fraction(full), model)]


def exactly(*values: Number) -> list[Fraction]:
    return [Fraction(value) for value in values]


def refused(curve: str, parameters: Mapping[str, object]) -> str:
    """Return the code with which the parameters are refused; it must have a wording."""
    with pytest.raises(ValidationError) as caught:
        CURVES[curve].parameters.model_validate(parameters)
    code = str(caught.value.errors()[0]["ctx"]["error"])
    assert entry("errors", code)["do_zh"]
    return code


def test_linear_is_in_proportion_and_clamped() -> None:
    # (0.9 - 0.8) / (1 - 0.8) = 1/2
    parameters = {"zero_at": Decimal("0.80"), "full_at": 1}
    assert points("linear", parameters, ["0.5", "0.8", "0.9", 1, "1.2"]) == exactly(0, 0, 5, 10, 10)


def test_linear_defaults_to_the_share_itself() -> None:
    assert points("linear", {}, ["2/3"], full=15) == exactly(10)


def test_linear_with_the_ends_turned_means_lower_is_better() -> None:
    assert points("linear", {"zero_at": 30, "full_at": 10}, [5, 10, 15, 30, 60]) == exactly(
        10, 10, "7.5", 0, 0
    )


def test_linear_never_divides_inexactly() -> None:
    assert points("linear", {"zero_at": 0, "full_at": 3}, [1], full=1) == exactly("1/3")


def test_linear_on_a_logarithmic_axis_places_income_as_the_hdi_does() -> None:
    # UNDP, Technical notes: ln(income) between ln 100 and ln 75,000; sqrt(100 x 75,000) lies half-way.
    parameters = {"zero_at": 100, "full_at": 75_000, "scale": "log"}
    (middle,) = points("linear", parameters, [Fraction(10_000)], full=1)
    # ln(100) / ln(750) = 4.605170 / 6.620073
    assert abs(middle - Fraction("0.695637")) < Fraction(1, 10**6)
    assert points("linear", parameters, [0, -5, 100, 75_000, 90_000], full=1) == exactly(0, 0, 0, 1, 1)


def test_linear_on_a_logarithmic_axis_gives_full_points_to_nothing_where_lower_is_better() -> None:
    parameters = {"zero_at": 1000, "full_at": 10, "scale": "log"}
    low, half, high = points("linear", parameters, [0, 100, 2000], full=1)
    # 100 lies half-way between 10 and 1000.
    assert [low, high] == exactly(1, 0)
    assert abs(half - Fraction(1, 2)) < Fraction(1, 10**25)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"zero_at": 1, "full_at": 1}, "linear_ends_equal"),
        ({"zero_at": 0, "full_at": 1, "scale": "log"}, "linear_log_needs_positive_ends"),
    ],
)
def test_linear_refuses_what_is_no_line(parameters: Mapping[str, object], code: str) -> None:
    assert refused("linear", parameters) == code


def test_threshold_is_all_or_nothing() -> None:
    # 琼府办〔2002〕30号: answered inside the limit 20 points, otherwise none.
    assert points("threshold", {"at_least": 1}, ["0.99", 1], full=20) == exactly(0, 20)


def test_threshold_may_deduct_below_the_mark() -> None:
    # 洛政办〔2009〕24号, item 1: the head in charge +10, otherwise -10.
    assert points("threshold", {"at_least": 1, "otherwise": -10}, [0, 1]) == exactly(-10, 10)


def test_threshold_without_points_never_deducts() -> None:
    assert points("threshold", {"at_least": 1, "otherwise": -10}, [0], full=0) == exactly(0)


def test_threshold_refuses_points_for_falling_short() -> None:
    assert refused("threshold", {"at_least": 1, "otherwise": 5}) == "threshold_otherwise_above_zero"


def test_per_point_prices_each_percentage_point() -> None:
    # The 120-point sheet of a CPPCC committee: face-to-face rate 100 % = 5 points, -1 per percentage point.
    rates: list[Number] = [1, "0.99", "0.975", "0.95", "0.5"]
    assert points("per_point", {"lose": 1}, rates, full=5) == exactly(5, 4, "2.5", 0, 0)


def test_per_point_has_its_mark_below_one() -> None:
    # A mayor's hotline sheet: one-time completion 90 % or more = 25, -1 per point; satisfaction 98 % = 20.
    completion = {"full_at": Decimal("0.90"), "lose": 1}
    assert points("per_point", completion, [1, "0.9", "0.88", "0.6"], full=25) == exactly(25, 25, 23, 0)
    assert points("per_point", {"full_at": Decimal("0.98"), "lose": 1}, ["0.95"], full=20) == exactly(17)


def test_per_point_counts_only_whole_steps_if_asked() -> None:
    parameters = {"lose": 1, "whole": True}
    # 1 - 0.9801 = 1.99 points, one whole one.
    assert points("per_point", parameters, ["0.9801", "0.98", "0.9999"], full=5) == exactly(4, 3, 5)


@pytest.mark.parametrize("parameters", [{"lose": 0}, {"lose": -1}, {"lose": 1, "per": 0}])
def test_per_point_refuses_a_price_that_is_none(parameters: Mapping[str, object]) -> None:
    assert refused("per_point", parameters) == "per_point_needs_positive_price"


def test_deduct_prices_each_fault_until_nothing_is_left() -> None:
    # The 120-point sheet of a CPPCC committee: 1 point, -0.25 for each missing element; 3 points, -1.5.
    assert points("deduct", {"each": Decimal("0.25")}, [0, 1, 4, 5], full=1) == exactly(1, "0.75", 0, 0)
    assert points("deduct", {"each": Decimal("1.5")}, [1, 2, "1/3"], full=3) == exactly("1.5", 0, "2.5")


def test_deduct_never_adds_and_never_takes_from_a_criterion_without_points() -> None:
    assert points("deduct", {"each": 1}, [-3], full=2) == exactly(2)
    assert points("deduct", {"each": 1}, [5], full=0) == exactly(0)


@pytest.mark.parametrize("each", [0, -1])
def test_deduct_refuses_a_price_that_is_none(each: int) -> None:
    assert refused("deduct", {"each": each}) == "deduct_needs_positive_each"


SIGNING = [
    # Shenzhen 2007: signed within 7 days 100 % good; from 90 % pass; below fail.
    {"at_least": 1, "label": "good"},
    {"at_least": Decimal("0.9"), "label": "pass"},
    {"label": "fail"},
]


def test_bands_give_labels_to_a_criterion_that_is_shown_only() -> None:
    curve = CURVES["bands"]
    parameters = curve.parameters.model_validate({"bands": SIGNING})
    subjects = [Subject(Fraction(value), "all", _never) for value in ("1", "0.99", "0.9", "0.89")]
    judged = curve.judge(subjects, Fraction(0), parameters)
    assert [one.label for one in judged] == ["good", "pass", "pass", "fail"]
    assert {one.points for one in judged} == {0}
    assert list(curve.labels(parameters)) == ["good", "pass", "fail"]


def test_bands_give_points_and_the_first_that_holds_counts() -> None:
    bands = [{"at_least": 90, "points": 10}, {"at_least": 75, "points": 6}, {"at_least": 60, "points": -2}]
    values = [95, 90, 75, 60, 59]
    assert points("bands", {"bands": bands}, values) == exactly(10, 10, 6, -2, 0)


def test_bands_ask_the_department_where_a_text_stands() -> None:
    # Shenzhen 2007: good only if at least 80 % are answered in time and none is overdue.
    bands = [
        {"at_least": Decimal("0.8"), "when": "overdue = 0", "points": 10, "label": "good"},
        {"at_least": Decimal("0.8"), "points": 6, "label": "pass"},
        {"points": 0, "label": "fail"},
    ]
    curve = CURVES["bands"]
    parameters = curve.parameters.model_validate({"bands": bands})
    assert list(curve.conditions(parameters)) == ["overdue = 0"]
    clean, late = (lambda text: True), (lambda text: False)
    subjects = [Subject(Fraction("0.9"), "all", clean), Subject(Fraction("0.9"), "all", late)]
    subjects.append(Subject(Fraction("0.7"), "all", clean))
    assert [one.label for one in curve.judge(subjects, Fraction(10), parameters)] == ["good", "pass", "fail"]


@pytest.mark.parametrize(
    ("bands", "code"),
    [
        ([{"at_least": 1}], "band_says_nothing"),
        ([{"points": 1}, {"at_least": 1, "points": 2}], "band_for_the_rest_not_last"),
        ([{"at_least": 1, "points": 1}, {"at_least": 2, "points": 2}], "bands_not_descending"),
        (
            [{"at_least": 1, "points": 1}, {"at_least": 1, "when": "x = 1", "points": 2}],
            "bands_not_descending",
        ),
    ],
)
def test_bands_refuse_what_can_never_be_reached(bands: Sequence[object], code: str) -> None:
    assert refused("bands", {"bands": bands}) == code


@pytest.mark.parametrize(
    ("band", "full", "code"),
    [
        ({"points": 11}, 10, "band_points_above_full"),
        ({"points": 1}, 0, "band_points_above_full"),
        ({"label": "good"}, 10, "band_needs_points"),
    ],
)
def test_bands_are_compared_with_the_full_points_before_any_value(
    band: Mapping[str, object], full: int, code: str
) -> None:
    with pytest.raises(ValueError, match=code):
        points("bands", {"bands": [band]}, [], full=full)
    assert entry("errors", code)["do_zh"]


def test_steps_add_for_each_further_case() -> None:
    # 洛政办〔2009〕24号, item 4: 5 cases or fewer 10 points, each further case +2.
    parameters = {"base": 10, "upto": 5, "more": 2}
    assert points("steps", parameters, [0, 5, 6, 8, 10, 40], full=20) == exactly(10, 10, 12, 16, 20, 20)


def test_steps_stop_at_the_cap_and_count_whole_ones() -> None:
    parameters = {"base": 1, "upto": 2, "more": 1, "cap": 3}
    assert points("steps", parameters, ["3.9", 9], full=5) == exactly(2, 3)
    assert points("steps", parameters, [9], full=0) == exactly(0)


def test_steps_refuse_more_than_the_full_points() -> None:
    with pytest.raises(ValueError, match="steps_above_full"):
        points("steps", {"base": 11, "upto": 5, "more": 2}, [1])
    with pytest.raises(ValueError, match="steps_above_full"):
        points("steps", {"base": 1, "upto": 5, "more": 2, "cap": 11}, [1])
    assert refused("steps", {"base": 1, "upto": 5, "more": 0}) == "steps_need_positive_more"
    assert refused("steps", {"base": 5, "upto": 5, "more": 1, "cap": 4}) == "steps_cap_below_base"


def test_relative_min_max_places_between_the_extremes() -> None:
    assert points("relative", {}, [0, 1, 4]) == exactly(0, "2.5", 10)
    assert points("relative", {"better": "lower"}, [0, 1, 4]) == exactly(10, "7.5", 0)


def test_relative_percentile_counts_the_worse_and_half_of_the_equal() -> None:
    # Of the three others: none worse; 1 worse and half of 1 equal (twice); 3 worse.
    values = [1, 2, 2, 9]
    parameters = {"method": "percentile"}
    assert points("relative", parameters, values, full=6) == exactly(0, 3, 3, 6)
    assert points("relative", {**parameters, "better": "lower"}, values, full=6) == exactly(6, 3, 3, 0)


def test_relative_standard_scores_give_the_mean_half_the_points() -> None:
    # Mean 2, population deviation 1: z = -1, 1; over ±2: 1/4 and 3/4. Clamped at ±1/2: 0 and 1.
    assert points("relative", {"method": "z", "limit": 2}, [1, 3], full=4) == exactly(1, 3)
    assert points("relative", {"method": "z", "limit": Decimal("0.5")}, [1, 3], full=4) == exactly(0, 4)
    # Deviation of 1, 2, 3 is sqrt(2/3) = 0.8164966, z = ±1.2247449, over ±3: 0.2958759.
    low, mean, high = points("relative", {"method": "z"}, [1, 2, 3], full=1)
    assert [mean, low + high] == exactly("1/2", 1)
    assert abs(low - Fraction("0.2958759")) < Fraction(1, 10**7)


@pytest.mark.parametrize("method", ["min_max", "percentile", "z"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_relative_without_spread_gives_full_points(method: str, better: str) -> None:
    parameters = {"method": method, "better": better}
    assert points("relative", parameters, [5, 5, 5]) == exactly(10, 10, 10)
    assert points("relative", parameters, [5]) == exactly(10)
    assert points("relative", parameters, []) == []


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_relative_takes_a_spread_beyond_thirty_places_for_none(better: str) -> None:
    values = [Fraction(1), 1 + Fraction(1, 10**40)]
    assert points("relative", {"method": "z", "better": better}, values) == exactly(10, 10)


def test_relative_compares_within_the_group_or_with_all() -> None:
    values = [0, 10, 10, 20]
    assert points("relative", {}, values, groups="aabb") == exactly(0, 10, 0, 10)
    assert points("relative", {"within": "all"}, values, groups="aabb") == exactly(0, 5, 5, 10)


def test_relative_refuses_a_limit_that_does_nothing() -> None:
    assert refused("relative", {"method": "z", "limit": 0}) == "relative_limit_not_positive"
    assert refused("relative", {"limit": 2}) == "relative_limit_only_for_z"


@pytest.mark.parametrize("curve", sorted(CURVES))
def test_unknown_parameters_are_refused(curve: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        CURVES[curve].parameters.model_validate({"nonsense": 1})


@pytest.mark.parametrize("curve", sorted(CURVES))
def test_floats_are_refused(curve: str) -> None:
    field = next(iter(CURVES[curve].parameters.model_fields))
    with pytest.raises(ValidationError):
        CURVES[curve].parameters.model_validate({field: 0.5})


def combine(aggregator: str, shares: Sequence[Number], weights: Sequence[int]) -> Fraction:
    method = AGGREGATORS[aggregator]
    return method.combine(exactly(*shares), exactly(*weights), NoParameters())


def test_mean_weighs_the_shares() -> None:
    # (1 x 30 + 1/2 x 10) / 40
    assert combine("mean", [1, "1/2"], [30, 10]) == Fraction(7, 8)


def test_geometric_multiplies_the_shares() -> None:
    # (1/8 x 1/8 x 1)^(1/3) = 1/4
    assert abs(combine("geometric", ["1/8", "1/8", 1], [1, 1, 1]) - Fraction(1, 4)) < Fraction(1, 10**28)
    assert combine("geometric", ["1/2", 0], [1, 1]) == 0
    assert combine("geometric", ["1/2", "-1/2"], [1, 1]) == 0


def test_min_takes_the_weakest_part() -> None:
    assert combine("min", ["0.9", "0.4", 1], [1, 50, 1]) == Fraction("0.4")


def test_verdict_wants_every_part_in_full() -> None:
    assert combine("verdict", [1, 1], [1, 2]) == 1
    assert combine("verdict", [1, "0.99"], [1, 2]) == 0
