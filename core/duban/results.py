"""What passes between the stages after reading: departments, figures, scores, standings, lists.

Sequences named by department run parallel to `departments`, which is sorted by id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from .terms import Effect, Missing, Standing, Status

# What an attribute, a measure or a text in a condition can be; None is unknown.
Value = Fraction | str | bool | None


@dataclass(frozen=True)
class Department:
    """One department: id, name, what the `departments` table says of it, and whether it has a counted case.

    `has_cases` is True for everybody where the workspace has no `cases` table.
    """

    id: str
    name: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    has_cases: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What a rule may call it: id, name and aliases, the first that is found being the one that counts."""
        return (self.id, self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value: how many rows counted, how many hit (shares only), and the exact value.

    `value` is None unless `status` is `measured`; `min_cases` is a criterion's, not a measure's, so a figure is never
    `too_few_cases`.
    """

    status: Status
    count: int = 0
    hits: int | None = None
    value: Fraction | None = None


# By the key of the measure use: one figure a department.
Figures = Mapping[str, Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """What one department got for one criterion; `points` is None where the criterion is not available to it.

    `judged` is what the curve saw of a measured value: the value, or what `small_numbers` made of it.
    """

    status: Status
    count: int
    hits: int | None
    value: Fraction | None
    points: Fraction | None
    label: str | None = None
    # How a missing value was treated; None where it was measured.
    treatment: Missing | None = None
    judged: Fraction | None = None


@dataclass(frozen=True)
class Scores:
    """The points before adjustments: by criterion id, and by dimension id; None where nothing is available."""

    criteria: Mapping[str, Sequence[CriterionScore]]
    dimensions: Mapping[str, Sequence[Fraction | None]]


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """What one adjustment or gate did to one department."""

    adjustment: str
    kind: str
    count: int | None
    points: Fraction | None
    effect: str
    reason: str


@dataclass(frozen=True)
class Totals:
    """The numbers after adjustments, parallel to the departments.

    `total` is rounded and capped, as published; None where nothing could be scored. `adjustments` is the sum outside
    the base, the effect of rounding and caps not included. `effects` are the strongest gate effects, None for none;
    `held` the ids of the gates that hold, sorted.
    """

    dimensions: Mapping[str, Sequence[Fraction | None]]
    base: Sequence[Fraction | None]
    adjustments: Sequence[Fraction]
    total: Sequence[Fraction | None]
    effects: Sequence[Effect | None]
    held: Sequence[tuple[str, ...]]
    grades: Sequence[str | None]
    rows: Sequence[Sequence[AdjustmentRow]]


class Place(NamedTuple):
    """Where a department stands: rank in its group (or in all), None unless ranked."""

    standing: Standing
    rank: int | None
    # Why it is not ranked: `no_case`, `gate`, `missing`, `nothing_scored`; empty for ranked.
    cause: str = ""
    # Departments whose shared rank this is, itself included; 1 where it is alone.
    sharing: int = 1


class Choice(NamedTuple):
    """Whether a department is on one list, its order there (None where the list is unordered), and why."""

    chosen: bool
    order: int | None
    # `quota`, `below`, `above`, `gate`, `not_among`, `not_ranked`, `tie_extended`, `tie_dropped`, `chosen`
    cause: str
    facts: Mapping[str, object] = {}
