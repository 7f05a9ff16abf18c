"""Measuring: every measure of a table in one grouped scan; departments x measures come out, exact."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from time import monotonic
from typing import Any, NamedTuple

import duckdb

from duban.counters import Counter, compile_uses
from duban.derived import failing_column
from duban.engine import Engine, quoted
from duban.errors import DubanError, MeasureError
from duban.figuring import figure_of
from duban.findings import Finding, finding
from duban.plan import MeasureUse, Plan
from duban.relations import Relation
from duban.results import Department, Figure, Figures
from duban.sql import first_line
from duban.tables import MARKS
from duban.terms import Aggregate, Status

# How long a scan may take: so long, and a second more for so many rows. Several times what the slowest sensible texts do.
SCAN_SECONDS, ROWS_A_SECOND = 60.0, 50_000
# Alone, a measure gets this part of it; one that takes longer is to blame for a scan that is too slow.
OWN_PART = 0.1
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
    """Count all measure uses of the plan, one grouped scan a table; formulas count no rows and are left out.

    Rows of a department that is not among `departments` are left out: reading has reported them.

    Raises: MeasureError, or Problems, where a text does not fit its table or cannot be computed.
    """
    figures: dict[str, Sequence[Figure]] = {}
    missing: list[Finding] = []
    counted = [use for _, use in sorted(plan.uses.items()) if use.formula is None]
    for name in sorted({use.measure.table for use in counted}):
        uses = [use for use in counted if use.measure.table == name]
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
        if name == MARKS.name and not lacking:
            missing += _marks_not_used(engine, relation, ready)
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
        lacking.setdefault(item.use.measure.id, set()).update(_absent(relation, item.columns))
    found = []
    for name, columns in sorted(lacking.items()):
        headings = "、".join(relation.columns[column].title_with_sheet for column in sorted(columns))
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


def _marks_not_used(engine: Engine, relation: Relation, counters: Sequence[Counter]) -> list[Finding]:
    """Return a finding for each name of a criterion under which no measure counts a mark: most often a slip."""
    counted = " OR ".join(f"coalesce({item.counted or 'TRUE'}, FALSE)" for item in counters)
    rows = engine.rows(
        "SELECT criterion, count(*), arg_min(_file, (_file, _row)), arg_min(_row, (_file, _row)) "
        f"FROM {quoted(relation.name)} GROUP BY criterion HAVING NOT bool_or({counted}) ORDER BY criterion"
    )
    found = []
    for criterion, count, number, row in rows:
        file, sheet = relation.files[number] if number < len(relation.files) else ("", "")
        where = {"table": relation.table, "file": file, "sheet": sheet, "row": row}
        found.append(finding("marks_not_used", **where, value=criterion, count=count))
    return found


def _absent(relation: Relation, columns: frozenset[str]) -> Iterator[str]:
    """Yield which of these columns the table lacks; for a derived one, those that it would be worked out from."""
    for name in columns - relation.available:
        derivation = relation.derived.get(name)
        yield from [name] if derivation is None else derivation.needs - relation.available


def _scan(
    engine: Engine, relation: Relation, counters: Sequence[Counter], ids: Sequence[str]
) -> dict[str, Sequence[Figure]]:
    if not counters:
        return {}
    scanner = _Scanner(engine, relation)
    wanted = list(dict.fromkeys(text for item in counters for text in item.sums()))
    series = dict(zip(wanted, scanner.grouped(wanted, ids, counters), strict=True))
    quantiles = scanner.quantiles([item for item in counters if item.kind is Aggregate.QUANTILE], ids)
    return {
        item.use.key: _figures(
            item, [*(series[text] for text in item.sums()), *quantiles.get(item.use.key, ())]
        )
        for item in counters
    }


class _Scanner:
    """Scans one relation, within a limit of time that grows with its rows."""

    def __init__(self, engine: Engine, relation: Relation) -> None:
        self._engine, self._relation = engine, relation
        (rows,) = engine.one(f"SELECT count(*) FROM {quoted(relation.name)}")
        self._seconds = SCAN_SECONDS + rows / ROWS_A_SECOND

    def grouped(self, wanted: Sequence[str], ids: Sequence[str], counters: Sequence[Counter]) -> list[Series]:
        """Return one series per aggregate expression, 0 for a department without rows."""
        listed = ", ".join(f"{text} AS c{number}" for number, text in enumerate(wanted))
        sql = f"SELECT department, {listed} FROM {quoted(self._relation.name)} GROUP BY department"
        return _aligned(self._rows(sql, counters), ids, len(wanted), 0)

    def quantiles(self, counters: Sequence[Counter], ids: Sequence[str]) -> dict[str, list[Series]]:
        """Return the quantiles by use key: one histogram per value and predicate serves all its quantiles."""
        found: dict[str, list[Series]] = {}
        for value, counted in sorted({(item.value or "", item.valued) for item in counters}):
            mine = [item for item in counters if (item.value, item.valued) == (value, counted)]
            shares = sorted({item.quantile for item in mine})
            rows = self._rows(histogram(self._relation, value, counted, shares), mine)
            series = _aligned(rows, ids, len(shares), None)
            found |= {item.use.key: [series[shares.index(item.quantile)]] for item in mine}
        return found

    def _rows(self, sql: str, counters: Sequence[Counter]) -> list[tuple[Any, ...]]:
        try:
            return self._engine.rows(sql, self._seconds)
        except TimeoutError as error:
            raise self._slowest(counters) from error
        except duckdb.Error as error:
            raise self._failing(counters, error) from error

    def _alone(self, item: Counter, seconds: float) -> None:
        self._engine.rows(f"SELECT {', '.join(item.sums())} FROM {quoted(self._relation.name)}", seconds)

    def _slowest(self, counters: Sequence[Counter]) -> MeasureError:
        """Return the error of the first measure that takes long on its own, else of the one that takes longest."""
        seconds, took = f"{self._seconds:g}", dict[float, Counter]()
        for item in counters:
            started = monotonic()
            try:
                self._alone(item, self._seconds * OWN_PART)
            except (TimeoutError, duckdb.Error):
                return _error(item, "measure_too_slow", seconds=seconds)
            took[monotonic() - started] = item
        return _error(took[max(took)], "measure_too_slow", seconds=seconds)

    def _failing(self, counters: Sequence[Counter], error: Exception) -> DubanError:
        """Return the error of the first column, or else of the first measure, that fails on its own."""
        names = {name for item in counters for name in item.columns}
        column = failing_column(self._engine, self._relation, names)
        if column is not None:
            return column
        for item in counters:
            try:
                self._alone(item, self._seconds)
            except duckdb.Error as own:
                return _error(item, "measure_not_computed", reason=first_line(own))
        if len(counters) == 1:
            return _error(counters[0], "measure_not_computed", reason=first_line(error))
        names_of_all = "、".join(item.use.key for item in counters)
        facts = {"measure": names_of_all, "reason": first_line(error)}
        return MeasureError("measure_not_computed", self._relation.table, **facts)


def _error(item: Counter, code: str, **facts: str) -> MeasureError:
    """Return an error at the place of a measure's text: in the ruleset, or its plugin."""
    clause = item.use.value or item.use.hit or item.use.count
    return MeasureError(code, clause.at, measure=item.use.key, **facts)


def _aligned(rows: Sequence[tuple[Any, ...]], ids: Sequence[str], width: int, absent: object) -> list[Series]:
    """Return the columns after the first, in the order of the ids."""
    by_id = {row[0]: row for row in rows}
    empty = (None, *([absent] * width))
    ordered = [by_id.get(name, empty) for name in ids]
    columns: list[Series] = list(zip(*ordered, strict=True)) if ordered else [()] * (width + 1)
    return columns[1:]


def histogram(relation: Relation, value: str, counted: str, shares: Sequence[Fraction]) -> str:
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
    known: dict[tuple[Any, ...], Figure] = {}
    found = []
    for key in zip(*series, strict=True):
        figure = known.get(key)
        if figure is None:
            figure = known[key] = figure_of(item.kind, *key)
        found.append(figure)
    return found
