import threading
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from planning import CURVES, department, figure, figures, judged, planned

from duban import limiting
from duban.errors import MeasureError, PluginError, RulesetError
from duban.methods import Aggregator, Curve, Judged, NoParameters, Parameters, Subject
from duban.plan import BoundAggregator, BoundCurve, Plan, PlannedCriterion
from duban.results import Department
from duban.stages.scoring import assign_groups, score
from duban.terms import Missing, Status

TWO = """
[dimensions.timeliness]
[criteria.on_time]
dimension = "timeliness"
measure = "on_time"
points = 15
curve = { kind = "linear", zero_at = 0.80, full_at = 1.00 }
[criteria.replied]
dimension = "timeliness"
measure = "replied"
points = 5
"""
TWO_GROUPS = """
[groups.large]
when = "lead_cases >= 20"
[groups.regular]
"""


def exactly(*values: int | str | None) -> list[Fraction | None]:
    return [None if value is None else Fraction(value) for value in values]


def people(number: int) -> list[Department]:
    return [department(f"d{index}") for index in range(number)]


def with_curve(plan: Plan, curve: Curve) -> Plan:
    """Return the plan with a plugin's curve in its first criterion."""
    first = plan.criteria[0]
    bound = BoundCurve(curve, curve.parameters(), plugin="stranger")
    changed = PlannedCriterion(first.id, first.rule, bound, first.use, first.by_department)
    return Plan(**{**vars(plan), "criteria": [changed, *plan.criteria[1:]]})


def test_points_are_out_of_the_declared_points_and_add_up() -> None:
    measured = figures(on_time=["0.9", "1"], replied=["0.5", "1"])
    result = judged(planned(TWO), people(2), measured)
    # 15 x (0.9 - 0.8) / 0.2 = 7.5; 5 x 0.5 = 2.5
    assert result.points("on_time") == exactly("7.5", 15)
    assert result.points("replied") == exactly("2.5", 5)
    assert result.scores.dimensions["timeliness"] == exactly(10, 20)


def test_declared_points_of_a_dimension_scale_its_criteria() -> None:
    text = TWO.replace("[dimensions.timeliness]", "[dimensions.timeliness]\npoints = 40")
    result = judged(planned(text), people(1), figures(on_time=["0.9"], replied=["0.5"]))
    # 40 x (7.5 + 2.5) / 20
    assert result.scores.dimensions["timeliness"] == exactly(20)


def test_a_missing_criterion_leaves_its_points_to_the_others() -> None:
    result = judged(planned(TWO), people(1), figures(on_time=[Status.NOT_APPLICABLE], replied=["0.5"]))
    # 20 x 2.5 / 5
    assert result.scores.dimensions["timeliness"] == exactly(10)
    missing = result.scores.criteria["on_time"][0]
    assert (missing.status, missing.points, missing.treatment) == (
        Status.NOT_APPLICABLE,
        None,
        Missing.REDISTRIBUTE,
    )


def test_nothing_available_leaves_no_dimension() -> None:
    nothing = figures(on_time=[Status.NOT_AVAILABLE], replied=[Status.NOT_APPLICABLE])
    result = judged(planned(TWO), people(1), nothing)
    assert result.scores.dimensions["timeliness"] == [None]
    assert result.totals.total == [None]


@pytest.mark.parametrize(
    ("missing", "points", "dimension"),
    # With 5 x 0.5 for `replied`: (0 + 2.5), (15 + 2.5), 20 x 2.5 / 5 twice.
    [("zero", 0, "2.5"), ("full", 15, "17.5"), ("redistribute", None, 10), ("not_ranked", None, 10)],
)
def test_the_ruleset_says_what_missing_means(missing: str, points: int | None, dimension: str | int) -> None:
    plan = planned(TWO.replace("points = 15", f'points = 15\nmissing = "{missing}"'))
    result = judged(plan, people(1), figures(on_time=[Status.NOT_AVAILABLE], replied=["0.5"]))
    assert result.points("on_time") == exactly(points)
    assert result.scores.dimensions["timeliness"] == exactly(dimension)


def test_missing_may_depend_on_the_status() -> None:
    plan = planned(TWO.replace("points = 15", 'points = 15\nmissing = { not_available = "zero" }'))
    measured = figures(on_time=[Status.NOT_AVAILABLE, Status.NOT_APPLICABLE], replied=["1", "1"])
    assert judged(plan, people(2), measured).points("on_time") == exactly(0, None)


