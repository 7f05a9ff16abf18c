"""The answer on one department as data: from the total down to each criterion, adjustment, gate, rank and list."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from duban.results import AdjustmentRow, Choice, CriterionScore, Department, Figure, Place, Value
from duban.terms import Better

from .parts import Part, Scale

# What a condition looked at: the value of each name in its text.
Facts = Mapping[str, Value]


@dataclass(frozen=True)
class ExplainedCriterion:
    """One criterion: its score, how the curve came to it, and what it brings to the total.

    `use` is the key of its measure use, None where the department has no measure for it. `worked` is the curve's own
    sentence with the numbers put in, "" where there is none. `part` and `worth` are its points and its full points on
    the scale of the total; None where it does not count towards one.
    """

    id: str
    dimension: str
    use: str | None
    score: CriterionScore
    full: Fraction
    worked: str
    facts: Facts
    part: Fraction | None
    worth: Fraction | None


@dataclass(frozen=True)
class ExplainedDimension:
    """One dimension: its score after what acts inside it, its points in the total, and the scale between the two.

    `without` are the criteria whose points went to the others, for want of a value. `changes` are the parts that are no
    criterion's, on the scale of the total.
    """

    id: str
    full: Fraction
    score: Fraction | None
    scale: Scale | None
    part: Fraction | None
    criteria: tuple[ExplainedCriterion, ...]
    without: tuple[str, ...]
    changes: tuple[Part, ...]


@dataclass(frozen=True)
class ExplainedAdjustment:
    """One adjustment: what it did, None where nothing, from which figure or facts; `part` is its points in the total."""

    id: str
    row: AdjustmentRow | None
    use: str | None
    figure: Figure | None
    facts: Facts
    part: Fraction | None


@dataclass(frozen=True)
class ExplainedCondition:
    """A gate, group or grade: whether it holds, and the facts that it looked at."""

    id: str
    holds: bool
    facts: Facts


@dataclass(frozen=True)
class ExplainedTie:
    """One tie-break that was asked: the department's value, and those of who was still level with it, by id."""

    name: str
    better: Better
    value: Fraction | None
    others: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class ExplainedList:
    """One list: whether the department is on it, and the reason in a sentence."""

    id: str
    choice: Choice
    reason: str
    facts: Facts


@dataclass(frozen=True)
class Explanation:
    """Why a department has its total, its rank and its place on the lists.

    The points of `parts` add up to `total` exactly; both are empty where there is no total. `reason` is the sentence of
    the ranking. `ranked` is how many are ranked in its circle.
    """

    department: Department
    total: Fraction | None
    base: Fraction | None
    adjusted: Fraction
    parts: tuple[Part, ...]
    dimensions: tuple[ExplainedDimension, ...]
    adjustments: tuple[ExplainedAdjustment, ...]
    gates: tuple[ExplainedCondition, ...]
    groups: tuple[ExplainedCondition, ...]
    grades: tuple[ExplainedCondition, ...]
    group: str
    grade: str | None
    place: Place
    ties: tuple[ExplainedTie, ...]
    lists: tuple[ExplainedList, ...]
    reason: str

    @property
    def criteria(self) -> tuple[ExplainedCriterion, ...]:
        """All criteria, dimension by dimension."""
        return tuple(criterion for dimension in self.dimensions for criterion in dimension.criteria)
