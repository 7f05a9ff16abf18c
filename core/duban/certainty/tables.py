"""What is known of rates, silence and criteria as tables, by the name of their file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duban.evaluating import Evaluated
from duban.frames import table
from duban.items import Item
from duban.stages.completing import Silent

from .choices import Moved, moved
from .influence import Correlations, Influence, deciding
from .rates import Rate, rates
from .silence import Known, Undecided, bounds_of, extremes, undecided
from .silent_ranks import RankBounds, rank_bounds
from .silent_worlds import least_cases

if TYPE_CHECKING:
    import pandas as pd

RATES, SMALL_NUMBERS, SILENCE = (
    tuple(field.name for field in fields(kind)) for kind in (Rate, Moved, RankBounds)
)
INFLUENCE = Influence._fields
CORRELATIONS = ("criterion", "other", "correlation")


@dataclass(frozen=True)
class Silence:
    """The silent cases: how many by department, and their rows, once for each rating that they might have been given."""

    counts: Mapping[str, Silent]
    completions: Sequence[Item]


class Qualified:
    """The tables that qualify a run's numbers, worked out when they are asked for.

    `items` are all rows, None where there are too many to look at; `silence` is None where nothing is known of it.
    """

    def __init__(
        self, evaluated: Evaluated, items: Sequence[Item] | None = None, silence: Silence | None = None
    ) -> None:
        self._evaluated, self._items, self._silence = evaluated, items, silence

    @cached_property
    def tables(self) -> "dict[str, pd.DataFrame]":
        """The tables by name; the one of silence is there where something is known of it."""
        found = {
            "rates": table(RATES, _rows(RATES, self.rates)),
            "small_numbers": table(SMALL_NUMBERS, _rows(SMALL_NUMBERS, self.moved)),
            "influence": table(INFLUENCE, self.influences),
            "correlations": table(CORRELATIONS, self.correlations),
        }
        if self.knows_silence:
            found["silence"] = table(SILENCE, _rows(SILENCE, self.rank_bounds))
        return found

    @property
    def knows_silence(self) -> bool:
        """Whether anything is known of who did not answer."""
        return self._silence is not None

    @cached_property
    def rates(self) -> Sequence[Rate]:
        """Every rate with its interval, its place in the funnel, and what the silent could make of it."""
        return rates(self._evaluated, bounds_of(self._pooled) if self._silence else None)

    @cached_property
    def moved(self) -> Sequence[Moved]:
        """What the choices for small numbers moved."""
        return moved(self._evaluated)

    @cached_property
    def influences(self) -> Sequence[Influence]:
        """What each criterion was meant to weigh, and weighs."""
        return self._deciding[0]

    @cached_property
    def rank_bounds(self) -> Sequence[RankBounds]:
        """How far silence could move the ranks; empty where nothing is known of it."""
        if self._silence is None:
            return []
        known, pooled = self._extremes(least_cases(self._evaluated.plan)), self._pooled
        return rank_bounds(self._evaluated, known, pooled, self._silence.counts)

    @cached_property
    def _open_cases(self) -> Mapping[str, Sequence[Undecided]]:
        return undecided(self._silence.completions) if self._silence else {}

    @cached_property
    def _pooled(self) -> Known:
        """The extremes of figures of any number of cases."""
        return self._extremes({})

    def _extremes(self, least: Mapping[str, int]) -> Known:
        plan, departments, figures, _ = self._evaluated
        return extremes(plan, departments, figures, self._open_cases, self._items or (), least)

    @cached_property
    def correlations(self) -> Sequence[tuple[str, str, Fraction | None]]:
        """How far each two criteria go together."""
        return [(*pair, value) for pair, value in self._deciding[1].items()]

    @cached_property
    def _deciding(self) -> tuple[list[Influence], Correlations]:
        return deciding(self._evaluated)


class Published(Qualified):
    """The same tables with only the rows that were given: all of the rest is out of reach."""

    def __init__(
        self,
        rates: Sequence[Rate],
        moved: Sequence[Moved],
        influences: Sequence[Influence],
        correlations: Sequence[tuple[str, str, Fraction | None]],
        rank_bounds: Sequence[RankBounds] | None,
    ) -> None:
        self.__dict__ |= {
            "rates": rates,
            "moved": moved,
            "influences": influences,
            "correlations": correlations,
            "rank_bounds": rank_bounds or [],
        }
        self._known = rank_bounds is not None

    @property
    def knows_silence(self) -> bool:
        """Whether anything is known of who did not answer."""
        return self._known


def _rows(names: Sequence[str], items: Iterable[Any]) -> Iterable[tuple[object, ...]]:
    return (tuple(getattr(item, name) for name in names) for item in items)
