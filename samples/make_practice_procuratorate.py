"""The procuratorate's part of the sample: 683 person-times in three years and one excellent motion, published; the rest made up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, get_args

import duban
from duban_harbin.procuratorate import Deputy, Event, Honour, Kind, Opinion

NAME = "市人民检察院"
PERSON_TIMES = 683
EVENTS = 57
FEWEST = 4
ROSTER = tuple(f"代表{number:03d}" for number in range(1, 481))
REACHED = 445
FIRST_DAY = date(2021, 2, 22)
OPINIONS = 40
RECTIFIED_LATE = 3
NOT_RECTIFIED = 2


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[duban.Row]]:
    """Return the procuratorate's tables."""
    held = events(random)
    return {
        "procuratorate_events": held,
        "procuratorate_roster": roster(random, held),
        "procuratorate_opinions": opinions(random),
        "procuratorate_honours": [
            Honour(
                department=NAME,
                motion="关于建立轻微刑事案件赔偿保证金制度的议案",
                named_on=date(2023, 12, 28),
            )
        ],
    }


def events(random: Random) -> Sequence[Event]:
    """Return the events of three years, by day, with the published number of person-times in all."""
    days = sorted(FIRST_DAY + timedelta(random.randrange(1040)) for _ in range(EVENTS))
    came = [FEWEST] * EVENTS
    for _ in range(PERSON_TIMES - FEWEST * EVENTS):
        came[random.randrange(EVENTS)] += 1
    return [
        Event(department=NAME, held_on=day, kind=random.choice(get_args(Kind)), deputies=number)
        for day, number in zip(days, came, strict=True)
    ]


def roster(random: Random, held: Sequence[Event]) -> Sequence[Deputy]:
    """Return every deputy with the last event they came to; those who come at all take turns."""
    turns = random.sample(ROSTER, REACHED)
    last: dict[str, date] = {}
    seat = 0
    for event in held:
        for _ in range(event.deputies or 0):
            last[turns[seat % REACHED]] = event.held_on
            seat += 1
    return [Deputy(department=NAME, deputy=name, reached_on=last.get(name)) for name in ROSTER]


def opinions(random: Random) -> Sequence[Opinion]:
    """Return a year's opinions, most of them rectified within three months."""
    days = sorted(date(2023, 1, 9) + timedelta(random.randrange(270)) for _ in range(OPINIONS))
    unusual = random.sample(range(OPINIONS), RECTIFIED_LATE + NOT_RECTIFIED)
    late, never = unusual[:RECTIFIED_LATE], unusual[RECTIFIED_LATE:]
    return [
        Opinion(
            department=NAME,
            opinion=f"意见{place + 1:02d}",
            deputy=random.choice(ROSTER),
            raised_on=day,
            rectified_on=None
            if place in never
            else day + timedelta(random.randint(91, 110) if place in late else random.randint(20, 85)),
        )
        for place, day in enumerate(days)
    ]
