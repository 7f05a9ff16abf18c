"""Makes the answer on one department out of what a run judged."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property

from duban import limiting
from duban.conditions import Condition
from duban.errors import PluginError
from duban.evaluating import Evaluated
from duban.exact import rounded
from duban.facts import FactTable, score_facts
from duban.judging import full_points
from duban.methods import Speech
from duban.plan import MeasureUse, PlannedAdjustment, PlannedCriterion, PlannedDimension
from duban.results import CriterionScore
from duban.stages.scoring import ALL

from .company import Company
from .explanation import (
    ExplainedAdjustment,
    ExplainedCondition,
    ExplainedCriterion,
    ExplainedDimension,
    ExplainedList,
    Explanation,
    Facts,
)
from .parts import Kind, Part, Parts
from .ties import ties_of

# A number with its unit stands apart from words only where it ends in a digit.
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
# How a curve over a measure use says what it made of a score.
Speaks = Callable[[MeasureUse | None, CriterionScore], Speech]


class Explainer:
    """Explains the departments of one run, one at a time."""

    def __init__(self, evaluated: Evaluated, speaks: Speaks) -> None:
        self._evaluated, self._speaks = evaluated, speaks
        self._plan, self._judged = evaluated.plan, evaluated.judgement
        self.parts = Parts(evaluated)
        self.index = {department.id: index for index, department in enumerate(evaluated.departments)}

    @cached_property
    def _company(self) -> Company:
        return Company(self._evaluated)

    @cached_property
    def _measured(self) -> FactTable:
        """What groups, adjustments and curves may ask."""
        evaluated = self._evaluated
        plan = evaluated.plan
        conditions = [
            item.condition
            for items in (plan.adjustments, plan.gates, plan.grades, plan.selections)
            for item in items
            if item.condition is not None
        ]
        facts = FactTable(evaluated.departments, evaluated.figures, self._judged.groups)
        return facts.with_facts(score_facts(self._judged.scores.criteria, conditions))

    @cached_property
    def _before_gates(self) -> FactTable:
        """What gates may ask: the total is the one before any cap."""
        totals, rounding = self._judged.totals, self._plan.ruleset.rounding
        before = [
            None if base is None else rounded(base + more, rounding.total, rounding.mode)
            for base, more in zip(totals.base, totals.adjustments, strict=True)
        ]
        return self._measured.with_facts({"base": totals.base, "total": before})

    @cached_property
    def _in_the_end(self) -> FactTable:
        totals = self._judged.totals
        known = {"base": totals.base, "total": totals.total, "grade": totals.grades}
        return self._measured.with_facts(known)

    def explain(self, department: str) -> Explanation:
        """Return the answer on a department, by its id. Raises: KeyError."""
        index = self.index[department]
        totals, judged = self._judged.totals, self._judged
        parts = self.parts.of(index)
        return Explanation(
            department=self._evaluated.departments[index],
            total=totals.total[index],
            base=totals.base[index],
            adjusted=totals.adjustments[index],
            parts=tuple(parts),
            dimensions=tuple(self._dimension(item, index, parts) for item in self._plan.dimensions),
            adjustments=tuple(self._adjustment(item, index, parts) for item in self._plan.adjustments),
            gates=tuple(
                self._condition(
                    gate.id, gate.condition, gate.id in totals.held[index], self._before_gates, index
                )
                for gate in self._plan.gates
            ),
            groups=tuple(self._groups(index)),
            grades=tuple(
                self._condition(
                    grade.id, grade.condition, totals.grades[index] == grade.id, self._in_the_end, index
                )
                for grade in self._plan.grades
            ),
            group="" if judged.groups[index] == ALL and not self._plan.groups else judged.groups[index],
            grade=totals.grades[index],
            place=judged.places[index],
            ties=tuple(ties_of(self._evaluated, index)),
            lists=tuple(self._lists(index)),
            reason=judged.main_reasons[index],
        )

    def _condition(
        self, name: str, condition: Condition | None, holds: bool, facts: FactTable, index: int
    ) -> ExplainedCondition:
        return ExplainedCondition(name, holds, _asked(condition, facts, index))

    def _groups(self, index: int) -> Iterator[ExplainedCondition]:
        for group in self._plan.groups:
            chosen = self._judged.groups[index] == group.id
            yield self._condition(group.id, group.condition, chosen, self._measured, index)

    def _lists(self, index: int) -> Iterator[ExplainedList]:
        for selection in self._plan.selections:
            choice = self._judged.lists[selection.id][index]
            reason = self._judged.reasons[selection.id][index]
            facts = _asked(selection.condition, self._in_the_end, index)
            yield ExplainedList(selection.id, choice, reason, facts)

    def _dimension(
        self, dimension: PlannedDimension, index: int, parts: Iterable[Part]
    ) -> ExplainedDimension:
        score = self._judged.totals.dimensions[dimension.id][index]
        scale = self.parts.scale(dimension, index)
        inside = [part for part in parts if part.dimension == dimension.id]
        known = {part.id: part for part in inside if part.kind is Kind.CRITERION}
        own = [item for item in self._plan.criteria if item.rule.dimension == dimension.id]
        scores = self._judged.scores.criteria
        return ExplainedDimension(
            id=dimension.id,
            full=full_points(self._plan.criteria, dimension),
            score=score,
            scale=scale,
            part=sum((part.points for part in inside), Fraction(0)) if inside else None,
            criteria=tuple(self._criterion(item, index, known.get(item.id)) for item in own),
            without=tuple(
                item.id for item in own if item.rule.points and scores[item.id][index].points is None
            ),
            changes=tuple(part for part in inside if part.kind is not Kind.CRITERION),
        )

    def _criterion(self, criterion: PlannedCriterion, index: int, part: Part | None) -> ExplainedCriterion:
        use = criterion.use_for(self._evaluated.departments[index])
        score = self._judged.scores.criteria[criterion.id][index]
        return ExplainedCriterion(
            id=criterion.id,
            dimension=criterion.rule.dimension,
            use=None if use is None else use.key,
            score=score,
            full=criterion.rule.points,
            worked=self._worked(criterion, use, score, index),
            facts=self._company.facts(criterion, index),
            part=None if part is None else part.points,
            worth=None if part is None else part.full,
        )

    def _worked(
        self, criterion: PlannedCriterion, use: MeasureUse | None, score: CriterionScore, index: int
    ) -> str:
        """Return the curve's own arithmetic; a criterion that is only shown has none unless it gives a label."""
        bound = criterion.curve
        tell = bound.curve.worked
        if tell is None or not (criterion.rule.points or score.label):
            return ""
        seen = self._company.seen(criterion, index)
        if seen is None:
            return ""
        speech = self._speaks(use, score)
        try:
            said = limiting.within(
                limiting.PLUGIN_SECONDS,
                lambda: tell(seen.subject, seen.company, criterion.rule.points, bound.parameters, speech),
            )
            return _BETWEEN.sub("", said)
        except Exception as error:
            facts = {"plugin": bound.plugin, "curve": bound.curve.id, "criterion": criterion.rule.title}
            raise PluginError("curve_raised", reason=limiting.reason(error), **facts) from error

    def _adjustment(
        self, adjustment: PlannedAdjustment, index: int, parts: Iterable[Part]
    ) -> ExplainedAdjustment:
        rows = self._judged.totals.rows[index]
        mine = [row for row in rows if (row.kind, row.adjustment) == ("adjustment", adjustment.id)]
        part = [one for one in parts if one.kind is Kind.ADJUSTMENT and one.id == adjustment.id]
        use = adjustment.use
        return ExplainedAdjustment(
            id=adjustment.id,
            row=mine[0] if mine else None,
            use=None if use is None else use.key,
            figure=None if use is None else self._evaluated.figures[use.key][index],
            facts=_asked(adjustment.condition, self._measured, index),
            part=part[0].points if part else None,
        )


def _asked(condition: Condition | None, facts: FactTable, index: int) -> Facts:
    """Return what a condition looked at; nothing where there is none."""
    names = sorted(condition.names) if condition is not None else []
    return {name: facts.column(name)[index] for name in names}


def by_kind(parts: Iterable[Part]) -> Mapping[Kind, list[Part]]:
    """Return the parts by what they are of."""
    found: dict[Kind, list[Part]] = {}
    for part in parts:
        found.setdefault(part.kind, []).append(part)
    return found
