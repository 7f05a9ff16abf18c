"""The ruleset as it stands in TOML: frozen models that refuse unknown keys.

Everything is keyed by id. Numbers are exact: TOML decimals arrive as `Decimal`, never as float.
"""

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictInt,
    Tag,
    model_validator,
)

from .exact import Exact, RoundingMode
from .terms import Aggregate, Better, Effect, Missing, Status

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]
RulesetId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=64)]
# Long enough for every text that sql.py accepts; the rest is refused before it is parsed.
MeasureText = Annotated[str, Field(min_length=1, max_length=2000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Places = Annotated[int, Field(strict=True, ge=0, le=10)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
RatingPolicy = Literal["lead_deputy", "majority", "worst", "mean"]
NonResponse = Literal["exclude", "neutral", "as_satisfied", "as_dissatisfied"]
# A measured value is not missing, and a failed measure always stops.
_CAN_BE_MISSING = frozenset({Status.TOO_FEW_CASES, Status.NOT_APPLICABLE, Status.NOT_AVAILABLE})


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _form(value: object) -> str:
    """Tell the forms of a value apart, so that an error speaks of the one that was meant.

    A model, which comes back when the ruleset is written, has the form that it was read from. The tags begin with `@`, which no key does: the path of an error is then found in the document.
    """
    if isinstance(value, ShareQuota) or (isinstance(value, Mapping) and "share" in value):
        return "@share"
    return "@table" if isinstance(value, Mapping | BaseModel) else "@plain"


def _no_deduction(points: Fraction) -> Fraction:
    if points < 0:
        raise ValueError("negative_points")
    return points


def _part_of_one(share: Fraction) -> Fraction:
    if not 0 <= share <= 1:
        raise ValueError("share_out_of_range")
    return share


Points = Annotated[Exact, AfterValidator(_no_deduction)]
Share = Annotated[Exact, AfterValidator(_part_of_one)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Rule(BaseModel):
    """Base of every model of the ruleset: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Titled(Rule):
    """Something that reports name: a Chinese title, an English one, and the source it rests on."""

    title: Title
    title_en: str = ""
    basis: Texts = ()

    def name(self, language: str = "zh") -> str:
        """Return the title in one language; the Chinese one where there is no English one."""
        return self.title_en if language == "en" and self.title_en else self.title


class Period(Rule):
    """The days whose cases are judged, both ends included; `by` names the date column."""

    start: datetime.date = Field(alias="from")
    end: datetime.date = Field(alias="to")
    by: str = "assigned_on"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("period_backwards")
        return self


class Rounding(Rule):
    """Where and how numbers are rounded: the total always, a criterion's points where the rule says so."""

    total: Places = 2
    points: Places | None = None
    mode: RoundingMode = "half_up"


class VolumeStep(Rule):
    """More days for departments with more than `over` lead and separate cases."""

    over: Count
    days: Count


class Deadline(Rule):
    """When a case is due: months, days or working days from a date column, or one fixed date."""

    when: MeasureText | None = None
    start: str = Field(default="assigned_on", alias="from")
    months: Count | None = None
    days: Count | None = None
    working_days: Count | None = None
    date: datetime.date | None = None
    extended_months: Count | None = None
    volume: tuple[VolumeStep, ...] = ()
    basis: Texts = ()

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        clocks = [self.months, self.days, self.working_days, self.date]
        if sum(clock is not None for clock in clocks) != 1:
            raise ValueError("deadline_needs_one_clock")
        return self


class RatingRule(Rule):
    """How the rows of the `ratings` table become one rating of a case, and what silence counts as."""

    policy: RatingPolicy = "lead_deputy"
    facet: str | None = None
    window_days: Count | None = None
    late: Literal["accept", "exclude"] = "accept"
    non_response: NonResponse = "exclude"


class RatingRules(Rule):
    """The rules for the two stages."""

    answer: RatingRule = RatingRule()
    result: RatingRule = RatingRule()


class Choice(BaseModel):
    """A method by its name and its parameters; the method's own model checks the parameters."""

    model_config = ConfigDict(frozen=True, extra="allow", arbitrary_types_allowed=True)
    kind: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as written."""
        return dict(self.model_extra or {})


def _as_choice(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


MethodChoice = Annotated[Choice, BeforeValidator(_as_choice)]


class Dimension(Titled):
    """A group of criteria; `points` defaults to the sum of theirs."""

    points: Points | None = None
    floor: Exact | None = None
    ceiling: Exact | None = None
    start: Literal["zero", "full"] = "zero"
    aggregate: MethodChoice | None = None

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        if self.floor is not None and self.ceiling is not None and self.floor > self.ceiling:
            raise ValueError("floor_above_ceiling")
        return self


class MeasureRule(Titled):
    """A measure written in the ruleset: this year's own counting rule."""

    table: str = "cases"
    count: MeasureText | None = None
    hit: MeasureText | None = None
    value: MeasureText | None = None
    formula: MeasureText | None = None
    aggregate: Aggregate | None = None
    quantile: Share = Fraction(1, 2)
    better: Better = Better.HIGHER
    unit: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _quantile_is_used(self) -> Self:
        if "quantile" in self.model_fields_set and self.aggregate is not Aggregate.QUANTILE:
            raise ValueError("quantile_without_aggregate")
        return self


class Criterion(Titled):
    """What a measure is worth: points, curve, and what a missing value means."""

    dimension: str
    measure: str | None = None
    measure_by_department: Mapping[str, str] = {}
    with_: Mapping[str, Any] = Field(default={}, alias="with")
    where: MeasureText | None = None
    points: Points
    curve: MethodChoice = Choice(kind="linear")
    missing: Annotated[
        Annotated[Missing, Tag("@plain")] | Annotated[Mapping[Status, Missing], Tag("@table")],
        Discriminator(_form),
    ] = Missing.REDISTRIBUTE
    min_cases: Count = 0

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

    measure: str | None = None
    with_: Mapping[str, Any] = Field(default={}, alias="with")
    where: MeasureText | None = None
    each: Exact | None = None
    limit: Exact | None = None
    when: MeasureText | None = None
    points: Exact | None = None
    dimension: str | None = None

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


class Cap(Rule):
    """The largest total a department may have while a gate holds."""

    cap: Exact


class Gate(Titled):
    """A condition that exempts a department, takes it off the ranking or the lists, or caps its total."""

    when: MeasureText
    effect: Annotated[
        Annotated[Literal["exempt", "not_ranked", "not_selectable"], Tag("@plain")]
        | Annotated[Cap, Tag("@table")],
        Discriminator(_form),
    ]

    @property
    def kind(self) -> Effect:
        """The effect without its number."""
        return Effect.CAP if isinstance(self.effect, Cap) else Effect(self.effect)


class Group(Titled):
    """Departments ranked together; the one group without `when` takes the rest."""

    when: MeasureText | None = None
    priority: StrictInt | None = None


class Ranking(Rule):
    """Who is ranked with whom, and how equal totals are told apart."""

    within: Literal["group", "all"] = "group"
    ties: Literal["competition", "dense"] = "competition"
    tie_break: tuple[str, ...] = ()


class Grade(Titled):
    """A label for a total, the first whose condition holds; conditions are read in the order of the file."""

    at_least: Exact | None = None
    when: MeasureText | None = None


class ShareQuota(Rule):
    """A share of the ranked departments, rounded, and at least so many."""

    share: Share
    round: Literal["half_up", "up", "down"] = "half_up"
    at_least: Count = 0
    at_most: Count | None = None


_CountForm: TypeAlias = Annotated[Count, Tag("@plain")]
_ShareForm: TypeAlias = Annotated[ShareQuota, Tag("@share")]
Quota: TypeAlias = Annotated[_CountForm | _ShareForm, Discriminator(_form)]
QuotaByGroup = Mapping[str, Quota]


class Selection(Titled):
    """One list of departments taken from the ranking."""

    among: MeasureText | None = None
    at_least: Exact | None = None
    at_most: Exact | None = None
    quota: Annotated[
        _CountForm | _ShareForm | Annotated[QuotaByGroup, Tag("@table")] | Annotated[None, Tag("@none")],
        Discriminator(lambda value: "@none" if value is None else _form(value)),
    ] = None
    cut_tie: Literal["extend", "drop"] = "extend"
    start: Literal["top", "bottom"] = Field(default="top", alias="from")
    ordered: bool = True


class SheetItem(Titled):
    """One line of a score sheet for a single case: `points` when the condition holds, or a value of its own."""

    points: Exact | None = None
    when: MeasureText | None = None
    value: MeasureText | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.value is None) == (self.points is None or self.when is None):
            raise ValueError("sheet_item_needs_one_form")
        return self


class Sheet(Titled):
    """A score sheet filled in for every counted case; its mean is a measure with the sheet's id."""

    table: str = "cases"
    count: MeasureText = "true"
    items: Mapping[Identifier, SheetItem]


class Ruleset(Titled):
    """One year's rules for one place."""

    format: Literal[1]
    id: RulesetId
    extends: str | None = None
    period: Period | None = None
    rounding: Rounding = Rounding()
    aggregate: MethodChoice = Choice(kind="mean")
    deadlines: Mapping[Identifier, Deadline] = {}
    ratings: RatingRules = RatingRules()
    outcomes: Mapping[str, str] = {}
    scales: Mapping[Identifier, Mapping[str, Exact]] = {}
    measures: Mapping[Identifier, MeasureRule] = {}
    sheets: Mapping[Identifier, Sheet] = {}
    dimensions: Mapping[Identifier, Dimension] = {}
    criteria: Mapping[Identifier, Criterion] = {}
    adjustments: Mapping[Identifier, Adjustment] = {}
    gates: Mapping[Identifier, Gate] = {}
    groups: Mapping[Identifier, Group] = {}
    ranking: Ranking = Ranking()
    grades: Mapping[Identifier, Grade] = {}
    selections: Mapping[Identifier, Selection] = {}
