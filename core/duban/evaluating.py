"""Everything after measuring, in its order: group → score → adjust → rank → select → convert, and the reasons for each list."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from .plan import Plan
from .reasons import list_reasons
from .results import Choice, Department, Figures, Place, Scores, Totals
from .stages.adjusting import adjust
from .stages.converting import convert
from .stages.ranking import rank
from .stages.scoring import assign_groups, score
from .stages.selecting import select
from .texts import Language


class Judgement(NamedTuple):
    """What the rules make of the figures; sequences run parallel to the departments, lists and reasons are by selection,
    conversions by their id.

    `main_reasons` are those of the first list, which stand in the ranking, or of none where there is no list.
    """

    groups: Sequence[str]
    scores: Scores
    totals: Totals
    places: Sequence[Place]
    lists: Mapping[str, Sequence[Choice]]
    reasons: Mapping[str, Sequence[str]]
    main_reasons: Sequence[str]
    conversions: Mapping[str, Sequence[Fraction | None]]


class Standings(NamedTuple):
    """What decides who is on a list: all of a judgement that is not said to people."""

    groups: Sequence[str]
    scores: Scores
    totals: Totals
    places: Sequence[Place]
    lists: Mapping[str, Sequence[Choice]]


class Evaluated(NamedTuple):
    """What a run judged and by what rules; who looks further (why, how sure, what if) starts from it."""

    plan: Plan
    departments: Sequence[Department]
    figures: Figures
    judgement: Judgement


def evaluate(
    plan: Plan, departments: Sequence[Department], figures: Figures, language: Language = "zh"
) -> Judgement:
    """Return groups, scores, totals, places, lists and conversions; nothing here looks at cases."""
    stood = standings(plan, departments, figures, language)
    groups, scores, totals = stood.groups, stood.scores, stood.totals
    told = (*stood, language)
    reasons = {item.id: list_reasons(plan, item, *told) for item in plan.selections}
    main = reasons[plan.selections[0].id] if plan.selections else list_reasons(plan, None, *told)
    converted = convert(plan, departments, figures, groups, scores, totals)
    return Judgement(*stood, reasons, main, converted)


def standings(
    plan: Plan, departments: Sequence[Department], figures: Figures, language: Language = "zh"
) -> Standings:
    """Return groups, scores, totals, places and lists, without what is said of them."""
    groups = assign_groups(plan, departments, figures)
    scores = score(plan, departments, figures, groups)
    totals = adjust(plan, departments, figures, groups, scores, language)
    places = rank(plan, departments, figures, groups, totals)
    lists = select(plan, departments, figures, groups, scores, totals, places)
    return Standings(groups, scores, totals, places, lists)
