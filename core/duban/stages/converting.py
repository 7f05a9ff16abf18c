"""From results to what they are worth elsewhere: points in a larger assessment, a bonus, money."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from duban.exact import rounded
from duban.facts import FactTable, numbers, score_facts
from duban.plan import Plan
from duban.results import Department, Figures, Scores, Totals
from duban.terms import Effect


def convert(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    groups: Sequence[str],
    scores: Scores,
    totals: Totals,
) -> Mapping[str, list[Fraction | None]]:
    """Return every conversion by id, rounded as it says: for each department a number.

    None where it is unknown, for who is exempt, and for who has no case.
    """
    asked = [item.number for item in plan.conversions]
    later = {"base": totals.base, "total": totals.total, "grade": totals.grades, "group": groups}
    facts = FactTable(departments, figures, groups, {**score_facts(scores.criteria, asked), **later})
    judged = [
        department.has_cases and effect is not Effect.EXEMPT
        for department, effect in zip(departments, totals.effects, strict=True)
    ]
    return {
        item.id: [
            rounded(value, item.rule.places, plan.ruleset.rounding.mode)
            if value is not None and has_result
            else None
            for value, has_result in zip(numbers(item.number, facts), judged, strict=True)
        ]
        for item in plan.conversions
    }
