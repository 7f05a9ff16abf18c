"""How far silence could move a rank: each department at its best beside the others at their worst, and the reverse.

The true rank lies within these bounds wherever a better figure never earns less. A case count that may or may not reach
`min_cases` is tried both ways.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import NamedTuple

from duban.evaluating import Evaluated, Judgement, Standings, standings
from duban.judging import judgements
from duban.methods import Subject
from duban.plan import Plan, PlannedCriterion
from duban.results import Figure, Figures
from duban.stages.completing import Silent
from duban.terms import Aggregate, Better, Standing, Status

from .silence import Known

# A department whose cases leave more ways open than this which criteria have enough of them has no bounds.
MOST_WAYS = 64
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


class _Span(NamedTuple):
    """What a department may come to: its lowest and highest total, None for any, and whether it is ranked at all."""

    low: Fraction | None
    high: Fraction | None
    ever: bool
    always: bool


def least_cases(plan: Plan) -> dict[str, int]:
    """Return below how many cases a use says nothing for some criterion, by its key."""
    found: dict[str, int] = defaultdict(int)
    for criterion in plan.criteria:
        for use in (criterion.use, *criterion.by_department.values()):
            if use is not None:
                found[use.key] = max(found[use.key], criterion.rule.min_cases)
    return found


def rank_bounds(evaluated: Evaluated, known: Known, silent: Mapping[str, Silent]) -> list[RankBounds]:
    """Return the bounds of every department that has a total, by id."""
    departments, judgement = evaluated.departments, evaluated.judgement
    seen = _seen(evaluated, known)
    found = []
    for index, department in enumerate(departments):
        if judgement.totals.total[index] is None:
            continue
        span, (best, worst) = seen.span(index), seen.ranks(index)
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


def _seen(evaluated: Evaluated, known: Known) -> "_Seen":
    plan, departments = evaluated.plan, evaluated.departments
    worlds = _Worlds(plan, evaluated, known)
    seen = _Seen(evaluated, worlds)
    for favoured in (True, False):
        for way in range(worlds.ways):
            seen.add(standings(plan, departments, worlds.figures([favoured] * len(departments), way)))
    if known and any(item.rule.points and _compares(item) for item in plan.criteria):
        if len(departments) > MOST_COMPARED:
            seen.give_up()
            return seen
        for index in range(len(departments)):
            for favoured in (True, False):
                sides = [(place == index) is favoured for place in range(len(departments))]
                seen.add(standings(plan, departments, worlds.figures(sides, 0)), index)
    return seen


class _Worlds:
    """Figures as silence may make them: of each department the better or the worse end of all that it may be."""

    def __init__(self, plan: Plan, evaluated: Evaluated, known: Known) -> None:
        self._plan, self._known = plan, known
        self._departments, self._figures = evaluated.departments, evaluated.figures
        self._least, self._better = least_cases(plan), _directions(plan)
        self._open = [
            [key for key in sorted(evaluated.figures) if len(self._states(item.id, key, True)) > 1]
            for item in evaluated.departments
        ]
        touched = {department for department, _ in known}
        self.touched = [item.id in touched for item in evaluated.departments]
        ways = [self._ways(index) for index in range(len(self._open))]
        self.too_open = [number > MOST_WAYS for number in ways]
        self.ways = max((number for number in ways if number <= MOST_WAYS), default=1)

    def _ways(self, index: int) -> int:
        name = self._departments[index].id
        return prod(len(self._states(name, key, True)) for key in self._open[index])

    def figures(self, favoured: Sequence[bool], way: int) -> Figures:
        """Return all figures: each department's at its better or worse end, in one of the ways that its counts leave."""
        columns = {key: list(column) for key, column in self._figures.items()}
        for index, department in enumerate(self._departments):
            left = way
            for key, column in columns.items():
                states = self._states(department.id, key, favoured[index])
                if states:
                    left, chosen = divmod(left, len(states))
                    column[index] = states[chosen]
        return columns

    def _states(self, department: str, key: str, favoured: bool) -> list[Figure]:
        """Return what a figure may be at one end: with cases enough, with too few, with none; empty where it is known."""
        known = self._known.get((department, key))
        if known is None:
            return []
        end = known.highest if favoured is (self._better[key] is Better.HIGHER) else known.lowest
        if self._plan.uses[key].measure.kind in (Aggregate.NUMBER, Aggregate.SUM):
            return [end]
        least, found = max(1, self._least.get(key, 0)), []
        if known.most >= least and end.value is not None:
            found.append(replace(end, count=max(end.count, least)))
        if known.fewest < least and known.most and least > 1:
            found.append(Figure(Status.MEASURED, max(1, min(known.fewest, least - 1)), None, end.value))
        if not known.fewest:
            found.append(Figure(Status.NOT_APPLICABLE, 0, 0))
        return found


