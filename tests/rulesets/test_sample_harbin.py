"""The published figures come out of the sample: see samples/duban_samples/harbin-2023/README.md."""

import runpy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import duban
import duban_harbin
from duban.cli.used_tables import used_tables
from duban.loading import load_ruleset
from duban.registry import installed
from duban.resolving import resolve
from duban.tables import known_tables

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "duban_samples" / "harbin-2023"
CASES = {
    "public_security": 63,
    "health": 46,
    "civil_affairs": 31,
    "development_reform": 52,
    "sports": 6,
}
TABLES = known_tables(installed().tables.values())
GOVERNMENT = [*CASES, "industry", "housing", "culture_tourism"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> duban.Run:
    return duban.run(SAMPLE, out=tmp_path_factory.mktemp("harbin") / "out")


def criterion(run: duban.Run, department: str, name: str) -> Any:
    """Return the row of criteria.csv of one department and criterion."""
    rows = run.criteria[(run.criteria["department"] == department) & (run.criteria["criterion"] == name)]
    return rows.iloc[0]


@pytest.mark.parametrize(("department", "cases"), CASES.items())
def test_number_of_cases(run: duban.Run, department: str, cases: int) -> None:
    stages = run.two_stage[run.two_stage["department"] == department]
    assert stages["count"].sum() == cases


def test_public_security_has_two_provincial_and_61_municipal_cases(tmp_path: Path) -> None:
    text = 'format = 1\nid = "levels"\ntitle = "层级"\nextends = "npc-base"\ndimensions.all = { title = "全部" }\n'
    for level in ("provincial", "municipal"):
        text += f"criteria.{level} = {{ title = '{level}', dimension = 'all', measure = 'cases', "
        text += f"where = \"level = '{level}'\", points = 0 }}\n"
    (tmp_path / "levels.toml").write_text(text, "utf-8")
    run = duban.run(SAMPLE, ruleset=tmp_path / "levels.toml", out=tmp_path / "out")
    assert criterion(run, "public_security", "provincial")["value"] == 2
    assert criterion(run, "public_security", "municipal")["value"] == 61


@pytest.mark.parametrize("name", ["on_time", "contacted", "answer_satisfied"])
def test_public_security_has_full_marks(run: duban.Run, name: str) -> None:
    row = criterion(run, "public_security", name)
    assert (row["value"], row["count"], row["hits"]) == (1, 63, 63)
    assert row["points"] == row["full_points"]


def test_health_commission_finished_everything_by_june(run: duban.Run) -> None:
    row = criterion(run, "health", "half_year")
    assert (row["count"], row["hits"]) == (46, 46)


def test_civil_affairs_answered_everything_on_time(run: duban.Run) -> None:
    row = criterion(run, "civil_affairs", "on_time")
    assert (row["count"], row["hits"]) == (31, 31)


@pytest.mark.parametrize("department", GOVERNMENT)
def test_the_whole_government_answered_in_time(run: duban.Run, department: str) -> None:
    assert criterion(run, department, "on_time")["value"] == 1


def test_the_coordinator_is_not_ranked(run: duban.Run) -> None:
    row = run.ranking.set_index("department").loc["government_office"]
    assert row["status"] == "exempt"
    assert not row["selected"]
    assert "协调" in row["reason"]


def test_ten_departments_and_nine_of_them_ranked(run: duban.Run) -> None:
    assert len(run.ranking) == 10
    assert (run.ranking["status"] == "ranked").sum() == 9


def test_the_result_tells_apart_what_punctuality_does_not(run: duban.Run) -> None:
    values = {
        name: {criterion(run, item, name)["value"] for item in GOVERNMENT}
        for name in ("on_time", "answer_to_result")
    }
    assert values["on_time"] == {1}
    assert len(values["answer_to_result"]) >= 5


def test_a_dissatisfied_result_keeps_housing_off_the_list(run: duban.Run) -> None:
    row = run.ranking.set_index("department").loc["housing"]
    assert (row["status"], row["selected"]) == ("ranked", False)


def test_88_per_cent_are_resolved(run: duban.Run) -> None:
    rows = run.criteria[run.criteria["criterion"] == "resolved"]
    hits, count = int(rows["hits"].sum()), int(rows["count"].sum())
    assert (hits, count) == (301, 342)
    assert round(Fraction(100 * hits, count)) == 88


def test_nothing_in_the_ledger_is_wrong(run: duban.Run) -> None:
    assert set(run.findings["severity"]) <= {"info"}


# By hand from 特色做法.xlsx and the ledger: hits of counted rows; formulas have no hits.
DISTINCTIVE = {
    "government_office": Fraction(369, 454),
    "procuratorate": Fraction(445, 480),
    "health": Fraction(37, 46),
    "development_reform": Fraction(44, 52),
    "industry": Fraction(37, 38),
    "public_security": Fraction(47, 63),
    "civil_affairs": Fraction(1),
    "housing": Fraction(60, 70),
    "culture_tourism": Fraction(7, 9),
    "sports": Fraction(14, 16),
}


def test_every_department_is_judged_by_its_own_practice(run: duban.Run) -> None:
    rows = run.criteria[run.criteria["criterion"] == "distinctive"]
    assert dict(zip(rows["department"], rows["value"], strict=True)) == DISTINCTIVE
    points = dict(zip(rows["department"], rows["points"], strict=True))
    # One curve for all: nothing at 50 %, 10 points at 100 %.
    assert points == {name: (value - Fraction(1, 2)) * 20 for name, value in DISTINCTIVE.items()}


def test_the_run_says_that_own_measures_are_not_comparable(run: duban.Run) -> None:
    (message,) = run.findings.loc[run.findings["code"] == "own_measures", "message"]
    assert "不可相互比较" in message


def test_outreach_has_the_published_person_times(run: duban.Run) -> None:
    row = criterion(run, "procuratorate", "outreach")
    assert (row["value"], row["points"], row["full_points"]) == (683, 0, 0)


def test_the_motion_named_excellent_is_worth_a_bonus(run: duban.Run) -> None:
    rows = run.adjustments[run.adjustments["adjustment"] == "excellent_motion"]
    assert list(zip(rows["department"], rows["points"], strict=True)) == [("procuratorate", 1)]


def test_each_of_the_ten_has_a_sheet_of_its_own_in_a_new_workspace() -> None:
    plan = resolve(load_ruleset("harbin-2024", ROOT, "", installed().rulesets), installed(), TABLES, None)
    used = {table.id for table in used_tables(plan, installed())}
    own = [{table.id for table in module.TABLES} for module in duban_harbin.MODULES]
    assert [names for names in own if not names & used] == []


def test_the_sample_is_made_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "samples")
    made = runpy.run_path(str(ROOT / "samples" / "make_samples.py"))
    rows = made["ledger"](made["Random"](made["SEED"]))
    assert made["workbook"](rows) == (SAMPLE / "data" / "台账.xlsx").read_bytes()
    assert made["department_list"]() == (SAMPLE / "data" / "单位.csv").read_bytes()
    practice = made["practice_workbook"](made["practices"](rows))
    assert practice == (SAMPLE / "data" / "特色做法.xlsx").read_bytes()
