"""From values to totals: the way of scoring and adjusting, thousands of worlds at a time.

Whatever depends on nothing drawn is taken over from the exact run. What cannot be put into arrays keeps what was
measured, and is named in `held`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from duban.conditions import Condition
from duban.evaluating import Evaluated
from duban.facts import FactTable, holding, score_facts
from duban.judging import full_points
from duban.plan import BoundAggregator, PlannedAdjustment, PlannedDimension
from duban.stages.scoring import participants

from .arrays import Array, Kind, Lookup, NotVectorised, Translator, floats
from .shares import Criterion, criterion_over_arrays, rounded_floats
from .standing import Flags
from .worlds import Floats

# Weights by criterion: the points as declared, or draws x 1 of moved ones.
Weights = Mapping[str, float | Floats]
# A plan has sums over parts of which some may be missing: NaN throughout a column.
Logic = Callable[[Lookup], Flags]


class Sums(NamedTuple):
    """What scoring comes to in a block of worlds: `before` is the total before caps, `facts` what conditions look up."""

    base: Floats
    before: Floats
    facts: dict[str, Array]


class Totalling:
    """The criteria, dimensions and adjustments of a plan over arrays; `drawn` are the measure uses that are drawn."""

    def __init__(self, evaluated: Evaluated, drawn: frozenset[str]) -> None:
        plan, judged = evaluated.plan, evaluated.judgement
        self._evaluated, self._plan = evaluated, plan
        self.held: set[str] = set()
        kinds: dict[str, Kind] = dict.fromkeys(drawn, "number")
        facts = FactTable(evaluated.departments, evaluated.figures, judged.groups)
        takes_part = participants(plan, evaluated.departments, facts)
        self._criteria: dict[str, Criterion] = {}
        for criterion in plan.criteria:
            made = criterion_over_arrays(criterion, evaluated, kinds, takes_part)
            self._criteria[criterion.id] = made
            self.held |= {f"criteria.{criterion.id}"} if made.held else set()
        aggregators = {f"dimensions.{item.id}": item.aggregator for item in plan.dimensions}
        aggregators["aggregate"] = plan.aggregator
        self.held |= {name for name, made in aggregators.items() if made.aggregator.many is None}
        self.conditions = self._conditions()
        totals = judged.totals
        later = {"base": totals.base, "total": totals.total, "grade": totals.grades}
        self.known = facts.with_facts({**score_facts(judged.scores.criteria, self.conditions), **later})
        self._translator = Translator({**kinds, **self._late_kinds()}, self.known)
        self._has_cases = np.array([department.has_cases for department in evaluated.departments], dtype=bool)
        self._adjustments = {item.id: self._adjustment(item, drawn) for item in plan.adjustments}

    @property
    def asked(self) -> frozenset[str]:
        """The measure uses for which an adjustment or a condition asks."""
        uses = {item.use.key for item in self._plan.adjustments if item.use is not None}
        return frozenset(uses).union(*(condition.names for condition in self.conditions))

    @property
    def moves(self) -> bool:
        """Whether a criterion that is drawn has points, or a label for which a condition asks."""
        scored = {item.id for item in self._plan.criteria if item.rule.points > 0}
        return any(
            made.drawn and (name in scored or f"label.{name}" in self.asked)
            for name, made in self._criteria.items()
        )

    def _conditions(self) -> list[Condition]:
        plan = self._plan
        found = [item.condition for item in plan.adjustments]
        found += [item.condition for item in plan.gates]
        found += [item.condition for item in plan.grades]
        found += [item.condition for item in plan.selections]
        return [condition for condition in found if condition is not None]

    def _late_kinds(self) -> dict[str, Kind]:
        kinds: dict[str, Kind] = {"base": "number", "total": "number", "grade": "text"}
        for name, criterion in self._criteria.items():
            if criterion.drawn:
                kinds |= {f"points.{name}": "number", f"label.{name}": "text"}
        return kinds

    def logic(self, condition: Condition, name: str, otherwise: Sequence[bool] | None = None) -> Logic:
        """Return a condition over arrays; where there is no such form, what held in the exact run."""
        try:
            part = self._translator.condition(condition)
        except NotVectorised:
            self.held.add(name)
            held = np.array(
                [holding(condition, self.known) if otherwise is None else list(otherwise)], dtype=bool
            )
            return lambda world: held
        return lambda world: part(world) == 1

    def _adjustment(self, item: PlannedAdjustment, drawn: frozenset[str]) -> Callable[[Lookup], Floats]:
        """Return the points of an adjustment; nothing where its value is not known."""
        if item.condition is not None:
            points = float(item.rule.points or 0)
            holds = self.logic(item.condition, f"adjustments.{item.id}")
            return lambda world: np.where(holds(world), points, 0.0)
        assert item.use is not None
        key, each = item.use.key, float(item.rule.each or 0)
        limit = np.inf if item.rule.limit is None else abs(float(item.rule.limit))
        if key in drawn:
            return lambda world: _limited(each * world(key), limit)
        values = floats([figure.value for figure in self._evaluated.figures[key]])
        fixed = _limited(each * values, limit)
        return lambda world: fixed

    def sums(self, lookup: Callable[[str], Floats], weights: Weights | None = None) -> Sums:
        """Return bases and totals of a block of worlds; `weights` move the points of the criteria."""
        facts: dict[str, Array] = {}

        def world(name: str) -> Array:
            return facts[name] if name in facts else lookup(name)

        shares = {name: criterion.share(world) for name, criterion in self._criteria.items()}
        self._add_facts(facts, shares, world)
        dimensions, declared = self._dimensions(shares, weights)
        outside: Floats = np.zeros((1, len(self._has_cases)))
        for adjustment in sorted(self._plan.adjustments, key=lambda item: item.id):
            points, inside = self._adjustments[adjustment.id](world), adjustment.rule.dimension
            if inside is None:
                outside = outside + points
            else:
                dimensions[inside] = dimensions[inside] + points
        for dimension in self._plan.dimensions:
            dimensions[dimension.id] = _kept(dimension, dimensions[dimension.id])
        base = np.where(self._has_cases, self._base(dimensions, declared), np.nan)
        rounding = self._plan.ruleset.rounding
        before = rounded_floats(base + outside, rounding.total, rounding.mode)
        return Sums(base, before, facts)

    def _add_facts(self, facts: dict[str, Array], shares: Mapping[str, Floats], world: Lookup) -> None:
        """Add the points and labels for which a condition asks."""
        for name in {name for condition in self.conditions for name in condition.names}:
            kind, _, criterion = name.partition(".")
            if criterion not in self._criteria or not self._criteria[criterion].drawn:
                continue
            if kind == "points":
                full = next(item.rule.points for item in self._plan.criteria if item.id == criterion)
                facts[name] = shares[criterion] * float(full)
            elif kind == "label":
                facts[name] = self._criteria[criterion].label(world)

    def _dimensions(
        self, shares: Mapping[str, Floats], weights: Weights | None
    ) -> tuple[dict[str, Floats], dict[str, float | Floats]]:
        """Return scores and declared points of the dimensions; these move as the sum of their criteria does."""
        scores: dict[str, Floats] = {}
        declared: dict[str, float | Floats] = {}
        for dimension in self._plan.dimensions:
            inside = [item for item in self._plan.criteria if item.rule.dimension == dimension.id]
            scored = [item for item in inside if item.rule.points > 0]
            own = [float(item.rule.points) for item in scored]
            moved = own if weights is None else [weights[item.id] for item in scored]
            full: float | Floats = float(full_points(self._plan.criteria, dimension))
            if weights is not None and own:
                full = full * sum(moved) / sum(own)
            columns = [shares[item.id] for item in scored]
            if weights is not None:
                columns = [_weighty(share, weight) for share, weight in zip(columns, moved, strict=True)]
            scores[dimension.id] = self._dimension(dimension, full, columns, moved)
            declared[dimension.id] = full
        return scores, declared

    def _dimension(
        self,
        dimension: PlannedDimension,
        full: float | Floats,
        shares: Sequence[Floats],
        weights: Sequence[float | Floats],
    ) -> Floats:
        nothing = np.zeros((1, len(self._has_cases)))
        if dimension.rule.start == "full":
            lost = [
                np.nan_to_num((share - 1) * weight, nan=0.0)
                for share, weight in zip(shares, weights, strict=True)
            ]
            return nothing + full + sum(lost, start=nothing)
        if not shares:
            return nothing + np.nan
        return full * self._combined(dimension.aggregator, f"dimensions.{dimension.id}", shares, weights)

    def _combined(
        self,
        aggregator: BoundAggregator,
        name: str,
        shares: Sequence[Floats],
        weights: Sequence[float | Floats],
    ) -> Floats:
        many = aggregator.aggregator.many
        if many is not None:
            return many(shares, weights, aggregator.parameters)
        return self._exact_share(name)

    def _exact_share(self, name: str) -> Floats:
        """Return the share that an aggregator without a form for arrays gave in the exact run."""
        judged, plan = self._evaluated.judgement, self._plan
        if name == "aggregate":
            full = sum(full_points(plan.criteria, dimension) for dimension in plan.dimensions)
            return floats(judged.totals.base) / float(full)
        dimension = next(item for item in plan.dimensions if f"dimensions.{item.id}" == name)
        return floats(judged.scores.dimensions[dimension.id]) / float(full_points(plan.criteria, dimension))

    def _base(self, scores: Mapping[str, Floats], declared: Mapping[str, float | Floats]) -> Floats:
        """Return all declared points times the share over the dimensions that are available."""
        plan = self._plan
        nothing = np.zeros((1, len(self._has_cases)))
        if not plan.has_points:
            return nothing + np.nan
        own = {item.id: float(full_points(plan.criteria, item)) for item in plan.dimensions}
        full = sum(own.values())
        extras = [np.nan_to_num(scores[name], nan=0.0) for name, points in own.items() if not points]
        extra = sum(extras, start=nothing)
        if not full:
            return extra
        worth = [name for name, points in own.items() if points]
        parts = [scores[name] / _positive(declared[name]) for name in worth]
        share = self._combined(plan.aggregator, "aggregate", parts, [declared[name] for name in worth])
        if not extras:
            return full * share
        available = sum(((~np.isnan(scores[name])) * declared[name] for name in worth), start=nothing)
        return full * (share + extra / _positive(available))


def _weighty(share: Floats, weight: float | Floats) -> Floats:
    """Return a share that is not available where it has no weight."""
    return share if np.min(weight) > 0 else np.where(np.asarray(weight) > 0, share, np.nan)


def _limited(points: Floats, limit: float) -> Floats:
    """Return points of no larger size than the limit, none where there are none."""
    found: Floats = np.clip(np.nan_to_num(points, nan=0.0), -limit, limit)
    return found


def _positive(weight: float | Floats) -> float | Floats:
    """Return a weight to divide by; a part without any weight is not available."""
    return np.where(np.asarray(weight) > 0, weight, np.nan)


def _kept(dimension: PlannedDimension, score: Floats) -> Floats:
    floor, ceiling = dimension.rule.floor, dimension.rule.ceiling
    if ceiling is not None:
        score = np.minimum(score, float(ceiling))
    return score if floor is None else np.maximum(score, float(floor))
