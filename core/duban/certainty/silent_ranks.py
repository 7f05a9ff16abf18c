"""How far silence could move a rank: each department at its best beside the others at their worst, and the reverse.

The true rank lies within these bounds wherever a better figure never earns less. A case count that may or may not reach
`min_cases` is tried both ways.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import NamedTuple

from duban.evaluating import Evaluated, Judgement, Standings, standings
from duban.judging import judgements
from duban.methods import Subject
from duban.plan import Plan, PlannedCriterion
from duban.results import Figure, Figures
from duban.ruleset import Criterion, Shrink
from duban.small_numbers import shrunk
from duban.stages.completing import Silent
from duban.terms import Aggregate, Better, Missing, Standing, Status

from .silence import Extremes, Known

# A department whose cases leave more ways open than this which criteria have enough of them has no bounds.
MOST_WAYS = 64
# In the rules that are tried: what has no value and no mean to stand in for it, so that its points go to the others.
_LEFT_TO_OTHERS = Figure(Status.NOT_AVAILABLE)
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


def rank_bounds(
    evaluated: Evaluated, known: Known, pooled: Known, silent: Mapping[str, Silent]
) -> list[RankBounds]:
    """Return the bounds of every department that has a total, by id.

    `known` are the extremes of figures of cases enough (`least_cases`), `pooled` those of any number of cases.
    """
    departments, judgement = evaluated.departments, evaluated.judgement
    seen = _seen(evaluated, known, pooled)
    found = []
    for index, department in enumerate(departments):
        if judgement.totals.total[index] is None:
            continue
        span, (best, worst) = seen.spans[index], seen.ranks(index)
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
    worlds = _Worlds(plan, evaluated, known, pooled)
    seen = _Seen(evaluated, worlds)
    for favoured in (True, False):
        for way in range(worlds.ways):
            seen.add(standings(worlds.plan, departments, worlds.figures([favoured] * len(departments), way)))
    if known and any(item.rule.points and _compares(item) for item in plan.criteria):
        if len(departments) > MOST_COMPARED:
            seen.give_up()
            return seen
        for index in range(len(departments)):
            for favoured in (True, False):
                sides = [(place == index) is favoured for place in range(len(departments))]
                seen.add(standings(worlds.plan, departments, worlds.figures(sides, 0)), index)
    return seen


class _Worlds:
    """Figures as silence may make them: of each department the better or the worse end of all that it may be."""

    def __init__(self, plan: Plan, evaluated: Evaluated, known: Known, pooled: Known) -> None:
        self._plan, self._known = plan, known
        self._departments, self._figures = evaluated.departments, evaluated.figures
        self._groups = evaluated.judgement.groups
        self._places = {item.id: index for index, item in enumerate(evaluated.departments)}
        self._least, self._better = least_cases(plan), _directions(plan)
        self._takes_part = [place.standing is not Standing.EXEMPT for place in evaluated.judgement.places]
        self._stood_in, self._shrunk = _stood_in(plan, known), _shrunk(plan, known)
        self._pooled = pooled
        self.plan = _able_to_leave(plan, self._stood_in)
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
        states = self._own_states(department, key, favoured)
        if key in self._stood_in:
            figure = self._figures[key][self._places[department]]
            states = [
                one
                for state in states or [figure]
                for one in self._by_group(department, key, state, favoured)
            ]
        if key in self._shrunk:
            figure = self._figures[key][self._places[department]]
            states = [self._drawn(department, key, state, favoured) for state in states or [figure]]
        return states

    def _by_group(self, department: str, key: str, figure: Figure, favoured: bool) -> list[Figure]:
        """Return a figure, or where its group's mean stands in for it, the furthest that this mean can be."""
        rule, status = self._stood_in[key], figure.status
        if status is Status.MEASURED and figure.count < rule.min_cases:
            status = Status.TOO_FEW_CASES
        if status is Status.MEASURED or rule.when_missing(status) is not Missing.GROUP_MEAN:
            return [figure]
        beside = [
            self._own_states(name, key, favoured) or [theirs] for name, theirs in self._group(department, key)
        ]
        enough = [[one for one in states if _speaks(one, rule)] for states in beside]
        known = [one for states in enough for one in states]
        if not known:
            return [figure]
        end = (max if self._is_higher(key, favoured) else min)(known, key=lambda one: one.value or 0)
        sure = any(len(states) == len(some) for states, some in zip(beside, enough, strict=True))
        # Where nobody has cases enough, there is no mean to stand in.
        return [end] if sure else [end, _LEFT_TO_OTHERS]

    def _drawn(self, department: str, key: str, figure: Figure, favoured: bool) -> Figure:
        """Return a figure drawn to the furthest that the rate of its group can be."""
        if figure.hits is None or not figure.count:
            return figure
        hits = cases = 0
        for name, theirs in self._group(department, key):
            known = self._pooled.get((name, key))
            one = theirs if known is None else self._end(known, key, favoured)
            hits, cases = hits + (one.hits or 0), cases + one.count
        value = shrunk(figure, self._shrunk[key], Fraction(hits, cases) if cases else None)
        return Figure(figure.status, figure.count, None, value)

    def _group(self, department: str, key: str) -> Iterator[tuple[str, Figure]]:
        """Yield who is compared with a department, and their figures."""
        group = self._groups[self._places[department]]
        for item, figure, other, takes_part in zip(
            self._departments, self._figures[key], self._groups, self._takes_part, strict=True
        ):
            if other == group and takes_part:
                yield item.id, figure

    def _is_higher(self, key: str, favoured: bool) -> bool:
        return favoured is (self._better[key] is Better.HIGHER)

    def _end(self, known: Extremes, key: str, favoured: bool) -> Figure:
        return known.highest if self._is_higher(key, favoured) else known.lowest

    def _own_states(self, department: str, key: str, favoured: bool) -> list[Figure]:
        known = self._known.get((department, key))
        if known is None:
            return []
        end = self._end(known, key, favoured)
        if self._plan.uses[key].measure.kind in (Aggregate.NUMBER, Aggregate.SUM):
            return [end]
        least, found = max(1, self._least.get(key, 0)), []
        if known.most >= least and end.value is not None:
            found.append(replace(end, count=max(end.count, least)))
        if known.fewest < least and known.most and least > 1:
            count = max(1, min(known.fewest, least - 1))
            found.append(Figure(Status.MEASURED, count, None, end.value))
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

    @cached_property
    def spans(self) -> Sequence[_Span]:
        """What each department may come to; looked at when all worlds are in."""
        return [self._span(index) for index in range(len(self._totals))]

    @cached_property
    def _groups_move(self) -> bool:
        return any(len(groups) > 1 for groups in self._groups)

    def _span(self, index: int) -> _Span:
        totals, ranked = self._totals[index], self._ranked[index]
        if self._unknown or self._too_open[index] or not totals:
            return _Span(None, None, True in ranked or self._too_open[index], False)
        return _Span(min(totals), max(totals), True in ranked, False not in ranked)

    def ranks(self, index: int) -> tuple[int | None, int | None]:
        """Return the best and the worst rank that a ranked department may have."""
        mine = self.spans[index]
        rank = self._judgement.places[index].rank
        if rank is None or mine.low is None or mine.high is None or self._groups_move:
            return None, None
        if not any(self._touched):
            return rank, rank
        ahead, possibly = [], 0
        for other in self._beside(index):
            theirs = self.spans[other]
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


