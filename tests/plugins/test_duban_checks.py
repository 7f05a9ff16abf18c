from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from ledgers import case, ruleset, typed_table

import duban_checks
from duban.engine import Engine
from duban.stages.checking import check

AS_OF = date(2024, 12, 31)
CHECKS = duban_checks.register_checks()
RULES = ruleset(deadlines={"reply": {"months": 3}})
# An ordinary case: every date in order, everything filled in.
ORDINARY: Mapping[str, Any] = {
    "acknowledged_on": "2024-03-02",
    "due_on": "2024-06-01",
    "extended_to": None,
    "contacted_on": "2024-03-10",
    "replied_on": "2024-05-20",
    "published_on": "2024-06-20",
    "contact_mode": "in_person",
    "contacts": 2,
    "outcome": "resolved",
    "answer_rating": "satisfied",
    "result_rating": "satisfied",
    "round": 1,
    "commitment_due_on": "2024-10-01",
    "commitment_kept_on": "2024-09-01",
}


def found(**changes: Any) -> list[str]:
    with Engine() as engine:
        relation = typed_table(engine, [case(1, **ORDINARY), case(2, **{**ORDINARY, **changes})])
        result = check(engine, {"cases": relation}, CHECKS, [], {}, RULES, None, AS_OF)
    assert all(item.row == 3 for item in result.findings)
    return [item.code for item in result.findings]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"replied_on": "2024-02-29", "published_on": None}, "reply_before_assignment"),
        ({"contacted_on": "2024-02-29"}, "contact_before_assignment"),
        ({"acknowledged_on": "2024-02-29"}, "acknowledged_before_assignment"),
        ({"published_on": "2024-05-19"}, "published_before_reply"),
        ({"due_on": "2024-02-29"}, "due_before_assignment"),
        ({"due_on": "2027-03-02"}, "due_too_far"),
        ({"extended_to": "2024-02-29", "due_on": None}, "extension_before_assignment"),
        ({"extended_to": "2024-05-31"}, "extension_before_deadline"),
        ({"commitment_kept_on": "2024-02-29"}, "commitment_kept_before_assignment"),
        ({"commitment_due_on": None}, "commitment_kept_without_due"),
        ({"contacts": -1}, "negative_contacts"),
        ({"contact_mode": None}, "contact_without_mode"),
        ({"contact_mode": "none", "contacts": 0}, "contact_date_without_contact"),
        ({"contact_mode": "none", "contacted_on": None}, "contacts_without_contact"),
        ({"contacts": 0}, "mode_without_contacts"),
        ({"answer_rating": None}, "result_without_answer"),
        ({"replied_on": None, "outcome": "in_progress"}, "rating_without_reply"),
        ({"replied_on": None, "answer_rating": None, "result_rating": None}, "outcome_without_reply"),
        ({"round": 0}, "round_below_one"),
    ],
)
def test_each_check_finds_its_row_and_no_other_check_does(changes: dict[str, Any], code: str) -> None:
    assert found(**changes) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        # Everything on the day of assignment.
        dict.fromkeys(
            ("acknowledged_on", "contacted_on", "replied_on", "published_on", "due_on"), "2024-03-01"
        ),
        # Not yet answered, in progress.
        {"replied_on": None, "outcome": "in_progress", "answer_rating": None, "result_rating": None},
        # Contacted by a mode without a date, or first after the reply.
        {"contacted_on": None},
        {"contacted_on": "2024-06-30"},
        # Never contacted.
        {"contacted_on": None, "contact_mode": "none", "contacts": 0},
        {"contacted_on": None, "contact_mode": "none", "contacts": None},
        # Answered, rated later or never.
        {"answer_rating": None, "result_rating": None},
        # A commitment not kept yet; none at all.
        {"commitment_kept_on": None},
        {"commitment_due_on": None, "commitment_kept_on": None},
        # A longer limit, a second round, no text published.
        {"extended_to": "2024-09-01", "replied_on": "2024-08-01", "published_on": None, "round": 3},
        # A reply after the as-of day is still a reply.
        {"due_on": "2027-03-01"},
    ],
)
def test_ordinary_data_raise_no_false_alarm(changes: dict[str, Any]) -> None:
    assert found(**changes) == []


def test_every_check_speaks_both_languages_with_its_facts() -> None:
    for item in CHECKS:
        for text in (item.title, item.message, item.action):
            assert text.zh
            assert text.en
    with Engine() as engine:
        relation = typed_table(
            engine, [case(1, **{**ORDINARY, "replied_on": "2024-02-01", "published_on": None})]
        )
        (noticed,) = check(engine, {"cases": relation}, CHECKS, [], {}, RULES, None, AS_OF).findings
    assert noticed.sentences("zh")[0] == "答复日期 2024-02-01 早于交办日期 2024-03-01"
    assert noticed.sentences("en")[0] == "replied on 2024-02-01, before the assignment on 2024-03-01"


def test_the_ids_are_stable() -> None:
    assert sorted(item.id for item in CHECKS) == [
        "acknowledged_before_assignment",
        "commitment_kept_before_assignment",
        "commitment_kept_without_due",
        "contact_before_assignment",
        "contact_date_without_contact",
        "contact_without_mode",
        "contacts_without_contact",
        "due_before_assignment",
        "due_too_far",
        "extension_before_assignment",
        "extension_before_deadline",
        "mode_without_contacts",
        "negative_contacts",
        "outcome_without_reply",
        "published_before_reply",
        "rating_without_reply",
        "reply_before_assignment",
        "result_without_answer",
        "round_below_one",
    ]
