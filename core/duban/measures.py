"""What a measure is: for each row of a table, whether it counts and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from numbers import Rational

from .terms import Aggregate, Better

ParameterValue = int | Decimal | str | bool | date
_PARAMETER_TYPES = (int, Decimal, str, bool, date)
_WITH_VALUE = (Aggregate.SUM, Aggregate.MEAN, Aggregate.QUANTILE)


@dataclass(frozen=True)
class Parameter:
    """A number, text or date that a ruleset may give a measure with `with = { … }`.

    `type` is int, Decimal, str, bool or date. `choices` limits a text; `at_least` and `at_most` a number.
    """

    type: type
    default: ParameterValue | None = None
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None
    choices: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Measure:
    """One counting rule (口径) over one table, as SQL expressions over the columns of the typed view.

    `count` says which rows count (default: all). With `hit` the value is the share of counted rows that hit; with
    neither `hit` nor `value` it is their number; with `value` it is the `aggregate` of that integer or decimal.
    With `formula` the value is worked out from other measures (department text: `a / b`, `count.a`, `hits.a`); `count`
    may then say, in the same way, how many cases it rests on (default: the fewest of the measures named).
    `:as_of`, `:period_from`, `:period_to` and the parameters stand for typed values. `source` names the rule's origin.
    """

    id: str
    title: str
    count: str = "true"
    hit: str | None = None
    value: str | None = None
    aggregate: Aggregate | None = None
    quantile: Fraction | str = Fraction(1, 2)
    table: str = "cases"
    better: Better = Better.HIGHER
    unit: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    source: str = ""
    title_en: str = ""
    formula: str | None = None

    def __post_init__(self) -> None:
        """Take the words of the enumerations for their members: `better="lower"` is `Better.LOWER`.

        Raises: ValueError, for any other word.
        """
        object.__setattr__(self, "better", Better(self.better))
        if self.aggregate is not None:
            object.__setattr__(self, "aggregate", Aggregate(self.aggregate))

    @property
    def kind(self) -> Aggregate:
        """How the rows become one value, said or implied."""
        if self.aggregate is not None:
            return self.aggregate
        if self.formula is not None:
            return Aggregate.FORMULA
        return (
            Aggregate.SHARE
            if self.hit is not None
            else Aggregate.NUMBER
            if self.value is None
            else Aggregate.MEAN
        )

    @property
    def is_well_formed(self) -> bool:
        """Whether `hit`, `value` or `formula` stands alone, with an aggregate that goes with it."""
        if self.formula is not None:
            alone = self.hit is None and self.value is None and self.table == "cases"
            return alone and self.kind is Aggregate.FORMULA
        if self.hit is not None:
            return self.value is None and self.kind is Aggregate.SHARE
        return self.kind in _WITH_VALUE if self.value is not None else self.kind is Aggregate.NUMBER

    def misfit(self) -> str | None:
        """Return the first field that no measure of a plugin can have, None where all are right."""
        fits = {
            "id": isinstance(self.id, str) and self.id.isidentifier() and self.id.isascii(),
            "title": isinstance(self.title, str),
            "table": isinstance(self.table, str),
            "count": isinstance(self.count, str),
            "hit": self.hit is None or isinstance(self.hit, str),
            "value": self.value is None or isinstance(self.value, str),
            "formula": self.formula is None or (isinstance(self.formula, str) and not self.parameters),
            "aggregate": self.is_well_formed,
            "quantile": self.quantile in self.parameters
            or (isinstance(self.quantile, Rational) and 0 <= self.quantile <= 1),
            "parameters": all(item.type in _PARAMETER_TYPES for item in self.parameters.values()),
        }
        return next((field for field, right in fits.items() if not right), None)

    def name(self, language: str = "zh") -> str:
        """Return the title in one language; without an English one, the id in words."""
        return (self.title_en or self.id.replace("_", " ")) if language == "en" else self.title
