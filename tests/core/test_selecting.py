from collections.abc import Sequence
from fractions import Fraction

import pytest
from planning import Judgement, department, figures, judged, planned

from duban.reasons import list_reasons
from duban.results import Department

ONE = """
[dimensions.all]
[criteria.resolved]
dimension = "all"
measure = "resolved"
points = 100
"""
GROUPS = "[groups.large]\ntitle = '承办大户'\nwhen = 'cases >= 20'\n[groups.regular]\n"
NINE = ["0.99", "0.98", "0.97", "0.96", "0.95", "0.94", "0.93", "0.92", "0.91"]


def people(number: int) -> list[Department]:
    return [department(f"d{index}") for index in range(number)]


def selected(
    selection: str, resolved: Sequence[str], head: str = "", rest: str = "", **more: Sequence[int]
) -> Judgement:
    text = f"{head}\n{ONE}\n{rest}\n[selections.excellent]\ntitle = '优秀承办单位'\n{selection}"
    return judged(planned(text), people(len(resolved)), figures(resolved=resolved, **more))


def test_a_number_of_places_is_filled_from_the_top() -> None:
    result = selected("quota = 2", ["0.7", "0.9", "0.8"])
    assert result.chosen("excellent") == [1, 2]
    assert [choice.order for choice in result.lists["excellent"]] == [None, 1, 2]
    assert result.reasons == [
        "3个单位中第3名，总分70.00分，名额2个已满，未入选“优秀承办单位”。",
        "3个单位中第1名，总分90.00分，入选“优秀承办单位”。",
        "3个单位中第2名，总分80.00分，入选“优秀承办单位”。",
    ]


def test_without_a_quota_the_line_alone_decides_on_the_rounded_total() -> None:
    result = selected("at_least = 85", ["0.84995", "0.84994", "0.9"])
    assert result.chosen("excellent") == [0, 2]
    assert result.reasons[0].endswith("总分85.00分，符合不低于85分的要求，入选“优秀承办单位”。")
    assert result.reasons[1].endswith("总分84.99分，不到85分，未入选“优秀承办单位”。")


def test_a_cap_may_leave_a_department_below_the_line() -> None:
    cap = "[gates.cap]\ntitle = '逾期封顶'\nwhen = 'overdue > 0'\neffect = { cap = 84.5 }"
    result = selected("at_least = 85", ["0.99", "0.9"], rest=cap, overdue=[1, 0])
    assert result.chosen("excellent") == [1]
    assert (
        result.reasons[0]
        == "2个单位中第2名，总分84.50分（按“逾期封顶”封顶），不到85分，未入选“优秀承办单位”。"
    )


@pytest.mark.parametrize(
    ("quota", "places"),
    # Of nine: 0.2 is 1.8, 0.25 is 2.25; 0.5 is 4.5.
    [
        ("{ share = 0.2 }", 2),
        ("{ share = 0.25 }", 2),
        ("{ share = 0.5 }", 5),
        ("{ share = 0.25, round = 'up' }", 3),
        ("{ share = 0.2, round = 'down' }", 1),
        ("{ share = 0.2, at_least = 4 }", 4),
        ("{ share = 0.5, at_most = 3 }", 3),
        ("{ share = 0 }", 0),
    ],
)
def test_a_share_of_the_ranked_is_rounded_as_said(quota: str, places: int) -> None:
    assert selected(f"quota = {quota}", NINE).chosen("excellent") == list(range(places))


def test_a_share_may_be_of_all_that_take_part_though_few_are_ranked() -> None:
    # A quarter of eight units, of which three are candidates and one has been let off.
    gates = """[gates.no_candidate]\ntitle = '未获推荐'\nwhen = 'resolved < 0.97'\neffect = 'not_ranked'
[gates.let_off]\ntitle = '不参评'\nwhen = 'overdue > 0'\neffect = 'exempt'"""
    let_off = [0] * 8 + [1]
    for of, places in (("ranked", [0]), ("taking_part", [0, 1])):
        result = selected(f"quota = {{ share = 0.25, of = '{of}' }}", NINE, rest=gates, overdue=let_off)
        assert result.chosen("excellent") == places


def test_a_share_counts_those_who_may_not_be_selected_and_skips_them() -> None:
    # Shanxi 2015: 20 % of the units; any dissatisfied case removes a candidate even with a high score.
    gate = "[gates.bad]\ntitle = '结果不满意'\nwhen = 'result_dissatisfied > 0'\neffect = 'not_selectable'"
    faults = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    result = selected("quota = { share = 0.2 }", [*NINE, "0.9"], rest=gate, result_dissatisfied=faults)
    assert result.chosen("excellent") == [1, 2]
    assert result.ranks[0] == 1
    assert result.reasons[0] == "10个单位中第1名，总分99.00分，因“结果不满意”不得入选“优秀承办单位”。"


def test_a_table_gives_each_group_its_own_places() -> None:
    cases = [20, 20, 20, 1, 1, 1, 1, 1, 1]
    table = "quota = { large = 1, regular = { share = 0.5, round = 'up' } }"
    result = selected(table, NINE, rest=GROUPS, cases=cases)
    assert result.chosen("excellent") == [0, 3, 4, 5]
    assert [choice.order for choice in result.lists["excellent"]][:6] == [1, None, None, 1, 2, 3]
    assert result.reasons[1] == "“承办大户”组3个单位中第2名，总分98.00分，名额1个已满，未入选“优秀承办单位”。"


