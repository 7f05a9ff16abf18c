"""From points to the published total: adjustments, floors and ceilings, the base, gates, caps and grades."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from duban.conditions import Condition
from duban.errors import MeasureError
from duban.exact import plain, rounded
from duban.facts import FactTable, holding, score_facts
from duban.gating import Gated, gated, left_unranked, missing_row, signed, stronger
from duban.judging import combined, full_points
from duban.plan import BoundAggregator, Plan, PlannedAdjustment, PlannedDimension
from duban.results import AdjustmentRow, Department, Figure, Figures, Scores, Totals
from duban.terms import Effect, Status
from duban.texts import Language, phrase

_NOTHING = Fraction(0)
Rows = list[list[AdjustmentRow]]


def adjust(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    groups: Sequence[str],
    scores: Scores,
    language: Language = "zh",
) -> Totals:
    """Return base, adjustments and total of every department, and what each adjustment and gate did to it."""
    facts = FactTable(departments, figures, groups)
    facts = facts.with_facts(score_facts(scores.criteria, _conditions(plan)))
    rows: Rows = [[] for _ in departments]
    outside, dimensions = _adjusted(plan, facts, scores, rows, language)
    base = _bases(plan, departments, dimensions)
    before = [
        None
        if part is None
        else rounded(part + more, plan.ruleset.rounding.total, plan.ruleset.rounding.mode)
        for part, more in zip(base, outside, strict=True)
    ]
    outcomes = gated(plan.gates, facts.with_facts({"base": base, "total": before}))
    effects = _effects(plan, scores, outcomes, rows, language)
    total = [_capped(value, outcome.cap) for value, outcome in zip(before, outcomes, strict=True)]
    grades = _grades(plan, facts.with_facts({"base": base, "total": total}), total, effects)
    held = [outcome.ids for outcome in outcomes]
    return Totals(dimensions, base, outside, total, effects, held, grades, rows)


def _conditions(plan: Plan) -> list[Condition]:
    found = [item.condition for item in plan.adjustments]
    found += [item.condition for item in plan.gates]
    found += [item.condition for item in plan.grades]
    return [condition for condition in found if condition is not None]


def _adjusted(
    plan: Plan, facts: FactTable, scores: Scores, rows: Rows, language: Language
) -> tuple[list[Fraction], dict[str, Sequence[Fraction | None]]]:
    """Return the sum outside the base, and the dimensions after what acts inside them."""
    outside = [_NOTHING] * len(facts.departments)
    dimensions = {name: list(column) for name, column in scores.dimensions.items()}
    titles = {dimension.id: dimension.rule.name(language) for dimension in plan.dimensions}
    for adjustment in sorted(plan.adjustments, key=lambda item: item.id):
        inside = adjustment.rule.dimension
        for index, row in enumerate(_rows_of(adjustment, facts, language)):
            if row is None or row.points is None:
                rows[index] += [] if row is None else [row]
            elif inside is None:
                outside[index] += row.points
                rows[index].append(row)
            elif (score := dimensions[inside][index]) is not None:
                dimensions[inside][index] = score + row.points
                rows[index].append(row)
            else:
                rows[index].append(_without_dimension(row, titles[inside], language))
    for dimension in sorted(plan.dimensions, key=lambda item: item.id):
        column = dimensions[dimension.id]
        column[:] = [_kept(dimension, score, rows[index], language) for index, score in enumerate(column)]
    return outside, dict(dimensions)


def _rows_of(
    adjustment: PlannedAdjustment, facts: FactTable, language: Language
) -> Sequence[AdjustmentRow | None]:
    """Return what the adjustment does to every department, None where it does nothing."""
    if adjustment.use is not None:
        figures = facts.figures[adjustment.use.key]
        known = {figure: _row_by_value(adjustment, figure, language) for figure in set(figures)}
        return [known[figure] for figure in figures]
    if adjustment.condition is None:
        return [None] * len(facts.departments)
    points = adjustment.rule.points or _NOTHING
    told = phrase(
        "scoring.adjustment_when", language, title=adjustment.rule.name(language), points=signed(points)
    )
    row = AdjustmentRow(adjustment.id, "adjustment", None, points, _place(adjustment), told)
    return [row if holds else None for holds in holding(adjustment.condition, facts)]


def _row_by_value(adjustment: PlannedAdjustment, figure: Figure, language: Language) -> AdjustmentRow | None:
    """Return each times the value, limited; a value of 0 does nothing, one that is not measured is told.

    Raises: MeasureError, where the measure failed.
    """
    title = adjustment.rule.name(language)
    if figure.status is Status.FAILED:
        raise MeasureError("measure_failed", f"adjustments.{adjustment.id}", criterion=title)
    if figure.value is None:
        status = phrase(f"scoring.status_{figure.status}", language)
        told = phrase("scoring.adjustment_unknown", language, title=title, status=status)
        return AdjustmentRow(adjustment.id, "adjustment", figure.count, None, "none", told)
    each = adjustment.rule.each or _NOTHING
    wanted = each * figure.value
    points = _limited(wanted, adjustment.rule.limit)
    if not wanted:
        return None
    said = {"value": plain(figure.value), "each": signed(each), "wanted": signed(wanted)}
    key = "scoring.adjustment_each" if points == wanted else "scoring.adjustment_limited"
    told = phrase(key, language, title=title, points=signed(points), **said)
    return AdjustmentRow(adjustment.id, "adjustment", figure.count, points, _place(adjustment), told)


def _limited(points: Fraction, limit: Fraction | None) -> Fraction:
    """Return the points with no larger magnitude than the limit's."""
    return points if limit is None else max(-abs(limit), min(points, abs(limit)))


