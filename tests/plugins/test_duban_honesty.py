"""Each check by department tells of what was planted, says the numbers, and holds its tongue below its thresholds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import duban
import duban_honesty
from duban.testing import twin
from duban.testing.twins import AS_OF, DUE, MANIPULATIONS, RULES, UNITS, Twin

CODES = {check.id for check in duban_honesty.register_checks()}
FEW, MANY = "单位6", "单位46"
Rows = Sequence[Mapping[str, Any]]


def findings(folder: Path, ledger: Twin) -> pd.DataFrame:
    found = duban.check(ledger.write(folder)).findings
    return found[found["code"].isin(CODES)]


def changed(ledger: Twin, table: str, rows: Iterable[Mapping[str, Any]]) -> Twin:
    return Twin({**ledger.tables, table: list(map(dict, rows))}, ledger.units)


def without(ledger: Twin, table: str, *columns: str) -> Twin:
    rows = ledger.tables[table]
    return changed(ledger, table, [{name: row[name] for name in row if name not in columns} for row in rows])


def test_the_twin_plants_what_every_check_looks_for() -> None:
    assert set(MANIPULATIONS) == CODES


def test_an_honest_ledger_gives_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, twin(1)).empty


@pytest.mark.parametrize("department", [FEW, MANY])
@pytest.mark.parametrize("code", sorted(CODES))
def test_what_is_planted_is_told_of_whom_it_was_planted_in(
    tmp_path: Path, code: str, department: str
) -> None:
    found = findings(tmp_path, twin(1, planted={department: [code]}))
    assert found[["code", "value"]].values.tolist() == [[code, department]]
    assert set(found["severity"]) == {"warning"}
    assert found["row"].isna().all()


def test_the_sentence_says_the_numbers(tmp_path: Path) -> None:
    (message,) = findings(tmp_path, twin(1, planted={FEW: ["answered_on_the_last_day"]}))["message"]
    assert message.startswith("单位6：答复的 6 件中有 6 件（100%）正好在期限当天答复；其他单位占 ")


def test_no_points_depend_on_it(tmp_path: Path) -> None:
    planted = twin(1, planted={MANY: ["ratings_in_one_minute", "ratings_collected_by_department"]})
    honest = duban.run(twin(1).write(tmp_path / "honest"), write=False, draws=0)
    made_up = duban.run(planted.write(tmp_path / "planted"), write=False, draws=0)
    assert made_up.ranking.equals(honest.ranking)


def test_what_everybody_does_is_no_pattern(tmp_path: Path) -> None:
    """A meeting at which all deputies rate all departments; a place where nobody writes down contacts."""
    everywhere = {unit.id: ["ratings_on_one_day", "satisfied_without_contact"] for unit in UNITS}
    assert findings(tmp_path, twin(1, planted=everywhere)).empty


def test_four_cases_are_too_few_to_tell(tmp_path: Path) -> None:
    units = [unit if unit.id != FEW else unit._replace(cases=4) for unit in UNITS]
    assert findings(tmp_path, twin(1, units, {FEW: ["answered_on_the_last_day"]})).empty


def test_one_department_alone_is_compared_with_nobody(tmp_path: Path) -> None:
    units = [unit for unit in UNITS if unit.id == MANY]
    assert findings(tmp_path, twin(1, units, {MANY: ["answered_on_the_last_day"]})).empty


@pytest.mark.parametrize(
    ("code", "table", "column"),
    [
        ("ratings_in_one_minute", "cases", "rated_at"),
        ("ratings_on_one_day", "ratings", "rated_on"),
        ("ratings_collected_by_department", "ratings", "collected_by"),
        ("satisfied_without_contact", "cases", "contact_mode"),
        ("moved_after_the_deadline", "cases", "moved_on"),
    ],
)
def test_a_ledger_without_the_column_is_not_asked(tmp_path: Path, code: str, table: str, column: str) -> None:
    assert findings(tmp_path, without(twin(1, planted={MANY: [code]}), table, column)).empty


def test_the_collector_is_known_by_any_name_of_the_department(tmp_path: Path) -> None:
    ledger = twin(1)
    listed = [
        {**row, "aliases": "四十六件局|老单位"} if row["department"] == MANY else {**row, "aliases": None}
        for row in ledger.tables["departments"]
    ]
    ratings = [
        {**row, "collected_by": "老单位"} if row["department"] == MANY else row
        for row in ledger.tables["ratings"]
    ]
    ledger = changed(changed(ledger, "departments", listed), "ratings", ratings)
    assert findings(tmp_path, ledger)["value"].tolist() == [MANY]


def test_the_deadline_of_the_ledger_comes_before_that_of_the_rules(tmp_path: Path) -> None:
    """Moved after three months, before the day to which it was extended."""
    ledger = twin(1, planted={MANY: ["moved_after_the_deadline"]})
    extended = [{**row, "extended_to": date(2024, 9, 15)} for row in ledger.tables["cases"]]
    assert findings(tmp_path / "extended", changed(ledger, "cases", extended)).empty
    on_the_day = [
        {**row, "moved_on": row["moved_on"] and min(row["moved_on"], DUE)} for row in ledger.tables["cases"]
    ]
    assert findings(tmp_path / "same", changed(ledger, "cases", on_the_day)).empty


def test_a_setting_can_stop_a_run_for_it(tmp_path: Path) -> None:
    folder = twin(1, planted={MANY: ["answered_on_the_last_day"]}).write(tmp_path)
    settings = folder / "duban.toml"
    text = settings.read_text("utf-8").replace('"findings" = {}', "")
    settings.write_text(text + '\n[findings]\nanswered_on_the_last_day = "stop"\n', "utf-8")
    assert duban.check(folder).stopped


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    ledger = twin(3, planted={FEW: ["ratings_on_one_day"], MANY: ["answered_on_the_last_day"]})
    backwards = Twin({name: rows[::-1] for name, rows in ledger.tables.items()}, ledger.units)
    there, back = findings(tmp_path / "there", ledger), findings(tmp_path / "back", backwards)
    assert there.reset_index(drop=True).equals(back.reset_index(drop=True))


def test_the_twin_is_the_same_for_the_same_seed_and_its_departments_are_independent() -> None:
    assert twin(5).tables == twin(5).tables
    assert twin(5).tables != twin(6).tables
    alone = twin(5, UNITS[:1]).tables["cases"]
    assert alone == [row for row in twin(5).tables["cases"] if row["department"] == UNITS[0].id]


def test_the_twins_rates_are_those_of_its_units(tmp_path: Path) -> None:
    """Of 4,000 cases a rate is within four standard errors of the truth."""
    (unit,) = [item for item in UNITS if item.id == "单位70"]
    run = duban.run(twin(1, [unit._replace(cases=4_000)]).write(tmp_path), write=False, draws=0)
    found = dict(zip(run.criteria["criterion"], map(float, run.criteria["value"]), strict=True))
    truth = dict(zip(RULES["criteria"], map(float, unit.rates), strict=True))
    for name, rate in truth.items():
        assert abs(found[name] - rate) < 4 * (rate * (1 - rate) / 3_600) ** 0.5
    assert run.as_of == AS_OF
