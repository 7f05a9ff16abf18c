"""The industry bureau's part of the sample: policies that came of cases, and support paid to firms; all made up."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duban
from duban_harbin.industry import Policy, Support

NAME = "市工业和信息化局"
POLICIES = ("制造业数字化转型", "中小企业纾困", "数字经济发展", "工业互联网平台", "专精特新企业培育")
FIRMS = tuple(f"示例企业{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑")
PAID_IN_PART, NOT_PAID = 2, 1


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[duban.Row]]:
    """Return the bureau's tables."""
    return {"industry_policies": policies(random, cases), "industry_support": support(random)}


def policies(random: Random, cases: Sequence[Mapping[str, Any]]) -> Sequence[Policy]:
    """Return one policy a topic, each from a resolved case, some weeks after its answer."""
    resolved = [row for row in cases if row["办理结果"] == "A"]
    return [
        Policy(
            case_id=row["建议编号"],
            department=NAME,
            document_number=f"示例工信〔2023〕{number}号",
            policy=f"{topic}若干措施（示例）",
            adopted_on=row["答复日期"] + timedelta(random.randint(15, 45)),
        )
        for number, (row, topic) in enumerate(
            zip(random.sample(resolved, len(POLICIES)), POLICIES, strict=True), start=1
        )
    ]


def support(random: Random) -> Sequence[Support]:
    """Return one promise a firm, due by the end of the year, most of them paid in full."""
    unusual = random.sample(FIRMS, PAID_IN_PART + NOT_PAID)
    part, never = unusual[:PAID_IN_PART], unusual[PAID_IN_PART:]
    promises = []
    for number, firm in enumerate(FIRMS, start=1):
        promised = Decimal(random.randrange(200, 3000, 5)) / 10
        paid = promised * 4 / 5 if firm in part else promised
        day = date(2023, 6, 1) + timedelta(random.randrange(200))
        promises.append(
            Support(
                department=NAME,
                promise=f"兑现{number:02d}",
                firm=firm,
                promised=promised,
                due_on=date(2023, 12, 31),
                paid=None if firm in never else paid,
                paid_on=None if firm in never else day,
            )
        )
    return promises
