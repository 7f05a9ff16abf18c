from collections.abc import Sequence

import pytest
from planning import Judgement, department, figure, figures, judged, planned

from duban.results import Department
from duban.terms import Standing, Status

ONE = """
[dimensions.all]
[criteria.resolved]
dimension = "all"
measure = "resolved"
points = 100
"""
# Shown, not scored: so that it tells equal totals apart and changes none.
SHOWN = """
[criteria.satisfied]
dimension = "all"
measure = "satisfied"
points = 0
min_cases = 3
"""


def people(number: int) -> list[Department]:
    return [department(f"d{index}") for index in range(number)]


def ranked(head: str, resolved: Sequence[str], **more: Sequence[int | str]) -> Judgement:
    """Judge by `resolved` alone; what `more` does not measure has nothing to count."""
    measured = {**figures(satisfied=[Status.NOT_APPLICABLE] * len(resolved)), **figures(**more)}
    return judged(
        planned(head + ONE + SHOWN), people(len(resolved)), {**measured, **figures(resolved=resolved)}
    )


@pytest.mark.parametrize(("ties", "ranks"), [("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3])])
def test_equal_totals_share_a_rank(ties: str, ranks: list[int]) -> None:
    result = ranked(f"ranking = {{ ties = '{ties}' }}", ["0.9", "0.8", "0.8", "0.7"])
    assert result.ranks == ranks
    assert [place.sharing for place in result.places] == [1, 2, 2, 1]


def test_the_published_total_is_what_ranks() -> None:
    # 90.004 and 90.0 are both published as 90.00.
    assert ranked("", ["0.90004", "0.9", "0.90005"]).ranks == [2, 2, 1]


def test_a_tie_break_compares_the_unrounded_value() -> None:
    result = ranked("ranking = { tie_break = ['resolved'] }", ["0.90004", "0.9", "0.8"])
    assert result.ranks == [1, 2, 3]


def test_tie_breaks_are_asked_one_after_the_other() -> None:
    head = "ranking = { tie_break = ['satisfied', 'key_cases'] }"
    result = ranked(head, ["0.9"] * 4, satisfied=["0.5", "0.9", "0.5", "0.5"], key_cases=[1, 0, 2, 2])
    assert result.ranks == [4, 1, 2, 2]


def test_the_measure_says_which_direction_is_better() -> None:
    result = ranked("ranking = { tie_break = ['handling_days'] }", ["0.9"] * 3, handling_days=[30, 10, 20])
    assert result.ranks == [3, 1, 2]


@pytest.mark.parametrize("measure", ["satisfied", "handling_days"])
def test_nothing_counted_sorts_last(measure: str) -> None:
    plan = planned(f"ranking = {{ tie_break = ['{measure}'] }}" + ONE + SHOWN)
    counted = {measure: [figure(Status.NOT_APPLICABLE), figure(0)]}
    measured = {**figures(resolved=["0.9", "0.9"], satisfied=[Status.NOT_APPLICABLE] * 2), **counted}
    assert judged(plan, people(2), measured).ranks == [2, 1]


def test_a_tie_break_counts_also_below_min_cases() -> None:
    plan = planned("ranking = { tie_break = ['satisfied'] }" + ONE + SHOWN)
    few = [figure("0.5", 9), figure(1, 1)]
    result = judged(plan, people(2), {**figures(resolved=["0.9", "0.9"]), "satisfied": few})
    assert result.scores.criteria["satisfied"][1].status is Status.TOO_FEW_CASES
    assert result.ranks == [2, 1]


def test_a_criterion_may_break_ties_by_each_departments_own_measure() -> None:
    own = SHOWN.replace('measure = "satisfied"', 'measure_by_department = { d0 = "own", d1 = "other" }')
    plan = planned("ranking = { tie_break = ['satisfied'] }" + ONE + own)
    result = judged(plan, people(3), figures(resolved=["0.9"] * 3, own=["0.1"] * 3, other=["0.2"] * 3))
    assert result.ranks == [2, 1, 3]


GROUPS = "[groups.large]\nwhen = 'cases >= 20'\n[groups.regular]\n"


@pytest.mark.parametrize(("within", "ranks"), [("group", [1, 1, 2, 2]), ("all", [1, 2, 3, 4])])
def test_ranks_are_the_groups_or_everybodys(within: str, ranks: list[int]) -> None:
    plan = planned(f"ranking = {{ within = '{within}' }}" + ONE + GROUPS)
    result = judged(plan, people(4), figures(resolved=["0.9", "0.8", "0.7", "0.6"], cases=[20, 1, 30, 2]))
    assert result.ranks == ranks


def test_who_is_not_ranked_takes_no_rank_away() -> None:
    text = (
        ONE
        + """
    [criteria.signed]
    dimension = "all"
    measure = "signed"
    points = 0
    missing = "not_ranked"
    [gates.exempt]
    title = "统筹单位"
    when = "department = 'd1'"
    effect = "exempt"
    [gates.aside]
    when = "department = 'd2'"
    effect = "not_ranked"
    """
    )
    everybody = [*people(5), department("e", has_cases=False), department("f")]
    measured = figures(
        resolved=["0.9", "1", "1", "1", Status.NOT_APPLICABLE, "1", "0.8"],
        signed=["1", "1", "1", Status.NOT_APPLICABLE, "1", "1", "1"],
    )
    result = judged(planned(text), everybody, measured)
    assert result.ranks == [1, None, None, None, None, None, 2]
    assert [(place.standing, place.cause) for place in result.places] == [
        (Standing.RANKED, ""),
        (Standing.EXEMPT, "gate"),
        (Standing.NOT_RANKED, "gate"),
        (Standing.NOT_RANKED, "missing"),
        (Standing.NOT_RANKED, "nothing_scored"),
        (Standing.EXEMPT, "no_case"),
        (Standing.RANKED, ""),
    ]
    assert result.reasons == [
        "2个单位中第1名，总分90.00分。",
        "因“统筹单位”免于评价。",
        "因“aside”不参加排名。",
        "“signed”没有可用的数据，不参加排名。",
        "没有可以计分的评分项，不参加排名。",
        "没有计入的承办件，免于评价。",
        "2个单位中第2名，总分80.00分。",
    ]
