"""The laws of curves and aggregators: exact points within their bounds, whatever the order and however often asked."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from numbers import Rational
from typing import Any

from pydantic import BaseModel

from duban.exact import plain
from duban.methods import Aggregator, Curve, Judged, Subject
from duban.texts import codes

from .faults import Fault, reason
from .parameters import instances
from .registering import Registered
from .watching import Refused, Watch

FULL = Fraction(10)
VALUES = tuple(
    map(Fraction, ("0", "1", "1/2", "2/3", "1/3", "3/10", "-1", "7", "100", "1000000", "1/1000000007"))
)
_SHARES = tuple(map(Fraction, ("0", "1", "1/2", "1/3", "999/1000")))
_OF_FLOATS = 2**30
_WEIGHTS = tuple(map(Fraction, ("1", "2", "1/2", "10", "7/3")))


class _Broken(Exception):
    """A law that does not hold; its fault is complete but for the subject."""

    def __init__(self, code: str, example: Sequence[str], **facts: object) -> None:
        super().__init__(code)
        self.code, self.example, self.facts = code, tuple(example), facts


def of_curves(plugin: Registered, watch: Watch) -> Iterator[Fault]:
    """Yield what is wrong with the curves of a plugin."""
    for id, curve in plugin.things["curves"].items():
        yield from _first(f"curves.{id}", lambda curve=curve: _curve(curve, watch), curve.parameters)  # type: ignore[misc]


def of_aggregators(plugin: Registered, watch: Watch) -> Iterator[Fault]:
    """Yield what is wrong with the aggregators of a plugin."""
    for id, aggregator in plugin.things["aggregators"].items():
        look = lambda item=aggregator: _aggregator(item, watch)
        yield from _first(f"aggregators.{id}", look, aggregator.parameters)


def judgements_of(item: Curve | Aggregator, watch: Watch) -> list[list[str]]:
    """Return what a curve says of the values, or an aggregator of the shares, for a comparison."""
    pairs, subjects = list(zip(_SHARES, _WEIGHTS, strict=True)), _subjects(VALUES)
    told = []
    for parameters in instances(item.parameters):
        if isinstance(item, Curve):
            question, answer = _said(subjects), _judged(item, watch, subjects, parameters)
        else:
            question, answer = _pairs(pairs), _combined(item, watch, pairs, parameters)
        told.append([f"{question}, {_named(parameters)}", repr(answer)])
    return told


def _first(subject: str, look: Callable[[], None], model: type[BaseModel]) -> Iterator[Fault]:
    """Yield the first law that is broken."""
    try:
        if next(instances(model), None) is None:
            yield Fault("parameters_not_made", subject, {"reason": model.__name__})
            return
        look()
    except _Broken as broken:
        yield Fault(broken.code, subject, broken.facts, broken.example)
    except Refused:
        return


def _curve(curve: Curve, watch: Watch) -> None:
    pairs = (*combinations(VALUES[:4], 2), (VALUES[2], VALUES[2]))
    few = [_subjects(values) for values in (*zip(VALUES, strict=True), *pairs)]
    for parameters in instances(curve.parameters):
        asked = []
        for subjects in (*few, _subjects(VALUES), _subjects(())):
            judged = _judged(curve, watch, subjects, parameters)
            if judged is None:
                break
            example = (_said(subjects), f"curve: {_named(parameters)}", f"full={FULL}: {judged!r}")
            _check_judged(curve, judged, subjects, parameters, example)
            if _judged(curve, watch, subjects[::-1], parameters) != judged[::-1]:
                raise _Broken("depends_on_order", example)
            if _judged(curve, watch, subjects, parameters) != judged:
                raise _Broken("answer_changes_between_runs", example)
            asked.append((subjects, judged))
        # What was said before the others came must still be said after them.
        for subjects, before in asked:
            after = _judged(curve, watch, subjects, parameters)
            if after != before:
                raise _Broken("answer_changes_between_runs", (_said(subjects), f"{before!r} ≠ {after!r}"))


def _judged(curve: Curve, watch: Watch, subjects: Sequence[Subject], parameters: Any) -> list[Any] | None:
    """Return the judgements; None where the curve refuses these parameters beside these points."""
    try:
        return list(watch.ask(f"curves.{curve.id}", lambda: curve.judge(subjects, FULL, parameters)))
    except Refused:
        raise
    except Exception as problem:
        if isinstance(problem, ValueError) and str(problem) in codes("errors"):
            return None
        example = (_said(subjects), f"curve: {_named(parameters)}")
        raise _Broken("curve_raises", example, reason=reason(problem)) from problem


def _check_judged(
    curve: Curve, judged: Sequence[Any], subjects: Sequence[Subject], parameters: Any, example: Sequence[str]
) -> None:
    if len(judged) != len(subjects) or not all(isinstance(one, Judged) for one in judged):
        raise _Broken("curve_judges_wrongly_here", example, value=repr(judged))
    # Whoever writes a negative number of points into a rule wants a deduction.
    lowest = None if "-" in _named(parameters) else 0
    for one in judged:
        if not _is_exact(one.points):
            raise _Broken("answer_not_exact", example, value=repr(one.points))
        points = Fraction(one.points)
        if points > FULL or (lowest is not None and points < lowest):
            raise _Broken("points_out_of_range", example, value=plain(points), full=plain(FULL))
        if one.label is not None and one.label not in curve.labels(parameters):
            raise _Broken("label_undeclared", example, name=one.label)


def _is_exact(number: object) -> bool:
    """Return whether a number was never a float: such a one has a great power of two below it."""
    if not isinstance(number, Rational):
        return False
    below = Fraction(number).denominator
    return below < _OF_FLOATS or below & (below - 1) != 0


def _subjects(values: Sequence[Fraction]) -> list[Subject]:
    """Return departments with these values, every other one in another group and without what conditions ask."""
    return [Subject(value, "甲组" if value.numerator % 2 else "乙组", _holds) for value in values]


def _holds(text: str) -> bool:
    return len(text) % 2 == 0


def _aggregator(aggregator: Aggregator, watch: Watch) -> None:
    pairs = list(zip(_SHARES, _WEIGHTS, strict=True))
    few = [list(some) for size in (1, 2) for some in combinations(pairs, size)]
    for parameters in instances(aggregator.parameters):
        for some in (*few, pairs):
            share = _combined(aggregator, watch, some, parameters)
            example = (_pairs(some), f"→ {share!r}")
            if not _is_exact(share):
                raise _Broken("answer_not_exact", example, value=repr(share))
            if not 0 <= Fraction(share) <= 1:
                raise _Broken("combined_share_out_of_range", example, value=plain(Fraction(share)))
            if _combined(aggregator, watch, some[::-1], parameters) != share:
                raise _Broken("depends_on_order", example)
            if _combined(aggregator, watch, some, parameters) != share:
                raise _Broken("answer_changes_between_runs", example)


def _combined(
    aggregator: Aggregator, watch: Watch, pairs: Sequence[tuple[Fraction, Fraction]], parameters: Any
) -> Any:
    shares, weights = [share for share, _ in pairs], [weight for _, weight in pairs]
    subject = f"aggregators.{aggregator.id}"
    try:
        return watch.ask(subject, lambda: aggregator.combine(shares, weights, parameters))
    except Refused:
        raise
    except Exception as problem:
        raise _Broken("aggregator_raises", (_pairs(pairs),), reason=reason(problem)) from problem


def _named(parameters: BaseModel) -> str:
    given = ", ".join(f"{name}={_value(value)}" for name, value in parameters)
    return given or "—"


def _value(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, BaseModel):
        return f"({_named(value)})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _said(subjects: Sequence[Subject]) -> str:
    return "values: " + (", ".join(str(subject.value) for subject in subjects) or "—")


def _pairs(pairs: Sequence[tuple[Fraction, Fraction]]) -> str:
    return "shares × weights: " + ", ".join(f"{share} × {weight}" for share, weight in pairs)
