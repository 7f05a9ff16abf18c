"""What each criterion and dimension contributes to each total: parts that add up to it exactly.

A dimension's points are allotted to its criteria, and the base to the dimensions, in proportion to what each has; for
weighted means that is what each is worth. What is not available stands where the others stand on the whole, which is
what the redistribution of its points comes to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.evaluating import Evaluated
from duban.exact import IRRATIONAL_PLACES, rounded
from duban.judging import full_points
from duban.plan import PlannedCriterion, PlannedDimension

_NOTHING = Fraction(0)
Column = Sequence[Fraction]


@dataclass(frozen=True)
class Contributions:
    """The parts of the totals of some departments, each a column parallel to `places`, the departments' indices.

    `adjustments` are those inside dimensions too, with floors and ceilings; `rest` is rounding and caps. Criteria and
    adjustments are to 30 places, the rest makes up for it.
    """

    places: Sequence[int]
    total: Column
    dimensions: Mapping[str, Column]
    criteria: Mapping[str, Column]
    adjustments: Column
    rest: Column


def contributions(evaluated: Evaluated, places: Sequence[int]) -> Contributions:
    """Return the parts of the totals of these departments, who must have one."""
    totals = evaluated.judgement.totals

    def of_places(column: Sequence[Fraction | None]) -> list[Fraction]:
        return [column[place] or _NOTHING for place in places]

    total, base, outside = map(of_places, (totals.total, totals.base, totals.adjustments))
    after = _standing_in(evaluated, totals.dimensions, base, places)
    factors = _ratios(base, _sums(after.values(), len(places)))
    criteria: dict[str, Column] = {}
    for dimension in evaluated.plan.dimensions:
        criteria |= _inside(evaluated, dimension, places, after[dimension.id], factors)
    parts = _sums(criteria.values(), len(places))
    rows = zip(base, outside, parts, strict=True)
    adjustments = _rounded([whole - part + more for whole, more, part in rows])
    known = {name: _rounded(column) for name, column in criteria.items()}
    told = _sums([*known.values(), adjustments], len(places))
    rest = [published - part for published, part in zip(total, told, strict=True)]
    dimensions = {name: _times(column, factors) for name, column in after.items()}
    return Contributions(places, total, dimensions, known, adjustments, rest)


def _rounded(column: Column) -> list[Fraction]:
    """Return numbers to 30 places: without them, sums over many departments have no end of digits."""
    return [rounded(value, IRRATIONAL_PLACES) for value in column]


def _standing_in(
    evaluated: Evaluated,
    columns: Mapping[str, Sequence[Fraction | None]],
    base: Column,
    places: Sequence[int],
) -> dict[str, list[Fraction]]:
    """Return the points of the dimensions; one that is not available has its part of the base."""
    plan = evaluated.plan
    full = {item.id: full_points(plan.criteria, item) for item in plan.dimensions}
    whole = sum(full.values(), _NOTHING)
    parts = {name: points / whole if whole else _NOTHING for name, points in full.items()}
    return {
        name: [
            _either(columns[name][place], parts[name] * own) for place, own in zip(places, base, strict=True)
        ]
        for name in full
    }


def _inside(
    evaluated: Evaluated, dimension: PlannedDimension, places: Sequence[int], wholes: Column, factors: Column
) -> dict[str, Column]:
    """Return the points of a dimension, allotted to its scored criteria.

    Where points are only deducted, a criterion has what it left, and all of its points where it is not available.
    """
    inside = [
        item for item in evaluated.plan.criteria if item.rule.dimension == dimension.id and item.rule.points
    ]
    if dimension.rule.start == "full":
        left = {
            item.id: [_points(evaluated, item, place, Fraction(1)) for place in places] for item in inside
        }
        return {name: _times(column, factors) for name, column in left.items()}
    full = full_points(evaluated.plan.criteria, dimension)
    scored = evaluated.judgement.scores.dimensions[dimension.id]
    # A dimension that is not available is worth something all the same: its part of the base.
    points = [_either(scored[place], whole) for place, whole in zip(places, wholes, strict=True)]
    shares = [value / full if full else _NOTHING for value in points]
    own = {
        item.id: [_points(evaluated, item, place, share) for place, share in zip(places, shares, strict=True)]
        for item in inside
    }
    part = _ratios(points, _sums(own.values(), len(places)))
    return {name: _times(_times(column, part), factors) for name, column in own.items()}


def _points(evaluated: Evaluated, criterion: PlannedCriterion, place: int, otherwise: Fraction) -> Fraction:
    """Return the points of a criterion, or this share of them where it is not available."""
    return _either(
        evaluated.judgement.scores.criteria[criterion.id][place].points, criterion.rule.points * otherwise
    )


def _either(value: Fraction | None, otherwise: Fraction) -> Fraction:
    return otherwise if value is None else value


def _sums(columns: Iterable[Column], number: int) -> list[Fraction]:
    return [sum(row, _NOTHING) for row in zip([_NOTHING] * number, *columns, strict=True)]


def _times(column: Column, factors: Column) -> list[Fraction]:
    return [value * factor for value, factor in zip(column, factors, strict=True)]


def _ratios(wholes: Column, parts: Column) -> list[Fraction]:
    return [whole / part if part else _NOTHING for whole, part in zip(wholes, parts, strict=True)]
