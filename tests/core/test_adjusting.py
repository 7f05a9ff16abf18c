from fractions import Fraction

import pytest
from planning import department, figure, figures, judged, planned

from duban.errors import MeasureError
from duban.results import Department
from duban.terms import Effect, Status

ONE = """
[dimensions.timeliness]
title = "办理时效"
[criteria.on_time]
title = "按时办结率"
dimension = "timeliness"
measure = "on_time"
points = 100
"""
TWO = """
[dimensions.timeliness]
points = 60
[dimensions.outcome]
points = 40
[criteria.on_time]
dimension = "timeliness"
measure = "on_time"
points = 10
[criteria.resolved]
dimension = "outcome"
measure = "resolved"
points = 10
"""


def exactly(*values: int | str | None) -> list[Fraction | None]:
    return [None if value is None else Fraction(value) for value in values]


def people(number: int) -> list[Department]:
    return [department(f"d{index}") for index in range(number)]


def test_the_base_is_the_sum_of_the_dimensions() -> None:
    result = judged(planned(TWO), people(1), figures(on_time=["0.5"], resolved=["0.9"]))
    # 60 x 0.5 + 40 x 0.9
    assert result.totals.base == result.totals.total == exactly(66)


def test_a_dimension_without_anything_leaves_its_points_to_the_others() -> None:
    result = judged(planned(TWO), people(1), figures(on_time=["0.5"], resolved=[Status.NOT_APPLICABLE]))
    # 100 x 30 / 60
    assert result.totals.base == exactly(50)
    assert result.totals.dimensions["outcome"] == [None]


def test_the_whole_may_have_another_aggregator() -> None:
    # The Human Development Index is a geometric mean of its parts: sqrt(0.4 x 0.9) = 0.6
    text = "aggregate = 'geometric'" + TWO.replace("points = 60", "points = 50").replace(
        "points = 40", "points = 50"
    )
    result = judged(planned(text), people(1), figures(on_time=["0.4"], resolved=["0.9"]))
    assert result.totals.total == exactly(60)


def test_prices_per_fault_come_off_a_full_sheet_down_to_its_floor() -> None:
    # Baoji CPPCC: solvable but unsolved -3, no plan -2, empty reply -1, dissatisfied -0.2 a case.
    prices = {"unsolved": "-3", "without_plan": "-2", "empty": "-1", "dissatisfied": "-0.2"}
    text = "[dimensions.handling]\npoints = 20\nstart = 'full'\nfloor = 0\n" + "".join(
        f"[adjustments.{name}]\nmeasure = '{name}'\neach = {price}\ndimension = 'handling'\n"
        for name, price in prices.items()
    )
    measured = figures(unsolved=[1, 6], without_plan=[2, 2], empty=[0, 0], dissatisfied=[4, 1])
    result = judged(planned(text), people(2), measured)
    # 20 - 3 - 4 - 0.8; 20 - 18 - 4 - 0.2 = -2.2, kept at 0.
    assert result.totals.total == exactly("12.2", 0)
    floor = result.totals.rows[1][-1]
    assert (floor.kind, floor.effect, floor.points) == ("dimension", "floor", Fraction("2.2"))
    assert floor.reason == "“handling”-2.2分，低于下限，按0分计"


def test_a_ceiling_holds_what_is_added_inside() -> None:
    text = ONE.replace('title = "办理时效"', "ceiling = 102")
    text += "[adjustments.key]\nmeasure = 'key_cases'\neach = 1\ndimension = 'timeliness'"
    result = judged(planned(text), people(2), figures(on_time=["1", "0.9"], key_cases=[5, 5]))
    assert result.totals.base == exactly(102, 95)


def test_adjustments_outside_the_base_are_added_to_it() -> None:
    text = ONE + "[adjustments.overdue]\ntitle = '逾期未答复'\nmeasure = 'overdue'\neach = -0.5\nlimit = -5"
    result = judged(planned(text), people(3), figures(on_time=["0.9"] * 3, overdue=[0, 3, 11]))
    assert result.totals.base == exactly(90, 90, 90)
    assert result.totals.adjustments == exactly(0, "-1.5", -5)
    assert result.totals.total == exactly(90, "88.5", 85)
    none, some, limited = result.totals.rows
    assert none == []
    assert [row.reason for row in some] == ["逾期未答复：3 × -0.5分 = -1.5分"]
    assert [row.reason for row in limited] == ["逾期未答复：11 × -0.5分 = -5.5分，按限额计-5分"]


def test_extras_are_limited_as_deductions_are() -> None:
    text = ONE + "[adjustments.key]\nmeasure = 'key_cases'\neach = 1\nlimit = 3"
    result = judged(planned(text), people(3), figures(on_time=["0.9"] * 3, key_cases=[2, 5, -5]))
    assert result.totals.adjustments == exactly(2, 3, -3)


