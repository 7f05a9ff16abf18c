"""Curves that cannot do what they say: parts that are never reached, full marks out of reach, the wrong direction."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from duban.documents import KeyPath
from duban.plan import Plan, PlannedCriterion
from duban.terms import Aggregate, Better

from .course import Course, Tried
from .lint import Lint
from .ranges import Known
from .spans import SHARES

_HALF, _ONE = Fraction(1, 2), Fraction(1)


def curve_lints(plan: Plan, known: Known) -> Iterator[Lint]:
    """Return what is wrong with the curves of criteria that give points or labels."""
    for criterion in plan.criteria:
        if criterion.rule.points or criterion.curve.labels:
            yield from _of_criterion(criterion, known)


def _of_criterion(criterion: PlannedCriterion, known: Known) -> Iterator[Lint]:
    values = known.value_of(criterion)
    course, path = known.course(criterion.id), ("criteria", criterion.id, "curve")
    if course.compares:
        yield from _of_comparison(criterion, course, path)
        return
    misplaced = list(_misplaced(criterion, course, values.values == {SHARES}, path))
    if misplaced:
        yield from misplaced
    elif len({one.judged for one in course.tried}) == 1:
        points = course.tried[0].judged.points
        yield Lint("criterion_constant", path, {"points": points, "full": criterion.rule.points})
    else:
        yield from _of_parts(criterion, course, path)
        yield from _full_marks(criterion, course, path)
        yield from _fractions_of_one(criterion, course, path)
        yield from _direction(criterion, course, path)


def _of_parts(criterion: PlannedCriterion, course: Course, path: KeyPath) -> Iterator[Lint]:
    """Return items of lists that nothing depends on, labels that nobody gets, and values without a label."""
    for part in course.idle_parts():
        yield Lint("band_unreachable", (*path, *part))
    for first, second, value in course.overlapping_parts() if course.by_value else ():
        facts = {"first": int(first[-1]) + 1, "second": int(second[-1]) + 1, "value": value}
        yield Lint("band_overlap", (*path, *second), facts)
    labels = {one.judged.label for one in course.tried}
    if criterion.curve.labels and None in labels:
        value = next(one.value for one in course.tried if one.judged.label is None)
        yield Lint("label_gap", path, {"value": value})


def _misplaced(criterion: PlannedCriterion, course: Course, is_share: bool, path: KeyPath) -> Iterator[Lint]:
    """Return numbers outside of 0..1 at which the points for a share would change."""
    outside = [number for number in course.numbers if not 0 <= number <= 1] if is_share else []
    texts = bool(criterion.curve.conditions)
    for number in outside if not texts else ():
        if course.changes_at(number):
            where = _where(criterion.curve.parameters, number)
            yield Lint("cut_outside_share", (*path, *where), {"number": number, "percent": number / 100})


def _where(value: Any, number: Fraction) -> KeyPath:
    """Return the path of a number among parameters."""
    items: Any = value if not isinstance(value, tuple) else enumerate(value)
    for key, item in items:
        if item == number and isinstance(item, Fraction):
            return (key,)
        below = _where(item, number) if isinstance(item, tuple) or hasattr(item, "model_fields_set") else ()
        if below:
            return (key, *below)
    return ()


def _full_marks(criterion: PlannedCriterion, course: Course, path: KeyPath) -> Iterator[Lint]:
    best, full = max(one.judged.points for one in course.tried), criterion.rule.points
    if full and best < full:
        yield Lint("full_unreachable", path, {"best": Fraction(best), "full": full})


def _fractions_of_one(criterion: PlannedCriterion, course: Course, path: KeyPath) -> Iterator[Lint]:
    """A number of cases is 0, 1, 2 …: what changes between 0 and 1 and never again was meant for a share."""
    kinds = {use.measure.kind for use in (criterion.use, *criterion.by_department.values()) if use}
    if not kinds <= {Aggregate.NUMBER, Aggregate.SUM} or criterion.curve.conditions:
        return
    zero, half, one = course.together([Fraction(0), _HALF, _ONE])
    between = [number for number in course.numbers if 0 < number < 1 and course.changes_at(number)]
    beyond = {item.judged for item in course.tried if item.value >= 1}
    slope = zero != half != one and beyond == {one}
    if slope or (between and kinds == {Aggregate.NUMBER}):
        where = _where(criterion.curve.parameters, between[0]) if between else ()
        yield Lint("share_curve_on_number", (*path, *where), {"measure": _measure(criterion)})


def _direction(criterion: PlannedCriterion, course: Course, path: KeyPath) -> Iterator[Lint]:
    """The better value must not have fewer points; where texts ask for more than the value, the laws look at it."""
    if not course.by_value or criterion.use is None or criterion.by_department:
        return
    gap = course.gap() if criterion.curve.conditions else None
    if gap is not None:
        yield Lint("band_gap", path, {"low": gap[0], "high": gap[1], "use": criterion.use.key})
        return
    lower = criterion.use.measure.better is Better.LOWER
    in_order = sorted(course.tried, key=lambda one: one.value, reverse=lower)
    falls = next(((a, b) for a, b in pairwise(in_order) if b.judged.points < a.judged.points), None)
    if falls is not None:
        ends = in_order[0], in_order[-1]
        # The ends of the whole course are the clearest, where they show it.
        shown = ends if ends[1].judged.points < ends[0].judged.points else course.told(*falls)
        yield _against(criterion, path, *shown)


def _of_comparison(criterion: PlannedCriterion, course: Course, path: KeyPath) -> Iterator[Lint]:
    """Return a lint where the curve that compares departments takes the other direction than the measure."""
    better = None if criterion.use is None else criterion.use.measure.better
    values = [Fraction(0), _HALF, _ONE]
    points = course.together(values)
    rises, falls = points == sorted(points), points == sorted(points, reverse=True)
    if (better is Better.HIGHER and not rises) or (better is Better.LOWER and not falls):
        worse, good = (0, -1) if better is Better.HIGHER else (-1, 0)
        pair = [Tried(values[at], frozenset(), points[at]) for at in (worse, good)]
        yield _against(criterion, path, pair[0], pair[1])


def _against(criterion: PlannedCriterion, path: KeyPath, worse: Tried, better: Tried) -> Lint:
    facts: Mapping[str, object] = {
        "measure": _measure(criterion),
        "use": "" if criterion.use is None else criterion.use.key,
        "worse": worse.value,
        "better": better.value,
        "more": Fraction(worse.judged.points),
        "fewer": Fraction(better.judged.points),
    }
    return Lint("against_direction", path, facts)


def _measure(criterion: PlannedCriterion) -> str:
    uses = [criterion.use, *criterion.by_department.values()]
    return next(use.measure.id for use in uses if use is not None)
