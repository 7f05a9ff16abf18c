"""Thousands of worlds, block by block: where each department was in every one of them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duban.evaluating import Evaluated

from .judge import Judge
from .observing import Observed
from .standing import Ranks
from .worlds import Source, World, drawn_world, measured_world, sources_of

SEED = 2024
DRAWS, FEWEST_DRAWS = 10_000, 1_000
# As many random numbers as 10,000 draws of 10 measures take for 1,000 departments.
MOST_NUMBERS = 100_000_000
# The numbers of one measure in a block: few enough for the processor's own memory, enough to be worth a call.
_CELLS, _MOST_ROWS = 250_000, 500


class Tally(NamedTuple):
    """What the worlds come to: `ranks` draws x departments, and for each list how often each department is on it."""

    ranks: Ranks
    listed: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Draws:
    """What is drawn and how often; nothing is, until somebody asks for the tally."""

    evaluated: Evaluated
    observed: Sequence[Observed]
    number: int
    seed: int = SEED

    @cached_property
    def sources(self) -> Sequence[Source]:
        """Everything that is drawn."""
        return sources_of(self.evaluated.plan, self.evaluated.figures, self.observed)

    @cached_property
    def judge(self) -> Judge:
        """The plan over arrays."""
        return Judge(self.evaluated, frozenset(key for source in self.sources for key in source.keys))

    @cached_property
    def measured(self) -> World:
        """What was measured, as one world."""
        return measured_world(self.evaluated.figures)

    def tally(self, threads: int | None = None) -> Tally:
        """Return where everybody was in every draw; the number of threads changes nothing."""
        departments = len(self.evaluated.departments)
        ranks = np.empty((self.number, departments), dtype=np.int32)
        blocks = list(blocks_of(self.number, departments))
        judge, measured, sources = self.judge, self.measured, self.sources

        def listed(block: int) -> dict[str, NDArray[np.int64]]:
            start, rows = blocks[block]
            found = judge.outcome(drawn_world(measured, sources, self.seed, block, rows))
            ranks[start : start + rows] = found.ranks
            return {
                name: np.broadcast_to(flags, (rows, departments)).sum(axis=0)
                for name, flags in found.lists.items()
            }

        counts = {item.id: np.zeros(departments, dtype=np.int64) for item in self.evaluated.plan.selections}
        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            for found in pool.map(listed, range(len(blocks))):
                for name, number in found.items():
                    counts[name] += number
        return Tally(ranks, counts)


def number_of_draws(departments: int, measures: int, wanted: int | None = None) -> int:
    """Return how many draws there are: as many as wanted, else 10,000, and fewer for very many departments."""
    if wanted is not None:
        return wanted
    return max(FEWEST_DRAWS, min(DRAWS, MOST_NUMBERS // max(1, departments * measures)))


def blocks_of(number: int, departments: int) -> Iterator[tuple[int, int]]:
    """Yield first draw and number of draws of each block; each has random numbers of its own."""
    rows = max(1, min(_MOST_ROWS, _CELLS // max(1, departments)))
    for start in range(0, number, rows):
        yield start, min(rows, number - start)
