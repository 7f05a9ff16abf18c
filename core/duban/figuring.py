"""From counts and sums to a figure: what each kind of measure makes of them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from .results import Figure
from .terms import Aggregate, Status


def figure_of(kind: Aggregate, count: int, *worth: Any) -> Figure:
    """Return the figure of so many counted rows; `worth` is their hits, their sum or their quantile.

    The quantile is None where nothing counted.
    """
    return _MAKERS[kind](count, *worth)


def _share(count: int, hits: int) -> Figure:
    if not count:
        return Figure(Status.NOT_APPLICABLE, 0, 0)
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def _number(count: int) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(count))


def _sum(count: int, total: Any) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(total))


def _mean(count: int, total: Any) -> Figure:
    return (
        Figure(Status.MEASURED, count, None, Fraction(total) / count)
        if count
        else Figure(Status.NOT_APPLICABLE)
    )


def _quantile(count: int, value: Any) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(value)) if count else Figure(Status.NOT_APPLICABLE)


_MAKERS: Mapping[Aggregate, Callable[..., Figure]] = {
    Aggregate.SHARE: _share,
    Aggregate.NUMBER: _number,
    Aggregate.SUM: _sum,
    Aggregate.MEAN: _mean,
    Aggregate.QUANTILE: _quantile,
}
