"""What adds up to each total: criteria, adjustments, floors, ceilings, rounding, caps, exactly.

Under the weighted mean a criterion's part is its points on the scale of the total. Another aggregator has no such
parts: its criteria are told as the mean would have it, and what it makes of them is a part of its own.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import compress
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.exact import rounded
from duban.judging import full_points
from duban.plan import PlannedCriterion, PlannedDimension
from duban.results import AdjustmentRow

_NOTHING = Fraction(0)


class Kind(StrEnum):
    """What a part is of; `START` is the full marks from which a dimension deducts."""

    CRITERION = "criterion"
    START = "start"
    AGGREGATE = "aggregate"
    ADJUSTMENT = "adjustment"
    FLOOR = "floor"
    CEILING = "ceiling"
    ROUNDING = "rounding"
    CAP = "cap"


class Part(NamedTuple):
    """One summand of a total: of which rule, in which dimension ("" for the total itself), and how many points.

    `full` is what a criterion with full marks would bring to the total here: its points after whatever was
    redistributed to it; None for everything else.
    """

    kind: Kind
    id: str
    dimension: str
    points: Fraction
    full: Fraction | None = None


class Scale(NamedTuple):
    """How a dimension reaches the total: its criteria's points times `inside`, its score times `outside`."""

    inside: Fraction
    outside: Fraction


class Parts:
    """The parts of every department's total, by its index; none where there is no total."""

    def __init__(self, evaluated: Evaluated) -> None:
        self._plan, self._judged = evaluated.plan, evaluated.judgement
        plan = evaluated.plan
        self._full = {item.id: full_points(plan.criteria, item) for item in plan.dimensions}
        self._all = sum(self._full.values(), _NOTHING)
        self._inside = {
            item.id: [one for one in plan.criteria if one.rule.dimension == item.id and one.rule.points > 0]
            for item in plan.dimensions
        }
        self._scales: dict[tuple[str, tuple[bool, ...], tuple[bool, ...]], Scale] = {}
        self._dimension_of = {item.id: item.rule.dimension for item in plan.adjustments}

    def of(self, index: int) -> list[Part]:
        """Return the parts of one total, which add up to it."""
        totals = self._judged.totals
        total, base = totals.total[index], totals.base[index]
        if total is None or base is None:
            return []
        parts = [part for dimension in self._plan.dimensions for part in self._dimension(dimension, index)]
        rest = base - sum((part.points for part in parts), _NOTHING)
        if rest or self._plan.ruleset.aggregate.kind != "mean":
            parts.append(Part(Kind.AGGREGATE, "", "", rest))
        outside = [row for row in totals.rows[index] if row.kind == "adjustment" and row.effect == "total"]
        parts += [Part(Kind.ADJUSTMENT, row.adjustment, "", row.points or _NOTHING) for row in outside]
        return [*parts, *self._last(base + totals.adjustments[index], total)]

    def _last(self, exactly: Fraction, total: Fraction) -> Iterator[Part]:
        rounding = self._plan.ruleset.rounding
        published = rounded(exactly, rounding.total, rounding.mode)
        if published != exactly:
            yield Part(Kind.ROUNDING, "", "", published - exactly)
        if total != published:
            yield Part(Kind.CAP, "", "", total - published)

    def scale(self, dimension: PlannedDimension, index: int) -> Scale | None:
        """Return how a dimension's criteria reach the total of a department, None where nothing of it is available."""
        if self._judged.totals.dimensions[dimension.id][index] is None:
            return None
        columns = self._judged.totals.dimensions
        open_ = tuple(columns[name][index] is not None for name in self._full)
        inside = tuple(self._available(item, index) for item in self._inside[dimension.id])
        # Most departments have values for the same criteria.
        known = (dimension.id, open_, inside)
        if known not in self._scales:
            self._scales[known] = Scale(self._scale_inside(dimension, inside), self._scale_outside(open_))
        return self._scales[known]

    def _scale_outside(self, open_: Sequence[bool]) -> Fraction:
        points = sum(compress(self._full.values(), open_), _NOTHING)
        return self._all / points if self._all and points else Fraction(1)

    def _scale_inside(self, dimension: PlannedDimension, inside: Sequence[bool]) -> Fraction:
        if dimension.rule.start == "full":
            return Fraction(1)
        points = (item.rule.points for item in self._inside[dimension.id])
        return self._full[dimension.id] / sum(compress(points, inside), _NOTHING)

    def _available(self, criterion: PlannedCriterion, index: int) -> bool:
        return self._judged.scores.criteria[criterion.id][index].points is not None

    def _dimension(self, dimension: PlannedDimension, index: int) -> list[Part]:
        scale, before = self.scale(dimension, index), self._judged.scores.dimensions[dimension.id][index]
        if scale is None or before is None:
            return []
        parts = list(self._criteria(dimension, index, scale))
        rest = before - sum((part.points for part in parts), _NOTHING)
        if rest:
            parts.append(Part(Kind.AGGREGATE, dimension.id, dimension.id, rest))
        parts += self._changes(dimension, self._judged.totals.rows[index])
        return [
            part._replace(
                points=part.points * scale.outside,
                full=None if part.full is None else part.full * scale.outside,
            )
            for part in parts
        ]

    def _criteria(self, dimension: PlannedDimension, index: int, scale: Scale) -> Iterator[Part]:
        """Yield the parts of the criteria on the scale of the dimension; from full marks down they only take away."""
        deducts = dimension.rule.start == "full"
        if deducts:
            yield Part(Kind.START, dimension.id, dimension.id, self._full[dimension.id])
        for criterion in self._inside[dimension.id]:
            points = self._judged.scores.criteria[criterion.id][index].points
            if points is not None:
                full = criterion.rule.points
                gained = points - full if deducts else points
                worth = _NOTHING if deducts else full * scale.inside
                yield Part(Kind.CRITERION, criterion.id, dimension.id, gained * scale.inside, worth)

    def _changes(self, dimension: PlannedDimension, rows: Sequence[AdjustmentRow]) -> Iterator[Part]:
        """Yield what acted inside the dimension after its criteria: adjustments, then its floor or ceiling."""
        for row in rows:
            points = row.points or _NOTHING
            if row.kind == "adjustment" and row.effect == "dimension":
                if self._dimension_of[row.adjustment] == dimension.id:
                    yield Part(Kind.ADJUSTMENT, row.adjustment, dimension.id, points)
            elif row.kind == "dimension" and row.adjustment == dimension.id:
                yield Part(Kind(row.effect), dimension.id, dimension.id, points)