def test_the_group_mean_is_of_the_measured_who_take_part() -> None:
    text = TWO.replace("points = 15", 'points = 15\nmissing = "group_mean"')
    plan = planned(text + '[gates.coordinator]\nwhen = "department = \'d3\'"\neffect = "exempt"')
    everybody = [*people(4), department("d4", has_cases=False)]
    measured = figures(
        on_time=["1", "0.9", Status.NOT_APPLICABLE, "0.8", "0.8"], replied=["1", "1", "1", "1", "1"]
    )
    # Of 15 and 7.5: the exempt coordinator and the department without a case do not count.
    assert judged(plan, everybody, measured).points("on_time")[2] == Fraction("11.25")


def test_without_anybody_measured_in_the_group_its_mean_redistributes() -> None:
    text = TWO.replace("points = 15", 'points = 15\nmissing = "group_mean"') + TWO_GROUPS
    measured = figures(on_time=[Status.NOT_APPLICABLE, "1"], replied=["1", "1"], lead_cases=[30, 1])
    result = judged(planned(text), people(2), measured)
    assert result.groups == ["large", "regular"]
    assert result.points("on_time") == exactly(None, 15)
    assert result.scores.criteria["on_time"][0].treatment is Missing.REDISTRIBUTE


def test_too_few_cases_are_not_judged_and_keep_their_value() -> None:
    plan = planned(TWO.replace("points = 15", "points = 15\nmin_cases = 3"))
    measured = {"on_time": [figure(1, 2), figure(1, 3)], "replied": [figure(1, 2), figure(1, 3)]}
    few, enough = judged(plan, people(2), measured).scores.criteria["on_time"]
    assert (few.status, few.value, few.points) == (Status.TOO_FEW_CASES, Fraction(1), None)
    assert (enough.status, enough.points) == (Status.MEASURED, Fraction(15))


def test_a_failed_measure_stops() -> None:
    with pytest.raises(MeasureError, match="measure_failed"):
        judged(planned(TWO), people(1), figures(on_time=[Status.FAILED], replied=["1"]))


def test_points_are_rounded_where_the_ruleset_says() -> None:
    text = "rounding = { total = 2, points = 1, mode = 'half_up' }" + TWO
    result = judged(planned(text), people(1), figures(on_time=["0.851"], replied=["0.33"]))
    # 15 x 0.051 / 0.2 = 3.825 and 5 x 0.33 = 1.65, each away from zero.
    assert result.points("on_time") == exactly("3.8")
    assert result.points("replied") == exactly("1.7")
    assert result.scores.dimensions["timeliness"] == exactly("5.5")


def test_a_criterion_without_points_is_shown_and_labelled_only() -> None:
    bands = "curve = { kind = 'bands', bands = [{ at_least = 1, label = 'good' }, { label = 'fail' }] }"
    text = TWO.replace("points = 5", f"points = 0\n{bands}")
    result = judged(planned(text), people(2), figures(on_time=["1", "1"], replied=["1", "0.5"]))
    shown = result.scores.criteria["replied"]
    assert [(one.points, one.label) for one in shown] == [(Fraction(0), "good"), (Fraction(0), "fail")]
    assert result.scores.dimensions["timeliness"] == exactly(15, 15)


def test_a_deduction_only_dimension_starts_full() -> None:
    text = """
    [dimensions.faults]
    points = 20
    start = "full"
    [criteria.on_time]
    dimension = "faults"
    measure = "on_time"
    points = 5
    curve = { kind = "per_point", lose = 1 }
    [criteria.answered]
    dimension = "faults"
    measure = "answered"
    points = 0.4
    curve = { kind = "threshold", at_least = 1, otherwise = -0.4 }
    """
    measured = figures(on_time=["0.98", Status.NOT_APPLICABLE], answered=[0, Status.NOT_AVAILABLE])
    result = judged(planned(text), people(2), measured)
    # 20 - 2 - (0.4 + 0.4); nothing available loses nothing.
    assert result.scores.dimensions["faults"] == exactly("17.2", 20)


