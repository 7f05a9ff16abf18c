"""The tie-breaks that were asked between a department and those with its total."""

from collections.abc import Iterator
from fractions import Fraction

from duban.evaluating import Evaluated
from duban.plan import TieBreak
from duban.terms import Better

from .explanation import ExplainedTie


def ties_of(evaluated: Evaluated, index: int) -> Iterator[ExplainedTie]:
    """Yield the tie-breaks in their order, until nobody is level with the department any more."""
    places, totals = evaluated.judgement.places, evaluated.judgement.totals.total
    if places[index].rank is None:
        return
    level = [
        other
        for other, place in enumerate(places)
        if other != index
        and place.rank is not None
        and totals[other] == totals[index]
        and _circle(evaluated, other) == _circle(evaluated, index)
    ]
    for tie in evaluated.plan.tie_breaks:
        if not level:
            return
        own, better = _asked(evaluated, tie, index)
        others = {other: _asked(evaluated, tie, other)[0] for other in level}
        by_id = {evaluated.departments[other].id: value for other, value in others.items()}
        yield ExplainedTie(tie.name, better, own, by_id)
        level = [other for other, value in others.items() if value == own]


def _circle(evaluated: Evaluated, index: int) -> str:
    by_group = evaluated.plan.ruleset.ranking.within == "group"
    return evaluated.judgement.groups[index] if by_group else ""


def _asked(evaluated: Evaluated, tie: TieBreak, index: int) -> tuple[Fraction | None, Better]:
    """Return a department's value, and which direction of it is the better one."""
    use = tie.use if tie.criterion is None else tie.criterion.use_for(evaluated.departments[index])
    if use is None:
        return None, Better.HIGHER
    return evaluated.figures[use.key][index].value, use.measure.better
