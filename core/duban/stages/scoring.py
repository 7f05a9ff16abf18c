"""From values to points: each criterion's curve, what a missing value means, and the dimensions."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from duban.errors import RulesetError
from duban.facts import FactTable, holding, known_before_scoring
from duban.judging import Judging, combined, full_points
from duban.plan import BoundAggregator, Plan, PlannedDimension
from duban.results import CriterionScore, Department, Figures, Scores
from duban.terms import Effect

# The group of everybody where the ruleset declares none.
ALL = "all"
_NOTHING = Fraction(0)


def assign_groups(plan: Plan, departments: Sequence[Department], figures: Figures) -> list[str]:
    """Return each department's group: the one whose condition holds, else the one without a condition.

    Raises: RulesetError, where two hold at once and no priority says which, or none holds and none takes the rest.
    """
    if not plan.groups:
        return [ALL] * len(departments)
    facts = FactTable(departments, figures)
    held = {group.id: holding(group.condition, facts) for group in plan.groups if group.condition is not None}
    rest = sorted(group.id for group in plan.groups if group.condition is None)
    chosen: list[str] = []
    for index, department in enumerate(departments):
        fitting = [group for group in sorted(held) if held[group][index]] or rest
        chosen.append(_one_group(plan, department, fitting))
    return chosen


def _one_group(plan: Plan, department: Department, fitting: Sequence[str]) -> str:
    if len(fitting) == 1:
        return fitting[0]
    known = sorted(group.id for group in plan.groups)
    if not fitting:
        raise RulesetError("department_in_no_group", department=department.name, groups=known)
    priorities = {group.id: group.rule.priority for group in plan.groups}
    ordered = sorted((priority, group) for group in fitting if (priority := priorities[group]) is not None)
    if not ordered or (len(ordered) > 1 and ordered[0][0] == ordered[1][0]):
        at = next(group.condition.at for group in plan.groups if group.id == fitting[0] and group.condition)
        names = "、".join(fitting)
        raise RulesetError("department_in_two_groups", at, department=department.name, groups=names)
    return ordered[0][1]


def score(plan: Plan, departments: Sequence[Department], figures: Figures, groups: Sequence[str]) -> Scores:
    """Return what every department gets for every criterion and dimension, before adjustments.

    Raises: MeasureError, where a measure failed; RulesetError or PluginError, where a curve cannot judge.
    """
    facts = FactTable(departments, figures, groups)
    takes_part = participants(plan, departments, facts)
    criteria: dict[str, Sequence[CriterionScore]] = {}
    shares: dict[str, Sequence[Fraction | None]] = {}
    for criterion in plan.criteria:
        judging = Judging(plan.ruleset.rounding, criterion, facts, takes_part)
        criteria[criterion.id], shares[criterion.id] = judging.scores()
    dimensions = {
        dimension.id: _dimension_scores(plan, dimension, criteria, shares, len(departments))
        for dimension in plan.dimensions
    }
    return Scores(criteria, dimensions)


def participants(plan: Plan, departments: Sequence[Department], facts: FactTable) -> list[bool]:
    """Return who is compared with the others: no department without a case, none that a gate exempts beforehand."""
    takes_part = [department.has_cases for department in departments]
    for gate in plan.gates:
        if gate.rule.kind is Effect.EXEMPT and known_before_scoring(gate.condition):
            exempt = holding(gate.condition, facts)
            takes_part = [before and not now for before, now in zip(takes_part, exempt, strict=True)]
    return takes_part


def _dimension_scores(
    plan: Plan,
    dimension: PlannedDimension,
    criteria: Mapping[str, Sequence[CriterionScore]],
    shares: Mapping[str, Sequence[Fraction | None]],
    number: int,
) -> list[Fraction | None]:
    full = full_points(plan.criteria, dimension)
    inside = [item for item in plan.criteria if item.rule.dimension == dimension.id and item.rule.points > 0]
    columns = [shares[item.id] for item in inside]
    weights = [item.rule.points for item in inside]
    rows = zip(*columns, strict=True) if columns else [()] * number
    if dimension.rule.start == "full":
        return [full + _lost(row, weights) for row in rows]
    return [_dimension_score(dimension.aggregator, full, row, weights) for row in rows]


def _lost(shares: Sequence[Fraction | None], weights: Sequence[Fraction]) -> Fraction:
    """Return the points lost over the available criteria, as a negative number."""
    pairs = zip(shares, weights, strict=True)
    return sum(((share - 1) * weight for share, weight in pairs if share is not None), _NOTHING)


def _dimension_score(
    aggregator: BoundAggregator,
    full: Fraction,
    shares: Sequence[Fraction | None],
    weights: Sequence[Fraction],
) -> Fraction | None:
    """Return the declared points times the share over the available criteria; None where there is none."""
    available = [(share, weight) for share, weight in zip(shares, weights, strict=True) if share is not None]
    if not available:
        return None
    return full * combined(aggregator, [share for share, _ in available], [weight for _, weight in available])
