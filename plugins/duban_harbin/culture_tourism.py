"""Culture, radio, television and tourism bureau 市文化广电和旅游局: what becomes of a rating from round to round, and how fast.

The record tells of somebody for every matter and a landing for every case, of faster handling, and of the way from satisfied
with the answer to satisfied with the result. The deputy is asked more than once; the clerks write the opinions in one cell
in their order ("不满意→基本满意→满意"). Its course, where satisfied is 满意 or better, is one of

- steady: satisfied in every round;
- converted: not satisfied at first, satisfied in the end, and never less once satisfied;
- recovered: satisfied, then not, and satisfied in the end;
- slipped: satisfied once, but not in the end;
- unsatisfied: never satisfied.

Faster is measured against the median of the year before, which the bureau gives in `culture_history`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from duban import Aggregate, Better, DerivedColumn, Measure, column, table

from .common import HANDLED, SOURCE, CaseRow, DepartmentRow, wrong_number

if TYPE_CHECKING:
    import pandas as pd

IS_SATISFIED = {"很满意": True, "非常满意": True, "满意": True, "基本满意": False, "不满意": False}
BETWEEN_ROUNDS = re.compile(r"\s*(?:→|—+>?|-+>|=+>|>|＞|、|，|,|；|;)\s*")
COURSES = {
    "steady": ("一直满意",),
    "converted": ("转为满意",),
    "recovered": ("先降后升",),
    "slipped": ("下滑",),
    "unsatisfied": ("始终未满意",),
}
ENDS_SATISFIED = "culture_course in ('steady', 'converted', 'recovered')"


class Rounds(CaseRow):
    """What the deputy said of a case in each round of asking."""

    culture_path: str | None = column(
        "历次征询意见", "历次评价", "各轮评价", title_en="Ratings of the rounds, in their order"
    )


class History(DepartmentRow):
    """How long an earlier year's cases took."""

    year: int = column("年度", "年份", title_en="Year", unit="年")
    days: Decimal | None = column("办理天数中位数", "办理天数", title_en="Median days of handling", unit="天")


def courses(frame: "pd.DataFrame") -> "pd.Series[Any]":
    """Return the course of each path; unknown where a word is no rating."""
    import pandas as pd

    found = [_course(rounds) if (rounds := _rounds(cell)) else None for cell in frame["culture_path"]]
    return pd.Series(found, index=frame.index, dtype="object")


def numbers_of_rounds(frame: "pd.DataFrame") -> "pd.Series[int]":
    """Return the number of rounds of each path; unknown where a word is no rating."""
    import pandas as pd

    found = [len(rounds) if (rounds := _rounds(cell)) else None for cell in frame["culture_path"]]
    return pd.Series(found, index=frame.index, dtype="Int64")


def _rounds(cell: object) -> Sequence[bool]:
    """Return for each round whether the deputy was satisfied; nothing where one of them cannot be read."""
    words = BETWEEN_ROUNDS.split(cell.strip()) if isinstance(cell, str) else []
    return [IS_SATISFIED[word] for word in words] if all(word in IS_SATISFIED for word in words) else []


def _course(rounds: Sequence[bool]) -> str:
    fell = any(before and not after for before, after in pairwise(rounds))
    if rounds[-1]:
        return "recovered" if fell else "steady" if rounds[0] else "converted"
    return "slipped" if fell else "unsatisfied"


TABLES = (
    table(
        "culture_rounds",
        "历次征询意见记录",
        Rounds,
        title_en="Opinions asked for in rounds",
        source=SOURCE,
        extends="cases",
    ),
    table(
        "culture_history",
        "历年办理天数",
        History,
        key=("department", "year"),
        title_en="Days of handling in earlier years",
        source=SOURCE,
    ),
)
COLUMNS = (
    DerivedColumn(
        id="culture_course",
        title="评价走向",
        title_en="Course of the ratings",
        type=str,
        function=courses,
        needs=("culture_path",),
        labels=COURSES,
        source=SOURCE,
    ),
    DerivedColumn(
        id="culture_rounds_asked",
        title="征询意见轮数",
        title_en="Rounds of asking",
        type=int,
        function=numbers_of_rounds,
        needs=("culture_path",),
        unit="轮",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "culture_days_wrong",
        "culture_history",
        "days",
        "days < 0",
        "天数不能为负",
        "a number of days is not negative",
    ),
)
MEASURES = (
    Measure(
        id="culture_conversion",
        title="多轮转化满意率",
        title_en="Satisfied in the end, of those asked again or not satisfied at first",
        # One round says nothing of a conversion where it was satisfied.
        count=f"{HANDLED} and (culture_rounds_asked > 1 or culture_course = 'unsatisfied')",
        hit=ENDS_SATISFIED,
        source=SOURCE,
    ),
    Measure(
        id="culture_slipped",
        title="评价下滑件数",
        title_en="Satisfied once, not in the end",
        count=f"{HANDLED} and culture_course = 'slipped'",
        better=Better.LOWER,
        unit="件",
        source=SOURCE,
    ),
    Measure(
        id="culture_recovered",
        title="下滑后挽回率",
        title_en="Satisfied again, of those that had slipped",
        count=f"{HANDLED} and culture_course in ('slipped', 'recovered')",
        hit="culture_course = 'recovered'",
        source=SOURCE,
    ),
    Measure(
        id="culture_days",
        title="办理天数中位数",
        title_en="Median days from assignment to reply",
        count=f"{HANDLED} and replied_on is not null",
        value="date_diff('day', assigned_on, replied_on)",
        aggregate=Aggregate.QUANTILE,
        better=Better.LOWER,
        unit="天",
        source=SOURCE,
    ),
    Measure(
        id="culture_days_last_year",
        title="上年办理天数中位数",
        title_en="Median days of handling in the year before",
        table="culture_history",
        count="year = year(:period_from) - 1",
        value="days",
        aggregate=Aggregate.MEAN,
        better=Better.LOWER,
        unit="天",
        source=SOURCE,
    ),
    Measure(
        id="culture_days_saved",
        title="办理天数比上年缩短",
        title_en="Days faster than the year before",
        formula="culture_days_last_year - culture_days",
        count="count.culture_days",
        unit="天",
        source=SOURCE,
    ),
    Measure(
        id="culture_pace",
        title="办理速度与上年之比",
        title_en="Pace against the year before, at most 1",
        formula=(
            "case when culture_days <= culture_days_last_year then 1"
            " when culture_days > 0 then culture_days_last_year / culture_days end"
        ),
        count="count.culture_days",
        source=SOURCE,
    ),
)
