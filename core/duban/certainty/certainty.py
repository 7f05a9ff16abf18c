"""What the draws say of every department: between which ranks it lies, how likely it is on each list, and the verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from duban.engine import Engine
from duban.evaluating import Evaluated
from duban.exact import plain
from duban.frames import table
from duban.relations import Relation
from duban.stage import enter
from duban.terms import Standing

from .drawing import Draws, Tally, number_of_draws
from .observing import observe
from .standing import UNRANKED, Ranks
from .weights import MOVES, RANGE, Sensitivity, sensitivity

# On the list in so many of the worlds is as good as certain, in so few as good as ruled out: both together leave 5 %. At
# 95 % each, fewer than 95 % of the verdicts come true where all rates are high (docs/measured.md).
FIRM = Fraction(975, 1000)
# The middle part of the worlds that the interval of a rank covers.
INTERVAL = Fraction(90, 100)
CERTAINTY = (
    *("group", "department", "name", "rank", "rank_low", "rank_high"),
    *("selection", "selected", "probability", "verdict", "stays"),
)
WEIGHTS = ("selection", "criterion", "points", "lower", "higher", "without", "places")


class Verdict(StrEnum):
    """What the cases allow to be said of a department and a list."""

    FIRMLY_IN = "firmly_in"
    FIRMLY_OUT = "firmly_out"
    UNDECIDED = "undecided"


def verdict(probability: Fraction) -> Verdict:
    """Return the verdict for how likely a department is on a list."""
    if probability >= FIRM:
        return Verdict.FIRMLY_IN
    return Verdict.FIRMLY_OUT if probability <= 1 - FIRM else Verdict.UNDECIDED


@dataclass(frozen=True, eq=False)
class Certainty:
    """How sure the ranking and the lists are; worked out when it is first asked for."""

    draws: Draws

    @cached_property
    def tally(self) -> Tally:
        """Where everybody was in every draw."""
        enter("drawing")
        return self.draws.tally()

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """What moved weights do to the lists."""
        return sensitivity(self.draws)

    @cached_property
    def number(self) -> int:
        """How many worlds are drawn."""
        return self.draws.number

    @cached_property
    def facts(self) -> dict[str, object]:
        """What the numbers rest on, for the manifest: `held` names what has no form for draws and stays as measured."""
        made = self.draws
        return {
            "draws": made.number,
            "seed": made.seed,
            "drawn": sorted(made.judge.drawn),
            "held": sorted(made.judge.held),
            "weights_moved_by": plain(RANGE),
            "weights_moved": MOVES,
            "numpy": np.__version__,
        }

    @cached_property
    def frame(self) -> pd.DataFrame:
        """`certainty.csv`: one row for each list and department that is evaluated; without lists, one a department."""
        return table(CERTAINTY, self._rows())

    @cached_property
    def weights_frame(self) -> pd.DataFrame:
        """`weights.csv`: one row for each list and criterion with points."""
        return table(WEIGHTS, self._weight_rows())

    def _rows(self) -> Iterator[tuple[object, ...]]:
        evaluated = self.draws.evaluated
        judged, low, high = evaluated.judgement, *rank_interval(self.tally.ranks)
        lists = [item.id for item in evaluated.plan.selections] or [""]
        for selection in lists:
            for place, department in enumerate(evaluated.departments):
                if judged.places[place].standing is Standing.EXEMPT:
                    continue
                head = (judged.groups[place], department.id, department.name, judged.places[place].rank)
                yield (*head, low[place], high[place], *self._listed(selection, place))

    def _listed(self, selection: str, place: int) -> tuple[object, ...]:
        if not selection:
            return ("", False, None, None, None)
        judged = self.draws.evaluated.judgement
        stays = Fraction(int(self.sensitivity.stays[selection][place]), self.sensitivity.moves)
        chosen = judged.lists[selection][place].chosen
        if not self.draws.number:
            return (selection, chosen, None, None, stays)
        probability = Fraction(int(self.tally.listed[selection][place]), self.draws.number)
        return (selection, chosen, probability, verdict(probability).value, stays)

    def _weight_rows(self) -> Iterator[tuple[object, ...]]:
        points = {item.id: item.rule.points for item in self.draws.evaluated.plan.criteria}
        for selection, criteria in self.sensitivity.criteria.items():
            for name, moved in criteria.items():
                places = Fraction(round(moved.places * 100), 100)
                yield (selection, name, points[name], moved.lower, moved.higher, moved.without, places)


class PublishedCertainty(Certainty):
    """The same tables without the draws behind them: nothing else can be asked."""

    def __init__(self, known: Certainty) -> None:
        self.__dict__ |= {
            "number": known.number,
            "facts": known.facts,
            "frame": known.frame,
            "weights_frame": known.weights_frame,
        }


def certainty_of(
    engine: Engine,
    relations: Mapping[str, Relation],
    evaluated: Evaluated,
    as_of: date,
    draws: int | None = None,
) -> Certainty | None:
    """Return how sure a run is, none of it drawn yet; `draws` None is the default number, for 0 there is nothing."""
    if draws is not None and draws <= 0:
        return None
    observed = observe(engine, relations, evaluated.plan, evaluated.departments, as_of)
    made = Draws(evaluated, observed, 0)
    number = number_of_draws(len(evaluated.departments), len(made.judge.drawn), draws)
    return Certainty(replace(made, number=number if made.judge.decides else 0))


def rank_interval(ranks: Ranks) -> tuple[Sequence[int | None], Sequence[int | None]]:
    """Return the ends of the middle 90 % of every department's ranks; None for who is never ranked."""
    ends = [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2]
    low, high = (_quantile(ranks, end) for end in ends)
    return low, high


def _quantile(ranks: Ranks, share: Fraction) -> list[int | None]:
    """Return the least rank that at least this share of the worlds in which a department is ranked do not exceed."""
    found: list[int | None] = []
    for column in ranks.T:
        ranked = column[column != UNRANKED]
        wanted = -(-share * len(ranked) // 1)
        found.append(int(np.partition(ranked, int(wanted) - 1)[int(wanted) - 1]) if len(ranked) else None)
    return found
