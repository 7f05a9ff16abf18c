"""The office's measures over cases that it coordinates, counted by hand; who handles them is somebody else."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.government_office import Coordinated

AS_OF = date(2023, 12, 31)
OFFICE = "市人民政府办公厅"


def coordinated(number: int, **more: Any) -> Coordinated:
    """Assigned on 15 March, due on 15 June, to the police; the rest blank."""
    given = {"assigned_on": date(2023, 3, 15), "due_on": date(2023, 6, 15), **more}
    return Coordinated(department=OFFICE, coordinated_case=str(number), handled_by="市公安局", **given)


ROWS = (
    # 7 days, the last one in time; urged at every stage; answered on the last day; satisfied twice
    coordinated(
        1,
        distributed_on=date(2023, 3, 22),
        urged_at_distribution_on=date(2023, 3, 20),
        urged_in_handling_on=date(2023, 5, 10),
        urged_after_answer_on=date(2023, 8, 1),
        replied_on=date(2023, 6, 15),
        answer_rating="satisfied",
        result_rating="very_satisfied",
    ),
    # 8 days, one too many; urged in handling only; answered a day late; satisfied, then partly satisfied
    coordinated(
        2,
        distributed_on=date(2023, 3, 23),
        urged_in_handling_on=date(2023, 6, 1),
        replied_on=date(2023, 6, 16),
        answer_rating="very_satisfied",
        result_rating="basically_satisfied",
    ),
    # 1 day; answered, but nobody rated the result
    coordinated(3, distributed_on=date(2023, 3, 16), replied_on=date(2023, 5, 1), answer_rating="satisfied"),
    # never distributed, never answered: too late with both
    coordinated(4, urged_at_distribution_on=date(2023, 4, 3)),
    # "distributed" before it was assigned: in no time that can be, so not in time; no due date; partly satisfied
    coordinated(
        5,
        distributed_on=date(2023, 3, 14),
        due_on=None,
        replied_on=date(2023, 5, 1),
        answer_rating="basically_satisfied",
        result_rating="satisfied",
    ),
    # assigned six days before the day of judging, on its way: nobody can say; what comes later has not come
    coordinated(
        6,
        assigned_on=date(2023, 12, 25),
        distributed_on=date(2024, 1, 1),
        due_on=date(2024, 3, 25),
        replied_on=date(2024, 1, 20),
        answer_rating="satisfied",
        result_rating="satisfied",
    ),
    # assigned after the day of judging: not there yet
    coordinated(7, assigned_on=date(2024, 1, 1), due_on=date(2024, 4, 1)),
)


def share(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def found(measure: str, *rows: Coordinated, **parameters: Any) -> Mapping[str, Figure]:
    departments = [{"department": OFFICE}, {"department": "市公安局"}]
    return figures(
        measure,
        {"office_coordination": rows, "departments": departments},
        as_of=AS_OF,
        parameters=parameters,
        lenient=True,  # a row has a day that cannot be
    )


@pytest.mark.parametrize(
    ("measure", "parameters", "expected"),
    [
        ("office_coordinated", {}, Figure(Status.MEASURED, 6, None, Fraction(6))),
        # Days 7, 8, 1 (case 5 has none that can be): in order 1, 7, 8.
        ("office_distribution_days", {}, Figure(Status.MEASURED, 3, None, Fraction(7))),
        ("office_distribution_days", {"quantile": 1}, Figure(Status.MEASURED, 3, None, Fraction(8))),
        # 1 to 5 are to be judged; 1 and 3 came within 7 days, 2 within 8.
        ("office_distributed_within", {"days": 7}, share(2, 5)),
        ("office_distributed_within", {"days": 8}, share(3, 5)),
        # With six days case 6 is over time on the very day; 1 needed seven.
        ("office_distributed_within", {"days": 6}, share(1, 6)),
        # Assigned: 1 to 6, urged 1 and 4. Distributed: 1 2 3 5, urged 1 and 2. Answered: the same four, urged 1.
        ("office_urged_distribution", {}, share(2, 6)),
        ("office_urged_handling", {}, share(2, 4)),
        ("office_urged_after_answer", {}, share(1, 4)),
        ("office_urged_throughout", {}, share(1, 4)),
        # With a due date and due or answered: 1 2 3 4; in time 1 and 3.
        ("office_on_time", {}, share(2, 4)),
        # Satisfied with the answer and the result rated: 1 and 2; with partly satisfied also 5.
        ("office_answer_to_result", {}, share(1, 2)),
        ("office_answer_to_result", {"accept": "basically_satisfied"}, share(3, 3)),
    ],
)
def test_measure_by_hand(measure: str, parameters: Mapping[str, Any], expected: Figure) -> None:
    assert found(measure, *ROWS, **parameters)[OFFICE] == expected


def test_no_case_is_counted_for_who_handles_it() -> None:
    assert found("office_coordinated", *ROWS)["市公安局"].count == 0


def test_the_ledger_counts_a_coordinated_case_once_for_who_handles_it() -> None:
    ledger = [{"case_id": "1", "department": "市公安局", "assigned_on": date(2023, 3, 15)}]
    counted = figures("cases", {"cases": ledger, "office_coordination": ROWS}, as_of=AS_OF, lenient=True)
    assert {name: figure.count for name, figure in counted.items()} == {OFFICE: 0, "市公安局": 1}


@pytest.mark.parametrize("measure", ["office_distribution_days", "office_distributed_within"])
def test_without_a_row_there_is_nothing_to_say(measure: str) -> None:
    assert found(measure)[OFFICE] == Figure(Status.NOT_APPLICABLE, 0, found(measure)[OFFICE].hits, None)
