"""How far silence could move a rank: each department at its best beside the others at their worst, and the reverse.

The true rank lies within these bounds wherever a better figure never earns less. A case count that may or may not reach
`min_cases` is tried both ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.evaluating import Evaluated, Judgement, Standings, standings
from duban.judging import judgements
from duban.methods import Subject
from duban.plan import PlannedCriterion
from duban.stages.completing import Silent
from duban.terms import Standing

from .silence import Known
from .silent_worlds import Worlds
from .spans import Span, best_and_worst

# Where a curve compares departments, each is judged beside the others on its own.
MOST_COMPARED = 100


@dataclass(frozen=True, slots=True)
class RankBounds:
    """What a department's silent deputies, and those of the others, could make of its total and its rank.

    The ranks are None where it is not ranked, or where no bounds can be given.
    """

    department: str
    name: str
    group: str
    answered: int
    answer_silent: int
    result_silent: int
    total: Fraction | None
    lowest_total: Fraction | None
    highest_total: Fraction | None
    rank: int | None
    best_rank: int | None
    worst_rank: int | None


def rank_bounds(
    evaluated: Evaluated, known: Known, pooled: Known, silent: Mapping[str, Silent]
) -> list[RankBounds]:
    """Return the bounds of every department that has a total, by id.

    `known` are the extremes of figures of cases enough (`least_cases`), `pooled` those of any number of cases.
    """
    departments, judgement = evaluated.departments, evaluated.judgement
    seen = _seen(evaluated, known, pooled)
    spans, found = seen.spans(), []
    ranks = seen.ranks(spans)
    for index, department in enumerate(departments):
        if judgement.totals.total[index] is None:
            continue
        span, (best, worst) = spans[index], ranks[index]
        found.append(
            RankBounds(
                department.id,
                department.name,
                judgement.groups[index],
                *silent.get(department.id, Silent(0, 0, 0)),
                judgement.totals.total[index],
                span.low,
                span.high,
                judgement.places[index].rank,
                best,
                worst,
            )
        )
    return found


def _seen(evaluated: Evaluated, known: Known, pooled: Known) -> "_Seen":
    plan, departments = evaluated.plan, evaluated.departments
    worlds = Worlds(plan, evaluated, known, pooled)
    seen = _Seen(evaluated, worlds)
    if not known:
        return seen
    compares = any(item.rule.points and _compares(item) for item in plan.criteria)
    if compares and len(departments) > MOST_COMPARED:
        seen.give_up()
        return seen
    for favoured in (True, False):
        for way in range(worlds.ways):
            seen.add(standings(worlds.plan, departments, worlds.figures([favoured] * len(departments), way)))
    for index in range(len(departments)) if compares else ():
        for favoured in (True, False):
            sides = [(place == index) is favoured for place in range(len(departments))]
            seen.add(standings(worlds.plan, departments, worlds.figures(sides, 0)), index)
    return seen


class _Seen:
    """What the tried worlds made of every department."""

    def __init__(self, evaluated: Evaluated, worlds: Worlds) -> None:
        self._ranking, self._judgement = evaluated.plan.ruleset.ranking, evaluated.judgement
        number = len(evaluated.departments)
        self._totals: list[list[Fraction]] = [[] for _ in range(number)]
        self._ranked: list[set[bool]] = [set() for _ in range(number)]
        self._groups: list[set[str]] = [set() for _ in range(number)]
        self._unknown, self._too_open, self._touched = False, worlds.too_open, worlds.touched
        self.add(evaluated.judgement)

    def add(self, stood: Standings | Judgement, only: int | None = None) -> None:
        """Take in one world, of one department alone where `only` names it."""
        for index in range(len(self._totals)) if only is None else (only,):
            total = stood.totals.total[index]
            self._totals[index] += [] if total is None else [total]
            self._ranked[index].add(stood.places[index].standing is Standing.RANKED)
            self._groups[index].add(stood.groups[index])

    def give_up(self) -> None:
        """Say that nothing can be said."""
        self._unknown = True

    def spans(self) -> Sequence[Span]:
        """Return what each department may come to, when all worlds are in."""
        return [self._span(index) for index in range(len(self._totals))]

    def _span(self, index: int) -> Span:
        totals, ranked = self._totals[index], self._ranked[index]
        rank = self._judgement.places[index].rank
        if self._unknown or self._too_open[index] or not totals:
            return Span(None, None, True in ranked or self._too_open[index], False, rank, False)
        low, high = min(totals), max(totals)
        settled = low == high and not self._touched[index]
        return Span(low, high, True in ranked, False not in ranked, rank, settled)

    def ranks(self, spans: Sequence[Span]) -> Sequence[tuple[int | None, int | None]]:
        """Return the best and the worst rank that each ranked department may have."""
        if any(len(groups) > 1 for groups in self._groups):
            return [(None, None)] * len(spans)
        if not any(self._touched):
            return [(None, None) if span.low is None else (span.rank, span.rank) for span in spans]
        within = self._ranking.within == "group"
        scopes = self._judgement.groups if within else [""] * len(spans)
        return best_and_worst(spans, scopes, self._ranking.ties == "dense")


def _compares(criterion: PlannedCriterion) -> bool:
    """Return whether a curve gives a value other points in company than alone."""

    def judged(*values: Fraction) -> list[Fraction]:
        subjects = [Subject(value, "", lambda text: False) for value in values]
        return [Fraction(one.points) for one in judgements(criterion, subjects)]

    values = (Fraction(0), Fraction(1, 2), Fraction(1))
    return judged(*values) != [judged(value)[0] for value in values]
