"""What the choices for small numbers moved: the same figures judged with and without them, one at a time and all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Evaluated, Judgement, Standings, standings
from duban.plan import Plan, PlannedCriterion
from duban.results import CriterionScore
from duban.terms import Status

ALL = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one choice did to one department; `criterion` is empty for all choices together.

    `choice` names it: `min_cases`, `shrink`, `lower_bound`, several with `+`. `points` is None where the criterion is not
    available, or where the row is about all of them; `…_without` is what there would be if the rate stood for itself.
    """

    department: str
    criterion: str
    choice: str
    count: int | None
    value: Fraction | None
    judged: Fraction | None
    points: Fraction | None
    points_without: Fraction | None
    total: Fraction | None
    total_without: Fraction | None
    rank: int | None
    rank_without: int | None
    selected: bool
    selected_without: bool


def moved(evaluated: Evaluated) -> list[Moved]:
    """Return what each choice moved, all together first; a department that one leaves alone has no row."""
    plan = evaluated.plan
    chosen = [item for item in plan.criteria if item.rule.points and choice_of(item)]
    if not chosen:
        return []
    chosen = [item for item in chosen if _does_something(evaluated, item)]
    found = list(_compared(evaluated, None, _without(plan, chosen))) if chosen else []
    for item in sorted(chosen, key=lambda criterion: criterion.id):
        found += _compared(evaluated, item, _without(plan, [item]))
    return found


def _does_something(evaluated: Evaluated, criterion: PlannedCriterion) -> bool:
    """Return whether the choice for a criterion makes anything of any department's value."""
    scores = evaluated.judgement.scores.criteria[criterion.id]
    return any(score.status is Status.TOO_FEW_CASES or score.judged != score.value for score in scores)


def choice_of(criterion: PlannedCriterion) -> str:
    """Return what the rules chose for a criterion's small numbers, empty for nothing."""
    rule = criterion.rule
    # Of what no case counts in there is no rate in any case.
    names = ["min_cases"] if rule.min_cases > 1 else []
    return "+".join([*names, *([rule.small_numbers.kind] if rule.small_numbers else [])])


def _without(plan: Plan, chosen: Sequence[PlannedCriterion]) -> Plan:
    """Return the rules as if they had chosen nothing for these criteria."""
    names = {item.id for item in chosen}
    plain = {"min_cases": 0, "small_numbers": None}
    criteria = [
        replace(item, rule=item.rule.model_copy(update=plain)) if item.id in names else item
        for item in plan.criteria
    ]
    return replace(plan, criteria=criteria)


def _compared(evaluated: Evaluated, criterion: PlannedCriterion | None, plan: Plan) -> Iterator[Moved]:
    _, departments, figures, with_it = evaluated
    without = standings(plan, departments, figures)
    for index, department in enumerate(departments):
        scores = [_score(judgement, criterion, index) for judgement in (with_it, without)]
        points = [score.points if score else None for score in scores]
        now, then = (_standing(judgement, plan, index) for judgement in (with_it, without))
        if points[0] == points[1] and now == then:
            continue
        mine = scores[0]
        yield Moved(
            department.id,
            criterion.id if criterion else ALL,
            choice_of(criterion) if criterion else ALL,
            mine.count if mine else None,
            mine.value if mine else None,
            mine.judged if mine else None,
            points[0],
            points[1],
            now.total,
            then.total,
            now.rank,
            then.rank,
            now.selected,
            then.selected,
        )


class _Stands(NamedTuple):
    """Total, rank, and whether a department is on the main list."""

    total: Fraction | None
    rank: int | None
    selected: bool


def _score(
    judgement: Judgement | Standings, criterion: PlannedCriterion | None, index: int
) -> CriterionScore | None:
    return judgement.scores.criteria[criterion.id][index] if criterion else None


def _standing(judgement: Judgement | Standings, plan: Plan, index: int) -> _Stands:
    chosen = bool(plan.selections) and judgement.lists[plan.selections[0].id][index].chosen
    return _Stands(judgement.totals.total[index], judgement.places[index].rank, chosen)
