"""Made data of the public security bureau: at which stages it talked to the deputy, and what it solved along."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from duban import Row
from duban_harbin.public_security import Handling

NAME = "市公安局"
STAGES = ("办理前", "办理中", "答复后")
SOLVED_ALONG = (6, 2, 0)  # by the key-supervised cases, in the order of the ledger


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the bureau's tables; nobody was contacted at more stages than the ledger has contacts."""
    along = iter(SOLVED_ALONG)
    return {
        "police_handling": [
            Handling(
                case_id=case["建议编号"],
                department=NAME,
                police_contact_stages=stages(case["沟通次数"], random),
                police_solved_along=next(along, 0) if case["重点督办"] == "是" else None,
            )
            for case in cases
        ]
    }


def stages(contacts: int, random: Random) -> str:
    """Return the stages of so many contacts as clerks write them, in their order."""
    chosen = random.sample(STAGES, min(contacts, len(STAGES)))
    return "、".join(sorted(chosen, key=STAGES.index)) or "未沟通"
