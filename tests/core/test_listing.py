from collections.abc import Sequence
from dataclasses import replace

from ledgers import Row, case
from measuring import AS_OF, ledger, use_of
from planning import planned

from duban.engine import Engine
from duban.measures import Measure
from duban.plan import MeasureUse, Plan
from duban.results import Department
from duban.stages.listing import cases_against, cases_query, responses, two_stage
from duban.terms import Aggregate, Better
from duban.texts import Language

A_AND_B = [Department("a", "甲局", aliases=("老甲局", "甲")), Department("b", "乙局")]
LEDGER: Sequence[Row] = [
    case(2, "b", due_on="2024-04-30", replied_on="2024-05-06", contacts=1, role="co", key_supervised=True),
    case(1, "a", due_on="2024-04-30", replied_on="2024-05-06", contacts=3, role="lead", key_supervised=False),
    case(3, "a", due_on="2024-04-30", replied_on=None, contacts=None, role="lead", key_supervised=None),
    case(4, "a", due_on="2024-04-30", replied_on="2024-04-30", contacts=2, role="lead", key_supervised=True),
    case(5, "a", due_on=None, replied_on="2024-04-30", contacts=2, role="co", key_supervised=True),
]


def plan_of(**uses: MeasureUse) -> Plan:
    """Return a plan with one criterion a use, of the same id."""
    text = "[dimensions.d]\n" + "".join(
        f'[criteria.{name}]\ndimension = "d"\nmeasure = "m"\npoints = 1\n' for name in uses
    )
    plan = planned(text)
    return replace(plan, criteria=[replace(item, use=uses[item.id]) for item in plan.criteria])


def listed(plan: Plan, rows: Sequence[Row] = LEDGER, language: Language = "zh") -> list[list[str]]:
    with Engine() as engine:
        relations = {"cases": ledger(engine, rows)}
        frame = cases_against(engine, cases_query(engine, relations, plan, A_AND_B, AS_OF, language))
    assert list(frame.columns) == ["department", "case_id", "criterion", "why"]
    return [[str(cell) for cell in row] for row in frame.itertuples(index=False)]


def only(item: Measure, where: str | None = None) -> list[list[str]]:
    """Return department and case of the list against one criterion."""
    return [row[:2] for row in listed(plan_of(c=use_of(item, where)))]


ON_TIME = Measure("on_time", "按时", count="due_on is not null", hit="replied_on <= due_on")


def test_a_share_lists_what_counts_and_is_not_hit() -> None:
    assert listed(plan_of(on_time=use_of(ON_TIME))) == [
        ["a", "1", "on_time", "计入但未达到：期限日期=2024-04-30，答复日期=2024-05-06"],
        ["a", "3", "on_time", "计入但未达到：期限日期=2024-04-30，答复日期=空"],
        ["b", "2", "on_time", "计入但未达到：期限日期=2024-04-30，答复日期=2024-05-06"],
    ]


def test_the_filter_of_the_criterion_holds_for_the_list() -> None:
    assert only(ON_TIME, "role = 'co'") == [["b", "2"]]


def test_where_lower_is_better_the_hits_are_listed() -> None:
    assert only(replace(ON_TIME, better=Better.LOWER)) == [["a", "4"]]


def test_a_number_lists_its_cases_only_where_lower_is_better() -> None:
    item = Measure("late", "逾期", count="replied_on > due_on", better=Better.LOWER)
    assert only(item) == [["a", "1"], ["b", "2"]]
    assert only(replace(item, better=Better.HIGHER)) == []


def test_a_sum_lists_what_adds_to_it() -> None:
    item = Measure("late", "逾期", value="contacts - 2", aggregate=Aggregate.SUM, better=Better.LOWER)
    assert only(item) == [["a", "1"], ["b", "2"]]


def test_a_mean_lists_what_is_not_at_its_best() -> None:
    item = Measure("contacts", "沟通", value="contacts")
    assert only(item) == [["a", "4"], ["a", "5"], ["b", "2"]]
    assert only(replace(item, better=Better.LOWER)) == [["a", "1"], ["a", "4"], ["a", "5"]]
    # Among lead cases alone, three contacts are the best, and the third case has no value.
    assert only(item, "role = 'lead'") == [["a", "4"]]


