"""What the names in department text can be, by the rules alone: shares lie in 0..1, points within the full marks …"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache, partial, reduce

from duban.judging import full_points
from duban.language.grammar import parse
from duban.plan import MeasureUse, Plan, PlannedAdjustment, PlannedCriterion, PlannedDimension
from duban.terms import Aggregate

from . import spans
from .cells import Range
from .course import Course, Tried
from .possible import ANYTHING, UNKNOWN, Atom, OtherText, Values, outcomes
from .spans import EVERY, NOT_NEGATIVE, SHARES, Span

_NOTHING = spans.point(Fraction(0))
_ATTRIBUTE = Range(ANYTHING)
# So many curves are tried under one watch.
_TOGETHER = 100


class Known:
    """The ranges of the names of one plan; `total` and the like stand for what they are after scoring."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._criteria = {item.id: item for item in plan.criteria}
        self.measure = cache(self._measure)
        self.points = cache(self._points)
        self.course = cache(self._course)
        self._try_courses()
        self.total = self._total()

    def __call__(self, name: str) -> Range:
        """Return what a name can be; of an attribute of the department nothing is known."""
        prefix, _, rest = name.partition(".")
        if prefix == "points" and rest in self._criteria:
            return Range(frozenset([self.points(rest), None]))
        if prefix == "label" and rest in self._criteria:
            return Range(_texts(self._criteria[rest].curve.labels))
        if name in self._plan.uses:
            return self.measure(name)
        return self._of_stage(name)

    def _of_stage(self, name: str) -> Range:
        if name in ("base", "total"):
            span = self.total if name == "total" else self._base()
            return Range(frozenset([span, None]) if self._plan.has_points else UNKNOWN)
        if name == "grade":
            return Range(_texts(item.id for item in self._plan.grades))
        if name == "group":
            return Range(_texts(item.id for item in self._plan.groups) - UNKNOWN or ANYTHING)
        if name in ("department", "name"):
            return Range(frozenset([OtherText()]))
        return _ATTRIBUTE

    def value_of(self, criterion: PlannedCriterion) -> Range:
        """Return what the value of a criterion can be, whichever measure it is judged by."""
        uses = [use for use in (criterion.use, *criterion.by_department.values()) if use is not None]
        found = [self.measure(use.key) for use in uses]
        span = reduce(spans.hull, [one for item in found for one in item.values if isinstance(one, Span)])
        return Range(frozenset([span]), all(item.whole for item in found))

    def _measure(self, key: str) -> Range:
        return self._range_of(self._plan.uses[key])

    def _range_of(self, use: MeasureUse) -> Range:
        kind = use.measure.kind
        if kind is Aggregate.SHARE:
            return Range(frozenset([SHARES, None]))
        if kind is Aggregate.NUMBER:
            return Range(frozenset([NOT_NEGATIVE, None]), whole=True)
        if use.formula is None:
            return Range(frozenset([EVERY, None]))
        facts = {name: self._ingredient(name) for name in use.formula.names}
        found = outcomes(parse(use.formula.clause, "formula"), facts)
        return Range(frozenset(one for one in found if isinstance(one, Span)) | UNKNOWN)

    def _ingredient(self, name: str) -> Values:
        prefix, _, measure = name.rpartition(".")
        return frozenset([NOT_NEGATIVE]) if prefix else self.measure(measure).values

    def _try_courses(self) -> None:
        """Try every curve, several at a time. Raises: PluginError, where one does not come to an end or is wrong."""
        by_curve: dict[str, list[PlannedCriterion]] = {}
        for criterion in self._plan.criteria:
            if criterion.rule.points or criterion.curve.labels:
                by_curve.setdefault(criterion.curve.curve.id, []).append(criterion)
        for criteria in by_curve.values():
            for start in range(0, len(criteria), _TOGETHER):
                some = criteria[start : start + _TOGETHER]
                some[0].curve.watched(partial(list, map(self._tried, some)))

    def _tried(self, criterion: PlannedCriterion) -> Sequence[Tried]:
        return self.course(criterion.id).tried

    def _course(self, id: str) -> Course:
        """Return the course of a criterion's curve."""
        criterion = self._criteria[id]
        return Course(criterion, self.value_of(criterion), self)

    def _points(self, id: str) -> Span:
        full = self._criteria[id].rule.points
        lowest = self.course(id).lowest() if full else Fraction(0)
        return Span(min(lowest, Fraction(0)), full)

    def _base(self) -> Span:
        declared = {item.id: full_points(self._plan.criteria, item) for item in self._plan.dimensions}
        full = sum(declared.values(), Fraction(0))
        scores = {item.id: self._dimension(item, declared[item.id]) for item in self._plan.dimensions}
        extra = reduce(spans.add, (scores[id] for id in scores if not declared[id]), _NOTHING)
        if not full or extra != _NOTHING:
            return extra if not full else EVERY
        shares = [_divided(scores[id], declared[id]) for id in scores if declared[id]]
        return spans.multiply(reduce(spans.hull, shares, SHARES), spans.point(full))

    def _dimension(self, dimension: PlannedDimension, declared: Fraction) -> Span:
        """Return what a dimension can come to: its points, what acts inside it, its floor and its ceiling."""
        inside = [item for item in self._plan.criteria if item.rule.dimension == dimension.id]
        scored = [item for item in inside if item.rule.points]
        if dimension.rule.start == "full":
            lost = (spans.add(self.points(item.id), spans.point(-item.rule.points)) for item in scored)
            score = reduce(spans.add, (Span(one.low, Fraction(0)) for one in lost), spans.point(declared))
        else:
            shares = [_divided(self.points(item.id), item.rule.points) for item in scored]
            score = spans.multiply(reduce(spans.hull, shares, SHARES), spans.point(declared))
        acting = [item for item in self._plan.adjustments if item.rule.dimension == dimension.id]
        score = reduce(spans.add, map(self.adjustment, acting), score)
        return _kept(score, dimension.rule.floor, dimension.rule.ceiling)

    def adjustment(self, item: PlannedAdjustment) -> Span:
        """Return what an adjustment can add, nothing included."""
        if item.use is None:
            return spans.hull(_NOTHING, spans.point(item.rule.points or Fraction(0)))
        values = [one for one in self.measure(item.use.key).values if isinstance(one, Span)]
        each = item.rule.each or Fraction(0)
        # Zero and an infinite range make nothing.
        added = _times(reduce(spans.hull, values, _NOTHING), each) if each else _NOTHING
        if item.rule.limit is None:
            return added
        limit = abs(item.rule.limit)
        return _kept(added, -limit, limit)

    def _total(self) -> Span:
        outside = [self.adjustment(item) for item in self._plan.adjustments if item.rule.dimension is None]
        return reduce(spans.add, outside, self._base())


def _texts(texts: Iterable[str]) -> Values:
    found: frozenset[Atom] = frozenset(texts)
    return found | UNKNOWN


def _divided(span: Span, by: Fraction) -> Span:
    return _times(span, 1 / by)


def _times(span: Span, factor: Fraction) -> Span:
    if factor < 0:
        return _times(spans.negative(span), -factor)
    low, high = (None if end is None else end * factor for end in span[:2])
    return Span(low, high)


def _kept(span: Span, floor: Fraction | None, ceiling: Fraction | None) -> Span:
    low, high = span.low, span.high
    if floor is not None:
        low = floor if low is None else max(low, floor)
        high = None if high is None else max(high, floor)
    if ceiling is not None:
        low = None if low is None else min(low, ceiling)
        high = ceiling if high is None else min(high, ceiling)
    return Span(low, high)
