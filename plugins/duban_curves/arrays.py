"""The comparing curve and the aggregators in floats, thousands of draws at a time; loaded only where something is drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Weights = Sequence[float | Floats]


def compared(values: Floats, circles: Sequence[NDArray[np.intp]], method: str, limit: float) -> Floats:
    """Return the shares for "higher is better", draws x departments; a circle in which nobody differs has NaN."""
    found = np.full(values.shape, np.nan)
    for places in circles:
        inside = values[:, places]
        low, high = inside.min(axis=1, keepdims=True), inside.max(axis=1, keepdims=True)
        shares = _METHODS[method](inside, limit)
        found[:, places] = np.where(low == high, np.nan, shares)
    return found


def _min_max(values: Floats, limit: float) -> Floats:
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    found: Floats = (values - low) / np.where(low == high, 1.0, high - low)
    return found


def _percentile(values: Floats, limit: float) -> Floats:
    """Return the share of the others that are below, equal ones counting half."""
    order = np.argsort(values, axis=1)
    in_order = np.take_along_axis(values, order, axis=1)
    number = values.shape[1]
    new = np.ones(values.shape, dtype=bool)
    new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    first = np.maximum.accumulate(np.where(new, np.arange(number), 0), axis=1)
    ends = np.ones(values.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, np.arange(number), number)[:, ::-1], axis=1)[:, ::-1]
    found = np.empty(values.shape)
    np.put_along_axis(found, order, (first + last) / (2 * max(number - 1, 1)), axis=1)
    return found


def _standard_score(values: Floats, limit: float) -> Floats:
    deviation = values.std(axis=1, keepdims=True)
    score = (values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1.0)
    found: Floats = (np.clip(score, -limit, limit) + limit) / (2 * limit)
    return found


_METHODS: dict[str, Callable[[Floats, float], Floats]] = {
    "min_max": _min_max,
    "percentile": _percentile,
    "z": _standard_score,
}


def mean(shares: Sequence[Floats], weights: Weights, parameters: Any) -> Floats:
    """Return the weighted arithmetic mean of the parts that are there."""
    total: Floats = np.zeros((1, 1))
    weight: Floats = np.zeros((1, 1))
    for share, own in zip(shares, weights, strict=True):
        unknown = np.isnan(share)
        if unknown.any():
            total = total + np.where(unknown, 0.0, share) * own
            weight = weight + np.where(unknown, 0.0, own)
        else:
            total = total + share * own
            weight = weight + own
    return total / np.where(weight > 0, weight, np.nan)


def geometric(shares: Sequence[Floats], weights: Weights, parameters: Any) -> Floats:
    """Return the weighted geometric mean; a part without points leaves nothing."""
    smallest_share = smallest(shares, weights, parameters)
    logs = [np.log(np.where(share > 0, share, np.where(np.isnan(share), np.nan, 1.0))) for share in shares]
    found: Floats = np.where(smallest_share > 0, np.exp(mean(logs, weights, parameters)), 0.0)
    return np.where(np.isnan(smallest_share), np.nan, found)


def smallest(shares: Sequence[Floats], weights: Weights, parameters: Any) -> Floats:
    """Return the share of the weakest part."""
    found = shares[0]
    for share in shares[1:]:
        found = np.fmin(found, share)
    return found


def verdict(shares: Sequence[Floats], weights: Weights, parameters: Any) -> Floats:
    """Return the full share where every part has its full share, else nothing."""
    weakest = smallest(shares, weights, parameters)
    return np.where(np.isnan(weakest), np.nan, (weakest >= 1 - 1e-9).astype(float))
