from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from duban import Measure, Row, Table, column, hookimpl, table
from duban.errors import RulesetError, Stopped
from duban.results import Figure
from duban.terms import Status
from duban.testing import figures


class Meeting(Row):
    department: str = column("单位")
    held_on: date = column("召开日期", event=True)
    cost: Decimal | None = column("经费")


@hookimpl
def register_tables() -> list[Table]:
    return [table("meetings", "会议", Meeting)]


PLUGIN: Any = SimpleNamespace(__name__="meetings", register_tables=register_tables)
COST = Measure("cost", "经费", table="meetings", value="cost", aggregate="sum", unit="元")  # type: ignore[arg-type]


def case(number: int, department: str = "甲局", **more: object) -> dict[str, object]:
    return {"case_id": str(number), "department": department, "assigned_on": date(2023, 1, 5), **more}


def test_a_measure_over_rows_as_they_would_be_read() -> None:
    rows = [case(1, replied_on=date(2023, 2, 1)), case(2), case(3, "乙局")]
    answered = figures("replied", {"cases": rows})
    assert answered["甲局"] == Figure(Status.MEASURED, 2, 1, Fraction(1, 2))
    assert answered["乙局"] == Figure(Status.MEASURED, 1, 0, Fraction(0))


def test_a_column_that_no_row_has_is_missing_in_the_ledger() -> None:
    assert figures("replied", {"cases": [case(1)]})["甲局"].status is Status.NOT_AVAILABLE
    empty = figures("replied", {"cases": [], "departments": [{"department": "甲局"}]})
    assert empty["甲局"].status is Status.NOT_APPLICABLE


def test_parameters_the_day_the_period_and_more_of_the_ruleset() -> None:
    rows = {"cases": [case(1, acknowledged_on=date(2023, 1, 9)), case(2, acknowledged_on=date(2023, 1, 6))]}
    within = figures("acknowledged", rows, parameters={"days": 2})
    assert within["甲局"].hits == 1
    assert figures("acknowledged", rows, as_of=date(2023, 1, 7))["甲局"].hits == 1
    late = {"deadlines": {"reply": {"days": 10}}}
    assert figures("overdue", {"cases": [case(1, replied_on=None)]}, ruleset=late)["甲局"].value == 1
    year = (date(2022, 1, 1), date(2022, 12, 31))
    assert figures("cases", rows, period=year)["甲局"].count == 0


def test_a_table_of_a_plugin_with_its_own_rows() -> None:
    meetings = [
        Meeting(department="甲局", held_on=date(2023, 5, 1), cost=Decimal("1.5")),
        Meeting(department="甲局", held_on=date(2023, 6, 1), cost=Decimal("0.25")),
    ]
    assert figures(COST, {"meetings": meetings}, plugins=[PLUGIN])["甲局"].value == Fraction(7, 4)


def test_what_stops_a_run_is_raised() -> None:
    with pytest.raises(Stopped) as stopped:
        figures("replied", {"cases": [case(1, replied_on="不知道")]})
    assert "unparsable_cell" in str(stopped.value.__notes__)
    with pytest.raises(RulesetError, match="unknown_measure"):
        figures("nothing", {"cases": [case(1)]})
