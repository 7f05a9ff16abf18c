"""Timeliness 办理时效: were cases taken up and answered in time."""

from decimal import Decimal

from duban import Aggregate, Better, Measure, Parameter

from .common import LAW, PRACTICE

# Answered after the deadline, or not answered though the deadline is over.
LATE = "replied_on > deadline_on or (replied_on is null and deadline_on < :as_of)"

MEASURES = (
    Measure(
        id="on_time",
        title="按时办结率",
        title_en="On-time rate",
        # Not yet due and not yet answered: nobody can say.
        count="deadline_on is not null and (deadline_on <= :as_of or replied_on is not null)",
        hit="replied_on <= deadline_on + interval (:grace_days) day",
        parameters={"grace_days": Parameter(int, default=0, at_least=0, at_most=3650, title="宽限天数")},
        source=LAW,
    ),
    Measure(
        id="replied",
        title="办复率",
        title_en="Answered",
        hit="replied_on is not null",
        source=LAW,
    ),
    Measure(
        id="overdue",
        title="逾期件数",
        title_en="Overdue cases",
        count=LATE,
        better=Better.LOWER,
        unit="件",
        source=LAW,
    ),
    Measure(
        id="overdue_days",
        title="逾期天数合计",
        title_en="Days overdue in total",
        count=LATE,
        value="date_diff('day', deadline_on, coalesce(replied_on, :as_of))",
        aggregate=Aggregate.SUM,
        better=Better.LOWER,
        unit="天",
        source=LAW,
    ),
    Measure(
        id="handling_days",
        title="办理天数",
        title_en="Days from assignment to reply",
        count="replied_on is not null",
        value="date_diff('day', assigned_on, replied_on)",
        aggregate=Aggregate.QUANTILE,
        quantile="quantile",
        parameters={
            "quantile": Parameter(
                Decimal, default=Decimal("0.5"), at_least=0, at_most=1, title="分位（0.5 为中位数）"
            )
        },
        better=Better.LOWER,
        unit="天",
        source=PRACTICE,
    ),
    Measure(
        id="acknowledged",
        title="按期签收率",
        title_en="Acknowledged in time",
        hit="acknowledged_on <= assigned_on + interval (:days) day",
        parameters={"days": Parameter(int, default=7, at_least=0, at_most=3650, title="天数")},
        source=PRACTICE,
    ),
)
