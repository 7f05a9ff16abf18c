"""Housing: at once, absorbed, long-term, each on its own clock with its own proof, counted by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures

NAME = "市住房和城乡建设局"
ASSIGNED = date(2023, 3, 15)


def case(number: int, **cells: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the ledger's row and the row of the sorting; `assigned_on` goes into the ledger."""
    key = {"case_id": str(number), "department": NAME}
    ledger = key | {"assigned_on": cells.pop("assigned_on", ASSIGNED)}
    return ledger, key | {
        "housing_class": None,
        "housing_done_on": None,
        "housing_planned_for": None,
        "housing_proof": None,
    } | cells


CASES = [
    # At once: day 30 is 14 April.
    case(1, housing_class="at_once", housing_done_on=date(2023, 4, 14), housing_proof="验〔2023〕1号"),
    case(2, housing_class="at_once", housing_done_on=date(2023, 4, 15), housing_proof="验〔2023〕2号"),
    case(3, housing_class="at_once", housing_done_on=date(2023, 4, 1)),  # no proof
    case(4, housing_class="at_once", housing_proof="验〔2023〕4号"),  # never done, the clock has run out
    # Assigned on 2 January 2024: 30 days end on 1 February, after as_of; not done, so nobody can say.
    case(5, housing_class="at_once", assigned_on=date(2024, 1, 2)),
    # One day earlier the clock ends on the day of judgement: not done.
    case(6, housing_class="at_once", assigned_on=date(2024, 1, 1)),
    # Absorbed: by the planned date, or by the end of the year of assignment.
    case(
        11,
        housing_class="absorbed",
        housing_planned_for=date(2023, 10, 1),
        housing_done_on=date(2023, 10, 1),
        housing_proof="计1",
    ),
    case(
        12,
        housing_class="absorbed",
        housing_planned_for=date(2023, 10, 1),
        housing_done_on=date(2023, 10, 2),
        housing_proof="计2",
    ),
    case(13, housing_class="absorbed", housing_done_on=date(2023, 12, 31), housing_proof="计3"),
    case(14, housing_class="absorbed", housing_done_on=date(2024, 1, 1), housing_proof="计4"),
    # Planned for the day after as_of: nobody can say.
    case(15, housing_class="absorbed", housing_planned_for=date(2024, 2, 1)),
    # Done after as_of is not done yet; planned for as_of, so it is due.
    case(
        16,
        housing_class="absorbed",
        housing_planned_for=date(2024, 1, 31),
        housing_done_on=date(2024, 2, 1),
        housing_proof="计6",
    ),
    # Long-term: a plan and a date; once the date has come, done.
    case(21, housing_class="long_term", housing_planned_for=date(2025, 12, 31), housing_proof="规1"),
    case(22, housing_class="long_term", housing_planned_for=date(2025, 12, 31)),
    case(23, housing_class="long_term", housing_proof="规3"),
    case(24, housing_class="long_term", housing_planned_for=date(2024, 1, 31), housing_proof="规4"),
    case(
        25,
        housing_class="long_term",
        housing_planned_for=date(2024, 1, 31),
        housing_done_on=date(2024, 1, 31),
        housing_proof="规5",
    ),
    case(26, housing_class="long_term", housing_planned_for=date(2023, 3, 14), housing_proof="规6"),
    # Not sorted.
    case(31),
]


def measured(measure: str, **parameters: Any) -> Figure:
    """Return the figure of the department over the cases above."""
    tables = {"cases": [case[0] for case in CASES], "housing_sorting": [case[1] for case in CASES]}
    return figures(measure, tables, parameters=parameters)[NAME]


@pytest.mark.parametrize(
    ("measure", "parameters", "hits", "count"),
    [
        # All but 31.
        ("housing_sorted", {}, 18, 19),
        # Said of 1 2 3 4 6; kept with proof: 1. With 31 days also 2, and 6 can no longer be said.
        ("housing_at_once_kept", {}, 1, 5),
        ("housing_at_once_kept", {"days": 31}, 2, 4),
        # Said of 11 12 13 14 16; kept: 11 13.
        ("housing_absorbed_kept", {}, 2, 5),
        # Plan and date: 21 24 25; 26 is planned for before its assignment.
        ("housing_long_term_planned", {}, 3, 6),
        # 24 has come to its date undone.
        ("housing_long_term_kept", {}, 2, 6),
        # 1 + 2 + 2 of 5 + 5 + 6.
        ("housing_kept", {}, 5, 16),
        ("housing_kept", {"days": 31}, 6, 15),
    ],
)
def test_each_class_is_kept_on_its_own_clock(
    measure: str, parameters: Mapping[str, Any], hits: int, count: int
) -> None:
    figure = measured(measure, **parameters)
    assert (figure.hits, figure.count) == (hits, count)


def test_an_empty_sheet_sorts_nothing() -> None:
    tables = {"cases": [CASES[0][0]], "housing_sorting": []}
    figure = figures("housing_sorted", tables)[NAME]
    assert (figure.hits, figure.count) == (0, 1)
    assert figures("housing_kept", tables)[NAME].status is Status.NOT_APPLICABLE


def test_without_the_sheet_nothing_can_be_measured() -> None:
    assert figures("housing_kept", {"cases": [CASES[0][0]]})[NAME].status is Status.NOT_AVAILABLE
