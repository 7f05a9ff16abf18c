"""Formula measures: worked out from the figures of other measures, exactly, a department at a time."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from .conditions import Formula
from .errors import MeasureError
from .exact import plain
from .plan import MeasureUse, Plan
from .results import Department, Figure, Figures, Value
from .terms import Status

# What no formula can make good, the gravest first.
_STATUSES = (Status.FAILED, Status.NOT_AVAILABLE)


def work_out(plan: Plan, departments: Sequence[Department], figures: Figures) -> dict[str, Sequence[Figure]]:
    """Return the figures with those of the plan's formulas added.

    Raises: MeasureError, where a number is too long, an interval is of no rate, or a count is no whole number.
    """
    known = dict(figures)
    for key, use in plan.uses.items():
        if use.formula is not None:
            known[key] = _column(use, use.formula, departments, known)
    return known


def _column(
    use: MeasureUse, formula: Formula, departments: Sequence[Department], figures: Figures
) -> list[Figure]:
    """Return the figures of one formula; equal ingredients are worked out once."""
    names = sorted(formula.measures | (use.count_formula.measures if use.count_formula else frozenset()))
    known: dict[tuple[Figure, ...], Figure] = {}
    column = []
    for department, row in zip(
        departments, zip(*(figures[name] for name in names), strict=True), strict=True
    ):
        if row not in known:
            known[row] = _figure(use, formula, dict(zip(names, row, strict=True)), department)
        column.append(known[row])
    return column


def _figure(use: MeasureUse, formula: Formula, named: Mapping[str, Figure], department: Department) -> Figure:
    statuses = {figure.status for figure in named.values()}
    spoilt = next((status for status in _STATUSES if status in statuses), None)
    if spoilt is not None:
        return Figure(spoilt)

    def fact(name: str) -> Value:
        prefix, _, measure = name.rpartition(".")
        figure = named[measure]
        return (
            figure.value if not prefix else Fraction(figure.count if prefix == "count" else figure.hits or 0)
        )

    value = formula.value(fact)
    count = min(named[name].count for name in formula.measures)
    if use.count_formula is not None:
        count = _count(use.count_formula, use.count_formula.value(fact), value, department)
    return Figure(Status.NOT_APPLICABLE if value is None else Status.MEASURED, count, None, value)


def _count(formula: Formula, wanted: Fraction | None, value: Fraction | None, department: Department) -> int:
    """Return how many cases the value rests on; where there is no value, that may be unknown too."""
    if wanted is None and value is None:
        return 0
    if wanted is None or wanted.denominator != 1 or wanted < 0:
        clause = formula.clause
        said = {"department": department.name, "value": "NULL" if wanted is None else plain(wanted)}
        raise MeasureError("formula_count", clause.at, owner=clause.owner, text=clause.text, **said)
    return wanted.numerator