def test_an_adjustment_may_hang_on_a_condition_over_points() -> None:
    text = (
        ONE
        + "[adjustments.model]\ntitle = '示范'\nwhen = 'points.on_time = 100 and key_cases > 0'\npoints = 2"
    )
    result = judged(planned(text), people(3), figures(on_time=["1", "1", "0.99"], key_cases=[1, 0, 1]))
    assert result.totals.total == exactly(102, 100, 99)
    assert [row.reason for row in result.totals.rows[0]] == ["示范：符合条件，+2分"]


def test_what_is_not_measured_adjusts_nothing_and_says_so() -> None:
    text = ONE + "[adjustments.overdue]\ntitle = '逾期'\nmeasure = 'overdue'\neach = -1"
    result = judged(planned(text), people(1), figures(on_time=["0.9"], overdue=[Status.NOT_AVAILABLE]))
    assert result.totals.total == exactly(90)
    (row,) = result.totals.rows[0]
    assert (row.points, row.effect, row.reason) == (None, "none", "逾期：台账缺少所需的列，不加减分")


def test_a_failed_measure_of_an_adjustment_stops() -> None:
    text = ONE + "[adjustments.overdue]\nmeasure = 'overdue'\neach = -1"
    with pytest.raises(MeasureError, match="measure_failed"):
        judged(planned(text), people(1), figures(on_time=["0.9"], overdue=[Status.FAILED]))


def test_inside_a_dimension_that_has_nothing_an_adjustment_does_nothing() -> None:
    text = TWO + "[adjustments.overdue]\nmeasure = 'overdue'\neach = -1\ndimension = 'timeliness'"
    measured = figures(on_time=[Status.NOT_APPLICABLE], resolved=["1"], overdue=[3])
    result = judged(planned(text), people(1), measured)
    assert result.totals.total == exactly(100)
    (row,) = result.totals.rows[0]
    assert row.points is None
    assert "没有可计分的评分项" in row.reason


def test_the_total_is_rounded_away_from_zero_as_spreadsheets_do() -> None:
    result = judged(planned(ONE), people(3), figures(on_time=["0.90005", "0.900049", "2/3"]))
    assert result.totals.total == exactly("90.01", "90", "66.67")
    down = planned("rounding = { total = 0, mode = 'down' }" + ONE)
    assert judged(down, people(1), figures(on_time=["0.899"])).totals.total == exactly(89)


def test_a_scheme_of_adjustments_alone_counts_from_nothing() -> None:
    text = "[adjustments.bonus]\nmeasure = 'cases'\neach = 2\n[adjustments.fault]\nmeasure = 'overdue'\neach = -3"
    result = judged(planned(text), people(2), figures(cases=[5, 1], overdue=[1, 1]))
    assert result.totals.total == exactly(7, -1)
    assert result.ranks == [1, 2]


def test_a_dimension_without_points_of_its_own_adds_in_proportion() -> None:
    text = ONE + "[dimensions.extra]\npoints = 0\nstart = 'full'\nceiling = 3\n"
    text += "[adjustments.key]\nmeasure = 'key_cases'\neach = 2\ndimension = 'extra'"
    result = judged(planned(text), people(2), figures(on_time=["0.9", "0.9"], key_cases=[1, 2]))
    assert result.totals.total == exactly(92, 93)


GATES = """
[gates.a]
title = "排名外"
when = "cases > 100"
effect = "not_ranked"
[gates.b]
title = "结果不满意不得评优"
when = "result_dissatisfied > 0"
effect = "not_selectable"
[gates.c]
title = "免评"
when = "department = 'd3'"
effect = "exempt"
[gates.d]
title = "封顶"
when = "total > 80 and overdue > 0"
effect = { cap = 85 }
[gates.e]
title = "严封顶"
when = "points.on_time > 88"
effect = { cap = 80 }
"""


def test_the_strongest_gate_wins_and_the_smallest_cap_holds() -> None:
    measured = figures(
        on_time=["0.87", "0.9", "0.9", "0.9", "0.7"],
        cases=[1, 1, 101, 101, 1],
        result_dissatisfied=[0, 1, 1, 1, 0],
        overdue=[1, 1, 0, 0, 1],
    )
    result = judged(planned(ONE + GATES), people(5), measured)
    effects = [Effect.CAP, Effect.NOT_SELECTABLE, Effect.NOT_RANKED, Effect.EXEMPT, None]
    assert result.totals.effects == effects
    assert result.totals.held == [("d",), ("b", "d", "e"), ("a", "b", "e"), ("a", "b", "c", "e"), ()]
    # All gates see the total before caps: 90 holds gate d although gate e caps at 80.
    assert result.totals.total == exactly(85, 80, 80, 80, 70)
    assert [row.reason for row in result.totals.rows[1]] == [
        "符合“结果不满意不得评优”：不得入选",
        "符合“封顶”：总分不超过85分",
        "符合“严封顶”：总分不超过80分",
    ]