def test_a_dimension_may_have_its_own_aggregator() -> None:
    text = TWO.replace("[dimensions.timeliness]", '[dimensions.timeliness]\naggregate = "verdict"')
    measured = figures(on_time=["1", "1"], replied=["1", "0.99"])
    assert judged(planned(text), people(2), measured).scores.dimensions["timeliness"] == exactly(20, 0)


def test_some_departments_may_be_measured_in_their_own_way() -> None:
    own = 'measure_by_department = { d1 = "handled" }'
    plan = planned(TWO.replace("points = 5", f"points = 5\n{own}"))
    measured = figures(on_time=["1", "1"], replied=["1", "0"], handled=["0", "0.4"])
    assert judged(plan, people(2), measured).points("replied") == exactly(5, 2)


def test_who_has_no_measure_at_all_has_nothing_to_count() -> None:
    plan = planned(TWO.replace('measure = "replied"', 'measure_by_department = { d1 = "handled" }'))
    measured = figures(on_time=["1", "1"], handled=["0", "0.4"])
    result = judged(plan, people(2), measured)
    assert result.points("replied") == exactly(None, 2)
    assert result.scores.criteria["replied"][0].status is Status.NOT_APPLICABLE


def test_bands_ask_measures_attributes_and_the_value() -> None:
    bands = """[
        { when = "value >= 0.8 and overdue = 0 and kind = 'bureau'", points = 5, label = "good" },
        { points = 1, label = "pass" },
    ]"""
    text = TWO.replace("points = 5", f"points = 5\n[criteria.replied.curve]\nkind = 'bands'\nbands = {bands}")
    bureaus = [department("a", kind="bureau"), department("b", kind="bureau"), department("c", kind="office")]
    measured = figures(on_time=["1", "1", "1"], replied=["0.8", "0.8", "0.8"], overdue=[0, 1, 0])
    shown = judged(planned(text), bureaus, measured).scores.criteria["replied"]
    assert [one.label for one in shown] == ["good", "pass", "pass"]


RELATIVE = TWO.replace('{ kind = "linear", zero_at = 0.80, full_at = 1.00 }', '"relative"')


def test_the_exempt_are_not_compared_with_the_others() -> None:
    gate = '[gates.coordinator]\nwhen = "cases > 100"\neffect = "exempt"'
    everybody = [*people(4), department("d4", has_cases=False)]
    measured = figures(on_time=["0.2", "0.6", "0.4", "1", "0"], replied=["1"] * 5, cases=[1, 1, 1, 101, 0])
    result = judged(planned(RELATIVE + gate), everybody, measured)
    # Between 0.2 and 0.6 for those who take part; the exempt as if they took part too, between 0 and 1.
    assert result.points("on_time") == exactly(0, 15, "7.5", 15, 0)


def test_a_gate_over_the_total_exempts_too_late_to_change_a_comparison() -> None:
    gate = '[gates.weak]\nwhen = "total < 10"\neffect = "exempt"'
    measured = figures(on_time=["0", "0.5", "1"], replied=["0", "1", "1"])
    assert judged(planned(RELATIVE + gate), people(3), measured).points("on_time") == exactly(0, "7.5", 15)


def test_groups_take_whom_they_name_and_the_rest() -> None:
    measured = figures(lead_cases=[20, 19, Status.NOT_AVAILABLE])
    assert assign_groups(planned(TWO_GROUPS), people(3), measured) == ["large", "regular", "regular"]


def test_without_groups_all_are_in_one() -> None:
    assert assign_groups(planned(""), people(2), {}) == ["all", "all"]


OVERLAPPING = """
[groups.large]
when = "lead_cases >= 20"
{large}
[groups.party]
when = "system = 'party'"
{party}
[groups.regular]
"""


@pytest.mark.parametrize(
    ("large", "party", "group"),
    [
        ("priority = 1", "priority = 2", "large"),
        ("priority = 2", "priority = 1", "party"),
        ("", "priority = 5", "party"),
    ],
)
def test_a_priority_says_which_of_two_groups(large: str, party: str, group: str) -> None:
    plan = planned(OVERLAPPING.format(large=large, party=party))
    assert assign_groups(plan, [department("d", system="party")], figures(lead_cases=[20])) == [group]


