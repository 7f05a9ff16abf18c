"""Points that do not add to what is declared, and points that nobody can get."""

import re
from collections.abc import Iterator
from fractions import Fraction

from duban.documents import KeyPath
from duban.judging import full_points
from duban.plan import Plan, PlannedDimension
from duban.ruleset import Titled

from .lint import Lint

# How titles say their points: “办理时效（20 分）”, “Timeliness (20 points)”; and a whole: “满分 120 分”, “百分制”.
_SAID = re.compile(r"[（(]\s*(\d+(?:\.\d+)?)\s*(?:分|points)\s*[）)]|\s(\d+(?:\.\d+)?)\s*分$")
_WHOLE = re.compile(r"(?:满分|共|总分)\s*(\d+(?:\.\d+)?)\s*分?|(\d+(?:\.\d+)?)\s*分制|(百)分制")


def weight_lints(plan: Plan) -> Iterator[Lint]:
    """Return what is wrong with the points of dimensions and criteria, against each other and against the titles."""
    for dimension in plan.dimensions:
        yield from _of_dimension(plan, dimension)
    for criterion in plan.criteria:
        yield from _of_title(criterion.rule, criterion.rule.points, ("criteria", criterion.id))
    yield from _of_whole(plan)
    if not (plan.criteria or plan.adjustments or plan.gates or plan.grades):
        yield Lint("ruleset_empty", ("criteria",))


def _of_dimension(plan: Plan, dimension: PlannedDimension) -> Iterator[Lint]:
    rule, path = dimension.rule, ("dimensions", dimension.id)
    inside = [item for item in plan.criteria if item.rule.dimension == dimension.id]
    acting = [item for item in plan.adjustments if item.rule.dimension == dimension.id]
    criteria = sum((item.rule.points for item in inside), Fraction(0))
    yield from _of_title(rule, full_points(plan.criteria, dimension), path)
    if rule.start == "zero" and rule.points and not criteria:
        yield Lint("dimension_without_points", (*path, "points"), {"points": rule.points})
    elif not inside and not acting:
        yield Lint("dimension_empty", path)
    elif rule.start == "zero" and rule.points is not None and criteria != rule.points:
        facts = {"points": rule.points, "criteria": criteria}
        yield Lint("points_do_not_add", (*path, "points"), facts)
    if rule.start == "zero" and not criteria:
        yield from (
            Lint("adjustment_outside", ("adjustments", item.id, "dimension"), {"dimension": rule.title})
            for item in acting
        )


def _of_title(rule: Titled, points: Fraction, path: KeyPath) -> Iterator[Lint]:
    for key in ("title", "title_en"):
        found = _SAID.search(getattr(rule, key))
        if found is not None and Fraction(found[1] or found[2]) != points:
            yield Lint("title_says_points", (*path, key), {"said": found[1] or found[2], "points": points})


def _of_whole(plan: Plan) -> Iterator[Lint]:
    """What a source leaves open is missing from the sum, and no mistake."""
    points = sum((full_points(plan.criteria, item) for item in plan.dimensions), Fraction(0))
    for key in ("title", "title_en") if not plan.ruleset.incomplete and points else ():
        found = _WHOLE.search(getattr(plan.ruleset, key)) or _SAID.search(getattr(plan.ruleset, key))
        said = next((part for part in found.groups() if part), "") if found is not None else ""
        if said and Fraction(said.replace("百", "100")) != points:
            facts = {"said": said.replace("百", "100"), "points": points}
            yield Lint("total_says_points", (key,), facts)
