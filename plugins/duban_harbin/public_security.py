"""Public security bureau 市公安局: three rates at full marks, contact all the way through, one case that solves many.

The record tells of 63 cases in 2023, 2 provincial and 61 municipal counted together, and of full marks for the on-time rate,
contact and satisfaction: so the three rates are counted by level. A criterion in which everybody has full marks decides
nothing; what tells departments apart is how they got there, hence the contacts at several stages, and what a
key-supervised case spread to. The paragraph of the municipal works department repeats this one word for word: one source.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from duban import Aggregate, DerivedColumn, Measure, Parameter, column, table

from .common import HANDLED, SOURCE, CaseRow, wrong_number

if TYPE_CHECKING:
    import pandas as pd

STAGES: Mapping[str, str] = {
    "办理前": "before",
    "办前": "before",
    "办理中": "during",
    "办中": "during",
    "答复前": "during",
    "答复后": "after",
    "办理后": "after",
    "办后": "after",
}
NO_CONTACT = ("无", "未沟通")
BETWEEN_STAGES = re.compile(r"[\s、，,；;/和及]+")
LEVEL = Parameter(
    str,
    default="municipal",
    choices=("national", "provincial", "municipal", "county", "township"),
    title="层级",
)


class Handling(CaseRow):
    """What the bureau notes of a case beside the ledger."""

    police_contact_stages: str | None = column(
        "沟通环节", "沟通阶段", "各环节沟通", title_en="Stages at which the deputy was contacted"
    )
    police_solved_along: int | None = column(
        "带动解决同类问题数", "解决同类问题数", title_en="Problems of the same kind solved along", unit="个"
    )


def stages_contacted(frame: "pd.DataFrame") -> "pd.Series[int]":
    """Return at how many distinct stages each cell tells of a contact; unknown where it holds any other word."""
    import pandas as pd

    counts = [_stages_in(cell) for cell in frame["police_contact_stages"]]
    return pd.Series(counts, index=frame.index, dtype="Int64")


def _stages_in(cell: object) -> int | None:
    words = [word for word in BETWEEN_STAGES.split(cell) if word] if isinstance(cell, str) else []
    if words and all(word in NO_CONTACT for word in words):
        return 0
    known = {STAGES[word] for word in words if word in STAGES}
    return len(known) if known and all(word in STAGES for word in words) else None


TABLES = (
    table(
        "police_handling",
        "公安办理记录",
        Handling,
        title_en="Handling record of the public security bureau",
        source=SOURCE,
        extends="cases",
    ),
)
COLUMNS = (
    DerivedColumn(
        id="police_stages_contacted",
        title="沟通环节数",
        title_en="Stages with a contact",
        type=int,
        function=stages_contacted,
        needs=("police_contact_stages",),
        unit="个",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "police_solved_along_wrong",
        "police_handling",
        "police_solved_along",
        "police_solved_along < 0",
        "解决的问题数不能为负",
        "a number of problems is not negative",
    ),
)
MEASURES = (
    Measure(
        id="police_on_time",
        title="分层级按时办结率",
        title_en="On-time rate of a level",
        # Not yet due and not yet answered: nobody can say.
        count=f"{HANDLED} and level = :level and deadline_on is not null and (deadline_on <= :as_of or replied_on is not null)",
        hit="replied_on <= deadline_on",
        parameters={"level": LEVEL},
        source=SOURCE,
    ),
    Measure(
        id="police_contacted",
        title="分层级沟通率",
        title_en="Contacted, of a level",
        count=f"{HANDLED} and level = :level",
        hit="contact_mode <> 'none'",
        parameters={"level": LEVEL},
        source=SOURCE,
    ),
    Measure(
        id="police_satisfied",
        title="分层级满意率",
        title_en="Satisfied with the answer, of a level",
        count=f"{HANDLED} and level = :level and answer_rating_counted is not null",
        hit="answer_rating_counted in ('very_satisfied', 'satisfied')",
        parameters={"level": LEVEL},
        source=SOURCE,
    ),
    Measure(
        id="police_whole_process_contact",
        title="全过程沟通率",
        title_en="Contacted at several stages",
        # The stages are over when the case is answered. A cell that is blank or cannot be read shows no contact.
        count=f"{HANDLED} and replied_on is not null",
        hit="police_stages_contacted >= :stages",
        parameters={"stages": Parameter(int, default=2, at_least=1, at_most=3, title="环节数")},
        source=SOURCE,
    ),
    Measure(
        id="police_spread",
        title="重点督办带动面",
        title_en="Key-supervised cases that solved others of their kind",
        count=f"{HANDLED} and key_supervised",
        hit="police_solved_along >= :problems",
        parameters={"problems": Parameter(int, default=1, at_least=1, title="带动解决的问题数")},
        source=SOURCE,
    ),
    Measure(
        id="police_solved_along_total",
        title="重点督办带动解决问题数",
        title_en="Problems solved along with key-supervised cases",
        count=f"{HANDLED} and key_supervised",
        value="police_solved_along",
        aggregate=Aggregate.SUM,
        unit="个",
        source=SOURCE,
    ),
)
