"""Procuratorate 市人民检察院: reaches the deputies itself, and takes its oversight from them.

The record tells of liaison with full coverage: in three years 683 person-times of deputies and members at open days, hearings,
forums, court observation and visits; of supervised carrying-out; and of a motion it handled (a deposit for compensation in
minor criminal cases) among the ten excellent motions. Person-times say how much was done, not how many were reached: somebody
may come ten times. The share of deputies reached therefore rests on a roster, one row a deputy.
"""

import datetime
from typing import Literal, get_args

from duban import Aggregate, Measure, Parameter, column, table

from .common import SOURCE, DepartmentRow, before, wrong_number

Kind = Literal["open_day", "hearing", "forum", "court_observation", "visit"]
MONTHS = Parameter(int, default=36, at_least=1, at_most=1200, title="最近几个月")
# Months are added to the earlier day: taken from 28 February, three years would reach back to the 29th.
LATELY = "held_on + interval (:months) month > :as_of"


class Event(DepartmentRow):
    """One event to which deputies came."""

    held_on: datetime.date = column("活动日期", "日期", "时间", title_en="Held on", event=True)
    kind: Kind = column(
        "活动形式",
        "活动类型",
        "形式",
        title_en="Kind",
        labels={
            "open_day": ("检察开放日", "开放日"),
            "hearing": ("听证", "公开听证", "听证会"),
            "forum": ("座谈", "座谈会"),
            "court_observation": ("庭审观摩", "观摩庭审"),
            "visit": ("走访", "上门走访"),
        },
    )
    deputies: int | None = column(
        "参加代表人次", "代表人次", "参加人数", title_en="Deputies who came", unit="人次"
    )
    topic: str | None = column("主题", "活动主题", title_en="Topic")


class Deputy(DepartmentRow):
    """One deputy of the roster, and when the department last reached them."""

    deputy: str = column("代表", "代表姓名", title_en="Deputy")
    reached_on: datetime.date | None = column(
        "最近联系日期", "最近参加日期", "联系日期", title_en="Last reached on", event=True
    )


class Opinion(DepartmentRow):
    """One opinion that a deputy raised of the department's own work."""

    opinion: str = column("意见编号", "编号", "序号", title_en="Opinion")
    deputy: str | None = column("代表", "提出代表", title_en="Deputy")
    raised_on: datetime.date = column("提出日期", "提出时间", title_en="Raised on", event=True)
    rectified_on: datetime.date | None = column(
        "整改完成日期", "整改日期", "落实日期", title_en="Rectified on", event=True
    )


class Honour(DepartmentRow):
    """One motion that the department handled and that was named an excellent one."""

    motion: str = column("议案", "议案名称", "优秀议案", title_en="Motion")
    named_on: datetime.date = column("评定日期", "表彰日期", "公布日期", title_en="Named on", event=True)


TABLES = (
    table(
        "procuratorate_events",
        "代表联络活动",
        Event,
        # Two events of a day are two; two with one topic are one that was entered twice.
        key=("department", "held_on", "kind", "topic"),
        title_en="Events with deputies",
        source=SOURCE,
    ),
    table(
        "procuratorate_roster",
        "代表联络名册",
        Deputy,
        key=("department", "deputy"),
        title_en="Roster of deputies",
        source=SOURCE,
    ),
    table(
        "procuratorate_opinions",
        "代表意见整改台账",
        Opinion,
        key=("department", "opinion"),
        title_en="Opinions of deputies",
        source=SOURCE,
    ),
    table(
        "procuratorate_honours",
        "优秀议案",
        Honour,
        key=("department", "motion"),
        title_en="Excellent motions",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "procuratorate_deputies_wrong",
        "procuratorate_events",
        "deputies",
        "deputies < 0",
        "人次不能为负",
        "a number of people is not negative",
    ),
    before(
        "procuratorate_rectified_too_early",
        "procuratorate_opinions",
        "rectified_on",
        "整改完成",
        "rectified",
        "raised_on",
        "提出",
        "the opinion was raised",
    ),
)
MEASURES = (
    Measure(
        id="procuratorate_person_times",
        title="代表参加活动人次",
        title_en="Person-times of deputies at events",
        table="procuratorate_events",
        count=LATELY,
        value="deputies",
        aggregate=Aggregate.SUM,
        parameters={"months": MONTHS},
        unit="人次",
        source=SOURCE,
    ),
    Measure(
        id="procuratorate_events_held",
        title="代表联络活动场次",
        title_en="Events with deputies",
        table="procuratorate_events",
        count=LATELY,
        parameters={"months": MONTHS},
        unit="场",
        source=SOURCE,
    ),
    Measure(
        id="procuratorate_events_of_kind",
        title="某一形式的代表联络活动场次",
        title_en="Events with deputies, of one kind",
        table="procuratorate_events",
        count=f"{LATELY} and kind = :kind",
        parameters={
            "months": MONTHS,
            "kind": Parameter(str, default="open_day", choices=get_args(Kind), title="活动形式"),
        },
        unit="场",
        source=SOURCE,
    ),
    Measure(
        id="procuratorate_reached",
        title="代表联络覆盖率",
        title_en="Deputies reached, of all",
        table="procuratorate_roster",
        hit="reached_on + interval (:months) month > :as_of",
        parameters={"months": MONTHS},
        source=SOURCE,
    ),
    Measure(
        id="procuratorate_rectified",
        title="代表意见整改率",
        title_en="Opinions rectified",
        table="procuratorate_opinions",
        # Not yet rectified, and the days not yet over: nobody can say.
        count="raised_on is not null"
        " and (rectified_on is not null or raised_on + interval (:days) day <= :as_of)",
        hit="rectified_on between raised_on and raised_on + interval (:days) day",
        parameters={"days": Parameter(int, default=90, at_least=0, at_most=3650, title="整改天数")},
        source=SOURCE,
    ),
    Measure(
        id="procuratorate_excellent_motions",
        title="优秀议案件数",
        title_en="Motions named excellent",
        table="procuratorate_honours",
        count="named_on + interval (:months) month > :as_of",
        parameters={"months": MONTHS},
        unit="件",
        source=SOURCE,
    ),
)
