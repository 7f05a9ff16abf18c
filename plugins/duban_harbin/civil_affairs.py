"""Civil affairs bureau 市民政局: each of its rates against its own best earlier year; joined forces; answers become results.

The record tells of 31 cases in 2023, all on time, with meeting, on-time and satisfaction rates "at their highest ever".
"Highest ever" is a word, no number: the bureau gives its earlier years in `civil_history`, and without them the comparison
stays not applicable. Of the joined forces (proposing with handling, lead with co-handlers, upper with lower level) the links
with co-handlers are counted, of the conversion rate the satisfied answers that became satisfied results.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from duban import Aggregate, DerivedColumn, Measure, column, table

from .common import HANDLED, SOURCE, CaseRow, DepartmentRow, not_earlier, wrong_number

if TYPE_CHECKING:
    import pandas as pd

SATISFIED = "('very_satisfied', 'satisfied')"


class History(DepartmentRow):
    """One rate of one earlier year: by its two numbers, which is exact, or as the percentage that was published."""

    year: int = column("年度", "年份", title_en="Year", unit="年")
    indicator: Literal["on_time", "met", "satisfied"] = column(
        "指标",
        "指标名称",
        title_en="Rate",
        labels={
            "on_time": ("按时办结率", "按时率"),
            "met": ("面商率", "见面率", "走访率"),
            "satisfied": ("满意率", "答复满意率"),
        },
    )
    hits: int | None = column("达到件数", "达标件数", title_en="Cases that reached it", unit="件")
    counted: int | None = column("计入件数", "总件数", title_en="Cases counted", unit="件")
    percent: Decimal | None = column("比率", "百分比", title_en="Rate as published", unit="%")


class Joint(CaseRow):
    """With how many co-handlers a case was handled, and when they talked to the deputy together."""

    civil_co_handlers: int | None = column(
        "协办单位数", "会办单位数", title_en="Number of co-handlers", unit="个"
    )
    civil_joint_contact_on: date | None = column(
        "主协办共同沟通日期", "联合沟通日期", title_en="Joint contact with the deputy", event=True
    )


def rate_in_percent(frame: "pd.DataFrame") -> "pd.Series[Any]":
    """Return each row's rate in per cent: from its two numbers where it has both, else as published."""
    import pandas as pd

    rates = [_percent(*row) for row in frame[["hits", "counted", "percent"]].itertuples(index=False)]
    return pd.Series(rates, index=frame.index, dtype="object")