def test_a_median_lists_nobody() -> None:
    item = Measure("days", "天数", value="contacts", aggregate=Aggregate.QUANTILE, better=Better.LOWER)
    assert only(item) == []


def test_the_reason_shows_titles_and_labels_in_the_language() -> None:
    item = Measure("m", "m", count="role = 'co' and contacts > 0", hit="not key_supervised")
    plan = plan_of(m=use_of(item))
    assert listed(plan)[1] == ["b", "2", "m", "计入但未达到：办理方式=协办，重点督办=是，沟通次数=1"]
    assert (
        listed(plan, language="en")[1][3] == "counted, not reached: role=co, key_supervised=yes, contacts=1"
    )


def test_texts_of_the_ledger_are_data() -> None:
    rows = [case(1, title="'); DROP TABLE cases; --{x}%s"), case(2, title="长" * 500)]
    found = listed(plan_of(m=use_of(Measure("m", "m", hit="title = 'x'"))), rows)
    assert found[0][3] == "计入但未达到：标题='); DROP TABLE cases; --{x}%s"
    assert len(found[1][3]) < 120


def test_an_adjustment_that_takes_points_lists_its_cases() -> None:
    plan = planned("""
        [adjustments.late]
        measure = "late"
        each = -0.5
        [adjustments.thanks]
        measure = "late"
        each = 0.5
        """)
    late = use_of(Measure("late", "逾期", count="replied_on > due_on"))
    plan = replace(plan, adjustments=[replace(item, use=late) for item in plan.adjustments])
    assert [row[:3] for row in listed(plan)] == [["a", "1", "late"], ["b", "2", "late"]]


def test_each_department_is_held_to_its_own_measure() -> None:
    plan = plan_of(c=use_of(ON_TIME))
    (criterion,) = plan.criteria
    strict = use_of(Measure("any", "任意", count="true", hit="false"))
    plan = replace(plan, criteria=[replace(criterion, by_department={"老甲局": strict})])
    # Every case of a, which goes by an alias here, and the late one of b.
    assert [row[:2] for row in listed(plan)] == [["a", "1"], ["a", "3"], ["a", "4"], ["a", "5"], ["b", "2"]]


def test_what_the_ledger_lacks_lists_no_case() -> None:
    plan = plan_of(
        m=use_of(Measure("m", "m", hit="round = 1")), n=use_of(Measure("n", "n", "mark > 1", table="marks"))
    )
    assert listed(plan) == []


RATED: Sequence[Row] = [
    case(1, "b", replied_on="2024-05-01", answer_rating="satisfied", result_rating="dissatisfied"),
    case(2, "a", replied_on="2024-05-01", answer_rating="satisfied", result_rating=None),
    case(3, "a", replied_on="2024-05-01", answer_rating="satisfied", result_rating=None),
    case(4, "a", replied_on="2024-05-01", answer_rating=None, result_rating=None),
    case(5, "a", replied_on="2024-05-01", answer_rating="very_satisfied", result_rating="satisfied"),
    case(6, "a", replied_on=None, answer_rating=None, result_rating=None),
    case(7, "c", replied_on="2024-05-01", answer_rating="satisfied", result_rating="satisfied"),
]


def test_two_stage_counts_every_case_once_by_answer_and_result() -> None:
    with Engine() as engine:
        frame = two_stage(engine, {"cases": ledger(engine, RATED)}, A_AND_B)
    assert [tuple(row) for row in frame.itertuples(index=False)] == [
        ("a", "very_satisfied", "satisfied", 1),
        ("a", "satisfied", "no_response", 2),
        ("a", "no_response", "no_response", 2),
        ("b", "satisfied", "dissatisfied", 1),
    ]


def test_responses_are_of_the_answered_cases() -> None:
    with Engine() as engine:
        counted = responses(engine, {"cases": ledger(engine, RATED)})
    # Six of the seven cases were answered; one of them has no answer rating, three have no result rating.
    assert counted == {"answer": {"rated": 5, "cases": 6}, "result": {"rated": 3, "cases": 6}}


def test_without_both_ratings_there_is_no_two_stage_table() -> None:
    rows = [case(1, replied_on="2024-05-01", answer_rating="satisfied")]
    with Engine() as engine:
        assert two_stage(engine, {"cases": ledger(engine, rows)}, A_AND_B).empty
        assert two_stage(engine, {}, A_AND_B).empty
