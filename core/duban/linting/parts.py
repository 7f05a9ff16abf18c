"""A large plan in parts that are judged alone as they would be judged in the whole, where the rest has no values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from duban.judging import full_points
from duban.plan import MeasureUse, Plan, PlannedCriterion
from duban.terms import Aggregate, Missing, Status

# More measures than these a made-up department cannot state: it would take too long, and nobody could read it.
MOST_FACTS = 24
# A part has about so many criteria.
MOST_CRITERIA = 48
# Of very many parts some are looked at, evenly spread.
MOST_PARTS = 20


def parts(plan: Plan) -> list[Plan]:
    """Return plans with the criteria of some measures each; a plan that is small enough is the only part."""
    if max(len(plan.uses), len(plan.criteria)) <= MOST_CRITERIA:
        return [plan]
    kept: list[PlannedCriterion] = []
    free: list[PlannedCriterion] = []
    asked = {name for condition in _conditions(plan) for name in condition}
    for criterion in plan.criteria:
        (free if _falls_out(criterion) and not _asked(criterion, asked) else kept).append(criterion)
    by_key: dict[str, list[PlannedCriterion]] = {}
    for criterion in free:
        by_key.setdefault(criterion.use.key if criterion.use else "", []).append(criterion)
    handfuls = list(_handfuls(list(by_key.values())))
    return [_part(plan, [*kept, *chosen]) for chosen in handfuls[:: -(-len(handfuls) // MOST_PARTS)]]


def _handfuls(measured: Sequence[Sequence[PlannedCriterion]]) -> Iterator[list[PlannedCriterion]]:
    """Return the criteria of some measures at a time, at least of one."""
    chosen: list[PlannedCriterion] = []
    number = 0
    for criteria in measured:
        if chosen and (number == MOST_FACTS or len(chosen) + len(criteria) > MOST_CRITERIA):
            yield chosen
            chosen, number = [], 0
        chosen, number = [*chosen, *criteria], number + 1
    yield chosen


def _falls_out(criterion: PlannedCriterion) -> bool:
    """Return whether a criterion without a stated value leaves its points to the others."""
    use = criterion.use
    if use is None or criterion.by_department or use.measure.kind in (Aggregate.NUMBER, Aggregate.SUM):
        return False
    return use.formula is None and criterion.rule.when_missing(Status.NOT_APPLICABLE) is Missing.REDISTRIBUTE


def _asked(criterion: PlannedCriterion, names: Iterable[str]) -> bool:
    return any(name in (f"points.{criterion.id}", f"label.{criterion.id}") for name in names)


def _conditions(plan: Plan) -> Iterator[frozenset[str]]:
    """Return the names that each department text looks up."""
    for section in (plan.adjustments, plan.gates, plan.groups, plan.grades, plan.selections):
        yield from (item.condition.names for item in section if item.condition is not None)
    yield from (item.number.names for item in plan.conversions)
    yield from (condition.names for item in plan.criteria for condition in item.curve.conditions.values())
    yield frozenset(f"points.{item.name}" for item in plan.tie_breaks)


def _part(plan: Plan, criteria: list[PlannedCriterion]) -> Plan:
    """Return the plan with some of its criteria; each dimension is worth what it was."""
    chosen = {item.id for item in criteria}
    dimensions = [
        replace(item, rule=item.rule.model_copy(update={"points": full_points(plan.criteria, item)}))
        for item in plan.dimensions
    ]
    dropped = {item.use.key for item in plan.criteria if item.id not in chosen and item.use is not None}
    needed = {use.key for item in criteria for use in (item.use, *item.by_department.values()) if use}
    needed |= {name for names in _conditions(plan) for name in names}
    needed |= {item.use.key for item in plan.adjustments if item.use is not None}
    needed |= {item.use.key for item in plan.tie_breaks if item.use is not None}
    needed |= {name for use in plan.uses.values() for name in _ingredients(use)}
    uses = {key: use for key, use in plan.uses.items() if key in needed or key not in dropped}
    kept = [item for item in plan.criteria if item.id in chosen]
    return replace(plan, criteria=kept, dimensions=dimensions, uses=MappingProxyType(uses))


def _ingredients(use: MeasureUse) -> Iterator[str]:
    for formula in (use.formula, use.count_formula):
        yield from formula.measures if formula is not None else ()
