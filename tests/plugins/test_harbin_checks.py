"""What cannot be right in the departments' records is told, and what is only unusual is not."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ledgers import case, ruleset, typed_table

import duban_harbin
from duban.engine import Engine
from duban.ruleset import Period
from duban.stages.checking import check
from duban.tables import known_tables

CHECKS = {item.id: item for item in duban_harbin.register_checks()}
PERIOD = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})
TABLES = known_tables(duban_harbin.register_tables())
MARCH, APRIL = "2024-03-01", "2024-04-01"
# Of each check: a row that offends, and one at the edge of what does not.
EDGES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    **{
        f"office_{name}_too_early": (
            {"assigned_on": APRIL, column: MARCH},
            {"assigned_on": MARCH, column: MARCH},
        )
        for name, column in {
            "distributed": "distributed_on",
            "replied": "replied_on",
            "urged_at_distribution": "urged_at_distribution_on",
            "urged_in_handling": "urged_in_handling_on",
        }.items()
    },
    "office_urged_after_answer_too_early": (
        {"assigned_on": MARCH, "replied_on": APRIL, "urged_after_answer_on": MARCH},
        {"assigned_on": MARCH, "replied_on": APRIL, "urged_after_answer_on": APRIL},
    ),
    "procuratorate_deputies_wrong": ({"deputies": -1}, {"deputies": 0}),
    "procuratorate_rectified_too_early": (
        {"raised_on": APRIL, "rectified_on": MARCH},
        {"raised_on": MARCH, "rectified_on": MARCH},
    ),
    "health_milestones_wrong": (
        {"health_milestones_kept": 4, "health_milestones_planned": 3},
        {"health_milestones_kept": 3, "health_milestones_planned": 3},
    ),
    "reform_milestones_wrong": (
        {"reform_milestones_kept": -1, "reform_milestones_planned": 3},
        {"reform_milestones_kept": 0, "reform_milestones_planned": 0},
    ),
    "industry_promised_wrong": ({"promised": Decimal("-0.01")}, {"promised": Decimal(0)}),
    "industry_paid_wrong": ({"paid": Decimal(-1), "paid_on": MARCH}, {"paid": Decimal(0), "paid_on": MARCH}),
    "industry_paid_incomplete": (
        {"paid": Decimal(1), "paid_on": None},
        {"paid": Decimal(0), "paid_on": None},
    ),
    "police_solved_along_wrong": ({"police_solved_along": -1}, {"police_solved_along": 0}),
    "civil_hits_wrong": ({"hits": 31, "counted": 30}, {"hits": 30, "counted": 30}),
    "civil_percent_unclear": ({"percent": Decimal("0.98")}, {"percent": Decimal(98)}),
    "civil_history_not_earlier": ({"year": 2024}, {"year": 2023}),
    "housing_done_too_early": (
        {"assigned_on": APRIL, "housing_done_on": MARCH},
        {"assigned_on": MARCH, "housing_done_on": MARCH},
    ),
    "culture_days_wrong": ({"days": Decimal(-1)}, {"days": Decimal(0)}),
    "sports_earlier_not_earlier": ({"year": 2024}, {"year": 2023}),
}


def found(code: str, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int | None]]:
    item = CHECKS[code]
    rows = [{**case(), **row} for row in rows] if item.table == "cases" else rows
    with Engine() as engine:
        relations = {item.table: typed_table(engine, rows, item.table, tables=TABLES)}
        result = check(engine, relations, [item], [], {}, ruleset(), PERIOD, date(2024, 12, 31))
    return [(told.code, told.row) for told in result.findings if told.code == code]


def test_every_check_has_its_edge() -> None:
    assert sorted(EDGES) == sorted(CHECKS)


@pytest.mark.parametrize("code", sorted(EDGES))
def test_a_row_beyond_the_edge_is_told_and_one_on_it_is_not(code: str) -> None:
    beyond, on_it = EDGES[code]
    assert found(code, [on_it, beyond]) == [(code, 3)]
