"""Do the criteria decide anything? What each was meant to weigh, and what it weighs among these departments.

The effective weight of a part is the covariance of what it contributes with the total, over the variance of the total:
all parts, adjustments and rounding included, add up to 1. Departments are compared with those they are ranked with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.exact import square_root
from duban.judging import full_points
from duban.plan import Plan
from duban.terms import Standing

from .contributions import Column, contributions

# Fewer departments say nothing about a criterion.
FEWEST_DEPARTMENTS = 5
# A part decides nothing that varies less than a tenth of what parts of its points vary on the whole.
HARDLY_VARIES = Fraction(1, 10)
# One part decides nearly everything from here on, unless it was meant to have most of the points.
NEARLY_EVERYTHING, MOST_POINTS = Fraction(3, 4), Fraction(1, 2)
ADJUSTMENTS, REST = "adjustments", "rest"
NOTHING, EVERYTHING = "nothing", "nearly_everything"
_ZERO = Fraction(0)


class Influence(NamedTuple):
    """One part of the total: a criterion, a dimension, the adjustments, or the rest (rounding, caps).

    `declared` is its part of all points, `spread` the standard deviation of what it contributes, in points; `lowest` and
    `highest` are shares of its full points, `at_full` counts the departments that have all of them. `closest` is the
    other part of its kind with which it goes together most, `with_others` its correlation with all else. `verdict` is
    `nothing`, `nearly_everything` or empty.
    """

    kind: str
    id: str
    departments: int
    at_full: int | None
    lowest: Fraction | None
    highest: Fraction | None
    spread: Fraction
    declared: Fraction | None
    effective: Fraction | None
    with_others: Fraction | None
    closest: str
    correlation: Fraction | None
    verdict: str


class _Comparison:
    """Columns as differences from the mean of those that are ranked together."""

    def __init__(self, scopes: Sequence[str], total: Column) -> None:
        self._scopes, self.total = scopes, total
        self.centred_total = self.centred(total)

    def centred(self, column: Column) -> list[Fraction]:
        of: dict[str, list[Fraction]] = defaultdict(list)
        for scope, value in zip(self._scopes, column, strict=True):
            of[scope].append(value)
        means = {scope: sum(values, _ZERO) / len(values) for scope, values in of.items()}
        return [value - means[scope] for scope, value in zip(self._scopes, column, strict=True)]


def influences(evaluated: Evaluated) -> list[Influence]:
    """Return the parts of the total, dimensions first, then criteria, each by id; of ranked departments only."""
    plan, judgement = evaluated.plan, evaluated.judgement
    ranked = [index for index, place in enumerate(judgement.places) if place.standing is Standing.RANKED]
    if not plan.has_points or not ranked:
        return []
    within = plan.ruleset.ranking.within == "group"
    parts = contributions(evaluated, ranked)
    comparison = _Comparison([judgement.groups[index] if within else "" for index in ranked], parts.total)
    declared_dimensions, declared_criteria = declared_weights(plan)
    shares = {name: _shares(evaluated, name, ranked) for name in parts.criteria}
    of_dimensions = {
        name: [value / full for value in column] if (full := _full(plan, name)) else []
        for name, column in parts.dimensions.items()
    }
    found = _kind("dimension", parts.dimensions, declared_dimensions, of_dimensions, comparison)
    found += _kind("criterion", parts.criteria, declared_criteria, shares, comparison)
    for name, column in ((ADJUSTMENTS, parts.adjustments), (REST, parts.rest)):
        found += _kind(name, {"": column}, {}, {}, comparison)
    return found


def declared_weights(plan: Plan) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Return what part of all points each dimension, and each scored criterion, was meant to have."""
    full = {item.id: full_points(plan.criteria, item) for item in plan.dimensions}
    whole = sum(full.values(), _ZERO)
    dimensions = {name: points / whole for name, points in full.items()} if whole else {}
    criteria = {}
    for item in plan.criteria:
        inside = [other.rule.points for other in plan.criteria if other.rule.dimension == item.rule.dimension]
        if item.rule.points and item.rule.dimension in dimensions:
            criteria[item.id] = dimensions[item.rule.dimension] * item.rule.points / sum(inside, _ZERO)
    return dimensions, criteria


