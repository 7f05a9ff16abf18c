"""What the measured values are worth: dimensions, criteria, adjustments."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from duban.exact import Exact, RoundingMode
from duban.intervals import CLOSEST_TO_CERTAIN
from duban.terms import Missing, Status

from .base import Choice, Count, MeasureText, MethodChoice, Places, Points, Rule, Titled, form

# A measured value is not missing, and a failed measure always stops.
_CAN_BE_MISSING = frozenset({Status.TOO_FEW_CASES, Status.NOT_APPLICABLE, Status.NOT_AVAILABLE})


def _more_than_nothing(strength: Fraction) -> Fraction:
    if strength <= 0:
        raise ValueError("strength_not_positive")
    return strength


def _below_certainty(confidence: Fraction) -> Fraction:
    if not 0 < confidence <= CLOSEST_TO_CERTAIN:
        raise ValueError("confidence_out_of_range")
    return confidence


Strength = Annotated[
    Exact, AfterValidator(_more_than_nothing), Field(json_schema_extra={"exclusiveMinimum": 0})
]
Confidence = Annotated[
    Exact,
    AfterValidator(_below_certainty),
    Field(json_schema_extra={"exclusiveMinimum": 0, "maximum": float(CLOSEST_TO_CERTAIN)}),
]


class Shrink(Rule):
    """A rate of few cases is drawn towards the rate of its whole group, as if so many of the group's cases were added."""

    kind: Literal["shrink"] = Field(description="shrink 向同组的合计比率靠拢，件数越少靠得越近")
    strength: Strength = Field(description="力度：相当于另加多少件同组的平均情况")


class LowerBound(Rule):
    """A rate is judged by the end of its Jeffreys interval that is the worse one: what the cases prove, not what they show."""

    kind: Literal["lower_bound"] = Field(description="lower_bound 按区间中较差的一端计，件数越少打折越多")
    confidence: Confidence = Field(description="区间的把握程度，如 0.90")


SmallNumbers = Annotated[Shrink | LowerBound, Discriminator("kind")]


class Rounding(Rule):
    """Where and how numbers are rounded: the total always, a criterion's points where the rule says so."""

    total: Places = Field(default=2, description="总分保留几位小数；排名按取整后的总分")
    points: Places | None = Field(default=None, description="每个评分项先取整到几位；不写为不取整")
    mode: RoundingMode = Field(
        default="half_up", description="half_up 四舍五入，half_even 银行家舍入，down 舍去"
    )


class Dimension(Titled):
    """A group of criteria; `points` defaults to the sum of theirs."""

    points: Points | None = Field(default=None, description="满分；不写为各项之和")
    floor: Exact | None = Field(default=None, description="得分不低于多少")
    ceiling: Exact | None = Field(default=None, description="得分不超过多少")
    start: Literal["zero", "full"] = Field(
        default="zero", description="zero 从零起加，full 从满分起扣（只扣分的维度）"
    )
    aggregate: MethodChoice | None = Field(default=None, description="各评分项如何合成；默认加权平均")

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        if self.floor is not None and self.ceiling is not None and self.floor > self.ceiling:
            raise ValueError("floor_above_ceiling")
        return self


class Criterion(Titled):
    """What a measure is worth: points, curve, and what a missing value means."""

    dimension: str = Field(description="属于哪个维度")
    measure: str | None = Field(default=None, description="用哪个口径")
    measure_by_department: Mapping[str, str] = Field(
        default={}, description="某些单位用别的口径：单位 = 口径"
    )
    with_: Mapping[str, Any] = Field(default={}, alias="with", description="口径的参数")
    where: MeasureText | None = Field(default=None, description="只看哪些行；不写为全部")
    points: Points = Field(description="满分；0 为只公布、不计分")
    curve: MethodChoice = Field(default=Choice(kind="linear"), description="值如何变成分")
    missing: Annotated[
        Annotated[Missing, Tag("@plain")] | Annotated[Mapping[Status, Missing], Tag("@table")],
        Discriminator(form),
    ] = Field(
        default=Missing.REDISTRIBUTE,
        description=(
            "没有值怎么办：redistribute 由同维度其他项分摊，zero 零分，full 满分，group_mean 取同组平均，"
            "not_ranked 不参加排名；可按情况分写"
        ),
    )
    min_cases: Count = Field(default=0, description="不足几件视为没有值")
    small_numbers: SmallNumbers | None = Field(
        default=None, description="件数少的比率怎么计：shrink 或 lower_bound；不写为按比率本身计"
    )

    @model_validator(mode="after")
    def _has_measure(self) -> Self:
        if self.measure is None and not self.measure_by_department:
            raise ValueError("criterion_needs_measure")
        if self.measure is None and self.with_:
            raise ValueError("with_needs_measure")
        return self

    @model_validator(mode="after")
    def _says_what_can_be_missing(self) -> Self:
        if isinstance(self.missing, Mapping) and not _CAN_BE_MISSING.issuperset(self.missing):
            raise ValueError("missing_status")
        return self

    def when_missing(self, status: Status) -> Missing:
        """Return what a value of this status means for the points."""
        if isinstance(self.missing, Missing):
            return self.missing
        return self.missing.get(status, Missing.REDISTRIBUTE)


class Adjustment(Titled):
    """Points outside the base, or inside one dimension: `each` x a measure's value, or `points` when a condition holds."""

    measure: str | None = Field(default=None, description="用哪个口径（不能是比例）；与 each 同写")
    with_: Mapping[str, Any] = Field(default={}, alias="with", description="口径的参数")
    where: MeasureText | None = Field(default=None, description="只看哪些行；不写为全部")
    each: Exact | None = Field(default=None, description="每一个单位加多少，扣分写负数")
    limit: Exact | None = Field(default=None, description="至多加（扣）到多少；不写为不限")
    when: MeasureText | None = Field(default=None, description="单位条件；与 points 同写")
    points: Exact | None = Field(default=None, description="符合条件加多少，扣分写负数")
    dimension: str | None = Field(default=None, description="在哪个维度之内加减；不写为在总分上")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        by_measure = self.measure is not None and self.each is not None
        by_condition = self.when is not None and self.points is not None
        other = {"when", "points"} if by_measure else {"measure", "with_", "where", "each", "limit"}
        if by_measure == by_condition or other & self.model_fields_set:
            raise ValueError("adjustment_needs_one_form")
        if self.each is not None and self.limit is not None and self.each * self.limit < 0:
            raise ValueError("adjustment_limit_sign")
        return self
