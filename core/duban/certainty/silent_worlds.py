"""Figures as silence may make them, to be judged: of each department the better or the worse end of all that it may be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import NamedTuple

from duban.evaluating import Evaluated
from duban.plan import Plan, PlannedCriterion
from duban.results import Figure, Figures
from duban.ruleset import Criterion, Shrink
from duban.small_numbers import shrunk
from duban.terms import Aggregate, Better, Missing, Standing, Status

from .silence import Extremes, Known

# A department whose cases leave more ways open than this which criteria have enough of them has no bounds.
MOST_WAYS = 64
# So many departments are judged on the whole: of more than a thousand fewer ways are tried.
MOST_JUDGED = 64_000
# In the rules that are tried: what has no value and no mean to stand in for it, so that its points go to the others.
_LEFT_TO_OTHERS = Figure(Status.NOT_AVAILABLE)


class _End(NamedTuple):
    """One end of all that a figure of everybody may be: by use key, the better one if `favoured`."""

    key: str
    favoured: bool


class Worlds:
    """The worlds to be tried: `ways` of them for each end, `too_open` says of whom there would be too many.

    `known` are the extremes of figures of cases enough (`least_cases`), `pooled` those of any number of cases.
    """

    def __init__(self, plan: Plan, evaluated: Evaluated, known: Known, pooled: Known) -> None:
        self._plan, self._known, self._pooled = plan, known, pooled
        self._departments, self._figures = evaluated.departments, evaluated.figures
        self._groups = evaluated.judgement.groups
        self._members: dict[str, list[int]] = defaultdict(list)
        for index, place in enumerate(evaluated.judgement.places):
            if place.standing is not Standing.EXEMPT:
                self._members[self._groups[index]].append(index)
        self._least, self._better = least_cases(plan), _directions(plan)
        self._stood_in, self._shrunk = _stood_in(plan, known), _shrunk(plan, known)
        self._means: dict[tuple[str, _End], Sequence[Figure]] = {}
        self._rates: dict[tuple[str, _End], Fraction | None] = {}
        self.plan = _able_to_leave(plan, self._stood_in)
        self._open = {
            favoured: [self._open_figures(index, favoured) for index in range(len(self._departments))]
            for favoured in (True, False)
        }
        touched = {department for department, _ in known}
        self.touched = [item.id in touched for item in evaluated.departments]
        ways = [prod(map(len, states.values())) for states in self._open[True]]
        most = min(MOST_WAYS, max(1, MOST_JUDGED // max(1, len(ways))))
        self.too_open = [number > most for number in ways]
        self.ways = max((number for number in ways if number <= most), default=1)

    def _open_figures(self, index: int, favoured: bool) -> dict[str, Sequence[Figure]]:
        """Return what the figures of a department may be at one end, by use key, where that is not what they are."""
        found = ((key, self._states(index, _End(key, favoured))) for key in self._figures)
        return {key: states for key, states in found if states}

    def figures(self, favoured: Sequence[bool], way: int) -> Figures:
        """Return all figures: each department's at its better or worse end, in one of the ways that its counts leave."""
        columns = {key: list(column) for key, column in self._figures.items()}
        for index, end in enumerate(favoured):
            left = way
            for key, states in self._open[end][index].items():
                left, chosen = divmod(left, len(states))
                columns[key][index] = states[chosen]
        return columns

    def _states(self, index: int, end: _End) -> Sequence[Figure]:
        """Return what a figure may be at one end: with cases enough, with too few, with none; empty where it is known."""
        states, figure = self._own_states(index, end), self._figures[end.key][index]
        if end.key in self._stood_in:
            states = [one for state in states or [figure] for one in self._by_group(index, state, end)]
        if end.key in self._shrunk:
            states = [self._drawn(index, state, end) for state in states or [figure]]
        return states

    def _by_group(self, index: int, figure: Figure, end: _End) -> Sequence[Figure]:
        """Return a figure, or where its group's mean stands in for it, the furthest that this mean can be."""
        rule, status = self._stood_in[end.key], figure.status
        if status is Status.MEASURED and figure.count < rule.min_cases:
            status = Status.TOO_FEW_CASES
        if status is Status.MEASURED or rule.when_missing(status) is not Missing.GROUP_MEAN:
            return [figure]
        group = self._groups[index]
        if (group, end) not in self._means:
            self._means[group, end] = self._mean(group, end)
        return self._means[group, end] or [figure]

    def _mean(self, group: str, end: _End) -> Sequence[Figure]:
        """Return the furthest that a group's mean can be, and that there may be none; nothing where there is none."""
        rule = self._stood_in[end.key]
        beside = [
            self._own_states(index, end) or [self._figures[end.key][index]] for index in self._members[group]
        ]
        enough = [[one for one in states if _speaks(one, rule)] for states in beside]
        known = [one for states in enough for one in states]
        if not known:
            return []
        furthest = (max if self._is_higher(end) else min)(known, key=lambda one: one.value or 0)
        sure = any(len(states) == len(some) for states, some in zip(beside, enough, strict=True))
        # Where nobody has cases enough, there is no mean to stand in.
        return [furthest] if sure else [furthest, _LEFT_TO_OTHERS]

    def _drawn(self, index: int, figure: Figure, end: _End) -> Figure:
        """Return a figure drawn to the furthest that the rate of its group can be."""
        if figure.hits is None or not figure.count:
            return figure
        group = self._groups[index]
        if (group, end) not in self._rates:
            self._rates[group, end] = self._rate(group, end)
        value = shrunk(figure, self._shrunk[end.key], self._rates[group, end])
        return Figure(figure.status, figure.count, None, value)

    def _rate(self, group: str, end: _End) -> Fraction | None:
        """Return the furthest that the rate of all cases of a group can be."""
        hits = cases = 0
        for index in self._members[group]:
            known = self._pooled.get((self._departments[index].id, end.key))
            one = self._figures[end.key][index] if known is None else self._at(known, end)
            hits, cases = hits + (one.hits or 0), cases + one.count
        return Fraction(hits, cases) if cases else None

    def _is_higher(self, end: _End) -> bool:
        return end.favoured is (self._better[end.key] is Better.HIGHER)

    def _at(self, known: Extremes, end: _End) -> Figure:
        return known.highest if self._is_higher(end) else known.lowest

    def _own_states(self, index: int, end: _End) -> list[Figure]:
        known = self._known.get((self._departments[index].id, end.key))
        if known is None:
            return []
        furthest = self._at(known, end)
        if self._plan.uses[end.key].measure.kind in (Aggregate.NUMBER, Aggregate.SUM):
            return [furthest]
        least, found = max(1, self._least.get(end.key, 0)), []
        if known.most >= least and furthest.value is not None:
            found.append(replace(furthest, count=max(furthest.count, least)))
        if known.fewest < least and known.most and least > 1:
            count = max(1, min(known.fewest, least - 1))
            found.append(Figure(Status.MEASURED, count, None, furthest.value))
        if not known.fewest:
            found.append(Figure(Status.NOT_APPLICABLE, 0, 0))
        return found


def least_cases(plan: Plan) -> dict[str, int]:
    """Return below how many cases a use says nothing for some criterion, by its key."""
    found: dict[str, int] = defaultdict(int)
    for criterion in plan.criteria:
        for use in (criterion.use, *criterion.by_department.values()):
            if use is not None:
                found[use.key] = max(found[use.key], criterion.rule.min_cases)
    return found


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
