"""The ruleset as it stands in TOML: frozen models that refuse unknown keys. Everything is keyed by id."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from duban.exact import Exact

from .base import Choice, Count, Identifier, MethodChoice, Rule, RulesetId, Texts, Title, Titled
from .counting import (
    ColumnRule,
    Deadline,
    MeasureRule,
    Period,
    RatingRule,
    RatingRules,
    Sheet,
    SheetItem,
    VolumeStep,
)
from .objecting import Objections
from .ranking import Cap, Conversion, Gate, Grade, Group, Quota, Ranking, Selection, ShareQuota
from .scoring import Adjustment, Criterion, Dimension, LowerBound, Rounding, Shrink

__all__ = [
    "Adjustment",
    "Cap",
    "Choice",
    "ColumnRule",
    "Conversion",
    "Count",
    "Criterion",
    "Deadline",
    "Dimension",
    "Gate",
    "Grade",
    "Group",
    "Identifier",
    "LowerBound",
    "MeasureRule",
    "Objections",
    "Period",
    "Quota",
    "Ranking",
    "RatingRule",
    "RatingRules",
    "Rounding",
    "Rule",
    "Ruleset",
    "Selection",
    "ShareQuota",
    "Sheet",
    "SheetItem",
    "Shrink",
    "Texts",
    "Title",
    "Titled",
    "VolumeStep",
]


class Ruleset(Titled):
    """One year's rules for one place."""

    format: Literal[1] = Field(description="格式版本，写 1")
    id: RulesetId = Field(description="办法的标识")
    extends: str | None = Field(default=None, description="以哪份办法为底本：标识，或从本文件算起的路径")
    incomplete: Texts = Field(
        default=(), description="出处没有写明、本办法也没有补上的：一条或几条，运行和公布时都会提示"
    )
    period: Period | None = Field(default=None, description="评价周期；不写为台账里的全部")
    rounding: Rounding = Field(default=Rounding(), description="取整")
    aggregate: MethodChoice = Field(
        default=Choice(kind="mean"), description="各维度如何合成基础分；默认加权平均"
    )
    deadlines: Mapping[Identifier, Deadline] = Field(default={}, description="办理期限")
    ratings: RatingRules = Field(default=RatingRules(), description="评价明细如何归为一件一个评价")
    outcomes: Mapping[str, str] = Field(default={}, description="本地的办理结果分类 = 通用类别")
    scales: Mapping[Identifier, Mapping[str, Exact]] = Field(
        default={}, description="折算：满意程度等标签各折多少"
    )
    columns: Mapping[Identifier, ColumnRule] = Field(
        default={}, description="本办法要求承办台账另有的列；没有的，用到它的口径就不计算"
    )
    measures: Mapping[Identifier, MeasureRule] = Field(default={}, description="本办法自定的口径")
    sheets: Mapping[Identifier, Sheet] = Field(default={}, description="单件评分表；平均分是同名的口径")
    dimensions: Mapping[Identifier, Dimension] = Field(default={}, description="维度")
    criteria: Mapping[Identifier, Criterion] = Field(default={}, description="评分项")
    adjustments: Mapping[Identifier, Adjustment] = Field(default={}, description="加减分")
    gates: Mapping[Identifier, Gate] = Field(default={}, description="资格与否决")
    groups: Mapping[Identifier, Group] = Field(default={}, description="分组；同组比较")
    ranking: Ranking = Field(default=Ranking(), description="排名")
    grades: Mapping[Identifier, Grade] = Field(default={}, description="等次；取第一个成立的")
    selections: Mapping[Identifier, Selection] = Field(default={}, description="评选名单；第一份是主名单")
    objections: Objections = Field(
        default=Objections(), description="异议：几天内提出，几天内决定；不影响得分"
    )
    conversions: Mapping[Identifier, Conversion] = Field(
        default={}, description="折算：结果用于别处时是多少，如计入年度考核的分、奖金"
    )
