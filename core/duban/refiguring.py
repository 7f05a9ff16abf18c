"""Figures when some rows are taken out and others put in: what a run over the changed ledger would measure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from .figuring import figure_of
from .formulas import work_out
from .items import Item, Mark
from .plan import MeasureUse, Plan
from .results import Department, Figure, Figures
from .terms import Aggregate, Status


def figures_changed(
    plan: Plan,
    departments: Sequence[Department],
    figures: Figures,
    items: Sequence[Item],
    out: Sequence[Item],
    into: Sequence[Item] = (),
) -> dict[str, Sequence[Figure]]:
    """Return the figures with the rows `out` taken out and the rows `into` put in, formulas worked out again.

    `items` are all rows as they are, of the departments concerned at least. What is not available stays so.

    Raises: MeasureError, where a formula cannot be worked out.
    """
    index = {department.id: number for number, department in enumerate(departments)}
    changed = {key: list(column) for key, column in figures.items()}
    for name in sorted({item.department for item in (*out, *into)}):
        mine, lost, gained = (_of(name, rows) for rows in (items, out, into))
        for key in sorted({key for item in (*lost, *gained) for key in item.marks}):
            marks = (_marks(key, rows) for rows in (mine, lost, gained))
            column = changed[key]
            column[index[name]] = figure_changed(plan.uses[key], column[index[name]], *marks)
    return work_out(plan, departments, changed)


def figure_changed(
    use: MeasureUse, figure: Figure, marks: Sequence[Mark], lost: Sequence[Mark], gained: Sequence[Mark]
) -> Figure:
    """Return a department's figure when of its counted `marks` some are lost and others gained.

    Only a quantile looks at all of them. What is not measured for want of a column stays as it is.
    """
    kind = use.measure.kind
    if figure.status not in (Status.MEASURED, Status.NOT_APPLICABLE) or kind is Aggregate.FORMULA:
        return figure
    count = figure.count - len(lost) + len(gained)
    if kind is Aggregate.NUMBER:
        return figure_of(kind, count)
    if kind is Aggregate.SHARE:
        return figure_of(kind, count, (figure.hits or 0) - _hits(lost) + _hits(gained))
    if kind is Aggregate.QUANTILE:
        return figure_of(kind, count, _quantile(use, marks, lost, gained))
    total = (figure.value or Fraction(0)) * (figure.count if kind is Aggregate.MEAN else 1)
    return figure_of(kind, count, total - _sum(lost) + _sum(gained))


def _of(department: str, items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.department == department]


def _marks(key: str, items: Sequence[Item]) -> list[Mark]:
    return [item.marks[key] for item in items if key in item.marks and item.marks[key].counted]


def _hits(marks: Sequence[Mark]) -> int:
    return sum(bool(mark.hit) for mark in marks)


def _sum(marks: Sequence[Mark]) -> Fraction:
    return sum((mark.value for mark in marks if mark.value is not None), Fraction(0))


def _quantile(
    use: MeasureUse, marks: Sequence[Mark], lost: Sequence[Mark], gained: Sequence[Mark]
) -> Fraction | None:
    """Return the smallest value that at least the measure's share of the rows does not exceed."""
    values = Counter(mark.value for mark in (*marks, *gained))
    values.subtract(mark.value for mark in lost)
    in_order = sorted(value for value in values.elements() if value is not None)
    reaching = (value for upto, value in enumerate(in_order, start=1) if upto >= use.quantile * len(in_order))
    return next(reaching, None)
