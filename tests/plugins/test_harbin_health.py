"""The four links and the half year of the health commission, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.health import Links

NAME = "市卫生健康委员会"
PERIOD = (date(2023, 1, 1), date(2023, 12, 31))


def case(number: int, replied_on: date | None, **more: Any) -> Mapping[str, Any]:
    """Assigned on 15 March."""
    row = {"case_id": str(number), "department": NAME, "assigned_on": date(2023, 3, 15), "role": "主办"}
    return {**row, "replied_on": replied_on, **more}


def links(number: int, **more: Any) -> Links:
    """Every link kept, each on the last day that will do; the deputy contacted again on the day of the draft."""
    kept = {
        "health_responsible_on": date(2023, 3, 20),
        "health_contacted_before_on": date(2023, 4, 30),
        "health_drafted_on": date(2023, 5, 1),
        "health_contacted_after_on": date(2023, 5, 1),
        "health_passed_first": True,
        "health_milestones_planned": 3,
        "health_milestones_kept": 3,
    }
    return Links(case_id=str(number), department=NAME, **{**kept, **more})


CASES = (
    case(1, date(2023, 6, 30)),
    case(2, date(2023, 7, 1)),
    case(3, None),
    case(4, date(2023, 5, 20)),
    case(5, date(2023, 5, 20)),
    case(6, date(2023, 9, 1), assigned_on=date(2023, 7, 1)),  # came too late to be finished by June
    case(7, None, role="协办"),  # gives its opinion to others: has no draft of its own
)
LINKS = (
    links(1),
    # Named a day late; one talk on the day of the draft; passed the second time; one milestone missed.
    links(
        2,
        health_responsible_on=date(2023, 3, 21),
        health_contacted_before_on=date(2023, 5, 1),
        health_passed_first=False,
        health_milestones_kept=2,
    ),
    # Not yet answered, the draft with the deputy.
    links(3, health_contacted_after_on=date(2024, 1, 31)),
    # Talked to again only after the reply; no milestone planned; more kept than planned is no number.
    links(
        4,
        health_contacted_after_on=date(2023, 5, 21),
        health_milestones_planned=0,
        health_milestones_kept=0,
    ),
    links(5, health_milestones_kept=4, health_passed_first=None),
    # Of 6 there is no row: nothing is recorded.
    links(7),
)


def found(
    measure: str, rows: Sequence[Links] = LINKS, as_of: date = date(2024, 1, 31), **more: Any
) -> Figure:
    return figures(
        measure,
        {"cases": CASES, "health_links": rows},
        as_of=as_of,
        period=PERIOD,
        parameters=more,
        lenient=True,
    )[NAME]


def share(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


@pytest.mark.parametrize(
    ("measure", "parameters", "expected"),
    [
        # Came before July: 1 to 5; answered by 30 June: 1 4 5.
        ("health_half_year", {}, share(3, 5)),
        # By the end of July also 2; 6 came on 1 July and counts.
        ("health_half_year", {"months": 7}, share(4, 6)),
        # 1 to 6 count. Named within five days: 1 3 4 5; within six also 2.
        ("health_responsibility", {}, share(4, 6)),
        ("health_responsibility", {"days": 6}, share(5, 6)),
        # Before and after the draft: 1 3 5.
        ("health_exchange", {}, share(3, 6)),
        # Passed the first time: 1 3 4; of 5 nobody says.
        ("health_quality", {}, share(3, 6)),
        # All milestones kept: 1 and 3.
        ("health_progress", {}, share(2, 6)),
        ("health_all_links", {}, share(2, 6)),
        ("health_all_links", {"days": 4}, share(0, 6)),
    ],
)
def test_measure_by_hand(measure: str, parameters: Mapping[str, Any], expected: Figure) -> None:
    assert found(measure, **parameters) == expected


def test_before_the_day_is_over_nobody_can_say_of_what_is_open() -> None:
    # On 30 June 2023 the replies of 2 and 6 have not come, and 3 has time until midnight: 1 4 5 are answered.
    assert found("health_half_year", as_of=date(2023, 6, 30)) == share(3, 3)
    # A day later 2 is answered, too late, and 3 is open.
    assert found("health_half_year", as_of=date(2023, 7, 1)) == share(3, 5)


def test_a_contact_that_has_not_come_keeps_no_link() -> None:
    # On 30 January the talk about the draft of 3 is a day off.
    assert found("health_exchange", as_of=date(2024, 1, 30)) == share(2, 6)


def test_without_a_row_no_link_is_kept() -> None:
    assert found("health_all_links", rows=()) == share(0, 6)


def test_without_the_table_there_is_nothing_to_say() -> None:
    known = figures("health_all_links", {"cases": CASES}, period=PERIOD)[NAME]
    assert known.status is Status.NOT_AVAILABLE
