"""Do the criteria decide anything? What each was meant to weigh, and what it weighs among these departments.

The effective weight of a part is the covariance of what it contributes with the total, over the variance of the total:
all parts, adjustments and rounding included, add up to 1. Departments are compared with those they are ranked with.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from operator import mul
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.exact import IRRATIONAL_PLACES, square_root
from duban.judging import full_points
from duban.plan import Plan
from duban.terms import Standing

from .contributions import Column, Contributions, contributions

# Fewer departments say nothing about a criterion.
FEWEST_DEPARTMENTS = 5
# A part decides nothing that varies less than a tenth of what parts of its points vary on the whole.
HARDLY_VARIES = Fraction(1, 10)
# One part decides nearly everything from here on, unless it was meant to have most of the points.
NEARLY_EVERYTHING, MOST_POINTS = Fraction(3, 4), Fraction(1, 2)
ADJUSTMENTS, REST = "adjustments", "rest"
NOTHING, EVERYTHING = "nothing", "nearly_everything"
_ZERO, _UNITS = Fraction(0), 10**IRRATIONAL_PLACES
# A column in whole units.
Units = Sequence[int]
# By two criteria, the first before the other.
Correlations = dict[tuple[str, str], Fraction | None]


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
    """Sums of products of columns, each from the mean of those that are ranked together.

    Columns are in whole units of the 30th place, so that the sums need no fractions.
    """

    def __init__(self, scopes: Sequence[str], total: Column) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, scope in enumerate(scopes):
            self._places[scope].append(place)
        self.number, self.total = len(scopes), in_units(total)

    def dot(self, one: Units, other: Units) -> Fraction:
        """Return the sum of the products of two columns, from their means."""
        found = _ZERO
        for places in self._places.values():
            mine, theirs = [one[place] for place in places], [other[place] for place in places]
            found += sum(map(mul, mine, theirs)) - Fraction(sum(mine) * sum(theirs), len(places))
        return found

    def correlation(self, one: Units, other: Units) -> Fraction | None:
        """Return the correlation of two columns, to 30 places; None where one does not vary."""
        return _correlation(self.dot(one, one), self.dot(other, other), self.dot(one, other))


def in_units(column: Column) -> Units:
    """Return numbers in whole units of the 30th place, rounded half up from zero."""
    return [-_unit(-value) if value < 0 else _unit(value) for value in column]


def _unit(value: Fraction) -> int:
    units: int = (2 * value.numerator * _UNITS + value.denominator) // (2 * value.denominator)
    return units


def _correlation(one: Fraction, other: Fraction, both: Fraction) -> Fraction | None:
    # The root is of a number near 1, which keeps its places.
    return None if not one or not other else both / one * square_root(one / other)


def influences(evaluated: Evaluated) -> list[Influence]:
    """Return the parts of the total, dimensions first, then criteria, each by id; of ranked departments only."""
    return deciding(evaluated)[0]


def correlations(evaluated: Evaluated) -> Correlations:
    """Return the correlation of the contributions of every two criteria, None where one of them does not vary."""
    return deciding(evaluated)[1]


def deciding(evaluated: Evaluated) -> tuple[list[Influence], Correlations]:
    """Return the influences and the correlations, which stem from the same contributions."""
    plan, judgement = evaluated.plan, evaluated.judgement
    ranked = [index for index, place in enumerate(judgement.places) if place.standing is Standing.RANKED]
    if not plan.has_points or not ranked:
        return [], {}
    within = plan.ruleset.ranking.within == "group"
    parts = contributions(evaluated, ranked)
    comparison = _Comparison([judgement.groups[index] if within else "" for index in ranked], parts.total)
    return _influences(evaluated, ranked, parts, comparison), _correlations(parts, comparison)


def _influences(
    evaluated: Evaluated, ranked: Sequence[int], parts: Contributions, comparison: _Comparison
) -> list[Influence]:
    declared_dimensions, declared_criteria = declared_weights(evaluated.plan)
    shares = {name: _shares(evaluated, name, ranked) for name in parts.criteria}
    of_dimensions = {
        name: [value / full for value in column] if (full := _full(evaluated.plan, name)) else []
        for name, column in parts.dimensions.items()
    }
    found = _kind("dimension", parts.dimensions, declared_dimensions, of_dimensions, comparison)
    found += _kind("criterion", parts.criteria, declared_criteria, shares, comparison)
    for name, column in ((ADJUSTMENTS, parts.adjustments), (REST, parts.rest)):
        found += _kind(name, {"": column}, {}, {}, comparison)
    return found


def _correlations(parts: Contributions, comparison: _Comparison) -> Correlations:
    units = {name: in_units(column) for name, column in sorted(parts.criteria.items())}
    return {
        (one, other): comparison.correlation(units[one], units[other])
        for one, other in combinations(units, 2)
    }


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
    units = {name: in_units(columns[name]) for name in sorted(columns)}
    typical = _ratio(
        sum((comparison.dot(column, column) for column in units.values()), _ZERO),
        sum((weight**2 for weight in declared.values()), _ZERO),
    )
    return [
        _part(kind, name, units, declared.get(name), shares.get(name), comparison, typical) for name in units
    ]


def _part(
    kind: str,
    name: str,
    units: Mapping[str, Units],
    declared: Fraction | None,
    shares: Sequence[Fraction] | None,
    comparison: _Comparison,
    typical: Fraction | None,
) -> Influence:
    mine, total = units[name], comparison.total
    varied, with_total = comparison.dot(mine, mine), comparison.dot(mine, total)
    of_total = comparison.dot(total, total)
    with_others = _correlation(varied, of_total - 2 * with_total + varied, with_total - varied)
    effective = _ratio(with_total, of_total)
    closest, most = _closest(name, units, comparison)
    judged = len(total) >= FEWEST_DEPARTMENTS and declared
    verdict = _verdict(varied, declared or _ZERO, effective, typical) if judged else ""
    known = shares or None
    return Influence(
        kind, name, len(total),
        known and sum(share >= 1 for share in known), known and min(known), known and max(known),
        square_root(varied / len(total) / _UNITS**2), declared, effective, with_others, closest, most, verdict,
    )  # fmt: skip


def _closest(name: str, units: Mapping[str, Units], comparison: _Comparison) -> tuple[str, Fraction | None]:
    """Return with which other part it goes together most, one way or the other."""
    known = [
        (abs(found), other, found)
        for other, column in units.items()
        if other != name and (found := comparison.correlation(units[name], column)) is not None
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
