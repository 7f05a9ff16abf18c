"""What the totals lead to: gates, groups, the ranking, grades, lists."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, StrictBool, StrictInt, Tag

from duban.exact import Exact
from duban.terms import Effect

from .base import Count, MeasureText, Places, Rule, Share, Titled, form


class Cap(Rule):
    """The largest total a department may have while a gate holds."""

    cap: Exact = Field(description="总分至多多少")


class Gate(Titled):
    """A condition that exempts a department, takes it off the ranking or the lists, or caps its total."""

    when: MeasureText = Field(description="单位条件")
    effect: Annotated[
        Annotated[Literal["exempt", "not_ranked", "not_selectable"], Tag("@plain")]
        | Annotated[Cap, Tag("@table")],
        Discriminator(form),
    ] = Field(
        description="后果：exempt 不参评，not_ranked 不排名，not_selectable 不得评优，{ cap = 85 } 总分封顶"
    )

    @property
    def kind(self) -> Effect:
        """The effect without its number."""
        return Effect.CAP if isinstance(self.effect, Cap) else Effect(self.effect)


class Group(Titled):
    """Departments ranked together; the one group without `when` takes the rest."""

    when: MeasureText | None = Field(default=None, description="单位条件；不写的那一组收下其余")
    priority: StrictInt | None = Field(
        default=None, description="同时符合两组时数小的优先（1 最先）；不写则报错"
    )


class Ranking(Rule):
    """Who is ranked with whom, and how equal totals are told apart."""

    within: Literal["group", "all"] = Field(default="group", description="group 组内排，all 统一排")
    ties: Literal["competition", "dense"] = Field(
        default="competition", description="并列：competition 为 1 2 2 4，dense 为 1 2 2 3"
    )
    tie_break: tuple[str, ...] = Field(
        default=(), description="总分相同时依次比较的评分项或口径；仍然相同就并列"
    )


class Grade(Titled):
    """A label for a total, the first whose condition holds; conditions are read in the order of the file."""

    at_least: Exact | None = Field(default=None, description="总分至少多少")
    when: MeasureText | None = Field(default=None, description="单位条件")


class Conversion(Titled):
    """What a department's result is worth elsewhere: a number in department text, rounded, with its unit."""

    value: MeasureText = Field(description="算式：总分 total、等次 grade、口径、单位的列和四则运算")
    unit: str = Field(default="", description="单位，如 分、元/人")
    places: Places = Field(default=2, description="保留几位小数")


class ShareQuota(Rule):
    """A share of the departments, rounded, and at least so many."""

    share: Share = Field(description="占本组单位数的比例")
    of: Literal["ranked", "taking_part"] = Field(
        default="ranked", description="单位数：ranked 参加排名的，taking_part 参评的（连同不排名的）"
    )
    round: Literal["half_up", "up", "down"] = Field(
        default="half_up", description="half_up 四舍五入，up 进一，down 舍去"
    )
    at_least: Count = Field(default=0, description="至少几个")
    at_most: Count | None = Field(default=None, description="至多几个")


def _quota_form(value: object) -> str:
    if value is None:
        return "@none"
    if isinstance(value, ShareQuota) or (isinstance(value, Mapping) and "share" in value):
        return "@share"
    return form(value)


_CountForm: TypeAlias = Annotated[Count, Tag("@plain")]
_ShareForm: TypeAlias = Annotated[ShareQuota, Tag("@share")]
Quota: TypeAlias = Annotated[_CountForm | _ShareForm, Discriminator(_quota_form)]
QuotaByGroup = Mapping[str, Quota]


class Selection(Titled):
    """One list of departments taken from the ranking."""

    among: MeasureText | None = Field(default=None, description="只在哪些单位里选；不写为全部")
    at_least: Exact | None = Field(default=None, description="总分至少多少")
    at_most: Exact | None = Field(default=None, description="总分至多多少")
    quota: Annotated[
        _CountForm | _ShareForm | Annotated[QuotaByGroup, Tag("@table")] | Annotated[None, Tag("@none")],
        Discriminator(_quota_form),
    ] = Field(default=None, description="名额：一个数、一个比例，或者按组分写；不写为不限")
    cut_tie: Literal["extend", "drop"] = Field(
        default="extend", description="最后一名并列：extend 都取，drop 都不取"
    )
    start: Literal["top", "bottom"] = Field(
        default="top", alias="from", description="top 从前往后取，bottom 从后往前取"
    )
    ordered: StrictBool = Field(default=True, description="名单是否排先后")
