"""Health commission 市卫生健康委员会: 46 cases, all finished by the end of June 2023, by holding four links.

The links are responsibility placed, opinions exchanged, quality of the text, progress in time. A case keeps them when
somebody was named for it soon after assignment, the deputy was talked to before the draft and again before it went out, the
draft passed its review the first time, and every planned milestone was kept. A link of which nothing is recorded is not
kept: who has held it can show the day.
"""

import datetime

from duban import Measure, Parameter, column, table

from .common import HANDLED, SOURCE, CaseRow, wrong_number

NAMED = "health_responsible_on between assigned_on and assigned_on + interval (:days) day"
# One talk on the day of the draft is not both; one after the reply changes nothing in it.
EXCHANGED = (
    "health_contacted_before_on >= assigned_on and health_contacted_before_on < health_drafted_on"
    " and health_contacted_after_on between health_drafted_on and coalesce(replied_on, :as_of)"
)
PASSED = "health_passed_first"
PROGRESSED = "health_milestones_planned > 0 and health_milestones_kept = health_milestones_planned"
DAYS = Parameter(int, default=5, at_least=0, at_most=3650, title="确定责任人的天数")


class Links(CaseRow):
    """The four links of one case."""

    health_responsible_on: datetime.date | None = column(
        "责任人确定日期", "确定责任人日期", title_en="Responsible person named on", event=True
    )
    health_contacted_before_on: datetime.date | None = column(
        "拟稿前沟通日期", "起草前沟通日期", title_en="Deputy contacted before the draft", event=True
    )
    health_drafted_on: datetime.date | None = column(
        "初稿日期", "答复初稿日期", "拟稿日期", title_en="Drafted on", event=True
    )
    health_contacted_after_on: datetime.date | None = column(
        "拟稿后沟通日期", "初稿后沟通日期", title_en="Deputy contacted about the draft", event=True
    )
    health_passed_first: bool | None = column(
        "初审一次通过", "一次通过审核", title_en="Draft passed its review the first time"
    )
    health_milestones_planned: int | None = column(
        "卫健计划节点数", "卫健节点数", title_en="Milestones planned", unit="个"
    )
    health_milestones_kept: int | None = column(
        "卫健按期节点数", "卫健按期完成节点数", title_en="Milestones kept", unit="个"
    )


TABLES = (
    table(
        "health_links",
        "卫健四个环节",
        Links,
        title_en="The health commission's four links",
        source=SOURCE,
        extends="cases",
    ),
)
CHECKS = (
    wrong_number(
        "health_milestones_wrong",
        "health_links",
        "health_milestones_kept",
        "health_milestones_kept > health_milestones_planned or health_milestones_kept < 0",
        "按期节点数在零与计划节点数之间",
        "the milestones kept are between none and those planned",
    ),
)
MEASURES = (
    Measure(
        id="health_half_year",
        title="上半年办结率",
        title_en="Finished by the end of June",
        # From the first day of the period: the end of June of whichever year is judged.
        # What came later could not be finished by then; before that day is over nobody can say of the others.
        count=f"{HANDLED} and assigned_on < :period_from + interval (:months) month"
        " and (replied_on is not null or :period_from + interval (:months) month <= :as_of)",
        hit="replied_on < :period_from + interval (:months) month",
        parameters={"months": Parameter(int, default=6, at_least=1, at_most=120, title="评价周期的前几个月")},
        source=SOURCE,
    ),
    Measure(
        id="health_responsibility",
        title="责任落实率",
        title_en="Link 1: responsible person named in time",
        count=HANDLED,
        hit=NAMED,
        parameters={"days": DAYS},
        source=SOURCE,
    ),
    Measure(
        id="health_exchange",
        title="拟稿前后沟通率",
        title_en="Link 2: deputy contacted before and after the draft",
        count=HANDLED,
        hit=EXCHANGED,
        source=SOURCE,
    ),
    Measure(
        id="health_quality",
        title="答复初审一次通过率",
        title_en="Link 3: draft passed its review the first time",
        count=HANDLED,
        hit=PASSED,
        source=SOURCE,
    ),
    Measure(
        id="health_progress",
        title="节点全部按期率",
        title_en="Link 4: every milestone kept",
        count=HANDLED,
        hit=PROGRESSED,
        source=SOURCE,
    ),
    Measure(
        id="health_all_links",
        title="四个环节全部落实率",
        title_en="All four links kept",
        count=HANDLED,
        hit=f"{NAMED} and {EXCHANGED} and {PASSED} and {PROGRESSED}",
        parameters={"days": DAYS},
        source=SOURCE,
    ),
)
