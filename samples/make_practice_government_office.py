"""The government office's part of the sample: the 454 suggestions that it coordinates, published; the rest made up.

Those of the ledger's government departments are among them, with the ledger's own dates and ratings; the others belong to
departments that the ledger does not have. The procuratorate is no part of the government, and its own cases are not the office's to coordinate.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import duban
from duban_harbin.government_office import RATINGS, Coordinated

NAME = "市人民政府办公厅"
COORDINATED = 454
NOT_COORDINATED = (
    NAME,
    "市政府办公厅",
    "哈尔滨市人民政府办公厅",
    "市人民检察院",
    "市检察院",
    "哈尔滨市人民检察院",
)
ELSEWHERE = ("市教育局", "市交通运输局", "市水务局", "市农业农村局", "市生态环境局", "市城市管理局")
ASSIGNED = date(2023, 3, 15)
LABELS: Mapping[str, Any] = {words[0]: label for label, words in RATINGS.items()}


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[duban.Row]]:
    """Return the office's table; `cases` are the lead rows of all departments."""
    known = [row for row in cases if row["承办单位"] not in NOT_COORDINATED]
    others = list(elsewhere(random, COORDINATED - len(known), len(cases)))
    return {"office_coordination": [coordinated(random, row) for row in (*known, *others)]}


def elsewhere(random: Random, number: int, taken: int) -> Iterator[Mapping[str, Any]]:
    """Yield cases of departments that are not in the ledger, numbered after those that are."""
    for place in range(number):
        waited = random.randint(1, 6)
        yield {
            "建议编号": f"2023-{taken + place + 1:03d}",
            "承办单位": random.choice(ELSEWHERE),
            "交办日期": ASSIGNED,
            "签收日期": ASSIGNED + timedelta(waited),
            "答复日期": ASSIGNED + timedelta(random.randint(55, 88)),
            "答复评价": random.choice(("很满意", "满意", "满意", "满意", "基本满意")),
            "结果评价": random.choice(("很满意", "满意", "满意", "满意", "满意", "基本满意", None)),
        }


def coordinated(random: Random, row: Mapping[str, Any]) -> Coordinated:
    """Return one case as the office sees it: it reached the department before it was signed for."""
    assigned, replied = row["交办日期"], row["答复日期"]
    waited = random.randint(1, (row["签收日期"] - assigned).days)
    return Coordinated(
        department=NAME,
        coordinated_case=row["建议编号"],
        handled_by=row["承办单位"],
        assigned_on=assigned,
        distributed_on=assigned + timedelta(waited),
        urged_at_distribution_on=assigned + timedelta(1) if random.random() < 0.9 else None,
        urged_in_handling_on=assigned + timedelta(random.randint(25, 50)) if random.random() < 0.9 else None,
        urged_after_answer_on=replied + timedelta(random.randint(20, 50)) if random.random() < 0.8 else None,
        due_on=row.get("延期至") or three_months_after(assigned),
        replied_on=replied,
        answer_rating=LABELS.get(row["答复评价"]),
        result_rating=LABELS.get(row["结果评价"]),
    )


def three_months_after(day: date) -> date:
    """Return the day three months later, which the ledger's days never carry into the next year."""
    month = day.month + 3
    return day.replace(month=month, day=min(day.day, monthrange(day.year, month)[1]))
