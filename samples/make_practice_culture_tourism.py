"""Made data of the culture and tourism bureau: the opinions that it asked for in rounds, and the days of earlier years."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from duban import Row
from duban_harbin.culture_tourism import History, Rounds

NAME = "市文化广电和旅游局"
SATISFIED = ("满意", "很满意")
# What was said before a satisfied answer, in as many cases.
BEFORE_SATISFIED = (
    ("基本满意",),
    ("基本满意",),
    ("不满意", "基本满意"),
    ("不满意",),
    ("基本满意",),
    ("满意", "基本满意"),
    ("满意", "不满意"),
)
BEFORE_OTHERS = {"基本满意": ("满意",), "不满意": ("基本满意",)}
EARLIER = (
    History(department=NAME, year=2021, days=Decimal(83)),
    History(department=NAME, year=2022, days=Decimal("78.5")),
)


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the bureau's tables; the last opinion of a path is the ledger's rating of the answer."""
    satisfied = [case for case in cases if case["答复评价"] in SATISFIED]
    # Those answered in a second round first, then those who were talked to more than once.
    random.shuffle(satisfied)
    satisfied.sort(key=lambda case: (case["办理轮次"] == 1, case["沟通次数"] < 2))
    earlier = {case["建议编号"]: said for case, said in zip(satisfied, BEFORE_SATISFIED, strict=False)}
    paths = [
        Rounds(case_id=case["建议编号"], department=NAME, culture_path=path(case, earlier)) for case in cases
    ]
    return {"culture_rounds": paths, "culture_history": EARLIER}


def path(case: Mapping[str, Any], earlier: Mapping[str, Sequence[str]]) -> str | None:
    """Return the opinions of a case in their order; nothing where the answer was not rated."""
    last = case["答复评价"]
    said = earlier.get(case["建议编号"], BEFORE_OTHERS.get(last, ()))
    return None if last is None else "→".join((*said, last))
