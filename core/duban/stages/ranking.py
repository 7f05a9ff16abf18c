"""From totals to ranks: who is ranked, with whom, and how equal totals are told apart."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from duban.plan import Plan, TieBreak
from duban.results import Department, Figures, Place, Totals
from duban.terms import Better, Effect, Standing

Key = tuple[int, ...]


def rank(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    groups: Sequence[str],
    totals: Totals,
) -> list[Place]:
    """Return the place of every department."""
    places = [_place_off(plan, department, totals, index) for index, department in enumerate(departments)]
    keys = _keys(plan, departments, figures, totals)
    scopes: dict[str, list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        if place is None:
            scopes[groups[index] if plan.ruleset.ranking.within == "group" else ""].append(index)
    ranked = {
        index: place for scope in scopes.values() for index, place in _places(plan, scope, keys).items()
    }
    return [ranked[index] if place is None else place for index, place in enumerate(places)]


def _place_off(plan: Plan, department: Department, totals: Totals, index: int) -> Place | None:
    """Return the place of a department that is not ranked, and why; None for one that is."""
    if not department.has_cases:
        return Place(Standing.EXEMPT, None, "no_case")
    if totals.effects[index] is Effect.EXEMPT:
        return Place(Standing.EXEMPT, None, "gate")
    if totals.effects[index] is Effect.NOT_RANKED:
        held = {gate.rule.kind for gate in plan.gates if gate.id in totals.held[index]}
        return Place(Standing.NOT_RANKED, None, "gate" if Effect.NOT_RANKED in held else "missing")
    return Place(Standing.NOT_RANKED, None, "nothing_scored") if totals.total[index] is None else None


def _keys(plan: Plan, departments: Sequence[Department], figures: Figures, totals: Totals) -> Sequence[Key]:
    """Return what departments are ordered by, the best first: the total, then the tie-breaks."""
    ties = [_tie_values(tie, departments, figures) for tie in plan.tie_breaks]
    return list(zip(*(_descending(values) for values in (totals.total, *ties)), strict=True))


def _tie_values(tie: TieBreak, departments: Sequence[Department], figures: Figures) -> list[Fraction | None]:
    """Return the values that tell equal totals apart, turned so that higher is better; None where nothing counted."""
    values: list[Fraction | None] = []
    for index, department in enumerate(departments):
        use = tie.use if tie.criterion is None else tie.criterion.use_for(department)
        value = None if use is None else figures[use.key][index].value
        lower = use is not None and use.measure.better is Better.LOWER
        values.append(-value if lower and value is not None else value)
    return values


def _descending(values: Sequence[Fraction | None]) -> list[int]:
    """Return each value's number in descending order, equal ones the same; None comes last."""
    distinct = sorted({value for value in values if value is not None}, reverse=True)
    numbers: Mapping[Fraction | None, int] = {value: number for number, value in enumerate(distinct)}
    return [numbers.get(value, len(distinct)) for value in values]


def _places(plan: Plan, scope: Sequence[int], keys: Sequence[Key]) -> dict[int, Place]:
    """Return the places of those ranked together; equal keys share a rank."""
    places: dict[int, Place] = {}
    dense = plan.ruleset.ranking.ties == "dense"
    in_order = sorted(scope, key=keys.__getitem__)
    for number, (_, tied) in enumerate(groupby(in_order, key=keys.__getitem__), start=1):
        sharing = list(tied)
        place = Place(Standing.RANKED, number if dense else len(places) + 1, "", len(sharing))
        places |= dict.fromkeys(sharing, place)
    return places
