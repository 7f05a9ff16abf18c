"""Culture and tourism: the course of a rating from round to round, and the pace against last year, counted by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.culture_tourism import courses, numbers_of_rounds

NAME = "市文化广电和旅游局"
PERIOD = (date(2023, 1, 1), date(2023, 12, 31))
ASSIGNED = date(2023, 3, 1)
PATHS = [
    "满意",  # steady, one round: says nothing of a conversion
    "很满意→满意",  # steady
    "不满意→基本满意→满意",  # converted
    "满意→不满意→满意",  # recovered
    "满意→基本满意",  # slipped
    "不满意",  # unsatisfied
    "基本满意→不满意",  # unsatisfied
    "满意→还行",  # a word that is no rating
    None,
]


def tables(paths: list[str | None]) -> Mapping[str, list[dict[str, Any]]]:
    """Return one case a path."""
    keys = [{"case_id": str(number), "department": NAME} for number in range(len(paths))]
    return {
        "cases": [key | {"assigned_on": ASSIGNED} for key in keys],
        "culture_rounds": [key | {"culture_path": path} for key, path in zip(keys, paths, strict=True)],
    }


def test_conversion_is_the_share_that_ends_satisfied_of_those_asked_again_or_not_satisfied() -> None:
    # Two rounds or more: 2 3 4 5 7; unsatisfied in one: 6. Satisfied in the end: 2 3 4.
    figure = figures("culture_conversion", tables(PATHS))[NAME]
    assert (figure.hits, figure.count) == (3, 6)


def test_slipped_is_a_number_and_recovered_a_share_of_those_that_had_slipped() -> None:
    assert figures("culture_slipped", tables(PATHS))[NAME].value == 1
    figure = figures("culture_recovered", tables(PATHS))[NAME]
    assert (figure.hits, figure.count) == (1, 2)


def test_nothing_to_convert_is_not_applicable() -> None:
    assert figures("culture_conversion", tables(["满意", None]))[NAME].status is Status.NOT_APPLICABLE
    empty = {"cases": tables([None])["cases"], "culture_rounds": []}
    assert figures("culture_conversion", empty)[NAME].status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("path", "course", "rounds"),
    [
        ("满意", "steady", 1),
        ("非常满意 -> 满意", "steady", 2),
        ("满意，很满意", "steady", 2),
        ("基本满意→满意", "converted", 2),
        ("不满意—>基本满意—>满意—>很满意", "converted", 4),
        ("满意→基本满意→满意", "recovered", 3),
        ("不满意→满意→不满意→满意", "recovered", 4),
        ("很满意→不满意", "slipped", 2),
        ("不满意→满意→基本满意", "slipped", 3),
        ("基本满意", "unsatisfied", 1),
        ("不满意→基本满意", "unsatisfied", 2),
        ("满意→", None, None),
        ("满意→未反馈", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_path_has_one_course(path: str | None, course: str | None, rounds: int | None) -> None:
    frame = pd.DataFrame({"culture_path": pd.Series([path], dtype="object")})
    (found,), (number,) = courses(frame), numbers_of_rounds(frame)
    assert (None if pd.isna(found) else found) == course
    assert (None if pd.isna(number) else int(number)) == rounds


def paced(measure: str, days: list[int], last_year: object, year: int = 2022) -> Figure:
    """Return the figure of cases answered after so many days, with the median of an earlier year."""
    cases = [
        {
            "case_id": str(number),
            "department": NAME,
            "assigned_on": ASSIGNED,
            "replied_on": ASSIGNED + timedelta(taken),
            "role": "lead",
        }
        for number, taken in enumerate(days)
    ]
    # A co-handler's opinion after a day, and a case that has no answer on the day of judgement.
    cases.append(cases[0] | {"case_id": "co", "role": "co", "replied_on": ASSIGNED + timedelta(1)})
    cases.append(cases[0] | {"case_id": "later", "replied_on": date(2024, 2, 1)})
    history = [{"department": NAME, "year": year, "days": last_year}]
    return figures(measure, {"cases": cases, "culture_history": history}, period=PERIOD)[NAME]


def test_the_median_is_of_the_cases_handled_and_answered() -> None:
    # 60 70 80 90: half of four is two, the second is 70.
    figure = paced("culture_days", [90, 60, 80, 70], 84)
    assert (figure.count, figure.value) == (4, Fraction(70))


def test_days_saved_and_pace_against_last_year() -> None:
    assert paced("culture_days_saved", [60, 70, 80], "84.5").value == Fraction(29, 2)  # 84.5 - 70
    assert paced("culture_pace", [60, 70, 80], "84.5").value == 1  # faster
    assert paced("culture_pace", [60, 70, 80], 70).value == 1  # as fast
    slower = paced("culture_pace", [60, 70, 80], 63)
    assert (slower.count, slower.value) == (3, Fraction(9, 10))  # 63 / 70
    assert paced("culture_pace", [0], 0).value == 1


def test_without_last_year_there_is_nothing_to_compare_with() -> None:
    # Only the year before last is known, or last year without its days.
    assert paced("culture_pace", [70], 84, year=2021).status is Status.NOT_APPLICABLE
    assert paced("culture_days_saved", [70], None).status is Status.NOT_APPLICABLE