def _able_to_leave(plan: Plan, stood_in: Mapping[str, Criterion]) -> Plan:
    """Return the rules in which a mean that does not come about can be said; nothing else is judged otherwise."""

    def able(item: PlannedCriterion) -> PlannedCriterion:
        if item.use is None or item.use.key not in stood_in:
            return item
        missing = {status: item.rule.when_missing(status) for status in Status}
        missing[Status.NOT_AVAILABLE] = Missing.REDISTRIBUTE
        return replace(item, rule=item.rule.model_copy(update={"missing": missing}))

    return replace(plan, criteria=[able(item) for item in plan.criteria])


def _speaks(figure: Figure, rule: Criterion) -> bool:
    return figure.value is not None and figure.count >= max(1, rule.min_cases)


def _shrunk(plan: Plan, known: Known) -> dict[str, Fraction]:
    """Return how strongly figures are drawn to their group, by use key, where silence touches the group."""
    touched = {key for _, key in known}
    return {
        item.use.key: item.rule.small_numbers.strength
        for item in plan.criteria
        if item.use is not None and item.use.key in touched and isinstance(item.rule.small_numbers, Shrink)
    }


def _stood_in(plan: Plan, known: Known) -> dict[str, Criterion]:
    """Return the criteria in which a group's mean may stand in for what silence touches, by use key."""
    touched = {key for _, key in known}
    return {
        item.use.key: item.rule
        for item in plan.criteria
        if item.use is not None
        and item.use.key in touched
        and Missing.GROUP_MEAN in {item.rule.when_missing(status) for status in Status}
    }


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