def test_a_gate_over_what_is_unknown_does_not_hold() -> None:
    measured = figures(
        on_time=["0.5"], cases=[1], result_dissatisfied=[Status.NOT_AVAILABLE], overdue=[Status.NOT_AVAILABLE]
    )
    assert judged(planned(ONE + GATES), people(1), measured).totals.held == [()]


def test_gates_compare_the_rounded_total() -> None:
    text = ONE + "[gates.low]\nwhen = 'total < 90'\neffect = 'not_selectable'"
    result = judged(planned(text), people(2), figures(on_time=["0.89995", "0.89994"]))
    assert result.totals.total == exactly(90, "89.99")
    assert result.totals.held == [(), ("low",)]


def test_a_missing_value_may_take_a_department_off_the_ranking() -> None:
    text = TWO.replace("points = 10", "points = 10\nmissing = 'not_ranked'", 1)
    result = judged(planned(text), people(1), figures(on_time=[Status.NOT_APPLICABLE], resolved=["1"]))
    assert result.totals.effects == [Effect.NOT_RANKED]
    (row,) = result.totals.rows[0]
    assert (row.kind, row.effect, row.reason) == (
        "criterion",
        "not_ranked",
        "“on_time”没有可计的件：不参加排名",
    )


GRADES = """
[grades.excellent]
at_least = 90
when = "overdue = 0"
[grades.good]
at_least = 75
[grades.poor]
"""


def test_the_first_grade_that_holds_is_taken_on_the_capped_total() -> None:
    text = ONE + GRADES + "[gates.cap]\nwhen = 'overdue > 1'\neffect = { cap = 74 }"
    measured = figures(on_time=["0.9", "0.9", "0.95", "0.1"], overdue=[0, 1, 2, 0])
    assert judged(planned(text), people(4), measured).totals.grades == ["excellent", "good", "poor", "poor"]


def test_grades_may_be_a_verdict_over_labels() -> None:
    # Shenzhen 2007: one fail is a fail; at least two good, none failed, is the best; the rest pass.
    bands = "curve = { kind = 'bands', bands = [{ at_least = 0.8, label = 'good' }, { at_least = 0.5, label = 'pass' }, { label = 'fail' }] }"
    text = "[dimensions.all]\n" + "".join(
        f"[criteria.{name}]\ndimension = 'all'\nmeasure = '{name}'\npoints = 0\n{bands}\n"
        for name in ("signed", "timely", "satisfied")
    )
    fail = " or ".join(f"label.{name} = 'fail'" for name in ("signed", "timely", "satisfied"))
    pairs = [("signed", "timely"), ("signed", "satisfied"), ("timely", "satisfied")]
    good = " or ".join(f"(label.{one} = 'good' and label.{other} = 'good')" for one, other in pairs)
    text += f'[grades.fail]\nwhen = "{fail}"\n[grades.good]\nwhen = "{good}"\n[grades.pass]\n'
    measured = figures(signed=["1", "1", "1"], timely=["0.9", "0.6", "0.9"], satisfied=["0.6", "0.6", "0.4"])
    result = judged(planned(text), people(3), measured)
    assert result.totals.grades == ["good", "pass", "fail"]
    # Nothing is worth points: there is no total of 0, on which everybody would share the first place.
    assert result.totals.base == result.totals.total == exactly(None, None, None)


def test_without_points_a_line_of_a_grade_is_out_of_reach() -> None:
    text = """
[dimensions.all]
[criteria.on_time]
dimension = "all"
measure = "on_time"
points = 0
[grades.reached]
at_least = 0
[grades.rest]
"""
    assert judged(planned(text), people(1), figures(on_time=["1"])).totals.grades == ["rest"]


def test_nobody_without_a_case_has_a_total_or_a_grade() -> None:
    text = "[dimensions.faults]\npoints = 100\nstart = 'full'\n" + GRADES.replace('when = "overdue = 0"', "")
    everybody = [department("a"), department("b", has_cases=False)]
    result = judged(planned(text), everybody, {})
    assert result.totals.total == exactly(100, None)
    assert result.totals.grades == ["excellent", None]


def test_who_is_exempt_has_no_grade() -> None:
    text = (
        ONE
        + GRADES
        + '''[gates.out]
when = "department = 'd0'"
effect = "exempt"'''
    )
    result = judged(planned(text), people(2), figures(on_time=["1", "1"], overdue=[0, 0]))
    assert result.totals.grades == [None, "excellent"]


def test_the_count_of_an_adjustment_is_told() -> None:
    text = ONE + "[adjustments.overdue]\nmeasure = 'overdue'\neach = -1"
    result = judged(planned(text), people(1), {"on_time": [figure(1)], "overdue": [figure(2, 2)]})
    assert [(row.count, row.points, row.effect) for row in result.totals.rows[0]] == [
        (2, Fraction(-2), "total")
    ]
