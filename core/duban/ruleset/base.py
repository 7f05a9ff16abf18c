"""What the models of the ruleset have in common: frozen, unknown keys refused, numbers exact.

TOML decimals arrive as `Decimal`, never as float. The descriptions are the Chinese help of editors and of the schema.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from duban.exact import Exact

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]
RulesetId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=64)]
# Long enough for every text that sql.py accepts; the rest is refused before it is parsed.
MeasureText = Annotated[str, Field(min_length=1, max_length=2000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Places = Annotated[int, Field(strict=True, ge=0, le=10)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def form(value: object) -> str:
    """Tell the forms of a value apart, so that an error speaks of the one that was meant.

    A model, which comes back when the ruleset is written, has the form that it was read from. The tags begin with `@`,
    which no key does: the path of an error is then found in the document.
    """
    return "@table" if isinstance(value, Mapping | BaseModel) else "@plain"


def _no_deduction(points: Fraction) -> Fraction:
    if points < 0:
        raise ValueError("negative_points")
    return points


def _part_of_one(share: Fraction) -> Fraction:
    if not 0 <= share <= 1:
        raise ValueError("share_out_of_range")
    return share


Points = Annotated[Exact, AfterValidator(_no_deduction), Field(json_schema_extra={"minimum": 0})]
Share = Annotated[Exact, AfterValidator(_part_of_one), Field(json_schema_extra={"minimum": 0, "maximum": 1})]
Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_tuple),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Rule(BaseModel):
    """Base of every model of the ruleset: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Titled(Rule):
    """Something that reports name: a Chinese title, an English one, and the source it rests on."""

    title: Title = Field(description="名称")
    title_en: str = Field(default="", description="英文名称")
    basis: Texts = Field(default=(), description="依据：一条或几条出处，写到条款")

    def name(self, language: str = "zh") -> str:
        """Return the title in one language; the Chinese one where there is no English one."""
        return self.title_en if language == "en" and self.title_en else self.title


class Choice(BaseModel):
    """A method by its name and its parameters; the method's own model checks the parameters."""

    model_config = ConfigDict(frozen=True, extra="allow", arbitrary_types_allowed=True)
    kind: str = Field(description="方法的标识")

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as written."""
        return dict(self.model_extra or {})


def _as_choice(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


MethodChoice = Annotated[Choice, BeforeValidator(_as_choice)]
