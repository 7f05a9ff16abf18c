"""Made data of the civil affairs bureau: its rates of earlier years, and its joint work with co-handlers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from duban import Row
from duban_harbin.civil_affairs import History, Joint

NAME = "市民政局"
NO_JOINT_CONTACT = 4
# None above this year's: the record says that all three rates are at their highest ever.
EARLIER = (
    History(department=NAME, year=2020, indicator="on_time", percent=Decimal("96.3")),
    History(department=NAME, year=2020, indicator="met", percent=Decimal("81.5")),
    History(department=NAME, year=2020, indicator="satisfied", percent=Decimal("92.6")),
    History(department=NAME, year=2021, indicator="on_time", hits=28, counted=29),
    History(department=NAME, year=2021, indicator="met", hits=25, counted=29),
    History(department=NAME, year=2021, indicator="satisfied", hits=27, counted=29),
    History(department=NAME, year=2022, indicator="on_time", hits=30, counted=30),
    History(department=NAME, year=2022, indicator="met", hits=28, counted=30),
    History(department=NAME, year=2022, indicator="satisfied", hits=29, counted=30),
)


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the bureau's tables; districts, which the ledger does not list, are co-handlers too."""
    alone = random.sample(range(len(cases)), NO_JOINT_CONTACT)
    joint = [
        Joint(
            case_id=case["建议编号"],
            department=NAME,
            civil_co_handlers=random.randint(1, 3),
            civil_joint_contact_on=None if index in alone else before(case["答复日期"], random),
        )
        for index, case in enumerate(cases)
    ]
    return {"civil_history": EARLIER, "civil_joint": joint}


def before(reply: date, random: Random) -> date:
    """Return a day in the three weeks before the reply."""
    return reply - timedelta(random.randint(3, 21))
