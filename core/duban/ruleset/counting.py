"""The data side of a ruleset: the period, the deadlines, the ratings, and counting rules of its own."""

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from duban.exact import Exact
from duban.terms import Aggregate, Better

from .base import Count, Identifier, MeasureText, Rule, Share, Texts, Titled

RatingPolicy = Literal["lead_deputy", "majority", "worst", "mean"]
NonResponse = Literal["exclude", "neutral", "as_satisfied", "as_dissatisfied"]


class Period(Rule):
    """The days whose cases are judged, both ends included; `by` names the date column."""

    start: datetime.date = Field(alias="from", description="首日（含）")
    end: datetime.date = Field(alias="to", description="末日（含）")
    by: str = Field(default="assigned_on", description="按哪个日期列；默认交办日期")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("period_backwards")
        return self


class VolumeStep(Rule):
    """More days for departments with more than `over` lead and separate cases."""

    over: Count = Field(description="主办、分办超过几件")
    days: Count = Field(description="加几天；取最高一档")


class Deadline(Rule):
    """When a case is due: months, days or working days from a date column, or one fixed date."""

    when: MeasureText | None = Field(default=None, description="适用于哪些件；不写为全部")
    start: Annotated[Texts, Field(min_length=1)] = Field(
        default=("assigned_on",),
        alias="from",
        description="从哪个日期列起算；写几列的，取第一个有日期的；默认交办日期",
    )
    months: Count | None = Field(default=None, description="几个日历月，到月末截止")
    days: Count | None = Field(default=None, description="几天")
    working_days: Count | None = Field(default=None, description="几个工作日，按国务院公布的节假日安排")
    date: datetime.date | None = Field(default=None, description="一个固定日期")
    extended_months: Count | None = Field(
        default=None, description="最长可延到几个月；台账超出的列入数据问题"
    )
    volume: tuple[VolumeStep, ...] = Field(default=(), description="承办多的延长：超过几件，加几天")
    basis: Texts = Field(default=(), description="依据：一条或几条出处，写到条款")

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        clocks = [self.months, self.days, self.working_days, self.date]
        if sum(clock is not None for clock in clocks) != 1:
            raise ValueError("deadline_needs_one_clock")
        return self


class RatingRule(Rule):
    """How the rows of the `ratings` table become one rating of a case, and what silence counts as."""

    policy: RatingPolicy = Field(
        default="lead_deputy",
        description="以谁的评价为准：lead_deputy 领衔代表，majority 多数，worst 取最低，mean 平均",
    )
    facet: str | None = Field(default=None, description="只取哪一方面的评价；不写为全部")
    window_days: Count | None = Field(default=None, description="答复后多少天内的评价有效；不写为不限")
    late: Literal["accept", "exclude"] = Field(
        default="accept", description="过了期限的评价：accept 照收，exclude 不计"
    )
    non_response: NonResponse = Field(
        default="exclude",
        description="没有反馈的：exclude 不计入，neutral 按基本满意，as_satisfied 视为满意，as_dissatisfied 视为不满意",
    )


class RatingRules(Rule):
    """The rules for the two stages."""

    answer: RatingRule = Field(default=RatingRule(), description="答复评价的规则")
    result: RatingRule = Field(default=RatingRule(), description="结果评价的规则")


class MeasureRule(Titled):
    """A measure written in the ruleset: this year's own counting rule."""

    table: str = Field(default="cases", description="数哪张表；默认承办台账 cases")
    count: MeasureText | None = Field(default=None, description="哪些行计入；不写为全部")
    hit: MeasureText | None = Field(default=None, description="计入的行中哪些算数；值是所占的比例")
    value: MeasureText | None = Field(default=None, description="每行值多少；值由 aggregate 汇总")
    formula: MeasureText | None = Field(
        default=None, description="由别的口径算出：口径的标识、count.口径、hits.口径 和四则运算"
    )
    aggregate: Aggregate | None = Field(
        default=None, description="如何汇总：share 比例，number 件数，sum 合计，mean 平均，quantile 分位数"
    )
    quantile: Share = Field(default=Fraction(1, 2), description="分位；0.5 为中位数")
    better: Better = Field(default=Better.HIGHER, description="方向：higher 越高越好，lower 越低越好")
    unit: str = Field(default="", description="单位，如 件、天")
    source: str = Field(default="", description="口径的出处")

    @model_validator(mode="after")
    def _quantile_is_used(self) -> Self:
        if "quantile" in self.model_fields_set and self.aggregate is not Aggregate.QUANTILE:
            raise ValueError("quantile_without_aggregate")
        return self


class ColumnRule(Titled):
    """A column of the ledger that this ruleset asks for; the title is its heading."""

    type: Literal["text", "date", "integer", "decimal", "boolean"] = Field(
        description="类型：text 文字，date 日期，integer 整数，decimal 小数，boolean 是/否"
    )


class SheetItem(Titled):
    """One line of a score sheet for a single case: `points` when the condition holds, or a value of its own."""

    points: Exact | None = Field(default=None, description="符合条件得几分")
    when: MeasureText | None = Field(default=None, description="条件")
    value: MeasureText | None = Field(default=None, description="每件的分值算式；不与 points、when 同写")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.value is None) == (self.points is None or self.when is None):
            raise ValueError("sheet_item_needs_one_form")
        return self


class Sheet(Titled):
    """A score sheet filled in for every counted case; its mean is a measure with the sheet's id."""

    table: str = Field(default="cases", description="每行打一张分的表；默认承办台账 cases")
    count: MeasureText = Field(default="true", description="给哪些行打分；不写为全部")
    items: Mapping[Identifier, SheetItem] = Field(description="评分表的各行，以标识为键")
