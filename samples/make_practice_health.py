"""The health commission's part of the sample: the four links of its 46 cases; the number is published, the rest made up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import duban
from duban_harbin.health import Links

NAME = "市卫生健康委员会"
# How many cases miss each link; no case misses two.
NAMED_LATE, NOT_CONTACTED_AGAIN, NOT_PASSED, MILESTONE_MISSED = 2, 2, 3, 2


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[duban.Row]]:
    """Return the commission's table, one row a case."""
    missed = ["named"] * NAMED_LATE + ["contact"] * NOT_CONTACTED_AGAIN
    missed += ["review"] * NOT_PASSED + ["milestone"] * MILESTONE_MISSED
    chosen = dict(zip(random.sample(range(len(cases)), len(missed)), missed, strict=True))
    return {"health_links": [links(random, row, chosen.get(place)) for place, row in enumerate(cases)]}


def links(random: Random, row: Mapping[str, Any], missed: str | None) -> Links:
    """Return the links of one case: talked to, drafted, talked to again, answered, in this order."""
    assigned, talked, replied = row["交办日期"], row["首次沟通"], row["答复日期"]
    drafted = talked + timedelta(random.randint(2, (replied - talked).days // 2))
    again = drafted + timedelta(random.randint(1, (replied - drafted).days))
    planned = random.randint(3, 5)
    return Links(
        case_id=row["建议编号"],
        department=NAME,
        health_responsible_on=assigned
        + timedelta(random.randint(6, 9) if missed == "named" else random.randint(1, 5)),
        health_contacted_before_on=talked,
        health_drafted_on=drafted,
        health_contacted_after_on=None if missed == "contact" else again,
        health_passed_first=missed != "review",
        health_milestones_planned=planned,
        health_milestones_kept=planned - (missed == "milestone"),
    )
