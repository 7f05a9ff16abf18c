"""From ranks to lists: who is on each list, in which order, and why the others are not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from duban.exact import rounded
from duban.facts import FactTable, holding, score_facts
from duban.plan import Plan, PlannedSelection
from duban.results import Choice, Department, Figures, Place, Scores, Totals
from duban.ruleset import Quota, ShareQuota
from duban.terms import Effect, Standing


def select(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    groups: Sequence[str],
    scores: Scores,
    totals: Totals,
    places: Sequence[Place],
) -> Mapping[str, list[Choice]]:
    """Return every list by the id of its selection: for each department whether it is on it, and why."""
    conditions = [item.condition for item in plan.selections if item.condition is not None]
    later = {"base": totals.base, "total": totals.total, "grade": totals.grades}
    facts = FactTable(departments, figures, groups, {**score_facts(scores.criteria, conditions), **later})
    lists = {}
    for selection in plan.selections:
        causes = _causes(selection, facts, totals, places)
        lists[selection.id] = _chosen(plan, selection, groups, places, causes)
    return lists


def _causes(
    selection: PlannedSelection, facts: FactTable, totals: Totals, places: Sequence[Place]
) -> list[str]:
    """Return why each department may not be on the list, empty where it may."""
    among = [True] * len(places) if selection.condition is None else holding(selection.condition, facts)
    return [
        _cause(selection, totals.total[index], place, totals.effects[index], among[index])
        for index, place in enumerate(places)
    ]


def _cause(
    selection: PlannedSelection, total: Fraction | None, place: Place, effect: Effect | None, among: bool
) -> str:
    rule = selection.rule
    if place.standing is not Standing.RANKED or total is None:
        return "not_ranked"
    if not among:
        return "not_among"
    if effect is Effect.NOT_SELECTABLE:
        return "gate"
    if rule.at_least is not None and total < rule.at_least:
        return "below"
    return "above" if rule.at_most is not None and total > rule.at_most else ""


def _chosen(
    plan: Plan,
    selection: PlannedSelection,
    groups: Sequence[str],
    places: Sequence[Place],
    causes: Sequence[str],
) -> list[Choice]:
    """Return the choices; each group is walked on its own where ranks or the quota are the group's."""
    known = {cause: Choice(False, None, cause) for cause in set(causes)}
    choices = [known[cause] for cause in causes]
    by_group = plan.ruleset.ranking.within == "group" or isinstance(selection.rule.quota, Mapping)
    scopes: dict[str, list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        if place.standing is not Standing.EXEMPT:
            scopes[groups[index] if by_group else ""].append(index)
    for scope, taking_part in sorted(scopes.items()):
        ranked = [index for index in taking_part if places[index].rank is not None]
        places_there = _places_there(selection.rule.quota, scope, len(ranked), len(taking_part))
        candidates = [index for index in ranked if not causes[index]]
        for index, choice in _walk(selection, places_there, candidates, places).items():
            choices[index] = choice
    return choices


def _places_there(
    quota: Quota | Mapping[str, Quota] | None, scope: str, ranked: int, taking_part: int
) -> int | None:
    """Return the number of places, None where there is no limit; a group that the table leaves out has none."""
    if isinstance(quota, Mapping):
        return _places_there(quota.get(scope, 0), scope, ranked, taking_part)
    if not isinstance(quota, ShareQuota):
        return quota
    exact = quota.share * (ranked if quota.of == "ranked" else taking_part)
    number = -(-exact // 1) if quota.round == "up" else exact // 1
    if quota.round == "half_up":
        number = int(rounded(exact, 0))
    number = max(number, quota.at_least)
    return number if quota.at_most is None else min(number, quota.at_most)


def _walk(
    selection: PlannedSelection, quota: int | None, candidates: Sequence[int], places: Sequence[Place]
) -> dict[int, Choice]:
    """Walk the ranking and take until the quota; those who share a rank are taken or left together."""
    rule = selection.rule
    choices: dict[int, Choice] = {}
    taken, open_ = 0, True
    in_order = sorted(candidates, key=lambda index: places[index].rank or 0, reverse=rule.start == "bottom")
    for _, block in groupby(in_order, key=lambda index: places[index].rank):
        tied = list(block)
        cause = _outcome(rule.cut_tie, quota, taken, len(tied), open_)
        chosen = cause in ("chosen", "tie_extended")
        facts = {"quota": quota, "taken": taken}
        choice = Choice(chosen, taken + 1 if chosen and rule.ordered else None, cause, facts)
        choices |= dict.fromkeys(tied, choice)
        taken += len(tied) if chosen else 0
        open_ = open_ and cause != "tie_dropped"
    return choices


def _outcome(cut_tie: str, quota: int | None, taken: int, tied: int, is_open: bool) -> str:
    """Return what happens to those who share a rank, after so many were taken."""
    if quota is None or (is_open and taken + tied <= quota):
        return "chosen"
    if not is_open or taken >= quota:
        return "quota"
    return "tie_extended" if cut_tie == "extend" else "tie_dropped"
