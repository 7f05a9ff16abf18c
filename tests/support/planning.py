"""Plans, departments and figures by hand, for tests of the stages after measuring."""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import duban_curves
from duban.conditions import Condition, compile_condition
from duban.measures import Measure
from duban.plan import (
    BoundAggregator,
    BoundCurve,
    MeasureUse,
    Plan,
    PlannedAdjustment,
    PlannedCriterion,
    PlannedDimension,
    PlannedGate,
    PlannedGrade,
    PlannedGroup,
    PlannedSelection,
    TieBreak,
)
from duban.reasons import list_reasons
from duban.results import Choice, Department, Figure, Figures, Place, Scores, Totals
from duban.ruleset import Choice as MethodChoice
from duban.ruleset import Ruleset
from duban.sql import Clause
from duban.stages.adjusting import adjust
from duban.stages.ranking import rank
from duban.stages.scoring import assign_groups, score
from duban.stages.selecting import select
from duban.terms import Better, Status

CURVES = {curve.id: curve for curve in duban_curves.register_curves()}
AGGREGATORS = {aggregator.id: aggregator for aggregator in duban_curves.register_aggregators()}
_TITLED = ("dimensions", "criteria", "adjustments", "gates", "groups", "grades", "selections")
# Measures of these tests for which lower is better.
LOWER = frozenset({"handling_days", "overdue", "result_dissatisfied"})


class Judgement(NamedTuple):
    """What comes out of all the stages after measuring."""

    groups: Sequence[str]
    scores: Scores
    totals: Totals
    places: Sequence[Place]
    lists: Mapping[str, Sequence[Choice]]
    reasons: Sequence[str]

    @property
    def ranks(self) -> list[int | None]:
        """The ranks, parallel to the departments."""
        return [place.rank for place in self.places]

    def points(self, criterion: str) -> list[Fraction | None]:
        """The points of one criterion, parallel to the departments."""
        return [score.points for score in self.scores.criteria[criterion]]

    def chosen(self, selection: str) -> list[int]:
        """The indices of the departments on one list."""
        return [index for index, choice in enumerate(self.lists[selection]) if choice.chosen]


def planned(text: str) -> Plan:
    """Return the plan of a ruleset without a head; ids are its titles, and its measures need no definition."""
    return plan_from(tomllib.loads(text, parse_float=Decimal))


def plan_from(values: Mapping[str, Any]) -> Plan:
    """Return the plan of a ruleset without a head, as tables."""
    titled = {
        section: {name: {"title": name, **item} for name, item in values.get(section, {}).items()}
        for section in _TITLED
    }
    return plan_of(
        Ruleset.model_validate({"format": 1, "id": "test", "title": "测试办法", **values, **titled})
    )


def plan_of(ruleset: Ruleset) -> Plan:
    """Return the plan of a ruleset whose measures are what its criteria and adjustments name."""
    criteria = [_criterion(name, ruleset) for name in ruleset.criteria]
    by_id = {criterion.id: criterion for criterion in criteria}
    return Plan(
        ruleset=ruleset,
        period=None,
        criteria=criteria,
        dimensions=[
            PlannedDimension(name, rule, _aggregator(rule.aggregate or MethodChoice(kind="mean")))
            for name, rule in ruleset.dimensions.items()
        ],
        aggregator=_aggregator(ruleset.aggregate),
        adjustments=[
            PlannedAdjustment(
                name, rule, None if rule.measure is None else use_of(rule.measure), condition(rule.when)
            )
            for name, rule in ruleset.adjustments.items()
        ],
        gates=[PlannedGate(name, rule, _compiled(rule.when)) for name, rule in ruleset.gates.items()],
        groups=[PlannedGroup(name, rule, condition(rule.when)) for name, rule in ruleset.groups.items()],
        grades=[PlannedGrade(name, rule, condition(rule.when)) for name, rule in ruleset.grades.items()],
        selections=[
            PlannedSelection(name, rule, condition(rule.among)) for name, rule in ruleset.selections.items()
        ],
        tie_breaks=[
            TieBreak(name, by_id.get(name), None if name in by_id else use_of(name))
            for name in ruleset.ranking.tie_break
        ],
        uses={},
    )


def use_of(name: str) -> MeasureUse:
    """Return the use of a measure without parameters."""
    measure = Measure(name, name, better=Better.LOWER if name in LOWER else Better.HIGHER)
    return MeasureUse(name, measure, {}, Clause("true", "test", name))


def condition(text: str | None) -> Condition | None:
    """Return a department text as a condition."""
    return None if text is None else _compiled(text)


def department(
    name: str, *, has_cases: bool = True, **attributes: Fraction | str | bool | None
) -> Department:
    """Return a department whose id is its name."""
    return Department(name, name, attributes, has_cases)


def figure(value: str | int | Fraction | Status, count: int = 10) -> Figure:
    """Return a measured value, or a status without one."""
    if isinstance(value, Status):
        return Figure(value)
    return Figure(Status.MEASURED, count, None, Fraction(value))


def figures(**columns: Sequence[str | int | Fraction | Status]) -> Figures:
    """Return figures by measure, each value over ten cases."""
    return {name: [figure(value) for value in column] for name, column in columns.items()}


def judged(plan: Plan, departments: Sequence[Department], measured: Figures) -> Judgement:
    """Run every stage after measuring."""
    groups = assign_groups(plan, departments, measured)
    scores = score(plan, departments, measured, groups)
    totals = adjust(plan, departments, measured, groups, scores)
    places = rank(plan, departments, measured, groups, totals)
    lists = select(plan, departments, measured, groups, scores, totals, places)
    main = plan.selections[0] if plan.selections else None
    return Judgement(
        groups,
        scores,
        totals,
        places,
        lists,
        list_reasons(plan, main, groups, scores, totals, places, lists),
    )


def _compiled(text: str) -> Condition:
    return compile_condition(Clause(text, "test", "test"))


def _aggregator(choice: MethodChoice) -> BoundAggregator:
    aggregator = AGGREGATORS[choice.kind]
    return BoundAggregator(aggregator, aggregator.parameters.model_validate(choice.parameters))


def _criterion(name: str, ruleset: Ruleset) -> PlannedCriterion:
    rule = ruleset.criteria[name]
    curve = CURVES[rule.curve.kind]
    parameters = curve.parameters.model_validate(rule.curve.parameters)
    conditions = {text: _compiled(text) for text in curve.conditions(parameters)}
    use = None if rule.measure is None else use_of(rule.measure)
    own = {department: use_of(measure) for department, measure in rule.measure_by_department.items()}
    return PlannedCriterion(name, rule, BoundCurve(curve, parameters, conditions), use, own)