def _percent(hits: Any, counted: Any, published: Any) -> Decimal | None:
    """Cut off at the sixth place, never rounded up: who equals its best year is not below it.

    What is published as 0.98 may be a share or a percentage: nobody can say, so it is unknown.
    """
    import pandas as pd

    if pd.isna(hits) or pd.isna(counted):
        return published if not pd.isna(published) and (published == 0 or 1 < published <= 100) else None
    if not 0 <= hits <= counted or not counted:
        return None
    return Decimal(10**8 * int(hits) // int(counted)).scaleb(-6)


def _best(rate: str, title: str, title_en: str) -> Measure:
    return Measure(
        id=f"civil_best_{rate}",
        title=f"往年最好{title}",
        title_en=f"{title_en}: best earlier year",
        table="civil_history",
        count=f"indicator = '{rate}' and year < year(:period_from)",
        value="civil_percent",
        aggregate=Aggregate.QUANTILE,
        quantile=Fraction(1),
        unit="%",
        source=SOURCE,
    )


def _gain(rate: str, title: str, title_en: str) -> Measure:
    return Measure(
        id=f"civil_gain_{rate}",
        title=f"{title}比往年最好",
        title_en=f"{title_en}: against the best earlier year",
        formula=f"100 * civil_{rate} - civil_best_{rate}",
        count=f"count.civil_{rate}",
        unit="百分点",
        source=SOURCE,
    )


def _reached(rate: str) -> str:
    """Return 1 where the rate is at or above its best earlier year, 0 where below, unknown without such a year."""
    now, best = f"100 * civil_{rate}", f"civil_best_{rate}"
    return f"case when {now} >= {best} then 1 when {now} < {best} then 0 end"


TABLES = (
    table(
        "civil_history",
        "历年指标",
        History,
        key=("department", "year", "indicator"),
        title_en="Rates of earlier years",
        source=SOURCE,
    ),
    table(
        "civil_joint",
        "主协办联动记录",
        Joint,
        title_en="Joint work with co-handlers",
        source=SOURCE,
        extends="cases",
    ),
)
COLUMNS = (
    DerivedColumn(
        id="civil_percent",
        title="历年比率",
        title_en="Rate of an earlier year",
        type=Decimal,
        function=rate_in_percent,
        needs=("hits", "counted", "percent"),
        table="civil_history",
        unit="%",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "civil_hits_wrong",
        "civil_history",
        "hits",
        "hits < 0 or hits > counted or counted <= 0",
        "达到件数在零与计入件数之间，计入件数大于零",
        "of some cases counted, between none and all of them reach the rate",
    ),
    # 98 % typed into a cell of per cent is stored as 0.98; without the best year the present one looks better.
    wrong_number(
        "civil_percent_unclear",
        "civil_history",
        "percent",
        "percent < 0 or (percent > 0 and percent <= 1) or percent > 100",
        "比率是百分数，如 98；0.98 可能是百分之九十八，也可能是百分之零点九八，不计入",
        "the rate is in per cent, such as 98; 0.98 may be 98 per cent or less than one: it does not count",
    ),
    not_earlier("civil_history"),
)
TITLES = {
    "on_time": ("按时办结率", "On-time rate"),
    "met": ("面商率", "Met in person"),
    "satisfied": ("答复满意率", "Satisfied with the answer"),
}
MEASURES = (
    Measure(
        id="civil_on_time",
        title="主办分办按时办结率",
        title_en="On-time rate of cases handled",
        # Not yet due and not yet answered: nobody can say.
        count=f"{HANDLED} and deadline_on is not null and (deadline_on <= :as_of or replied_on is not null)",
        hit="replied_on <= deadline_on",
        source=SOURCE,
    ),
    Measure(
        id="civil_met",
        title="主办分办面商率",
        title_en="Met in person, of cases handled",
        count=HANDLED,
        hit="contact_mode = 'in_person'",
        source=SOURCE,
    ),
    Measure(
        id="civil_satisfied",
        title="主办分办答复满意率",
        title_en="Satisfied with the answer, of cases handled",
        count=f"{HANDLED} and answer_rating_counted is not null",
        hit=f"answer_rating_counted in {SATISFIED}",
        source=SOURCE,
    ),
    *(_best(rate, *titles) for rate, titles in TITLES.items()),
    *(_gain(rate, *titles) for rate, titles in TITLES.items()),
    Measure(
        id="civil_at_own_best",
        title="达到本单位历年最好水平的指标比例",
        title_en="Share of the three rates at or above the own best earlier year",
        formula=f"({' + '.join(_reached(rate) for rate in TITLES)}) / {len(TITLES)}",
        # The cases of this year that it rests on, not the number of earlier years.
        count=f"least({', '.join(f'count.civil_{rate}' for rate in TITLES)})",
        source=SOURCE,
    ),
    Measure(
        id="civil_joint_contact",
        title="主协办共同沟通率",
        title_en="Joint contact in cases with co-handlers",
        count=f"{HANDLED} and civil_co_handlers > 0",
        hit="civil_joint_contact_on is not null",
        source=SOURCE,
    ),
    Measure(
        id="civil_conversion",
        title="满意答复转化为满意结果率",
        title_en="Satisfied answers that became satisfied results",
        count=f"{HANDLED} and answer_rating_counted in {SATISFIED} and result_rating_counted is not null",
        hit=f"result_rating_counted in {SATISFIED}",
        source=SOURCE,
    ),
)
