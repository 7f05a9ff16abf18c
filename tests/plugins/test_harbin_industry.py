"""Echo, landing, policies and delivered support of the industry bureau, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.industry import Policy, Support

NAME = "市工业和信息化局"
REPLIED = date(2023, 6, 1)


def case(number: int, replied_on: date | None = REPLIED, **more: Any) -> Mapping[str, Any]:
    """Assigned on 15 March, due on 15 June, in the lead; resolved in no way."""
    blank = {"outcome": None, "commitment_due_on": None, "commitment_kept_on": None}
    row = {"case_id": str(number), "department": NAME, "assigned_on": date(2023, 3, 15), "role": "主办"}
    return {**row, "due_on": date(2023, 6, 15), "replied_on": replied_on, **blank, **more}


CASES = (
    case(1, outcome="已解决"),
    # Promised for the day of judging and kept on it; kept a day late; kept early.
    case(
        2,
        outcome="列入计划",
        commitment_due_on=date(2024, 1, 31),
        commitment_kept_on=date(2024, 1, 31),
    ),
    case(3, outcome="正在解决", commitment_due_on=date(2023, 9, 1), commitment_kept_on=date(2023, 9, 2)),
    case(4, outcome="正在解决", commitment_due_on=date(2024, 6, 1), commitment_kept_on=date(2023, 9, 2)),
    # Due today and not kept; due tomorrow: nobody can say; promised for no day.
    case(5, outcome="正在解决", commitment_due_on=date(2024, 1, 31)),
    case(6, outcome="正在解决", commitment_due_on=date(2024, 2, 1)),
    case(7, outcome="留作参考"),
    # Answered, and nobody says what became of it.
    case(8),
    # Due today and not answered; due tomorrow: nobody can say.
    case(9, None, due_on=date(2024, 1, 31)),
    case(10, None, due_on=date(2024, 2, 1), outcome="正在解决"),
    case(11, role="协办", outcome="已解决"),
)
POLICIES = (
    Policy(
        case_id="1", department=NAME, document_number="1号", policy="制造业", adopted_on=date(2024, 1, 31)
    ),
    Policy(
        case_id="1", department=NAME, document_number="2号", policy="数字经济", adopted_on=date(2023, 9, 1)
    ),
    Policy(
        case_id="3", department=NAME, document_number="3号", policy="中小企业", adopted_on=date(2024, 2, 1)
    ),
)


def support(number: int, promised: str, paid: str | None, paid_on: date | None, **more: Any) -> Support:
    """Due on the last day of 2023."""
    return Support(
        department=NAME,
        promise=str(number),
        promised=Decimal(promised),
        paid=None if paid is None else Decimal(paid),
        paid_on=paid_on,
        **{"due_on": date(2023, 12, 31), **more},
    )


SUPPORT = (
    support(1, "100.5", "100.5", date(2023, 10, 1)),
    support(2, "50", "80", date(2024, 1, 31)),  # 50 of it were promised
    support(3, "40.25", None, None),
    support(4, "30", "30", date(2024, 2, 1)),  # not yet paid
    support(5, "20", None, date(2023, 5, 1)),  # a day of payment without an amount
    support(6, "10", "10", date(2023, 5, 1), due_on=date(2024, 2, 1)),  # not yet due
)


def found(measure: str, rows: Sequence[Support] = SUPPORT) -> Figure:
    return figures(measure, {"cases": CASES, "industry_policies": POLICIES, "industry_support": rows})[NAME]


@pytest.mark.parametrize(
    ("measure", "hits", "count"),
    [
        # Answered 1 to 8, due 9.
        ("industry_echo", 8, 9),
        # Of these 6 cannot be judged; landed 1 2 4.
        ("industry_landing", 3, 8),
    ],
)
def test_shares_by_hand(measure: str, hits: int, count: int) -> None:
    assert found(measure) == Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def test_each_policy_counts_once() -> None:
    assert found("industry_policies_adopted") == Figure(Status.MEASURED, 2, None, Fraction(2))


def test_support_is_added_before_it_is_divided() -> None:
    # Due: 100.5 + 50 + 40.25 + 30 + 20 = 240.75; paid 100.5 + 50 = 150.5, that is 602 of 963 quarters.
    assert found("industry_promised") == Figure(Status.MEASURED, 5, None, Fraction(963, 4))
    assert found("industry_paid") == Figure(Status.MEASURED, 5, None, Fraction(301, 2))
    assert found("industry_delivered") == Figure(Status.MEASURED, 5, None, Fraction(602, 963))


def test_nothing_paid_is_nothing_delivered() -> None:
    rows = [support(1, "100", None, None)]
    assert found("industry_delivered", rows) == Figure(Status.MEASURED, 1, None, Fraction(0))


def test_without_a_promise_there_is_no_share() -> None:
    assert found("industry_delivered", []).status is Status.NOT_APPLICABLE
