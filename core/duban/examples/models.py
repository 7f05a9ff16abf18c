"""`examples.toml` as it stands: for each example a sentence, what is given, and what is expected."""

import datetime
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StrictInt, model_validator

from duban.exact import exact
from duban.ruleset import Count, Identifier, Period, Texts
from duban.terms import Standing, Status

# Written where a number or a name is expected of something that has none.
NONE = "none"
_RATIO = re.compile(r"(-?\d{1,30}(?:\.\d{1,30})?)(?:/(\d{1,30}))?")


def number(value: object) -> Fraction:
    """Return a number as written: 12, 0.4, "2/3".

    Raises: ValueError, for anything else.
    """
    if not isinstance(value, str):
        return exact(value)
    found = _RATIO.fullmatch(value.strip())
    if found is None or (found[2] is not None and not int(found[2])):
        raise ValueError("example_number")
    return Fraction(found[1]) / int(found[2] or 1)


def _number_or_none(value: object) -> Fraction | None:
    return None if value == NONE else number(value)


def _name_or_none(value: object) -> object:
    return None if value == NONE else value


Number = Annotated[Fraction, PlainValidator(number)]
NumberOrNone = Annotated[Fraction | None, PlainValidator(_number_or_none)]
NameOrNone = Annotated[str | None, BeforeValidator(_name_or_none)]


class Part(BaseModel):
    """Base of every model of the examples: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Stated(Part):
    """A measured value with its count: `{ value = 45, count = 3 }`, `{ hits = 9, count = 10 }`, `{ status = "…" }`."""

    value: Number | None = None
    hits: Count | None = None
    count: Count | None = None
    status: Literal[Status.MEASURED, Status.NOT_APPLICABLE, Status.NOT_AVAILABLE] = Status.MEASURED

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        by_hits = self.hits is not None and self.count is not None and self.value is None
        by_value = self.value is not None and self.hits is None
        without = self.value is None and self.hits is None and self.status is not Status.MEASURED
        if [by_hits, by_value, without].count(True) != 1 or (without is (self.status is Status.MEASURED)):
            raise ValueError("example_value_form")
        if self.hits is not None and not self.hits <= (self.count or 0):
            raise ValueError("example_hits_above_count")
        return self


class Expected(Part):
    """What one department is expected to get; only what is named is compared."""

    total: NumberOrNone = None
    base: NumberOrNone = None
    rank: StrictInt | None = None
    status: Standing | None = None
    group: str | None = None
    grade: NameOrNone = None
    selected: Texts = ()
    not_selected: Texts = ()
    gates: Texts = ()
    points: Mapping[str, NumberOrNone] = {}
    labels: Mapping[str, NameOrNone] = {}
    adjustments: Mapping[str, Number] = {}
    dimensions: Mapping[str, NumberOrNone] = {}
    values: Mapping[str, NumberOrNone] = {}
    conversions: Mapping[str, NumberOrNone] = {}


def _says_something(expected: Expected) -> bool:
    """Return whether anything is named; an empty list of gates is said, a table with nothing in it is not."""
    return any(getattr(expected, name) != {} for name in expected.model_fields_set)


class Example(Part):
    """One example: facts or tables go in, the results of departments are expected."""

    says: Annotated[str, Field(min_length=1, max_length=1000)]
    basis: Texts = ()
    as_of: datetime.date | None = None
    period: Period | None = None
    facts: Mapping[str, Mapping[str, Any]] = {}
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = {}
    findings: Texts = ()
    no_findings: Texts = ()
    expect: Annotated[Mapping[str, Expected], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.facts) == bool(self.tables):
            raise ValueError("example_needs_one_form")
        if self.facts and (self.findings or self.no_findings):
            raise ValueError("example_findings_need_tables")
        return self

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        """An example that compares nothing passes whatever the rules are."""
        if not (self.findings or self.no_findings or any(map(_says_something, self.expect.values()))):
            raise ValueError("example_expects_nothing")
        return self


class Examples(Part):
    """The whole file, by id in the order of the file."""

    examples: Annotated[Mapping[Identifier, Example], Field(min_length=1)]
