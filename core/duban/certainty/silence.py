"""What the silent deputies could change: the lowest and the highest figure that any ratings of theirs would give.

Each silent case is tried with every rating that it could have been given. For a share the highest is exact: whatever
can hit does, and what cannot is left out where it can be. So are means and sums. Of quantiles and formulas the bounds
hold too, as far as a formula goes one way with each of the figures that it names.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import NamedTuple, Protocol

from duban.figuring import figure_of
from duban.formulas import work_out
from duban.items import Item, Mark
from duban.plan import MeasureUse, Plan
from duban.results import Department, Figure, Figures
from duban.stages.completing import COMPLETIONS
from duban.terms import Aggregate, Status

from .rates import Bounds

# What a silent case can be to one measure.
Options = frozenset[Mark]


class Extremes(NamedTuple):
    """The lowest and highest figure that silence allows, and the fewest and most cases that may count.

    `silent` is the number of cases on which they depend; `added` says that each of them would count, and now does not.
    """

    lowest: Figure
    highest: Figure
    fewest: int
    most: int
    silent: int
    added: bool = False


class Undecided(NamedTuple):
    """One silent case of a department: as it is, and its options, by the key of the measure use."""

    as_is: Mapping[str, Mark]
    options: Mapping[str, Options]


# By department and use key, where silence matters.
Known = dict[tuple[str, str], Extremes]


def undecided(items: Iterable[Item]) -> dict[str, list[Undecided]]:
    """Return the silent cases by department, from the rows of their completions."""
    rows: dict[tuple[str, int, int], list[Item]] = defaultdict(list)
    for item in items:
        rows[item.department, item.file, item.row // COMPLETIONS].append(item)
    found: dict[str, list[Undecided]] = defaultdict(list)
    for (department, _, _), tried in sorted(rows.items(), key=lambda pair: pair[0]):
        as_is = next(item.marks for item in tried if item.row % COMPLETIONS == 0)
        others = [item.marks for item in tried if item.row % COMPLETIONS]
        options = {key: frozenset(marks[key] for marks in others) for key in as_is}
        found[department].append(Undecided(as_is, options))
    return dict(found)


def extremes(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    silent: Mapping[str, Sequence[Undecided]],
    items: Sequence[Item],
    least: Mapping[str, int],
) -> Known:
    """Return what silence can change, by department and use key; a figure that it cannot change is not in it.

    `least` is the number of cases below which a use says nothing, by its key; `items` are all rows, for quantiles.
    """
    found: Known = {}
    values = _values(plan, items)
    for index, department in enumerate(departments):
        cases = silent.get(department.id, ())
        for key in sorted({key for case in cases for key in case.options}):
            mine = [(case.as_is[key], case.options[key]) for case in cases]
            mine = [(as_is, options) for as_is, options in mine if options != {as_is}]
            figure = figures[key][index]
            if mine and figure.status in (Status.MEASURED, Status.NOT_APPLICABLE):
                search = _Search(plan.uses[key], figure, mine, values.get((department.id, key), ()))
                found[department.id, key] = search.extremes(max(1, least.get(key, 0)))
    return _with_formulas(plan, departments, figures, found)


def bounds_of(found: Known) -> dict[tuple[str, str], Bounds]:
    """Return the bounds as rates show them."""
    return {
        place: Bounds(known.silent, known.lowest.value, known.highest.value, known.added)
        for place, known in found.items()
    }


def _values(plan: Plan, items: Sequence[Item]) -> dict[tuple[str, str], list[Fraction]]:
    """Return the values that count, by department and use key, of the quantiles alone."""
    wanted = [key for key, use in plan.uses.items() if use.measure.kind is Aggregate.QUANTILE]
    found: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for item in items if wanted else ():
        for key in wanted:
            if key in item.marks and (value := item.marks[key].value) is not None:
                found[item.department, key].append(value)
    return found


class _Search:
    """The extremes of one department's figure; a case is what it is now, and what it could be."""

    def __init__(
        self,
        use: MeasureUse,
        figure: Figure,
        cases: Sequence[tuple[Mark, Options]],
        values: Sequence[Fraction],
    ) -> None:
        self._kind, self._figure, self._cases, self._values = use.measure.kind, figure, cases, values
        self._fixed = figure.count - sum(as_is.counted for as_is, _ in cases)
        self._fewest = self._fixed + sum(_must_count(options) for _, options in cases)
        self._most = self._fixed + sum(any(mark.counted for mark in options) for _, options in cases)

    def extremes(self, least: int) -> Extremes:
        """Return the extremes among those of at least so many cases; where there can be none, of as many as can be."""
        least = min(least, self._most)
        low, high = self._ends(least)
        added = all(not as_is.counted and _must_count(options) for as_is, options in self._cases)
        return Extremes(low, high, self._fewest, self._most, len(self._cases), added)

    def _ends(self, least: int) -> tuple[Figure, Figure]:
        if self._kind is Aggregate.SHARE:
            return self._share(least, False), self._share(least, True)
        if self._kind is Aggregate.NUMBER:
            return figure_of(self._kind, self._fewest), figure_of(self._kind, self._most)
        if self._kind is Aggregate.SUM:
            return self._sum(min), self._sum(max)
        if self._kind is Aggregate.MEAN:
            return self._mean(least, -1), self._mean(least, 1)
        return self._quantile(min), self._quantile(max)

    def _share(self, least: int, hit: bool) -> Figure:
        """Return the share with the most hits and fewest misses, or the other way round."""
        hits = (self._figure.hits or 0) - sum(bool(as_is.hit) for as_is, _ in self._cases)
        wanted, other = (hits, self._fixed - hits) if hit else (self._fixed - hits, hits)
        for _, options in self._cases:
            if any(mark.counted and mark.hit is hit for mark in options):
                wanted += 1
            elif _must_count(options):
                other += 1
        # Fewer than these are none; of more cases the best that can be is that all others are what must be.
        other = max(other, least - wanted)
        return figure_of(self._kind, wanted + other, wanted if hit else other)

    def _fixed_sum(self) -> Fraction:
        times = self._figure.count if self._kind is Aggregate.MEAN else 1
        now = (self._figure.value or Fraction(0)) * times
        return now - sum((as_is.value or Fraction(0) for as_is, _ in self._cases), Fraction(0))

    def _sum(self, pick: "Pick") -> Figure:
        added = (pick(mark.value or Fraction(0) for mark in options) for _, options in self._cases)
        return figure_of(self._kind, self._figure.count, self._fixed_sum() + sum(added, Fraction(0)))

    def _mean(self, least: int, sign: int) -> Figure:
        """Return the mean that is furthest in one direction: what need not count does so only where it helps."""
        total, count, free = sign * self._fixed_sum(), self._fixed, []
        for _, options in self._cases:
            best = max((sign * mark.value for mark in options if mark.value is not None), default=None)
            if best is not None and _must_count(options):
                total, count = total + best, count + 1
            elif best is not None:
                free.append(best)
        for best in sorted(free, reverse=True):
            if count < least or best * count > total:
                total, count = total + best, count + 1
        return figure_of(self._kind, count, sign * total)

    def _quantile(self, pick: "Pick") -> Figure:
        """Return the furthest of all values that may count, which a quantile never goes beyond."""
        values = [mark.value for _, options in self._cases for mark in options if mark.value is not None]
        values += self._values
        return figure_of(self._kind, self._most, pick(values) if values else None)


