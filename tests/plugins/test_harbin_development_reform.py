"""Cases managed as projects, and typical cases that became general, counted by hand."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.development_reform import Converted, Managed

NAME = "市发展和改革委员会"


def case(number: int, replied_on: date | None, role: str = "主办") -> Mapping[str, Any]:
    return {
        "case_id": str(number),
        "department": NAME,
        "assigned_on": date(2023, 3, 15),
        "role": role,
        "replied_on": replied_on,
    }


def managed(
    number: int,
    as_project: bool | None,
    planned: int | None,
    kept: int | None,
    researched: date | None = None,
) -> Managed:
    return Managed(
        case_id=str(number),
        department=NAME,
        reform_managed_as_project=as_project,
        reform_milestones_planned=planned,
        reform_milestones_kept=kept,
        reform_researched_on=researched,
    )


def converted(number: int, kind: Any, issued_on: date) -> Converted:
    return Converted(case_id=str(number), department=NAME, kind=kind, issued_on=issued_on)


CASES = (
    *(case(number, date(2023, 6, 10)) for number in (1, 2, 3, 4)),
    case(5, None),
    case(6, None, "协办"),
)
MANAGED = (
    managed(1, True, 5, 4, date(2023, 3, 15)),  # on the day of assignment
    managed(2, True, 4, 4, date(2023, 6, 10)),  # on the day of the reply
    managed(3, True, 3, None, date(2023, 6, 11)),  # nobody says how many were kept; research after the reply
    managed(4, False, 9, 1, date(2023, 3, 14)),  # no project; research before the assignment
    managed(
        5, True, 2, 3, date(2024, 1, 31)
    ),  # more kept than planned: no number; still open, research today
    managed(6, True, 7, 7, date(2023, 5, 1)),  # a co-handler manages nothing
)
CONVERTED = (
    converted(1, "policy", date(2023, 11, 1)),
    converted(2, "project", date(2024, 1, 31)),
    converted(3, "project", date(2024, 2, 1)),  # not yet
)


def found(measure: str, rows: tuple[Managed, ...] = MANAGED, **parameters: Any) -> Figure:
    return figures(
        measure,
        {"cases": CASES, "reform_management": rows, "reform_conversions": CONVERTED},
        parameters=parameters,
        lenient=True,  # a row has a number that cannot be
    )[NAME]


@pytest.mark.parametrize(
    ("measure", "hits", "count"),
    [
        # 1 2 3 5 of 1 to 5.
        ("reform_managed", 4, 5),
        # 1 2 5.
        ("reform_researched", 3, 5),
    ],
)
def test_shares_by_hand(measure: str, hits: int, count: int) -> None:
    assert found(measure) == Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def test_milestones_are_added_before_they_are_divided() -> None:
    # Projects that say both, and can be: 1 and 2. Planned 5 + 4, kept 4 + 4.
    assert found("reform_milestones") == Figure(Status.MEASURED, 2, None, Fraction(9))
    assert found("reform_milestones_kept") == Figure(Status.MEASURED, 2, None, Fraction(8))
    assert found("reform_progress") == Figure(Status.MEASURED, 2, None, Fraction(8, 9))


def test_without_a_milestone_there_is_no_share() -> None:
    assert found("reform_progress", rows=(managed(1, True, 0, 0),)).status is Status.NOT_APPLICABLE
    assert found("reform_progress", rows=()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("parameters", [{}, {"kind": "policy"}, {"kind": "project"}])
def test_typical_cases_converted_to_one_of_the_two(parameters: Mapping[str, Any]) -> None:
    assert found("reform_converted_to", **parameters) == Figure(Status.MEASURED, 1, None, Fraction(1))


def test_typical_cases_converted() -> None:
    assert found("reform_converted") == Figure(Status.MEASURED, 2, None, Fraction(2))
