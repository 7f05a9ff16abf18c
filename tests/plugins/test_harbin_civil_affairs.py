"""Civil affairs: its rates against its own best earlier year, joint contact, conversion, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.civil_affairs import rate_in_percent

NAME = "市民政局"
PERIOD = (date(2023, 1, 1), date(2023, 12, 31))
RULESET = {"deadlines": {"reply": {"months": 3}}}
History = tuple[int, str, int | None, int | None, str | None]


def case(number: int | str, **cells: Any) -> Mapping[str, Any]:
    """Assigned on 1 March 2023, due on 1 June, in the lead, answered in time, met, satisfied with both."""
    good = {
        "role": "lead",
        "replied_on": date(2023, 6, 1),
        "contact_mode": "in_person",
        "answer_rating": "satisfied",
        "result_rating": "satisfied",
    }
    key = {"case_id": str(number), "department": NAME, "assigned_on": date(2023, 3, 1)}
    return {**key, **good, **cells}


# On time 3 of 3, met 2 of 3, satisfied 1 of 2; the co-handler's row counts in none of them.
CASES = [
    case(1),
    case(2, contact_mode="phone", answer_rating="basically_satisfied"),
    case(3, answer_rating=None, result_rating=None),
    case(
        4, role="co", replied_on=date(2023, 7, 1), contact_mode=None, answer_rating=None, result_rating=None
    ),
]


def history(*rows: History) -> Sequence[Mapping[str, Any]]:
    """Return rows of the history: year, rate, hits, cases counted, percentage."""
    names = ("year", "indicator", "hits", "counted", "percent")
    return [{"department": NAME, **dict(zip(names, row, strict=True))} for row in rows]


def measured(measure: str, *rows: History) -> Figure:
    """Return the figure of the cases above with this history."""
    tables = {"cases": CASES, "civil_history": history(*rows)}
    return figures(measure, tables, period=PERIOD, ruleset=RULESET)[NAME]


EARLIER: Sequence[History] = [
    (2021, "on_time", 29, 30, None),
    (2022, "on_time", 30, 30, None),
    (2021, "met", 20, 30, None),  # the same two thirds as this year
    (2022, "met", 18, 30, None),
    (2021, "satisfied", None, None, "60.5"),
    (2022, "satisfied", None, None, "48"),
    # This year's own row is no earlier year.
    (2023, "met", 3, 3, None),
]


def test_the_best_earlier_year_is_the_highest_before_the_period() -> None:
    assert measured("civil_best_on_time", *EARLIER).value == 100
    assert measured("civil_best_met", *EARLIER).value == Fraction("66.666666")
    figure = measured("civil_best_satisfied", *EARLIER)
    assert (figure.count, figure.value) == (2, Fraction("60.5"))


def test_the_gain_is_in_percentage_points_and_rests_on_this_year_s_cases() -> None:
    figure = measured("civil_gain_satisfied", *EARLIER)
    assert (figure.count, figure.value) == (2, Fraction("-10.5"))  # 50 - 60.5
    assert measured("civil_gain_on_time", *EARLIER).value == 0


def test_the_share_of_rates_at_or_above_the_own_best_year() -> None:
    # On time 100 and 100, met 2/3 and 20/30, satisfied 50 below 60.5.
    figure = measured("civil_at_own_best", *EARLIER)
    assert (figure.count, figure.value) == (2, Fraction(2, 3))


def test_highest_ever_in_words_is_no_number() -> None:
    assert measured("civil_at_own_best").status is Status.NOT_APPLICABLE
    # One of the three rates without an earlier year is enough.
    assert measured("civil_at_own_best", *EARLIER[:4]).status is Status.NOT_APPLICABLE
    only_this_year = [(2023, rate, 3, 3, None) for rate in ("on_time", "met", "satisfied")]
    assert measured("civil_at_own_best", *only_this_year).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("hits", "counted", "percent", "rate"),
    [
        (2, 3, None, Decimal("66.666666")),  # cut off, not rounded up
        (31, 31, Decimal(50), Decimal(100)),  # the numbers go before the percentage
        (0, 5, None, Decimal(0)),
        (None, 5, Decimal("98.4"), Decimal("98.4")),
        (None, None, Decimal(100), Decimal(100)),
        (None, None, Decimal("100.1"), None),
        (None, None, Decimal(0), Decimal(0)),  # nought is nought, as a share and in per cent
        (None, None, Decimal("0.984"), None),  # a share, in a cell that Excel shows as 98.4%
        (None, None, Decimal(1), None),  # all of them, or one in a hundred
        (3, None, None, None),
        (0, 0, None, None),
        (4, 3, None, None),
        (-1, 3, None, None),
        (None, None, None, None),
    ],
)
def test_a_rate_of_an_earlier_year(
    hits: int | None, counted: int | None, percent: Decimal | None, rate: Decimal | None
) -> None:
    frame = pd.DataFrame(
        {
            "hits": pd.Series([hits], dtype="Int64"),
            "counted": pd.Series([counted], dtype="Int64"),
            "percent": pd.Series([percent], dtype="object"),
        }
    )
    (found,) = rate_in_percent(frame)
    assert (None if pd.isna(found) else found) == rate


def test_joint_contact_is_asked_of_cases_with_co_handlers() -> None:
    joint = [
        (1, 2, date(2023, 5, 1)),
        (2, 1, None),
        (3, 1, date(2024, 2, 1)),  # after as_of: has not happened
        (4, 0, date(2023, 5, 1)),
        (5, None, date(2023, 5, 1)),
    ]
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "cases": [case(number) for number, *_ in joint],
        "civil_joint": [
            {
                "case_id": str(number),
                "department": NAME,
                "civil_co_handlers": others,
                "civil_joint_contact_on": day,
            }
            for number, others, day in joint
        ],
    }
    figure = figures("civil_joint_contact", tables)[NAME]
    assert (figure.hits, figure.count) == (1, 3)
    alone = {"cases": [case(1)], "civil_joint": []}
    assert figures("civil_joint_contact", alone)[NAME].status is Status.NOT_APPLICABLE


def test_conversion_is_of_satisfied_answers_whose_result_was_rated() -> None:
    cases = [
        case(1, result_rating="very_satisfied"),
        case(2, result_rating="basically_satisfied"),
        case(3, result_rating=None),
        case(4, answer_rating="dissatisfied"),
        case(5, answer_rating=None),
    ]
    figure = figures("civil_conversion", {"cases": cases})[NAME]
    assert (figure.hits, figure.count) == (1, 2)