class _Seen:
    """What the tried worlds made of every department."""

    def __init__(self, evaluated: Evaluated, worlds: _Worlds) -> None:
        self._plan, self._judgement = evaluated.plan, evaluated.judgement
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

    def span(self, index: int) -> _Span:
        """Return what a department may come to."""
        totals, ranked = self._totals[index], self._ranked[index]
        if self._unknown or self._too_open[index] or not totals:
            return _Span(None, None, True in ranked or self._too_open[index], False)
        return _Span(min(totals), max(totals), True in ranked, False not in ranked)

    def ranks(self, index: int) -> tuple[int | None, int | None]:
        """Return the best and the worst rank that a ranked department may have."""
        mine = self.span(index)
        rank = self._judgement.places[index].rank
        if rank is None or mine.low is None or mine.high is None or any(len(one) > 1 for one in self._groups):
            return None, None
        ahead, possibly = [], 0
        for other in self._beside(index):
            theirs = self.span(other)
            if self._is_settled(index, other, mine, theirs):
                before = (self._judgement.places[other].rank or 0) < rank
                ahead += [theirs] if before else []
                possibly += before
                continue
            if theirs.always and theirs.low is not None and theirs.low > mine.high:
                ahead.append(theirs)
            possibly += theirs.ever and (theirs.high is None or theirs.high >= mine.low)
        dense = self._plan.ruleset.ranking.ties == "dense"
        return 1 + (min(1, len(ahead)) if dense else len(ahead)), 1 + possibly

    def _beside(self, index: int) -> Iterator[int]:
        """Yield the departments with which one is ranked."""
        groups = self._judgement.groups
        within = self._plan.ruleset.ranking.within == "group"
        for other in range(len(groups)):
            if other != index and (not within or groups[other] == groups[index]):
                yield other

    def _is_settled(self, index: int, other: int, mine: _Span, theirs: _Span) -> bool:
        """Return whether silence changes neither of two ranked departments: then they stand as they do."""
        fixed = mine.low == mine.high and theirs.low == theirs.high and theirs.low is not None
        return fixed and theirs.always and not (self._touched[index] or self._touched[other])


def _directions(plan: Plan) -> dict[str, Better]:
    """Return which way is the better one, by use key: the measure's, or an adjustment's where it alone uses it."""
    found = {key: use.measure.better for key, use in plan.uses.items()}
    of_criteria = {
        use.key
        for item in plan.criteria
        for use in (item.use, *item.by_department.values())
        if use is not None
    }
    for adjustment in plan.adjustments:
        if adjustment.use is not None and adjustment.rule.each and adjustment.use.key not in of_criteria:
            found[adjustment.use.key] = Better.HIGHER if adjustment.rule.each > 0 else Better.LOWER
    return found


def _compares(criterion: PlannedCriterion) -> bool:
    """Return whether a curve gives a value other points in company than alone."""

    def judged(*values: Fraction) -> list[Fraction]:
        subjects = [Subject(value, "", lambda text: False) for value in values]
        return [Fraction(one.points) for one in judgements(criterion, subjects)]

    values = (Fraction(0), Fraction(1, 2), Fraction(1))
    return judged(*values) != [judged(value)[0] for value in values]
