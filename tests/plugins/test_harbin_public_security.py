"""Public security: rates by level, contact at several stages, and what key-supervised cases spread to, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from duban.terms import Status
from duban.testing import figures
from duban_harbin.public_security import stages_contacted

NAME = "市公安局"
RULESET = {"deadlines": {"reply": {"months": 3}}}


def case(number: int, level: str | None = "municipal", **cells: Any) -> Mapping[str, Any]:
    """Assigned on 1 March 2023, so due on 1 June; everything else blank."""
    blank = {"replied_on": None, "contact_mode": None, "answer_rating": None, "key_supervised": None}
    key = {"case_id": str(number), "department": NAME, "assigned_on": date(2023, 3, 1), "level": level}
    return {**key, **blank, **cells}


CASES = [
    case(
        1,
        "provincial",
        replied_on=date(2023, 6, 1),
        contact_mode="in_person",
        answer_rating="very_satisfied",
        key_supervised=True,
    ),
    case(
        2,
        "provincial",
        replied_on=date(2023, 6, 2),
        contact_mode="none",
        answer_rating="basically_satisfied",
        key_supervised=True,
    ),
    case(3, replied_on=date(2023, 5, 1), contact_mode="phone", answer_rating="satisfied"),
    case(4, replied_on=date(2023, 5, 2), contact_mode="written", key_supervised=True),
    # Answered after as_of: not answered on the day of judgement, its rating not yet given.
    case(5, replied_on=date(2024, 2, 1), answer_rating="satisfied", key_supervised=False),
    # Assigned so late that it is not yet due.
    case(6, assigned_on=date(2024, 1, 2)),
    # No level: of no level.
    case(7, None, replied_on=date(2023, 5, 1), contact_mode="phone", answer_rating="satisfied"),
]
HANDLING = [
    ("1", "办理前、办理中、答复后", 3),
    ("2", "办理中", 0),
    ("3", "办理前、办理前", None),
    ("4", "办理前、答复后", None),
    ("5", "办理前、办理中", 5),
    ("7", None, None),
]
TABLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "cases": CASES,
    "police_handling": [
        {
            "case_id": number,
            "department": NAME,
            "police_contact_stages": stages,
            "police_solved_along": problems,
        }
        for number, stages, problems in HANDLING
    ],
}


@pytest.mark.parametrize(
    ("measure", "parameters", "hits", "count"),
    [
        # Due or answered: 3 4 5; 6 is not due. In time: 3 4.
        ("police_on_time", {}, 2, 3),
        # 1 on the last day, 2 a day late.
        ("police_on_time", {"level": "provincial"}, 1, 2),
        # 3 and 4; of 5 and 6 nothing is known.
        ("police_contacted", {}, 2, 4),
        ("police_contacted", {"level": "provincial"}, 1, 2),
        # Rated: 3.
        ("police_satisfied", {}, 1, 1),
        ("police_satisfied", {"level": "provincial"}, 1, 2),
        # Answered: 1 2 3 4 7. Stages: 3, 1, 1 (twice the same), 2, unknown.
        ("police_whole_process_contact", {}, 2, 5),
        ("police_whole_process_contact", {"stages": 1}, 4, 5),
        ("police_whole_process_contact", {"stages": 3}, 1, 5),
        # Key-supervised: 1 2 4; 1 solved three others, 2 none, 4 does not say.
        ("police_spread", {}, 1, 3),
        ("police_spread", {"problems": 4}, 0, 3),
    ],
)
def test_shares(measure: str, parameters: Mapping[str, Any], hits: int, count: int) -> None:
    figure = figures(measure, TABLES, ruleset=RULESET, parameters=parameters)[NAME]
    assert (figure.hits, figure.count) == (hits, count)


def test_problems_solved_along_are_added_up_over_the_cases_that_say_how_many() -> None:
    figure = figures("police_solved_along_total", TABLES, ruleset=RULESET)[NAME]
    assert (figure.count, figure.value) == (2, Fraction(3))


def test_a_level_without_a_case_is_not_applicable() -> None:
    figure = figures("police_on_time", TABLES, ruleset=RULESET, parameters={"level": "national"})[NAME]
    assert figure.status is Status.NOT_APPLICABLE


def test_an_empty_sheet_shows_no_contact() -> None:
    figure = figures("police_whole_process_contact", {"cases": CASES, "police_handling": []})[NAME]
    assert (figure.hits, figure.count) == (0, 5)


@pytest.mark.parametrize(
    ("cell", "stages"),
    [
        ("办理前、办理中、答复后", 3),
        ("办前，办后", 2),
        ("办理中和答复前", 1),  # both are during the handling
        (" 办理前 / 办理后 ", 2),
        ("未沟通", 0),
        ("无", 0),
        ("多次", None),
        ("办理前、多次", None),  # at two stages or at one: nobody can say
        ("无、办理前", None),
        ("、", None),
        ("", None),
        (None, None),
    ],
)
def test_stages_are_read_from_one_cell(cell: str | None, stages: int | None) -> None:
    frame = pd.DataFrame({"police_contact_stages": pd.Series([cell], dtype="object")})
    (found,) = stages_contacted(frame)
    assert (None if pd.isna(found) else int(found)) == stages


def test_a_batch_may_be_empty() -> None:
    assert stages_contacted(pd.DataFrame({"police_contact_stages": pd.Series([], dtype="object")})).empty
