"""Each rate with what is to be known of it: its interval, what it is judged as, its place in the funnel, and silence."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.intervals import jeffreys
from duban.judging import uses_of
from duban.plan import MeasureUse, PlannedCriterion
from duban.results import Figure
from duban.small_numbers import pooled_rates
from duban.terms import Aggregate, Standing, Status

from .finite import finite_interval
from .funnel import INNER, Position, dispersion, limits, position

CONFIDENCE = Fraction(95, 100)


class Bounds(NamedTuple):
    """What a rate could be if the silent deputies had spoken: `silent` cases on which it depends, its lowest and highest."""

    silent: int
    lowest: Fraction | None
    highest: Fraction | None
    # Whether every silent case would then count, and none that counts now would not.
    all_count: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """One department's rate at one criterion; the interval and the limits are at 95 %.

    `asked_low` and `asked_high` are the ends of the interval of the rate among all answered cases, had everybody been
    asked; None where nobody is silent, or silence has more to it. `group_rate` to `dispersion` are None where the
    department is compared with nobody.
    """

    department: str
    criterion: str
    measure: str
    group: str
    count: int
    hits: int
    value: Fraction
    low: Fraction
    high: Fraction
    judged: Fraction | None
    group_rate: Fraction | None
    limit_low: Fraction | None
    limit_high: Fraction | None
    position: str | None
    dispersion: Fraction | None
    silent: int | None
    lowest: Fraction | None
    highest: Fraction | None
    asked_low: Fraction | None
    asked_high: Fraction | None


# The place in the funnel, and with it all that chance makes of a rate: its interval first.
_Funnel = tuple[Fraction | None, Fraction | None, Fraction | None, str | None, Fraction | None]
_ByChance = tuple[tuple[Fraction, Fraction], _Funnel]
# By department and use key.
Silence = Mapping[tuple[str, str], Bounds]


def rates(evaluated: Evaluated, silence: Silence | None) -> list[Rate]:
    """Return every measured rate that a criterion uses, by department and criterion.

    `silence` says what the silent could change, None where that is not known.
    """
    found = [
        rate for criterion in evaluated.plan.criteria for rate in _of_criterion(evaluated, criterion, silence)
    ]
    return sorted(found, key=lambda rate: (rate.department, rate.criterion))


def _of_criterion(
    evaluated: Evaluated, criterion: PlannedCriterion, silence: Silence | None
) -> Iterator[Rate]:
    departments, figures, judgement = evaluated.departments, evaluated.figures, evaluated.judgement
    uses = uses_of(criterion, departments)
    mine = [
        Figure(Status.NOT_APPLICABLE) if use is None else figures[use.key][index]
        for index, use in enumerate(uses)
    ]
    pools = [(group, use and use.key) for group, use in zip(judgement.groups, uses, strict=True)]
    ranked = [place.standing is Standing.RANKED for place in judgement.places]
    centres = pooled_rates(mine, pools, ranked)
    compared: dict[Hashable, list[Figure]] = defaultdict(list)
    for figure, pool, inside in zip(mine, pools, ranked, strict=True):
        if inside and figure.hits is not None and figure.count:
            compared[pool].append(figure)
    spreads = {pool: dispersion(compared[pool], centre) for pool, centre in centres.items()}
    scores = judgement.scores.criteria[criterion.id]
    # Many departments have as many hits of as many cases.
    known: dict[tuple[Hashable, int, int], _ByChance] = {}
    for index, (use, figure) in enumerate(zip(uses, mine, strict=True)):
        if (
            use is None
            or use.measure.kind is not Aggregate.SHARE
            or figure.hits is None
            or figure.value is None
        ):
            continue
        centre = centres.get(pools[index]) if ranked[index] else None
        place = (pools[index] if ranked[index] else None, figure.hits, figure.count)
        if place not in known:
            ends = jeffreys(figure.hits, figure.count, CONFIDENCE)
            known[place] = ends, _in_funnel(figure, centre, spreads.get(pools[index]))
        (low, high), funnel = known[place]
        yield Rate(
            departments[index].id, criterion.id, use.key, judgement.groups[index],
            figure.count, figure.hits, figure.value, low, high, scores[index].judged,
            *funnel, *_with_silence(departments[index].id, use, figure, silence),
        )  # fmt: skip


def _in_funnel(figure: Figure, centre: Fraction | None, spread: Fraction | None) -> _Funnel:
    if centre is None:
        return None, None, None, None, None
    low, high = limits(centre, figure.count, INNER)
    return centre, low, high, Position(position(figure, centre)).value, spread


def _with_silence(
    department: str, use: MeasureUse, figure: Figure, silence: Silence | None
) -> tuple[int | None, Fraction | None, Fraction | None, Fraction | None, Fraction | None]:
    if silence is None:
        return None, None, None, None, None
    known = silence.get((department, use.key))
    if known is None:
        return 0, figure.value, figure.value, None, None
    asked: tuple[Fraction | None, Fraction | None] = (None, None)
    if known.all_count and figure.hits is not None:
        asked = finite_interval(figure.hits, figure.count, known.silent, CONFIDENCE)
    return known.silent, known.lowest, known.highest, *asked


def outstanding(found: Sequence[Rate]) -> int:
    """Return how many rates some silent deputy could change."""
    return sum(bool(rate.silent) for rate in found)
