"""The random numbers: what each measure's value could be, given the cases, drawn from its posterior distribution.

One stream of random numbers for each source of chance and each block of draws, so that neither the number of threads
nor the order of anything changes a number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from duban.plan import MeasureUse, Plan
from duban.results import Figure, Figures
from duban.terms import Aggregate, Status

from .observing import NO_SAMPLES, Observed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# By the key of the measure use: draws x departments, or one row for all draws; NaN where nothing is measured.
World = Mapping[str, Floats]


class Source(Protocol):
    """Something drawn at one go."""

    @property
    def name(self) -> str:
        """What its random numbers are called."""

    @property
    def keys(self) -> Sequence[str]:
        """The measure uses that it gives values."""

    @property
    def places(self) -> NDArray[np.intp]:
        """The departments, by their number."""

    def draw(self, stream: np.random.Generator, rows: int) -> Sequence[Floats]:
        """Return draws x places for every key."""


@dataclass(frozen=True, eq=False)
class Rates:
    """Shares that stand alone: hits and misses, each with half a case added (Jeffreys' prior)."""

    name: str
    places: NDArray[np.intp]
    hits: Floats
    misses: Floats

    @property
    def keys(self) -> Sequence[str]:
        """The one measure use."""
        return (self.name,)

    def draw(self, stream: np.random.Generator, rows: int) -> Sequence[Floats]:
        """Return Beta(hits + 1/2, misses + 1/2)."""
        return (stream.beta(self.hits + 0.5, self.misses + 0.5, size=(rows, len(self.places))),)


@dataclass(frozen=True, eq=False)
class Mixtures:
    """Shares and means over one distribution; `cases` is the Dirichlet distribution's, places x values."""

    name: str
    places: NDArray[np.intp]
    cases: Floats
    worth: Mapping[str, Floats]

    @property
    def keys(self) -> Sequence[str]:
        """All measure uses of the distribution."""
        return tuple(self.worth)

    def draw(self, stream: np.random.Generator, rows: int) -> Sequence[Floats]:
        """Return what the drawn shares of the values come to."""
        total, *sums = (np.zeros((rows, len(self.places))) for _ in range(len(self.worth) + 1))
        for number in range(self.cases.shape[1]):
            part = stream.standard_gamma(self.cases[:, number], size=total.shape)
            total += part
            for added, worth in zip(sums, self.worth.values(), strict=True):
                added += part * worth[..., number]
        return [added / total for added in sums]


@dataclass(frozen=True, eq=False)
class Normals:
    """Means over very many values."""

    name: str
    places: NDArray[np.intp]
    means: Floats
    deviations: Floats

    @property
    def keys(self) -> Sequence[str]:
        """The one measure use."""
        return (self.name,)

    def draw(self, stream: np.random.Generator, rows: int) -> Sequence[Floats]:
        """Return normal numbers with the posterior's mean and variance."""
        return (self.means + self.deviations * stream.standard_normal((rows, len(self.places))),)


def measured_world(figures: Figures) -> dict[str, Floats]:
    """Return what was measured, as one row of floats a measure use."""
    return {key: np.array([[_number(figure) for figure in column]]) for key, column in figures.items()}


def _number(figure: Figure) -> float:
    return float("nan") if figure.value is None else float(figure.value)


def sources_of(plan: Plan, figures: Figures, observed: Sequence[Observed]) -> list[Source]:
    """Return everything that is drawn, in the order of the names."""
    sources: list[Source] = []
    for item in observed:
        sources += _of_distribution(item, figures)
    known = {key for source in sources for key in source.keys}
    for key, use in plan.uses.items():
        if key not in known and use.measure.kind is Aggregate.SHARE and is_sample(use):
            sources += _of_share(key, figures[key])
    return sorted(sources, key=lambda source: (source.name, type(source).__name__))


def is_sample(use: MeasureUse) -> bool:
    """Return whether its rows are cases, or what is known of cases: one sample of how a department works."""
    return use.measure.table not in NO_SAMPLES


def _measured(figures: Sequence[Figure]) -> NDArray[np.intp]:
    return np.array(
        [place for place, figure in enumerate(figures) if figure.status is Status.MEASURED], dtype=np.intp
    )


def _of_share(key: str, figures: Sequence[Figure]) -> Iterator[Source]:
    places = _measured(figures)
    if len(places):
        hits = np.array([float(figures[place].hits or 0) for place in places])
        yield Rates(key, places, hits, np.array([float(figures[place].count) for place in places]) - hits)


def _of_distribution(item: Observed, figures: Figures) -> Iterator[Source]:
    column = figures[min(item.worth)]
    places = _measured(column)
    cases = item.counts[places] + item.prior if len(places) else np.zeros((0, 0))
    one_by_one = cases.sum(axis=1) > 0
    if one_by_one.any():
        kept = places[one_by_one]
        worth = {key: own if own.ndim == 1 else own[kept] for key, own in sorted(item.worth.items())}
        yield Mixtures(item.name, kept, cases[one_by_one], worth)
    if item.variances is not None and not one_by_one.all():
        kept = places[~one_by_one]
        counts = np.array([column[place].count for place in kept])
        means = np.array([_number(column[place]) for place in kept])
        # The variance that the mean of a Dirichlet distribution over the rows (the Bayesian bootstrap) has.
        yield Normals(item.name, kept, means, np.sqrt(item.variances[kept] / (counts + 1)))


def stream_of(seed: int, name: str, block: int) -> np.random.Generator:
    """Return the stream of one source for one block of draws."""
    digest = sha256(name.encode("utf-8", "surrogatepass")).digest()
    words = np.frombuffer(digest[:16], dtype=np.uint32).tolist()
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, block, *words])))


def drawn_world(
    measured: World, sources: Sequence[Source], seed: int, block: int, rows: int
) -> dict[str, Floats]:
    """Return a block of drawn values, and the measured ones of everything that is not drawn."""
    world: dict[str, Floats] = dict(measured)
    for source in sources:
        drawn = source.draw(stream_of(seed, source.name + type(source).__name__, block), rows)
        for key, values in zip(source.keys, drawn, strict=True):
            if values.shape[1] == measured[key].shape[1]:
                world[key] = values
                continue
            if world[key] is measured[key]:
                world[key] = np.repeat(measured[key], rows, axis=0)
            world[key][:, source.places] = values
    return world


def repeated(measured: World, sources: Sequence[Source], rows: int) -> dict[str, Any]:
    """Return the measured values in the shape of drawn ones: who is certain of everything."""
    keys = {key for source in sources for key in source.keys}
    return {
        key: np.repeat(values, rows, axis=0) if key in keys else values for key, values in measured.items()
    }
