"""Measure uses, plans that ask for them, and their figures over a ledger, for tests of measuring."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ledgers import Row, ruleset, typed_table
from planning import plan_of

import duban_measures
from duban.engine import Engine
from duban.measures import Measure
from duban.plan import MeasureUse, Plan
from duban.relations import Relation
from duban.results import Department, Figure
from duban.ruleset import Period
from duban.sql import Clause
from duban.stages.measuring import measure
from duban.tables import RATINGS, Column
from duban.terms import ColumnType

SHIPPED = {item.id: item for item in duban_measures.register_measures()}
AS_OF = date(2024, 12, 31)
DERIVED = {
    "deadline_on": Column("deadline_on", ColumnType.DATE, ("答复期限",)),
    "answer_rating_counted": Column(
        "answer_rating_counted", ColumnType.LABEL, ("答复评价（计入）",), RATINGS
    ),
    "result_rating_counted": Column(
        "result_rating_counted", ColumnType.LABEL, ("结果评价（计入）",), RATINGS
    ),
    "amount": Column("amount", ColumnType.DECIMAL, ("金额",)),
}


def use_of(
    measure_or_id: Measure | str, where: str | None = None, key: str = "", **parameters: Any
) -> MeasureUse:
    """Return the use of a measure, or of a shipped one by its id."""
    used = SHIPPED[measure_or_id] if isinstance(measure_or_id, str) else measure_or_id

    def clause(text: str | None, part: str) -> Clause | None:
        return None if text is None else Clause(text, "plugin test", f"{used.id}.{part}")

    count = clause(used.count, "count")
    assert count is not None
    hit, value = clause(used.hit, "hit"), clause(used.value, "value")
    return MeasureUse(key or used.id, used, parameters, count, hit, value, clause(where, "where"))


def plan_with(*uses: MeasureUse, period: Period | None = None, **sections: Any) -> Plan:
    """Return a plan that asks for these uses."""
    plan = plan_of(ruleset(**sections))
    return replace(plan, uses={use.key: use for use in uses}, period=period)


def ledger(engine: Engine, rows: Sequence[Row], table: str = "cases") -> Relation:
    """Store rows as the view would leave them: with deadlines, and with ratings as they count, by default as given."""
    counted = [
        {
            **{f"{name}_counted": row[name] for name in ("answer_rating", "result_rating") if name in row},
            **row,
        }
        for row in rows
    ]
    return typed_table(engine, counted if table == "cases" else rows, table, extra=DERIVED)


def figures_of(
    rows: Sequence[Row], *uses: MeasureUse, table: str = "cases", as_of: date = AS_OF
) -> Mapping[str, Mapping[str, Figure]]:
    """Return the figures by use key and department, for the departments of the rows and `idle`, which has none."""
    ids = sorted({str(row["department"]) for row in rows} | {"idle"})
    departments = [Department(name, name) for name in ids]
    with Engine() as engine:
        relation = ledger(engine, rows, table)
        found = measure(engine, {table: relation}, plan_with(*uses), departments, as_of).figures
    return {key: dict(zip(ids, series, strict=True)) for key, series in found.items()}