@pytest.mark.parametrize(("large", "party"), [("", ""), ("priority = 1", "priority = 1")])
def test_two_groups_at_once_are_an_error(large: str, party: str) -> None:
    plan = planned(OVERLAPPING.format(large=large, party=party))
    with pytest.raises(RulesetError) as caught:
        assign_groups(plan, [department("市公安局", system="party")], figures(lead_cases=[20]))
    assert (caught.value.code, caught.value.at) == ("department_in_two_groups", "test")
    assert "市公安局" in caught.value.line()
    assert "large、party" in caught.value.line()


def test_fitting_no_group_is_an_error() -> None:
    with pytest.raises(RulesetError, match="department_in_no_group"):
        assign_groups(
            planned('[groups.large]\nwhen = "lead_cases >= 20"'), people(1), figures(lead_cases=[1])
        )


def _raises(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    raise KeyError("never expected")


def _too_many_points(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return [Judged(full + 1) for _ in subjects]


def _inexact(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return [Judged(0.5) for _ in subjects]  # type: ignore[arg-type]


def _nothing(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return None  # type: ignore[return-value]


def _bare_points(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return [full for _ in subjects]  # type: ignore[misc]


def _one_by_one(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return (Judged(full) for _ in subjects)  # type: ignore[return-value]


def _odd_label(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return [Judged(full, 5) for _ in subjects]  # type: ignore[arg-type]


def _none_at_all(subjects: Sequence[Subject], full: Fraction, parameters: Parameters) -> Sequence[Judged]:
    return []


@pytest.mark.parametrize(
    ("judge", "code"),
    [
        (_raises, "curve_raised"),
        (_too_many_points, "curve_judges_wrongly"),
        (_inexact, "curve_judges_wrongly"),
        (_none_at_all, "curve_judges_wrongly"),
        (_nothing, "curve_judges_wrongly"),
        (_bare_points, "curve_judges_wrongly"),
        (_one_by_one, "curve_judges_wrongly"),
        (_odd_label, "curve_judges_wrongly"),
    ],
)
def test_a_wrong_curve_of_a_plugin_is_named(judge: object, code: str) -> None:
    curve = Curve("odd", "奇怪", Parameters, judge)  # type: ignore[arg-type]
    plan = with_curve(planned(TWO), curve)
    with pytest.raises(PluginError) as caught:
        score(plan, people(1), figures(on_time=["1"], replied=["1"]), ["all"])
    assert caught.value.code == code
    assert "插件 stranger 的计分方式 odd" in caught.value.line()


def test_nobody_waits_for_a_curve_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "PLUGIN_SECONDS", 0.2)
    curve = Curve("odd", "奇怪", Parameters, lambda *_: threading.Event().wait(60))  # type: ignore[arg-type]
    with pytest.raises(PluginError) as caught:
        score(with_curve(planned(TWO), curve), people(1), figures(on_time=["1"], replied=["1"]), ["all"])
    assert caught.value.code == "curve_too_slow"
    assert "插件 stranger 的计分方式 odd" in caught.value.line()


@pytest.mark.parametrize("share", [0.5, None, "1"])
def test_a_wrong_aggregator_of_a_plugin_is_named(share: object) -> None:
    odd = Aggregator("odd", "奇怪", lambda shares, weights, parameters: share)  # type: ignore[arg-type,return-value]
    plan = planned(TWO)
    dimensions = [
        replace(item, aggregator=BoundAggregator(odd, NoParameters(), "stranger")) for item in plan.dimensions
    ]
    with pytest.raises(PluginError, match="odd") as caught:
        score(replace(plan, dimensions=dimensions), people(1), figures(on_time=["1"], replied=["1"]), ["all"])
    assert caught.value.code == "aggregator_not_exact"
    assert "插件 stranger 的汇总方式 odd" in caught.value.line()


def test_parameters_that_do_not_fit_the_points_are_the_rulesets_fault() -> None:
    plan = planned(
        TWO.replace("points = 5", "points = 5\ncurve = { kind = 'steps', base = 9, upto = 1, more = 1 }")
    )
    with pytest.raises(RulesetError) as caught:
        score(plan, people(1), figures(on_time=["1"], replied=["1"]), ["all"])
    assert caught.value.code == "steps_above_full"
    assert "criteria.replied.curve" in caught.value.line()


def test_the_shipped_curves_have_distinct_ids() -> None:
    assert sorted(CURVES) == ["bands", "deduct", "linear", "per_point", "relative", "steps", "threshold"]
