"""How a value becomes points, and how points become a total: the curves and aggregators that ship."""

from duban import Aggregator, Curve, hookimpl

from . import aggregators, bands, linear, per_point, relative, steps, threshold


@hookimpl
def register_curves() -> list[Curve]:
    """One curve a module."""
    return [linear.CURVE, threshold.CURVE, per_point.CURVE, bands.CURVE, steps.CURVE, relative.CURVE]


@hookimpl
def register_aggregators() -> list[Aggregator]:
    """The weighted mean and its alternatives."""
    return list(aggregators.AGGREGATORS)
