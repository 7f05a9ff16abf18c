"""The tables of a run, built from what the stages hand over; rows in an order that no declaration decides.

`departments` is sorted by id; every sequence that stands beside it runs parallel to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from .judging import full_points
from .plan import Plan
from .results import Choice, Department, Figures, Place, Scores, Totals
from .terms import Standing

RANKING = (
    *("group", "rank", "department", "name", "total", "base"),
    *("adjustments", "grade", "selected", "status", "reason"),
)
SELECTIONS = ("selection", "order", "department", "name", "total", "reason")
CRITERIA = (
    "department",
    "criterion",
    "dimension",
    "status",
    "count",
    "hits",
    "value",
    "points",
    "full_points",
    "label",
)
DIMENSIONS = ("department", "dimension", "points", "full_points")
MEASURES = ("department", "measure", "status", "count", "hits", "value")
TWO_STAGE = ("department", "answer", "result", "count")
ADJUSTMENTS = ("department", "adjustment", "count", "points", "effect", "reason")
CONVERSIONS = ("conversion", "department", "name", "value", "unit")
CASES = ("department", "case_id", "criterion", "why")
_WHOLE = {"rank", "rank_low", "rank_high", "order", "count", "hits", "lower", "higher", "without"}
_STANDINGS = {standing: place for place, standing in enumerate(Standing)}


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return rows as a frame: whole numbers as Int64, `selected` as bool, everything else as the objects they are."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame({name: _column(name, cells) for name, cells in zip(columns, values, strict=True)})


def _column(name: str, cells: Sequence[Any]) -> "pd.Series":
    kind = "Int64" if name in _WHOLE else "bool" if name == "selected" else "object"
    return pd.Series(list(cells), dtype=kind)


def ranking_frame(
    departments: Sequence[Department],
    groups: Sequence[str],
    totals: Totals,
    places: Sequence[Place],
    choices: Sequence[Choice] | None,
    reasons: Sequence[str],
) -> pd.DataFrame:
    """Return `ranking.csv`; `choices` is the first selection's, None where the ruleset has none."""
    chosen = [False] * len(departments) if choices is None else [choice.chosen for choice in choices]
    numbers = zip(totals.total, totals.base, totals.adjustments, totals.grades, strict=True)
    parts = zip(departments, groups, places, numbers, chosen, reasons, strict=True)
    rows = [
        (
            group,
            place.rank,
            item.id,
            item.name,
            total,
            base,
            added,
            grade,
            taken,
            place.standing.value,
            reason,
        )
        for item, group, place, (total, base, added, grade), taken, reason in parts
    ]
    return table(RANKING, sorted(rows, key=_ranking_order))


def _ranking_order(row: Sequence[Any]) -> tuple[str, int, int, str]:
    return (row[0] or "", _STANDINGS[Standing(row[9])], row[1] or 0, row[2])


def selections_frame(
    departments: Sequence[Department],
    totals: Totals,
    choices: Mapping[str, Sequence[Choice]],
    reasons: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return `selections.csv`: who is on each list; `choices` and `reasons` are by selection id."""
    rows = [
        (selection, choice.order, item.id, item.name, total, reason)
        for selection in sorted(choices)
        for item, total, choice, reason in zip(
            departments, totals.total, choices[selection], reasons[selection], strict=True
        )
        if choice.chosen
    ]
    return table(SELECTIONS, sorted(rows, key=lambda row: (row[0], row[1] or 0, row[2])))


def criteria_frame(plan: Plan, departments: Sequence[Department], scores: Scores) -> pd.DataFrame:
    """Return `criteria.csv`: one row a department and criterion; `full_points` are the declared points."""
    criteria = sorted(plan.criteria, key=lambda criterion: criterion.id)
    return table(
        CRITERIA,
        (
            (
                *(item.id, criterion.id, criterion.rule.dimension, score.status.value),
                *(score.count, score.hits, score.value, score.points, criterion.rule.points, score.label),
            )
            for place, item in enumerate(departments)
            for criterion in criteria
            for score in (scores.criteria[criterion.id][place],)
        ),
    )


def dimensions_frame(plan: Plan, departments: Sequence[Department], totals: Totals) -> pd.DataFrame:
    """Return one row a department and dimension: its points after adjustments inside it, out of its full points."""
    full = {dimension.id: full_points(plan.criteria, dimension) for dimension in plan.dimensions}
    return table(
        DIMENSIONS,
        (
            (item.id, dimension, totals.dimensions[dimension][place], full[dimension])
            for place, item in enumerate(departments)
            for dimension in sorted(full)
        ),
    )


def measures_frame(departments: Sequence[Department], figures: Figures) -> pd.DataFrame:
    """Return `measures.csv`: one row a department and measure used."""
    return table(
        MEASURES,
        (
            (item.id, key, figure.status.value, figure.count, figure.hits, figure.value)
            for place, item in enumerate(departments)
            for key in sorted(figures)
            for figure in (figures[key][place],)
        ),
    )


def adjustments_frame(departments: Sequence[Department], totals: Totals) -> pd.DataFrame:
    """Return `adjustments.csv`: one row for each adjustment or gate that did something to a department."""
    return table(
        ADJUSTMENTS,
        (
            (item.id, row.adjustment, row.count, row.points, row.effect, row.reason)
            for item, rows in zip(departments, totals.rows, strict=True)
            for row in sorted(rows, key=lambda row: (row.adjustment, row.kind))
        ),
    )


def conversions_frame(
    plan: Plan, departments: Sequence[Department], converted: Mapping[str, Sequence[Fraction | None]]
) -> pd.DataFrame | None:
    """Return `conversions.csv`: one row a conversion and department; None where the ruleset has no conversion."""
    if not plan.conversions:
        return None
    planned = sorted(plan.conversions, key=lambda item: item.id)
    return table(
        CONVERSIONS,
        (
            (conversion.id, item.id, item.name, converted[conversion.id][place], conversion.rule.unit)
            for conversion in planned
            for place, item in enumerate(departments)
        ),
    )