class Pick(Protocol):
    """The least or the greatest of some numbers."""

    def __call__(self, values: Iterable[Fraction], /) -> Fraction:
        """Return it."""


def _must_count(options: Options) -> bool:
    return all(mark.counted for mark in options)


def _with_formulas(plan: Plan, departments: Sequence[Department], figures: Figures, found: Known) -> Known:
    """Return the extremes with those of the formulas: the least and greatest over the ends of what they name."""
    for key, use in plan.uses.items():
        names = sorted(use.formula.measures) if use.formula is not None else []
        varied = [name for name in names if any((item.id, name) in found for item in departments)]
        if not varied:
            continue
        alone = replace(plan, uses={key: use})
        tried = []
        for ends in product((0, 1), repeat=len(varied)):
            changed = dict(figures)
            for name, end in zip(varied, ends, strict=True):
                changed[name] = _at_end(departments, figures[name], name, end, found)
            tried.append(work_out(alone, departments, changed)[key])
        for index, department in enumerate(departments):
            silent = [found[department.id, name].silent for name in varied if (department.id, name) in found]
            if silent:
                found[department.id, key] = _spanned([column[index] for column in tried], max(silent))
    return found


def _at_end(
    departments: Sequence[Department], figures: Sequence[Figure], name: str, end: int, found: Known
) -> list[Figure]:
    def of(department: Department, figure: Figure) -> Figure:
        known = found.get((department.id, name))
        return figure if known is None else (known.lowest, known.highest)[end]

    return [of(item, figure) for item, figure in zip(departments, figures, strict=True)]


def _spanned(tried: Sequence[Figure], silent: int) -> Extremes:
    """Return the extremes among figures; what has no value is neither."""
    known = sorted((item for item in tried if item.value is not None), key=lambda item: item.value or 0)
    counts = [item.count for item in tried] + [0] * (len(known) < len(tried))
    ends = (known[0], known[-1]) if known else (tried[0], tried[0])
    return Extremes(*ends, min(counts), max(counts), silent)
