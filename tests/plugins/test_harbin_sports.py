"""Sports: six cases, pooled with the earlier ones, with an honest interval, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures

NAME = "市体育局"
PERIOD = (date(2023, 1, 1), date(2023, 12, 31))


def case(number: int | str, **cells: Any) -> Mapping[str, Any]:
    """Assigned on 1 March 2023, due on 1 June, in the lead, answered on the last day, satisfied."""
    good = {"role": "lead", "replied_on": date(2023, 6, 1), "answer_rating": "satisfied"}
    key = {"case_id": str(number), "department": NAME, "assigned_on": date(2023, 3, 1)}
    return {**key, **good, **cells}


# On time 5 of 6, satisfied 4 of 5; the co-handler's row counts in neither.
SIX = [
    case(1),
    case(2, answer_rating="very_satisfied"),
    case(3),
    case(4),
    case(5, answer_rating="basically_satisfied"),
    case(6, replied_on=date(2023, 6, 2), answer_rating=None),
    case("co", role="co", replied_on=date(2023, 7, 1), answer_rating="dissatisfied"),
]
# On time 4 of 5, satisfied 3 of 4.
EARLIER: Sequence[tuple[int, bool | None, bool | None]] = [
    (2021, True, True),
    (2021, False, False),
    (2022, True, True),
    (2022, True, True),
    (2022, True, None),
    (2022, None, None),
    # This year's cases are in the ledger.
    (2023, False, False),
]


def measured(measure: str, earlier: Sequence[tuple[Any, ...]] = EARLIER, at_least: int = 0) -> Figure:
    """Return the figure over six cases and the earlier ones, of a criterion that wants so many cases."""
    rows = [
        {
            "department": NAME,
            "year": year,
            "earlier_case": str(number),
            "in_time": in_time,
            "satisfied": satisfied,
        }
        for number, (year, in_time, satisfied) in enumerate(earlier)
    ]
    criterion = {
        "title": "测试",
        "dimension": "measuring",
        "measure": measure,
        "points": 1,
        "min_cases": at_least,
    }
    ruleset = {"deadlines": {"reply": {"months": 3}}, "criteria": {"measured": criterion}}
    return figures(measure, {"cases": SIX, "sports_earlier": rows}, period=PERIOD, ruleset=ruleset)[NAME]


@pytest.mark.parametrize(
    ("measure", "hits", "count"),
    [
        ("sports_on_time", 5, 6),
        ("sports_satisfied", 4, 5),
        ("sports_earlier_on_time", 4, 5),
        ("sports_earlier_satisfied", 3, 4),
    ],
)
def test_each_year_by_itself(measure: str, hits: int, count: int) -> None:
    figure = measured(measure)
    assert (figure.hits, figure.count) == (hits, count)


def test_pooled_over_the_years() -> None:
    on_time = measured("sports_on_time_pooled")
    assert (on_time.count, on_time.value) == (11, Fraction(9, 11))  # 5 + 4 of 6 + 5
    satisfied = measured("sports_satisfied_pooled")
    assert (satisfied.count, satisfied.value) == (9, Fraction(7, 9))  # 4 + 3 of 5 + 4


def test_the_bounds_say_how_sure_it_is() -> None:
    # The 2.5 % points at both ends of Beta(7.5, 2.5) for 7 of 9, of Beta(9.5, 2.5) for 9 of 11, found by adding up its density.
    expected = {
        "sports_satisfied_low": (9, "0.456176"),
        "sports_satisfied_high": (9, "0.950698"),
        "sports_on_time_low": (11, "0.532756"),
        "sports_on_time_high": (11, "0.960173"),
    }
    for measure, (count, bound) in expected.items():
        figure = measured(measure)
        assert figure.count == count
        assert round(figure.value or 0, 6) == Fraction(bound)


def test_too_few_cases_until_it_can_be_said() -> None:
    # This year alone has five ratings, all years nine: a criterion that wants eight can be said of these only.
    assert measured("sports_satisfied", at_least=8).status is Status.TOO_FEW_CASES
    assert measured("sports_satisfied_pooled", at_least=8).status is Status.MEASURED
    assert measured("sports_satisfied_low", at_least=8).status is Status.MEASURED
    assert measured("sports_satisfied_pooled", at_least=10).status is Status.TOO_FEW_CASES


def test_without_earlier_cases_the_pool_is_this_year() -> None:
    figure = measured("sports_satisfied_pooled", earlier=[])
    assert (figure.count, figure.value) == (5, Fraction(4, 5))


def test_without_any_rating_there_is_no_rate_and_no_bound() -> None:
    cases = [case(1, answer_rating=None)]
    earlier: list[Mapping[str, Any]] = [
        {"department": NAME, "year": 2022, "earlier_case": "1", "satisfied": None}
    ]
    tables = {"cases": cases, "sports_earlier": earlier}
    for measure in ("sports_satisfied_pooled", "sports_satisfied_low"):
        assert figures(measure, tables, period=PERIOD)[NAME].status is Status.NOT_APPLICABLE
