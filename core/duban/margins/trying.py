"""Where one department stands when its counters are changed and everybody else's are as they are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from duban.evaluating import Evaluated, Standings, standings
from duban.figuring import figure_of
from duban.formulas import work_out
from duban.items import Item
from duban.plan import MeasureUse
from duban.results import Department, Figure, Figures
from duban.terms import Aggregate, Status

from .changes import Delta, counters_of
from .company import Company, Outcome


class Trial:
    """One department of a run, tried with changed counters: everything after measuring is done again, for everybody."""

    def __init__(self, evaluated: Evaluated, items: Iterable[Item], department: str) -> None:
        self.evaluated = evaluated
        self.index = [one.id for one in evaluated.departments].index(department)
        mine = [item for item in items if item.department == department]
        self._counters = _added_up(counters_of(evaluated.plan, item.marks) for item in mine)
        self._company = Company.of(evaluated, self.index)

    @property
    def department(self) -> Department:
        """The department."""
        return self.evaluated.departments[self.index]

    @property
    def is_quick(self) -> bool:
        """Whether many trials cost little: nobody else's points hang on this department's figures."""
        return self._company is not None

    def outcomes(self, deltas: Sequence[Delta]) -> list[Outcome]:
        """Return where the department stands after each of some changes of its counters."""
        rows = [self.figures(delta) for delta in deltas]
        quick = self._company.outcomes(rows) if self._company is not None and rows else [None] * len(rows)
        return [
            found or Outcome.of(self.standings(row), self.index)
            for row, found in zip(rows, quick, strict=True)
        ]

    def standings(self, row: Mapping[str, Figure]) -> Standings:
        """Return where everybody stands when the department has these figures."""
        plan, departments, figures, _ = self.evaluated
        return standings(plan, departments, spliced(figures, self.index, row))

    def figures(self, delta: Delta) -> dict[str, Figure]:
        """Return the department's figures with its counters changed, formulas worked out again."""
        plan, _, figures, _ = self.evaluated
        row = {key: column[self.index] for key, column in figures.items()}
        for key in {key for key, _ in delta}:
            row[key] = self._figure(plan.uses[key], row[key], delta)
        worked = work_out(plan, [self.department], {key: [figure] for key, figure in row.items()})
        return {key: column[0] for key, column in worked.items()}

    def _figure(self, use: MeasureUse, figure: Figure, delta: Delta) -> Figure:
        """Return one figure with its counters changed; what the ledger cannot measure stays so."""
        if figure.status not in (Status.MEASURED, Status.NOT_APPLICABLE):
            return figure
        kind, key = use.measure.kind, use.key

        def counter(part: str | Fraction) -> Fraction:
            return self._counters.get((key, part), Fraction(0)) + delta.get((key, part), Fraction(0))

        count = int(counter("count"))
        if kind is Aggregate.NUMBER:
            return figure_of(kind, count)
        if kind is Aggregate.SHARE:
            return figure_of(kind, count, int(counter("hits")))
        if kind is Aggregate.QUANTILE:
            values = {
                part for at, part in (*self._counters, *delta) if at == key and isinstance(part, Fraction)
            }
            return figure_of(
                kind, count, _quantile({value: counter(value) for value in values}, use.quantile)
            )
        return figure_of(kind, count, counter("total"))


def spliced(figures: Figures, index: int, row: Mapping[str, Figure]) -> dict[str, Sequence[Figure]]:
    """Return the figures with those of one department replaced."""
    changed = dict(figures)
    for key, figure in row.items():
        if figure != figures[key][index]:
            changed[key] = [*figures[key][:index], figure, *figures[key][index + 1 :]]
    return changed


def _added_up(deltas: Iterable[Delta]) -> dict[tuple[str, str | Fraction], Fraction]:
    total: Counter[tuple[str, str | Fraction]] = Counter()
    for delta in deltas:
        total.update(delta)
    return {name: Fraction(number) for name, number in total.items()}


def _quantile(counts: Mapping[Fraction, Fraction], share: Fraction) -> Fraction | None:
    """Return the smallest value that at least this share of the rows does not exceed."""
    upto, total = Fraction(0), sum(counts.values(), Fraction(0))
    for value, number in sorted(counts.items()):
        upto += number
        if number and upto >= share * total:
            return value
    return None
