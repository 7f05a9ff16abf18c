"""The made-up ledgers hold what they promise, and every cell of them is one that a workspace can hold."""

from datetime import date
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban import Row, column
from duban.errors import UsageError
from duban.tables import CASES
from duban.terms import Status
from duban.testing import figures, ledgers, rows
from duban.testing.values import DATES, TEXTS

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Visit(Row):
    department: str = column("单位")
    visit_kind: Literal["office", "home"] | None = column(
        "方式", labels={"office": ("办公室",), "home": ("入户",)}
    )
    visited_on: date = column("日期")


def drawn(strategy: st.SearchStrategy[dict[str, object]], *names: str) -> set[object]:
    found: set[object] = set()

    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(strategy)
    def collect(row: dict[str, object]) -> None:
        found.update(row[name] for name in names)

    collect()
    return found


def test_all_labels_gaps_odd_texts_and_the_ends_of_time_are_met() -> None:
    case = rows("cases")
    assert drawn(case, "role") == {None, *CASES.columns["role"].labels}
    assert {None, date(1949, 1, 1), date(2100, 12, 31), date(2020, 2, 29)} <= drawn(
        case, *(name for name, item in CASES.columns.items() if item.event)
    )
    assert drawn(case, "assigned_on") <= {*DATES}
    assert {*TEXTS} & drawn(case, "title")


def test_the_rows_of_a_plugins_model() -> None:
    assert drawn(rows(Visit), "visit_kind") == {None, "office", "home"}
    assert None not in drawn(rows(Visit), "visited_on")


@QUICK
@given(ledgers(("cases", "contacts")))
def test_no_two_rows_have_one_key_and_contacts_are_of_cases(
    ledger: dict[str, list[dict[str, object]]],
) -> None:
    cases = [(row["case_id"], row["department"]) for row in ledger["cases"]]
    keys = [(row["case_id"], row["department"], row["role"]) for row in ledger["cases"]]
    assert len(set(keys)) == len(keys)
    assert {(row["case_id"], row["department"]) for row in ledger["contacts"]} <= {*cases}


@QUICK
@given(ledgers())
def test_a_whole_run_takes_any_of_them(ledger: dict[str, list[dict[str, object]]]) -> None:
    ledger["departments"] = [
        {"department": "另一局"},
        *({"department": row["department"]} for row in ledger["cases"]),
    ]
    ledger["departments"] = list({row["department"]: row for row in ledger["departments"]}.values())
    said = figures("replied", ledger, lenient=True)
    assert said["另一局"].status is Status.NOT_APPLICABLE
    assert sum(figure.count for figure in said.values()) <= len(ledger["cases"])


def test_a_table_that_nobody_has_is_told_with_the_nearest() -> None:
    for strategy in (lambda: rows("case"), lambda: ledgers(("case",))):
        with pytest.raises(UsageError, match="cases"):
            strategy()
