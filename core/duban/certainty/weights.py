"""What the weights decide: every criterion's points moved within a stated share, all at once and one at a time."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .drawing import Draws, blocks_of
from .standing import UNRANKED
from .totals import Weights
from .worlds import Floats, stream_of

RANGE = Fraction(20, 100)
MOVES = 1_000


class Moved(NamedTuple):
    """What one criterion's points decide about a list: how many departments come or go, and how far ranks move."""

    lower: int
    higher: int
    without: int
    places: float


class Sensitivity(NamedTuple):
    """`stays`: by list, how often each department is on it; `criteria`: by list and criterion, what it decides."""

    moves: int
    stays: Mapping[str, NDArray[np.int64]]
    criteria: Mapping[str, Mapping[str, Moved]]


def sensitivity(draws: Draws, share: Fraction = RANGE, moves: int = MOVES) -> Sensitivity:
    """Return what becomes of the lists when the points of the criteria move by up to a share of themselves.

    All values stay as measured. The whole stays worth as much as before, a dimension moves as its criteria do.
    """
    plan = draws.evaluated.plan
    points = {item.id: float(item.rule.points) for item in plan.criteria if item.rule.points > 0}
    moved = {
        name: own
        * stream_of(draws.seed, f"weights {name}", 0).uniform(float(1 - share), float(1 + share), (moves, 1))
        for name, own in points.items()
    }
    number = len(draws.evaluated.departments)
    stays = {item.id: np.zeros(number, dtype=np.int64) for item in plan.selections}
    # Block by block, as worlds are drawn: all moves of thousands of departments at once take half a gigabyte.
    for start, rows in blocks_of(moves, number):
        block = {name: column[start : start + rows] for name, column in moved.items()}
        for name, flags in draws.judge.outcome(draws.measured, block).lists.items():
            stays[name] += np.broadcast_to(flags, (rows, number)).sum(axis=0)
    return Sensitivity(moves, stays, _one_at_a_time(draws, points, share))


def _one_at_a_time(draws: Draws, points: Mapping[str, float], share: Fraction) -> dict[str, dict[str, Moved]]:
    names = sorted(points)
    found: dict[str, dict[str, Moved]] = {item.id: {} for item in draws.evaluated.plan.selections}
    if not names:
        return found
    # One row for the points as they are, then three for each criterion: less, more, and without it.
    factors = np.ones((1 + 3 * len(names), len(names)))
    for number in range(len(names)):
        factors[1 + 3 * number : 4 + 3 * number, number] = (float(1 - share), float(1 + share), 0)
    weights: Weights = {
        name: points[name] * factors[:, number : number + 1] for number, name in enumerate(names)
    }
    outcome = draws.judge.outcome(draws.measured, weights)
    ranks = np.broadcast_to(
        np.where(outcome.ranks == UNRANKED, np.nan, outcome.ranks), (len(factors), outcome.ranks.shape[1])
    )
    for list_name, flags in outcome.lists.items():
        # An aggregator without a form for arrays is held: then nothing moves, and there is one row.
        changed = np.broadcast_to((flags != flags[:1]).sum(axis=1), len(factors))
        for number, name in enumerate(names):
            lower, higher, without = (int(one) for one in changed[1 + 3 * number : 4 + 3 * number])
            found[list_name][name] = Moved(lower, higher, without, _distance(ranks[0], ranks[3 + 3 * number]))
    return found


def _distance(before: Floats, after: Floats) -> float:
    """Return the mean number of places that those ranked both times move."""
    moved = np.abs(before - after)
    known = moved[~np.isnan(moved)]
    return float(known.mean()) if len(known) else 0.0
