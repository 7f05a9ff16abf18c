"""Housing and urban-rural development bureau 市住房和城乡建设局: three ways to handle a case, each with its clock and its proof.

The record tells of three mechanisms: solve at once what can be solved at once, absorb into the work what can be absorbed,
plan for the long term what needs it. A case is in one of the three classes, and is kept on its own clock and proved:

- at once: done within some days of its assignment, with the number of the acceptance record;
- absorbed: done by its planned date, without one by the end of the year of its assignment, with the number of the work plan;
- long-term: a plan document and a date; once that date has come, done by it.

A case without a class has no clock: `housing_sorted` shows how many those are, the other measures leave them out.
"""

from datetime import date
from typing import Literal

from duban import Measure, Parameter, column, table

from .common import HANDLED, SOURCE, CaseRow, before


class Sorting(CaseRow):
    """In which class a case is, and what shows that it is kept there."""

    housing_class: Literal["at_once", "absorbed", "long_term"] | None = column(
        "办理机制",
        "分类办理",
        title_en="Class",
        labels={
            "at_once": ("当场解决", "立即解决", "能解决的当场解决"),
            "absorbed": ("吸纳进工作", "吸纳", "能吸纳的吸纳"),
            "long_term": ("长远规划", "长期规划", "需长远规划"),
        },
    )
    housing_done_on: date | None = column(
        "落实日期", "办成日期", title_en="Day on which it was done", event=True
    )
    housing_planned_for: date | None = column(
        "计划完成日期", "计划完成时间", title_en="Day for which it is planned"
    )
    housing_proof: str | None = column(
        "佐证文号", "佐证材料", "规划文号", title_en="Number of the document that proves it"
    )


DAYS = Parameter(int, default=30, at_least=0, at_most=3650, title="当场解决的天数")
PROVED = "housing_proof is not null"
# Of each class: the cases of which something can be said, and those that are kept on their clock with proof.
AT_ONCE = "housing_class = 'at_once' and (housing_done_on is not null or assigned_on + interval (:days) day <= :as_of)"
AT_ONCE_KEPT = f"housing_done_on <= assigned_on + interval (:days) day and {PROVED}"
ABSORBED = (
    "housing_class = 'absorbed' and (housing_done_on is not null or housing_planned_for <= :as_of"
    " or (housing_planned_for is null and year(assigned_on) < year(:as_of)))"
)
ABSORBED_KEPT = (
    "(housing_done_on <= housing_planned_for"
    f" or (housing_planned_for is null and year(housing_done_on) <= year(assigned_on))) and {PROVED}"
)
LONG_TERM = "housing_class = 'long_term'"
LONG_TERM_PLANNED = f"housing_planned_for >= assigned_on and {PROVED}"
LONG_TERM_KEPT = (
    f"{LONG_TERM_PLANNED} and (housing_planned_for > :as_of or housing_done_on <= housing_planned_for)"
)

TABLES = (
    table(
        "housing_sorting",
        "分类办理记录",
        Sorting,
        title_en="Cases sorted into at once, absorbed, long-term",
        source=SOURCE,
        extends="cases",
    ),
)
CHECKS = (
    before(
        "housing_done_too_early",
        "cases",
        "housing_done_on",
        "落实",
        "done",
        "assigned_on",
        "交办",
        "the assignment",
    ),
)
MEASURES = (
    Measure(
        id="housing_sorted",
        title="分类率",
        title_en="Sorted into one of the three classes",
        count=HANDLED,
        hit="housing_class is not null",
        source=SOURCE,
    ),
    Measure(
        id="housing_at_once_kept",
        title="当场解决兑现率",
        title_en="Solved at once, in time and proved",
        count=f"{HANDLED} and {AT_ONCE}",
        hit=AT_ONCE_KEPT,
        parameters={"days": DAYS},
        source=SOURCE,
    ),
    Measure(
        id="housing_absorbed_kept",
        title="吸纳进工作兑现率",
        title_en="Absorbed into the work, in time and proved",
        count=f"{HANDLED} and {ABSORBED}",
        hit=ABSORBED_KEPT,
        source=SOURCE,
    ),
    Measure(
        id="housing_long_term_planned",
        title="长远规划有方案有时限率",
        title_en="Long-term cases with a plan and a date",
        count=f"{HANDLED} and {LONG_TERM}",
        hit=LONG_TERM_PLANNED,
        source=SOURCE,
    ),
    Measure(
        id="housing_long_term_kept",
        title="长远规划兑现率",
        title_en="Long-term cases planned, and done once their date has come",
        count=f"{HANDLED} and {LONG_TERM}",
        hit=LONG_TERM_KEPT,
        source=SOURCE,
    ),
    Measure(
        id="housing_kept",
        title="分类办理兑现率",
        title_en="Kept on its own clock with its own proof",
        count=f"{HANDLED} and (({AT_ONCE}) or ({ABSORBED}) or {LONG_TERM})",
        hit=(
            f"(housing_class = 'at_once' and {AT_ONCE_KEPT}) or (housing_class = 'absorbed' and {ABSORBED_KEPT})"
            f" or ({LONG_TERM} and {LONG_TERM_KEPT})"
        ),
        parameters={"days": DAYS},
        source=SOURCE,
    ),
)
