"""Measuring: every measure of a table in one grouped scan; departments x measures come out, exact."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import duckdb

from duban.counters import Counter, compile_uses
from duban.engine import Engine, quoted
from duban.errors import MeasureError
from duban.findings import Finding, finding
from duban.plan import MeasureUse, Plan
from duban.relations import Relation
from duban.results import Department, Figure, Figures
from duban.sql import first_line
from duban.terms import Aggregate, Status

NOT_AVAILABLE = Figure(Status.NOT_AVAILABLE)
# One value a department, in the order of the departments.
Series = Sequence[Any]


class Measured(NamedTuple):
    """The figures by the key of the measure use, and what could not be measured."""

    figures: Figures
    findings: Sequence[Finding]


def measure(
    engine: Engine,
    relations: Mapping[str, Relation],
    plan: Plan,
    departments: Sequence[Department],
    as_of: date,
) -> Measured:
    """Count all measure uses of the plan, one grouped scan a table.

    Rows of a department that is not among `departments` are left out: reading has reported them.

    Raises: MeasureError, or Problems, where a text does not fit its table or cannot be computed.
    """
    figures: dict[str, Sequence[Figure]] = {}
    missing: list[Finding] = []
    for name in sorted({use.measure.table for use in plan.uses.values()}):
        uses = [use for _, use in sorted(plan.uses.items()) if use.measure.table == name]
        relation = relations.get(name)
        if relation is None:
            figures |= {use.key: [NOT_AVAILABLE] * len(departments) for use in uses}
            missing += _without_table(uses, name)
            continue
        counters = compile_uses(engine, uses, relation.columns, plan, as_of)
        ready = [item for item in counters if item.columns <= relation.available]
        lacking = [item for item in counters if not item.columns <= relation.available]
        figures |= {item.use.key: [NOT_AVAILABLE] * len(departments) for item in lacking}
        missing += _without_columns(lacking, relation)
        figures |= _scan(engine, relation, ready, [department.id for department in departments])
    return Measured(figures, missing)


def _without_table(uses: Sequence[MeasureUse], table: str) -> list[Finding]:
    measures = {use.measure.id: use.measure for use in uses}
    return [
        finding("measure_table_missing", table=table, measure=name, title=measures[name].title)
        for name in sorted(measures)
    ]


def _without_columns(counters: Sequence[Counter], relation: Relation) -> list[Finding]:
    titles: dict[str, str] = {}
    lacking: dict[str, set[str]] = {}
    for item in counters:
        titles[item.use.measure.id] = item.use.measure.title
        lacking.setdefault(item.use.measure.id, set()).update(item.columns - relation.available)
    found = []
    for name, columns in sorted(lacking.items()):
        headings = "、".join(relation.columns[column].title for column in sorted(columns))
        found.append(
            finding(
                "measure_not_available",
                table=relation.table,
                column=headings,
                measure=name,
                title=titles[name],
            )
        )
    return found


def _scan(
    engine: Engine, relation: Relation, counters: Sequence[Counter], ids: Sequence[str]
) -> dict[str, Sequence[Figure]]:
    if not counters:
        return {}
    wanted = list(dict.fromkeys(text for item in counters for text in item.sums()))
    series = dict(zip(wanted, _grouped(engine, relation, wanted, ids, counters), strict=True))
    quantiles = _quantiles(engine, relation, [c for c in counters if c.kind is Aggregate.QUANTILE], ids)
    return {
        item.use.key: _figures(
            item, [*(series[text] for text in item.sums()), *quantiles.get(item.use.key, ())]
        )
        for item in counters
    }


def _grouped(
    engine: Engine, relation: Relation, wanted: Sequence[str], ids: Sequence[str], counters: Sequence[Counter]
) -> list[Series]:
    """Return one series per aggregate expression, 0 for a department without rows."""
    listed = ", ".join(f"{text} AS c{number}" for number, text in enumerate(wanted))
    sql = f"SELECT department, {listed} FROM {quoted(relation.name)} GROUP BY department"
    try:
        rows = engine.rows(sql)
    except duckdb.Error as error:
        raise _blamed(engine, relation, counters, error) from error
    return _aligned(rows, ids, len(wanted), 0)


def _aligned(rows: Sequence[tuple[Any, ...]], ids: Sequence[str], width: int, absent: object) -> list[Series]:
    """Return the columns after the first, in the order of the ids."""
    by_id = {row[0]: row for row in rows}
    empty = (None, *([absent] * width))
    ordered = [by_id.get(name, empty) for name in ids]
    columns: list[Series] = list(zip(*ordered, strict=True)) if ordered else [()] * (width + 1)
    return columns[1:]


def _blamed(
    engine: Engine, relation: Relation, counters: Sequence[Counter], error: Exception
) -> MeasureError:
    """Return the error of the first measure that fails on its own."""
    for item in counters:
        try:
            engine.rows(f"SELECT {', '.join(item.sums())} FROM {quoted(relation.name)}")
        except duckdb.Error as own:
            clause = item.use.value or item.use.hit or item.use.count
            return MeasureError(
                "measure_not_computed", clause.at, measure=item.use.key, reason=first_line(own)
            )
    names = "、".join(item.use.key for item in counters)
    return MeasureError("measure_not_computed", relation.table, measure=names, reason=first_line(error))


def _quantiles(
    engine: Engine, relation: Relation, counters: Sequence[Counter], ids: Sequence[str]
) -> dict[str, list[Series]]:
    """Return the quantiles by use key: one histogram per value and predicate serves all its quantiles."""
    found: dict[str, list[Series]] = {}
    for value, counted in sorted({(item.value or "", item.valued) for item in counters}):
        mine = [item for item in counters if (item.value, item.valued) == (value, counted)]
        shares = sorted({item.quantile for item in mine})
        try:
            rows = engine.rows(_histogram(relation, value, counted, shares))
        except duckdb.Error as error:
            raise _blamed(engine, relation, mine, error) from error
        series = _aligned(rows, ids, len(shares), None)
        found |= {item.use.key: [series[shares.index(item.quantile)]] for item in mine}
    return found


def _histogram(relation: Relation, value: str, counted: str, shares: Sequence[Fraction]) -> str:
    """Return the query of quantiles: the smallest value that at least this share of the rows does not exceed."""
    chosen = ", ".join(
        f"min(CASE WHEN upto * {share.denominator} >= total * {share.numerator} THEN v END)"
        for share in shares
    )
    return f"""
        WITH histogram AS (
            SELECT department, {value} AS v, count(*)::HUGEINT AS n
            FROM {quoted(relation.name)} WHERE {counted} GROUP BY ALL),
        running AS (
            SELECT department, v, sum(n) OVER (PARTITION BY department ORDER BY v) AS upto,
                sum(n) OVER (PARTITION BY department) AS total
            FROM histogram)
        SELECT department, {chosen} FROM running GROUP BY department"""


def _figures(item: Counter, series: Sequence[Series]) -> Sequence[Figure]:
    """Return one figure a department; equal figures are one object, for there may be very many departments."""
    make = _MAKERS[item.kind]
    known: dict[tuple[Any, ...], Figure] = {}
    found = []
    for key in zip(*series, strict=True):
        figure = known.get(key)
        if figure is None:
            figure = known[key] = make(*key)
        found.append(figure)
    return found


def _share(count: int, hits: int) -> Figure:
    if not count:
        return Figure(Status.NOT_APPLICABLE, 0, 0)
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def _number(count: int) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(count))


def _sum(count: int, total: Any) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(total))


def _mean(count: int, total: Any) -> Figure:
    return (
        Figure(Status.MEASURED, count, None, Fraction(total) / count)
        if count
        else Figure(Status.NOT_APPLICABLE)
    )


def _quantile(count: int, value: Any) -> Figure:
    return Figure(Status.MEASURED, count, None, Fraction(value)) if count else Figure(Status.NOT_APPLICABLE)


_MAKERS: Mapping[Aggregate, Callable[..., Figure]] = {
    Aggregate.SHARE: _share,
    Aggregate.NUMBER: _number,
    Aggregate.SUM: _sum,
    Aggregate.MEAN: _mean,
    Aggregate.QUANTILE: _quantile,
}