def correlations(evaluated: Evaluated) -> dict[tuple[str, str], Fraction | None]:
    """Return the correlation of the contributions of every two criteria, None where one of them does not vary."""
    judgement = evaluated.judgement
    ranked = [index for index, place in enumerate(judgement.places) if place.standing is Standing.RANKED]
    within = evaluated.plan.ruleset.ranking.within == "group"
    if not evaluated.plan.has_points or not ranked:
        return {}
    parts = contributions(evaluated, ranked)
    comparison = _Comparison([judgement.groups[index] if within else "" for index in ranked], parts.total)
    centred = {name: comparison.centred(column) for name, column in sorted(parts.criteria.items())}
    return {
        (one, other): correlation(centred[one], centred[other]) for one, other in combinations(centred, 2)
    }


def correlation(one: Column, other: Column) -> Fraction | None:
    """Return the correlation of two centred columns, to 30 places; None where one does not vary."""
    product = _dot(one, one) * _dot(other, other)
    return _dot(one, other) / square_root(product) if product else None


def _dot(one: Column, other: Column) -> Fraction:
    return sum((first * second for first, second in zip(one, other, strict=True)), _ZERO)


def _full(plan: Plan, name: str) -> Fraction:
    return next(full_points(plan.criteria, item) for item in plan.dimensions if item.id == name)


def _shares(evaluated: Evaluated, name: str, ranked: Sequence[int]) -> list[Fraction]:
    """Return the shares of the full points of those who have any for the criterion, measured or not."""
    full = next(item.rule.points for item in evaluated.plan.criteria if item.id == name)
    scores = evaluated.judgement.scores.criteria[name]
    return [points / full for index in ranked if (points := scores[index].points) is not None]


def _kind(
    kind: str,
    columns: Mapping[str, Column],
    declared: Mapping[str, Fraction],
    shares: Mapping[str, Sequence[Fraction]],
    comparison: _Comparison,
) -> list[Influence]:
    """Return the parts of one kind, by id."""
    centred = {name: comparison.centred(columns[name]) for name in sorted(columns)}
    typical = _ratio(
        sum((_dot(column, column) for column in centred.values()), _ZERO),
        sum((weight**2 for weight in declared.values()), _ZERO),
    )
    return [
        _part(kind, name, centred, declared.get(name), shares.get(name), comparison, typical)
        for name in centred
    ]


def _part(
    kind: str,
    name: str,
    centred: Mapping[str, Column],
    declared: Fraction | None,
    shares: Sequence[Fraction] | None,
    comparison: _Comparison,
    typical: Fraction | None,
) -> Influence:
    mine, total = centred[name], comparison.centred_total
    others = [whole - own for whole, own in zip(total, mine, strict=True)]
    varied = _dot(mine, mine)
    effective = _ratio(_dot(mine, total), _dot(total, total))
    closest, most = _closest(name, centred)
    judged = len(total) >= FEWEST_DEPARTMENTS and declared
    verdict = _verdict(varied, declared or _ZERO, effective, typical) if judged else ""
    known = shares or None
    return Influence(
        kind, name, len(total),
        known and sum(share >= 1 for share in known), known and min(known), known and max(known),
        square_root(varied / len(total)), declared, effective, correlation(mine, others), closest, most, verdict,
    )  # fmt: skip


def _closest(name: str, centred: Mapping[str, Column]) -> tuple[str, Fraction | None]:
    """Return with which other part it goes together most, one way or the other."""
    known = [
        (abs(found), other, found)
        for other, column in centred.items()
        if other != name and (found := correlation(centred[name], column)) is not None
    ]
    _, other, found = max(known, key=lambda item: item[0], default=(None, "", None))
    return other, found


def _verdict(
    varied: Fraction, declared: Fraction, effective: Fraction | None, typical: Fraction | None
) -> str:
    """Return whether a part decides nothing, or nearly everything, by the thresholds above."""
    if typical is None or not typical or varied < (HARDLY_VARIES * declared) ** 2 * typical:
        return NOTHING
    decides = effective is not None and effective >= NEARLY_EVERYTHING and declared < MOST_POINTS
    return EVERYTHING if decides else ""


def _ratio(part: Fraction, whole: Fraction) -> Fraction | None:
    return part / whole if whole else None
