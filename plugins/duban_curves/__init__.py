"""How a value becomes points, and how points become a total: the curves and aggregators that ship."""

from duban import Aggregator, Curve, hookimpl

from . import aggregators, bands, deduct, linear, per_point, relative, steps, threshold


@hookimpl
def register_curves() -> list[Curve]:
    """One curve a module."""
    curves = (linear, threshold, per_point, deduct, bands, steps, relative)
    return [module.CURVE for module in curves]


@hookimpl
def register_aggregators() -> list[Aggregator]:
    """The weighted mean and its alternatives."""
    return list(aggregators.AGGREGATORS)
