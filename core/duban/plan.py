"""The resolved ruleset: every name looked up, every text parsed, every parameter checked.

`resolving` builds a `Plan` from a ruleset and the registry; the stages read it and know no registry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from . import limiting
from .conditions import Condition, Formula
from .errors import PluginError
from .exact import exact
from .measures import Measure, ParameterValue
from .methods import Aggregator, Curve, Judged, Parameters, Subject
from .results import Department
from .ruleset import (
    Adjustment,
    Conversion,
    Criterion,
    Dimension,
    Gate,
    Grade,
    Group,
    Period,
    Ruleset,
    Selection,
)
from .sql import Clause

_Done = TypeVar("_Done")


@dataclass(frozen=True)
class MeasureUse:
    """One measure with its parameters and filter; equal uses have equal keys and are counted once.

    `key` is the measure's id where nothing was changed: `on_time`, `on_time(grace_days=3)`, `on_time[role = 'lead']`.
    `count`, `hit` and `value` are the measure's texts with their place, for messages. A measure with a `formula` counts
    no rows: it is worked out from other uses, and so is how many cases it rests on where `count_formula` says so.
    """

    key: str
    measure: Measure
    parameters: Mapping[str, ParameterValue]
    count: Clause
    hit: Clause | None = None
    value: Clause | None = None
    where: Clause | None = None
    formula: Formula | None = None
    count_formula: Formula | None = None

    @property
    def quantile(self) -> Fraction:
        """Which quantile it is, where it is one."""
        named, parameters = self.measure.quantile, self.measure.parameters
        if isinstance(named, str):
            return exact(self.parameters.get(named, parameters[named].default))
        return named


@dataclass(frozen=True)
class BoundCurve:
    """A curve with its checked parameters, the conditions that they name, by text, and the plugin that it came from."""

    curve: Curve
    parameters: Parameters
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    plugin: str = ""

    def judge(self, subjects: Sequence[Subject], full: Fraction) -> Sequence[Judged]:
        """Return what the curve says of the subjects, which it may do in any shape.

        Raises: PluginError, where it does not come to an end; whatever the curve raises.
        """
        return self.watched(lambda: self.curve.judge(subjects, full, self.parameters))

    def watched(self, action: Callable[[], _Done]) -> _Done:
        """Return what an action returns that asks the curve, once or often.

        Raises: PluginError, where it does not come to an end; whatever the action raises.
        """
        try:
            return limiting.within(limiting.PLUGIN_SECONDS, action)
        except limiting.TooSlow as problem:
            facts = {"plugin": self.plugin, "curve": self.curve.id, "seconds": f"{limiting.PLUGIN_SECONDS:g}"}
            raise PluginError("curve_too_slow", **facts) from problem

    @property
    def labels(self) -> Sequence[str]:
        """The labels that it may give."""
        return self.curve.labels(self.parameters)


@dataclass(frozen=True)
class BoundAggregator:
    """An aggregator with its checked parameters, and the plugin that it came from."""

    aggregator: Aggregator
    parameters: Parameters
    plugin: str = ""


@dataclass(frozen=True)
class PlannedCriterion:
    """A criterion with its measure uses: `by_department` holds those of named departments, `use` everybody else's."""

    id: str
    rule: Criterion
    curve: BoundCurve
    use: MeasureUse | None
    by_department: Mapping[str, MeasureUse] = field(default_factory=dict)

    def use_for(self, department: Department) -> MeasureUse | None:
        """Return the use for a department, which may be called by any of its names: its own, else the common one."""
        own = self.by_department
        return next((own[name] for name in department.names if name in own), self.use)


@dataclass(frozen=True)
class PlannedDimension:
    """A dimension with its aggregator."""

    id: str
    rule: Dimension
    aggregator: BoundAggregator


@dataclass(frozen=True)
class PlannedAdjustment:
    """An adjustment with its measure use or its condition."""

    id: str
    rule: Adjustment
    use: MeasureUse | None = None
    condition: Condition | None = None


@dataclass(frozen=True)
class PlannedGate:
    """A gate with its condition."""

    id: str
    rule: Gate
    condition: Condition


@dataclass(frozen=True)
class PlannedGroup:
    """A group with its condition; None takes the rest."""

    id: str
    rule: Group
    condition: Condition | None


@dataclass(frozen=True)
class PlannedGrade:
    """A grade with its condition, in the order of the file."""

    id: str
    rule: Grade
    condition: Condition | None


@dataclass(frozen=True)
class PlannedSelection:
    """A selection with its condition, in the order of the file."""

    id: str
    rule: Selection
    condition: Condition | None


@dataclass(frozen=True)
class PlannedConversion:
    """A conversion with the number that it works out."""

    id: str
    rule: Conversion
    number: Formula


@dataclass(frozen=True)
class TieBreak:
    """What tells equal totals apart: a criterion's value, or else a measure's; `better` is that measure's."""

    name: str
    criterion: PlannedCriterion | None = None
    use: MeasureUse | None = None


@dataclass(frozen=True)
class Plan:
    """Everything a run needs to know of the rules. Sequences are in the order of the file; no result depends on it,
    except that the first grade whose condition holds is taken and the first selection is the main list."""

    ruleset: Ruleset
    period: Period | None
    criteria: Sequence[PlannedCriterion]
    dimensions: Sequence[PlannedDimension]
    aggregator: BoundAggregator
    adjustments: Sequence[PlannedAdjustment]
    gates: Sequence[PlannedGate]
    groups: Sequence[PlannedGroup]
    grades: Sequence[PlannedGrade]
    selections: Sequence[PlannedSelection]
    tie_breaks: Sequence[TieBreak]
    # By key; a formula stands after the uses that it names.
    uses: Mapping[str, MeasureUse]
    conversions: Sequence[PlannedConversion] = ()
    # Names in department text that only the departments table can explain, with the text that uses them.
    attributes: Sequence[tuple[str, Clause]] = ()

    @property
    def has_points(self) -> bool:
        """Whether anything is worth points; rules of labels and logic alone have no total."""
        worth = [item.rule.points for item in self.criteria]
        worth += [item.rule.points or Fraction(0) for item in self.dimensions]
        return any(worth) or bool(self.adjustments)
