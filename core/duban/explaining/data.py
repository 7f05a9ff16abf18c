"""Explanations as data for programs; every number is a text, exact, a fraction where no decimal ends."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from duban.exact import plain
from duban.results import AdjustmentRow, Figure, Place

from .against import Difference
from .explanation import (
    ExplainedAdjustment,
    ExplainedCondition,
    ExplainedCriterion,
    ExplainedDimension,
    ExplainedList,
    ExplainedTie,
    Explanation,
    Facts,
)
from .parts import Part
from .returning import Outcome, Returned
from .telling import Section


def explanation_as_data(explained: Explanation) -> dict[str, Any]:
    """Return everything that is known of one department, but the cases."""
    return {
        "department": explained.department.id,
        "name": explained.department.name,
        "total": _number(explained.total),
        "base": _number(explained.base),
        "adjustments_outside": _number(explained.adjusted),
        "parts": [part_as_data(part) for part in explained.parts],
        "dimensions": [_dimension(item) for item in explained.dimensions],
        "adjustments": [_adjustment(item) for item in explained.adjustments],
        "gates": [_condition(item) for item in explained.gates],
        "groups": [_condition(item) for item in explained.groups],
        "grades": [_condition(item) for item in explained.grades],
        "group": explained.group or None,
        "grade": explained.grade,
        **_place(explained.place),
        "tie_breaks": [_tie(item) for item in explained.ties],
        "lists": [_list(item) for item in explained.lists],
        "reason": explained.reason,
    }


def part_as_data(part: Part) -> dict[str, Any]:
    """Return one summand of a total."""
    return {
        "part": part.kind.value,
        "id": part.id or None,
        "dimension": part.dimension or None,
        "points": _number(part.points),
        "full_points": _number(part.full),
    }


def case_as_data(case: Returned) -> dict[str, Any]:
    """Return one case with what it would give back."""
    return {
        "case_id": case.case_id,
        "role": case.role,
        "measure": case.use,
        "concerns": [f"{section}.{name}" for section, name in case.owners],
        **outcome_as_data(case.outcome),
    }


def outcome_as_data(outcome: Outcome) -> dict[str, Any]:
    """Return where a department would stand."""
    return {"points": _number(outcome.points), "rank": outcome.rank, "lists": list(outcome.lists)}


def difference_as_data(difference: Difference) -> dict[str, Any]:
    """Return one part of two totals."""
    return {
        "part": difference.kind.value,
        "id": difference.id or None,
        "dimension": difference.dimension or None,
        "own": _number(difference.own),
        "other": _number(difference.other),
        "points": _number(difference.points),
    }


def sections_as_data(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Return the answer in sentences."""
    return [{"title": one.title, "lines": [line._asdict() for line in one.lines]} for one in sections]


def _dimension(item: ExplainedDimension) -> dict[str, Any]:
    scale = item.scale
    return {
        "id": item.id,
        "full_points": _number(item.full),
        "points": _number(item.score),
        "of_total": _number(item.part),
        "scale_inside": None if scale is None else _number(scale.inside),
        "scale_outside": None if scale is None else _number(scale.outside),
        "without_value": list(item.without),
        "criteria": [_criterion(criterion) for criterion in item.criteria],
    }


def _criterion(item: ExplainedCriterion) -> dict[str, Any]:
    score = item.score
    return {
        "id": item.id,
        "measure": item.use,
        "status": score.status.value,
        "count": score.count,
        "hits": score.hits,
        "value": _number(score.value),
        "judged": _number(score.judged),
        "points": _number(score.points),
        "full_points": _number(item.full),
        "label": score.label,
        "treatment": None if score.treatment is None else score.treatment.value,
        "arithmetic": item.worked or None,
        "facts": _facts(item.facts),
        "of_total": _number(item.part),
        "full_of_total": _number(item.worth),
    }


def _adjustment(item: ExplainedAdjustment) -> dict[str, Any]:
    return {
        "id": item.id,
        "measure": item.use,
        "did": None if item.row is None else _row(item.row),
        "figure": None if item.figure is None else _figure(item.figure),
        "facts": _facts(item.facts),
        "of_total": _number(item.part),
    }


def _row(row: AdjustmentRow) -> dict[str, Any]:
    return {
        "count": row.count,
        "points": _number(row.points),
        "effect": row.effect or None,
        "reason": row.reason,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    value = _number(figure.value)
    return {"status": figure.status.value, "count": figure.count, "hits": figure.hits, "value": value}


def _condition(item: ExplainedCondition) -> dict[str, Any]:
    return {"id": item.id, "holds": item.holds, "facts": _facts(item.facts)}


def _place(place: Place) -> dict[str, Any]:
    return {
        "status": place.standing.value,
        "rank": place.rank,
        "sharing": place.sharing,
        "cause": place.cause or None,
    }


def _tie(item: ExplainedTie) -> dict[str, Any]:
    return {
        "name": item.name,
        "better": item.better.value,
        "value": _number(item.value),
        "others": {name: _number(value) for name, value in item.others.items()},
    }


def _list(item: ExplainedList) -> dict[str, Any]:
    return {
        "id": item.id,
        "selected": item.choice.chosen,
        "order": item.choice.order,
        "cause": item.choice.cause,
        "reason": item.reason,
        "facts": _facts(item.facts),
    }


def _facts(facts: Facts) -> Mapping[str, Any]:
    return {name: _number(value) if isinstance(value, Fraction) else value for name, value in facts.items()}


def _number(value: Fraction | None) -> str | None:
    """Return a decimal where it ends, else a fraction: 0.5, 2/3."""
    if value is None:
        return None
    decimal = plain(value)
    return decimal if Fraction(decimal) == value else str(value)
