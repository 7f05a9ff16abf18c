"""Outreach, opinions and honours of the procuratorate, counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from duban import Row
from duban.errors import Stopped
from duban.results import Figure
from duban.terms import Status
from duban.testing import figures
from duban_harbin.procuratorate import Deputy, Event, Honour, Opinion

AS_OF = date(2024, 1, 31)
NAME = "市人民检察院"


def event(day: date, kind: Any, deputies: int | None) -> Event:
    return Event(department=NAME, held_on=day, kind=kind, deputies=deputies)


def deputy(name: str, day: date | None) -> Deputy:
    return Deputy(department=NAME, deputy=name, reached_on=day)


def opinion(number: int, raised: date, rectified: date | None) -> Opinion:
    return Opinion(department=NAME, opinion=str(number), raised_on=raised, rectified_on=rectified)


TABLES: Mapping[str, Sequence[Row]] = {
    "procuratorate_events": (
        event(date(2021, 1, 31), "visit", 100),  # three years ago to the day: over
        event(date(2021, 2, 1), "open_day", 20),
        event(date(2023, 5, 9), "hearing", 8),
        event(date(2023, 5, 9), "hearing", 8),  # two on one day are two
        event(date(2024, 1, 31), "visit", 2),  # on the day itself
        event(date(2023, 6, 1), "forum", None),  # held; nobody wrote down how many came
        event(date(2024, 2, 1), "open_day", 40),  # not yet held
    ),
    "procuratorate_roster": (
        deputy("甲", date(2021, 2, 1)),
        deputy("乙", date(2021, 1, 31)),  # too long ago
        deputy("丙", None),  # never
        deputy("丁", date(2024, 2, 1)),  # not yet
    ),
    "procuratorate_opinions": (
        opinion(1, date(2023, 3, 1), date(2023, 5, 30)),  # after 90 days, the last one
        opinion(2, date(2023, 3, 1), date(2023, 5, 31)),  # a day more
        opinion(3, date(2023, 11, 2), None),  # the 90 days end on 31 January
        opinion(4, date(2023, 11, 3), None),  # they end a day later: nobody can say
        opinion(5, date(2024, 1, 10), date(2024, 1, 20)),
        opinion(6, date(2023, 6, 2), date(2023, 6, 1)),  # rectified before it was raised: cannot be
        opinion(7, date(2024, 2, 1), None),  # not yet raised
    ),
    "procuratorate_honours": (
        Honour(department=NAME, motion="轻微刑事案件赔偿保证金", named_on=date(2023, 12, 20)),
        Honour(department=NAME, motion="旧案", named_on=date(2021, 1, 31)),
        Honour(department=NAME, motion="待评", named_on=date(2024, 2, 5)),
    ),
}


def found(measure: str, tables: Mapping[str, Sequence[Row]] = TABLES, **parameters: Any) -> Figure:
    return figures(
        measure,
        {**tables, "departments": [{"department": NAME}]},
        as_of=AS_OF,
        parameters=parameters,
        lenient=tables is TABLES,  # one of these opinions cannot be
    )[NAME]


def share(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


@pytest.mark.parametrize(
    ("measure", "parameters", "count", "value"),
    [
        # 20 + 8 + 8 + 2, over the four that say how many.
        ("procuratorate_person_times", {}, 4, 38),
        # A month more: also the 100.
        ("procuratorate_person_times", {"months": 37}, 5, 138),
        ("procuratorate_person_times", {"months": 12}, 3, 18),
        ("procuratorate_events_held", {}, 5, 5),
        ("procuratorate_events_of_kind", {}, 1, 1),
        ("procuratorate_events_of_kind", {"kind": "hearing"}, 2, 2),
        ("procuratorate_events_of_kind", {"kind": "visit", "months": 37}, 2, 2),
        ("procuratorate_events_of_kind", {"kind": "court_observation"}, 0, 0),
        ("procuratorate_excellent_motions", {}, 1, 1),
        ("procuratorate_excellent_motions", {"months": 37}, 2, 2),
    ],
)
def test_numbers_by_hand(measure: str, parameters: Mapping[str, Any], count: int, value: int) -> None:
    assert found(measure, **parameters) == Figure(Status.MEASURED, count, None, Fraction(value))


@pytest.mark.parametrize(
    ("as_of", "held_on", "counted"),
    [
        (date(2023, 2, 28), date(2020, 2, 29), 0),
        (date(2023, 2, 28), date(2020, 3, 1), 1),
        (date(2024, 2, 29), date(2021, 2, 28), 0),
        (date(2024, 2, 29), date(2021, 3, 1), 1),
    ],
)
def test_three_years_end_with_february_whatever_its_length(as_of: date, held_on: date, counted: int) -> None:
    held = figures(
        "procuratorate_events_held", {"procuratorate_events": [event(held_on, "visit", 1)]}, as_of=as_of
    )
    assert held[NAME].count == counted


def test_an_event_with_one_topic_entered_twice_stops_the_run() -> None:
    twice = Event(department=NAME, held_on=AS_OF, kind="visit", deputies=5, topic="公益诉讼")
    with pytest.raises(Stopped) as stopped:
        found("procuratorate_person_times", {"procuratorate_events": (twice, twice)})
    assert "duplicate_row" in set(stopped.value.findings["code"])


def test_the_share_of_deputies_reached_is_of_all_on_the_roster() -> None:
    assert found("procuratorate_reached") == share(1, 4)
    assert found("procuratorate_reached", months=37) == share(2, 4)


def test_a_deputy_twice_on_the_roster_stops_the_run() -> None:
    twice = {"procuratorate_roster": (deputy("甲", None), deputy("甲", date(2023, 5, 1)))}
    with pytest.raises(Stopped) as stopped:
        found("procuratorate_reached", twice)
    assert "duplicate_row" in set(stopped.value.findings["code"])


def test_opinions_rectified_in_time() -> None:
    # To be judged: 1 2 3 5 6; in time 1 and 5.
    assert found("procuratorate_rectified") == share(2, 5)
    # With 91 days also 2, and of 3 nobody can say yet.
    assert found("procuratorate_rectified", days=91) == share(3, 4)


def test_without_a_row_nobody_was_reached_and_nothing_can_be_said() -> None:
    nothing: dict[str, Sequence[Row]] = dict.fromkeys(TABLES, ())
    assert found("procuratorate_reached", nothing).status is Status.NOT_APPLICABLE
    assert found("procuratorate_events_held", nothing).value == 0
