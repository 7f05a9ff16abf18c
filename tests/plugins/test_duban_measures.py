"""Every shipped measure over one small ledger, each value counted by hand from the rows below."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from ledgers import Row, case
from measuring import SHIPPED, figures_of, use_of

from duban.errors import MeasureError
from duban.results import Figure
from duban.terms import Better, Status

AS_OF = date(2024, 7, 1)


BLANK = (
    "replied_on acknowledged_on contacted_on contact_mode contacts outcome answer_rating result_rating round"
    " commitment_due_on commitment_kept_on key_supervised"
)


def row(number: int, **cells: Any) -> Row:
    """Assigned on 1 March 2024, due on 1 June, of department a, in the lead; the rest blank."""
    blank = dict.fromkeys(BLANK.split())
    return case(number, **{"deadline_on": "2024-06-01", "role": "lead", **blank, **cells})


LEDGER: Sequence[Row] = [
    row(
        1,  # on the last day, in 92 days; taken up and contacted on the last day; kept on the day
        replied_on="2024-06-01",
        acknowledged_on="2024-03-08",
        contacted_on="2024-03-21",
        contact_mode="in_person",
        contacts=2,
        outcome="resolved",
        answer_rating="very_satisfied",
        result_rating="satisfied",
        round=1,
        commitment_due_on="2024-06-30",
        commitment_kept_on="2024-06-30",
        key_supervised=True,
    ),
    row(
        2,  # one day late, in 93 days; everything a day late
        replied_on="2024-06-02",
        acknowledged_on="2024-03-09",
        contacted_on="2024-03-22",
        contact_mode="phone",
        contacts=1,
        outcome="in_progress",
        answer_rating="satisfied",
        result_rating="dissatisfied",
        round=2,
        commitment_due_on="2024-06-30",
        commitment_kept_on="2024-07-01",
        key_supervised=False,
    ),
    # not answered, due a month ago: 30 days late on 1 July
    row(3, contact_mode="none", contacts=0, role="separate"),
    # answered before the deadline, which is still to come: 31 days
    row(
        4,
        deadline_on="2024-09-01",
        replied_on="2024-04-01",
        contact_mode="written",
        outcome="resolved",
        answer_rating="dissatisfied",
        result_rating="very_satisfied",
        round=1,
        commitment_due_on="2024-09-01",
        role="co",
    ),
    # not answered, not yet due
    row(5, deadline_on="2024-09-01", role="co"),
    # no deadline, answered in 122 days; partly satisfied, its result never rated
    row(
        6,
        deadline_on=None,
        replied_on="2024-07-01",
        outcome="reference",
        answer_rating="basically_satisfied",
        round=1,
        commitment_due_on="2024-06-30",
    ),
    # due today and not answered: not overdue before tomorrow, but due; satisfied answers cannot be without an answer
    row(7, deadline_on="2024-07-01"),
    # answered on the day of assignment; silence on the answer; satisfied in the end
    row(8, replied_on="2024-03-01", result_rating="satisfied"),
    # satisfied with the answer, its result never rated
    row(9, replied_on="2024-03-01", answer_rating="satisfied"),
]


def share(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def number(count: int) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(count))


def value(count: int, worth: Fraction | int) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(worth))


@pytest.mark.parametrize(
    ("measure", "parameters", "expected"),
    [
        # Due by 1 July or answered: 1 2 3 4 7 8 9 (5 is not due, 6 has no deadline); in time: 1 4 8 9.
        ("on_time", {}, share(4, 7)),
        ("on_time", {"grace_days": 1}, share(5, 7)),
        # Answered: 1 2 4 6 8 9.
        ("replied", {}, share(6, 9)),
        # 2 answered late, 3 not answered.
        ("overdue", {}, number(2)),
        ("overdue_days", {}, value(2, 1 + 30)),
        # Days 92 93 31 122 0 0, in order 0 0 31 92 93 122: half of six is three, the third is 31.
        ("handling_days", {}, value(6, 31)),
        ("handling_days", {"quantile": Decimal("0.9")}, value(6, 122)),
        ("handling_days", {"quantile": Decimal(0)}, value(6, 0)),
        ("handling_days", {"quantile": Decimal(1)}, value(6, 122)),
        ("acknowledged", {}, share(1, 9)),
        ("acknowledged", {"days": 8}, share(2, 9)),
        # In person, by phone, in writing; "none" and blank are no contact.
        ("contacted", {}, share(3, 9)),
        ("met", {}, share(1, 9)),
        ("contacted_within", {}, share(1, 9)),
        ("contacted_within", {"days": 21}, share(2, 9)),
        # 2 + 1 + 0 over the three cases that say how often.
        ("contacts_per_case", {}, value(3, 1)),
        # Rated: 1 2 4 6 9; satisfied or better: 1 2 9; with partly satisfied also 6.
        ("answer_satisfied", {}, share(3, 5)),
        ("answer_satisfied", {"accept": "basically_satisfied"}, share(4, 5)),
        # 1 + 1 + 0 + 0.6 + 1 = 3.6 over five.
        ("answer_score", {}, value(5, Fraction(18, 25))),
        # Rated with a known round: 1 2 4 6; satisfied in the first: 1; with partly satisfied also 6.
        ("first_round_satisfied", {}, share(1, 4)),
        ("first_round_satisfied", {"accept": "basically_satisfied"}, share(2, 4)),
        ("answer_dissatisfied", {}, number(1)),
        # Answered 1 2 4 6 8 9, of which 8 was not rated.
        ("response_rate", {}, share(5, 6)),
        # Outcomes: 1 2 4 6; resolved: 1 4.
        ("resolved", {}, share(2, 4)),
        # Results: 1 2 4 8; satisfied or better: 1 4 8.
        ("result_satisfied", {}, share(3, 4)),
        ("result_score", {}, value(4, Fraction(3, 4))),
        ("result_dissatisfied", {}, number(1)),
        # Satisfied answers with a rated result: 1 2; satisfied in the end: 1.
        ("answer_to_result", {}, share(1, 2)),
        ("slipped", {}, number(1)),
        ("recovered", {}, number(1)),
        # Satisfied answers: 1 2 9; nobody rated the result of 9.
        ("unverified", {}, share(1, 3)),
        # Due: 1 2 6 (4 is due in September); kept by the day: 1.
        ("commitments_kept", {}, share(1, 3)),
        ("cases", {}, number(9)),
        ("lead_cases", {}, number(6)),
        ("co_cases", {}, number(2)),
        ("key_cases", {}, number(1)),
    ],
)
def test_the_value_is_the_one_counted_by_hand(
    measure: str, parameters: dict[str, Any], expected: Figure
) -> None:
    assert figures_of(LEDGER, use_of(measure, **parameters), as_of=AS_OF)[measure]["a"] == expected


def test_every_measure_of_a_department_without_cases_is_zero_or_not_applicable() -> None:
    names = sorted(set(SHIPPED) - {"faults", "mark"})
    found = figures_of(LEDGER, *(use_of(name) for name in names), as_of=AS_OF)
    counted = {name for name in names if found[name]["idle"].status is Status.MEASURED}
    assert counted == {
        "answer_dissatisfied",
        "cases",
        "co_cases",
        "key_cases",
        "lead_cases",
        "overdue",
        "overdue_days",
        "recovered",
        "result_dissatisfied",
        "slipped",
    }
    assert all(found[name]["idle"].value == 0 for name in counted)
    assert all(found[name]["idle"].status is Status.NOT_APPLICABLE for name in set(names) - counted)


def test_silence_is_what_the_ruleset_says_but_stays_silence_where_it_is_the_question() -> None:
    """The view fills the counted ratings; the response rate and the unverified share look at the ratings as given."""
    answered = {"replied_on": "2024-03-01"}
    silence = {"answer_rating_counted": "dissatisfied", "result_rating_counted": "dissatisfied"}
    spoken = {
        "answer_rating": "satisfied",
        "answer_rating_counted": "satisfied",
        "result_rating_counted": "satisfied",
    }
    silent = [row(1, **answered, **silence), row(2, **answered, **spoken)]
    names = ("answer_satisfied", "result_dissatisfied", "response_rate", "unverified")
    found = figures_of(silent, *(use_of(name) for name in names))
    assert found["answer_satisfied"]["a"] == share(1, 2)
    assert found["result_dissatisfied"]["a"] == number(1)
    assert found["response_rate"]["a"] == share(1, 2)
    assert found["unverified"]["a"] == share(1, 1)


def test_faults_are_the_same_marks_where_fewer_are_better() -> None:
    rows: Sequence[Row] = [
        {"department": "a", "criterion": "system", "judge": "甲", "mark": 2},
        {"department": "a", "criterion": "system", "judge": "乙", "mark": 1},
    ]
    found = figures_of(rows, use_of("faults", criterion="system"), table="marks")
    assert found["faults"]["a"] == value(2, Fraction(3, 2))
    # Nobody looked: not known, and not free of faults.
    assert found["faults"]["idle"].status is Status.NOT_APPLICABLE
    assert SHIPPED["faults"].better is Better.LOWER


def test_marks_are_averaged_for_the_item_that_is_named() -> None:
    marks: Sequence[Row] = [
        {"department": "a", "criterion": "organisation", "judge": "甲", "mark": "9.5"},
        {"department": "a", "criterion": "organisation", "judge": "乙", "mark": "8"},
        {"department": "a", "criterion": "organisation", "judge": "丙", "mark": None},
        {"department": "a", "criterion": "innovation", "judge": "甲", "mark": "1"},
    ]
    found = figures_of(marks, use_of("mark", criterion="organisation"), table="marks")
    # (9.5 + 8) / 2; the third judge gave none.
    assert found["mark"]["a"] == value(2, Fraction(35, 4))
    assert found["mark"]["idle"].status is Status.NOT_APPLICABLE


def test_a_mark_needs_to_know_its_item() -> None:
    with pytest.raises(MeasureError) as caught:
        figures_of([{"department": "a", "criterion": "x", "mark": "1"}], use_of("mark"), table="marks")
    assert caught.value.code == "parameter_unbound"


def test_every_measure_has_titles_a_source_and_a_direction() -> None:
    for item in SHIPPED.values():
        assert item.title_en, item.id
        assert item.source, item.id
    lower = {item.id for item in SHIPPED.values() if item.better is Better.LOWER}
    assert lower == {
        "answer_dissatisfied",
        "faults",
        "handling_days",
        "overdue",
        "overdue_days",
        "result_dissatisfied",
        "slipped",
        "unverified",
    }