def _place(adjustment: PlannedAdjustment) -> str:
    """Return where the points act: on the total, or inside a dimension."""
    return "total" if adjustment.rule.dimension is None else "dimension"


def _without_dimension(row: AdjustmentRow, title: str, language: Language) -> AdjustmentRow:
    told = phrase("scoring.adjustment_without_dimension", language, reason=row.reason, dimension=title)
    return replace(row, points=None, effect="none", reason=told)


def _kept(
    dimension: PlannedDimension, score: Fraction | None, rows: list[AdjustmentRow], language: Language
) -> Fraction | None:
    """Return a dimension's score between its floor and its ceiling, with a row where that changes it."""
    floor, ceiling = dimension.rule.floor, dimension.rule.ceiling
    if score is not None and ceiling is not None and score > ceiling:
        kept, effect = ceiling, "ceiling"
    elif score is not None and floor is not None and score < floor:
        kept, effect = floor, "floor"
    else:
        return score
    said = {"title": dimension.rule.name(language), "score": plain(score, 4), "points": plain(kept)}
    told = phrase(f"scoring.{effect}", language, **said)
    rows.append(AdjustmentRow(dimension.id, "dimension", None, kept - score, effect, told))
    return kept


def _bases(
    plan: Plan, departments: Sequence[Department], dimensions: Mapping[str, Sequence[Fraction | None]]
) -> list[Fraction | None]:
    """Return every department's base; a department without a case has none, nor have rules without points."""
    if not plan.has_points:
        return [None] * len(departments)
    declared = [full_points(plan.criteria, dimension) for dimension in plan.dimensions]
    columns = [dimensions[dimension.id] for dimension in plan.dimensions]
    rows = zip(*columns, strict=True) if columns else [()] * len(departments)
    return [
        _base(plan.aggregator, row, declared) if department.has_cases else None
        for department, row in zip(departments, rows, strict=True)
    ]


def _base(
    aggregator: BoundAggregator, scores: Sequence[Fraction | None], declared: Sequence[Fraction]
) -> Fraction | None:
    """Return all declared points times the share over the dimensions with something available.

    A dimension without points of its own (deductions or extras only) adds its score in the same proportion.
    """
    full = sum(declared, _NOTHING)
    available = [(score, points) for score, points in zip(scores, declared, strict=True) if score is not None]
    extra = sum((score for score, points in available if not points), _NOTHING)
    weighted = [(score / points, points) for score, points in available if points]
    if not full:
        return extra
    if not weighted:
        return None
    share = combined(aggregator, [share for share, _ in weighted], [points for _, points in weighted])
    return full * (share + extra / sum(points for _, points in weighted)) if extra else full * share


def _effects(
    plan: Plan, scores: Scores, outcomes: Sequence[Gated], rows: Rows, language: Language
) -> list[Effect | None]:
    """Return the strongest effect on every department, and note each gate and missing value that has one."""
    effects = []
    unranked = left_unranked(plan.criteria, scores.criteria, len(outcomes))
    for index, (outcome, missing) in enumerate(zip(outcomes, unranked, strict=True)):
        rows[index] += outcome.rows(language)
        rows[index] += [missing_row(item, scores.criteria[item.id][index], language) for item in missing]
        effects.append(stronger(outcome.effect, Effect.NOT_RANKED if missing else None))
    return effects


def _capped(total: Fraction | None, cap: Fraction | None) -> Fraction | None:
    return total if total is None or cap is None else min(total, cap)


def _grades(
    plan: Plan, facts: FactTable, totals: Sequence[Fraction | None], effects: Sequence[Effect | None]
) -> list[str | None]:
    """Return the first grade that holds; none for who is exempt, and none without a total where the rules have points."""
    held = [
        [True] * len(totals) if grade.condition is None else holding(grade.condition, facts)
        for grade in plan.grades
    ]
    grades: list[str | None] = []
    for index, (total, effect) in enumerate(zip(totals, effects, strict=True)):
        judged = facts.departments[index].has_cases and not plan.has_points
        graded = (total is not None or judged) and effect is not Effect.EXEMPT
        fitting = (
            grade.id
            for grade, holds in zip(plan.grades, held, strict=True)
            if holds[index] and _reached(total, grade.rule.at_least)
        )
        grades.append(next(fitting, None) if graded else None)
    return grades


def _reached(total: Fraction | None, line: Fraction | None) -> bool:
    return line is None or (total is not None and total >= line)