def test_a_group_that_the_table_leaves_out_has_no_place() -> None:
    result = selected("quota = { large = 1 }", ["0.9", "0.8"], rest=GROUPS, cases=[1, 20])
    assert result.chosen("excellent") == [1]
    assert result.reasons[0].endswith("没有名额，未入选“优秀承办单位”。")


def test_a_table_walks_each_group_down_a_ranking_of_all() -> None:
    everybody = "ranking = { within = 'all' }"
    table = "quota = { large = 1, regular = 1 }"
    result = selected(table, ["0.9", "0.8", "0.7"], everybody, GROUPS, cases=[1, 1, 20])
    assert result.ranks == [1, 2, 3]
    assert result.chosen("excellent") == [0, 2]


def test_one_quota_is_each_groups_where_ranks_are() -> None:
    result = selected("quota = 1", ["0.9", "0.8", "0.7", "0.6"], rest=GROUPS, cases=[1, 20, 1, 20])
    assert result.chosen("excellent") == [0, 1]
    joint = selected("quota = 1", ["0.9", "0.8"], "ranking = { within = 'all' }", GROUPS, cases=[1, 20])
    assert joint.chosen("excellent") == [0]


@pytest.mark.parametrize(("cut_tie", "chosen"), [("extend", [0, 1, 2]), ("drop", [0])])
def test_a_tie_at_the_last_place_stays_together(cut_tie: str, chosen: list[int]) -> None:
    result = selected(f"quota = 2\ncut_tie = '{cut_tie}'", ["0.9", "0.8", "0.8", "0.7"])
    assert result.chosen("excellent") == chosen
    causes = [choice.cause for choice in result.lists["excellent"]]
    told = "tie_extended" if cut_tie == "extend" else "tie_dropped"
    assert causes == ["chosen", told, told, "quota"]
    assert "（2个单位并列）" in result.reasons[1]
    last = "名额2个已满" if cut_tie == "extend" else "名次在末位并列的单位之后"
    assert last in result.reasons[3]


def test_a_tie_that_fits_or_comes_after_the_quota_is_no_cut() -> None:
    result = selected("quota = 2", ["0.9", "0.9", "0.8", "0.8"])
    assert [choice.cause for choice in result.lists["excellent"]] == ["chosen", "chosen", "quota", "quota"]
    assert [choice.order for choice in result.lists["excellent"]] == [1, 1, None, None]


def test_a_tie_is_counted_without_those_who_may_not_be_selected() -> None:
    gate = "[gates.bad]\nwhen = 'overdue > 0'\neffect = 'not_selectable'"
    result = selected("quota = 2\ncut_tie = 'drop'", ["0.9", "0.8", "0.8"], rest=gate, overdue=[0, 1, 0])
    assert result.chosen("excellent") == [0, 2]


def test_no_places_are_no_tie() -> None:
    assert selected("quota = 0", ["0.9", "0.9"]).chosen("excellent") == []


def test_the_other_end_of_the_ranking_may_be_listed() -> None:
    # A city's monthly bulletin names the top 5 and the bottom 5.
    last = "[selections.last]\nquota = 2\nfrom = 'bottom'\nat_most = 92\n"
    result = selected("quota = 5", NINE, rest=last)
    assert result.chosen("excellent") == [0, 1, 2, 3, 4]
    assert result.chosen("last") == [7, 8]
    assert [choice.order for choice in result.lists["last"]][7:] == [2, 1]
    assert result.lists["last"][0].cause == "above"


def test_a_list_may_have_no_order() -> None:
    result = selected("quota = 2\nordered = false", ["0.9", "0.8"])
    assert [choice.order for choice in result.lists["excellent"]] == [None, None]
    assert result.chosen("excellent") == [0, 1]


def test_a_list_may_be_among_some_only() -> None:
    # Qingdao 2015: good units are named among those with 10 or more cases.
    among = '''among = "cases >= 10 and grade = 'good' and total < 98"'''
    grades = "[grades.good]\nat_least = 80"
    result = selected(among, ["0.99", "0.9", "0.9", "0.7"], rest=grades, cases=[10, 10, 9, 10])
    assert result.chosen("excellent") == [1]
    assert result.reasons[2].endswith("不在“优秀承办单位”的评选范围。")


def test_who_is_not_ranked_is_on_no_list() -> None:
    gate = "[gates.aside]\nwhen = 'cases = 0'\neffect = 'not_ranked'"
    result = selected("quota = 5", ["0.99", "0.9"], rest=gate, cases=[0, 1])
    assert [choice.cause for choice in result.lists["excellent"]] == ["not_ranked", "chosen"]


def test_each_list_has_its_own_reasons_in_either_language() -> None:
    text = f"{ONE}[selections.best]\nquota = 1\n[selections.good]\ntitle_en = 'Good units'\nat_least = 80\nat_most = 95"
    plan, departments = planned(text), people(2)
    result = judged(plan, departments, figures(resolved=["0.97", "0.9"]))
    told = list_reasons(
        plan,
        plan.selections[1],
        result.groups,
        result.scores,
        result.totals,
        result.places,
        result.lists,
        "en",
    )
    assert told == [
        "rank 1 of 2 departments, total 97.00, above 95: not on the list “Good units”.",
        "rank 2 of 2 departments, total 90.00, which meets at least 80, at most 95: on the list “Good units”.",
    ]


def test_a_total_with_more_places_than_the_rounding_is_shown_whole() -> None:
    cap = "[gates.cap]\nwhen = 'overdue > 0'\neffect = { cap = 84.125 }"
    result = selected("quota = 1", ["0.99"], rest=cap, overdue=[1])
    assert result.totals.total == [Fraction("84.125")]
    assert "总分84.125分" in result.reasons[0]
