"""`duban explain`: the answer that a clerk reads, what it refuses, and the answer for programs."""

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import duban
from duban.cli import execute
from duban.errors import UsageError
from duban.explaining.naming import find_department
from duban.results import Department

RULES = """
format = 1
id = "small"
title = "小办法"

[dimensions.timeliness]
title = "办理时效"

[measures.contacted_twice]
title = "沟通两次率"
count = "role = 'lead'"
hit = "contacts >= 2"

[measures.thrice]
title = "沟通三次件数"
count = "contacts >= 3"

[criteria.contact]
title = "沟通两次率"
dimension = "timeliness"
measure = "contacted_twice"
points = 10
curve = { kind = "linear", zero_at = 0.5 }

[criteria.kept]
title = "承诺兑现"
dimension = "timeliness"
measure = "co_contacted"
points = 5
min_cases = 2

[measures.co_contacted]
title = "协办沟通率"
count = "role = 'co'"
hit = "contacts >= 1"

[adjustments.never]
title = "一次没有沟通"
measure = "never"
each = -0.5

[measures.never]
title = "没有沟通件数"
count = "contacts = 0"
better = "lower"

[gates.never]
title = "有没有沟通的不得评优"
when = "never > 0"
effect = "not_selectable"

[ranking]
tie_break = ["thrice"]

[selections.excellent]
title = "优秀单位"
quota = 1

[selections.last]
title = "靠后单位"
from = "bottom"
quota = 1
"""
CASES = """case_id,department,assigned_on,role,contacts
1,=甲局,2024-03-01,lead,2
2,=甲局,2024-03-01,lead,1
3,=甲局,2024-03-01,lead,2
4,=甲局,2024-03-01,lead,0
5,乙局,2024-03-01,lead,3
6,乙局,2024-03-01,lead,2
7,丙局,2024-03-01,lead,2
8,丙局,2024-03-01,co,0
"""
DEPARTMENTS = """department,name,aliases
=甲局,=甲局,\x1b[31m甲|=HYPERLINK(1)
乙局,乙局,
丙局,丙局,第三家
闲局,闲局,
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "rules.toml").write_text(RULES, "utf-8")
    (folder / "cases.csv").write_text(CASES, "utf-8")
    (folder / "departments.csv").write_text(DEPARTMENTS, "utf-8")
    (folder / "duban.toml").write_text(
        'title = "试"\nruleset = "rules.toml"\nas_of = 2024-12-31\n'
        "period = { from = 2024-01-01, to = 2024-12-31 }\n"
        '[tables.cases]\nfile = "cases.csv"\n[tables.departments]\nfile = "departments.csv"\n',
        "utf-8",
    )
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert execute(["explain", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert execute(["explain", *map(str, arguments)]) == 2
    return capsys.readouterr().err


def test_the_whole_answer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, workspace, "=甲局")
    for line in (
        "总分 -0.50 分，由以下各项相加",
        "办理时效：0（满分 15）",
        "一次没有沟通：-0.5",
        "“承诺兑现”没有值，所占的 5 分由其余各项按比例分摊：各项得分 × 1.5",
        "沟通两次率：0 / 10 分",
        "计入 4 件，其中 2 件符合，50%",
        "得分：50% 不超过 50%，不得分",
        "承诺兑现：没有值（满分 5）",
        "一次没有沟通：1 × -0.5分 = -0.5分",
        "有没有沟通的不得评优：成立，不得入选（没有沟通件数 1）",
        "因“有没有沟通的不得评优”不得入选“优秀单位”。",
        "因“有没有沟通的不得评优”不得入选“靠后单位”。",
    ):
        assert line in text, line


def test_the_cases_give_back_what_a_run_over_a_mended_ledger_gives(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = duban.run(workspace, write=False).ranking.set_index("department")["total"]
    data = json.loads(said(capsys, workspace, "=甲局", "--json"))
    found = {(case["case_id"], case["measure"]): case for case in data["cases"]}
    assert set(found) == {("2", "contacted_twice"), ("4", "contacted_twice"), ("4", "never")}
    # A second contact changes nothing but the one measure.
    (workspace / "cases.csv").write_text(
        CASES.replace("2,=甲局,2024-03-01,lead,1", "2,=甲局,2024-03-01,lead,2")
    )
    after = duban.run(workspace, write=False).ranking.set_index("department")["total"]
    assert (
        Fraction(found["2", "contacted_twice"]["points"])
        == after["=甲局"] - before["=甲局"]
        == Fraction("7.5")
    )
    # A contact lifts the deduction, and with it the gate.
    assert Fraction(found["4", "never"]["points"]) == Fraction("0.5")
    assert "adjustments.never" in found["4", "never"]["concerns"]
    assert "gates.never" in found["4", "never"]["concerns"]


def test_one_criterion_in_depth(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("contact", "criteria.contact", "沟通两次率", " 沟通两次率 "):
        text = said(capsys, workspace, "丙局", name)
        assert "达标：沟通次数不少于 2" in text
        assert "规则：达到 50% 起计分，100% 得满分，中间按比例" in text
        assert "没有丢分的件" in text
        assert "一次没有沟通" not in text


def test_what_is_too_little_to_count(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "计入 1 件，不足 2 件：其 5 分由本维度有值的各项分摊" in said(capsys, workspace, "第三家", "kept")


def test_the_tie_break_that_decided(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "cases.csv").write_text(CASES.replace("8,丙局,2024-03-01,co,0\n", ""))
    text = said(capsys, workspace, "乙局")
    assert "总分相同的单位：丙局，依次比较" in text
    assert "沟通三次件数（高的在前）：本单位 1；丙局 0" in text


def test_a_department_without_a_case_is_exempt(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, workspace, "闲局")
    # Once, though it is on neither of two lists; the second time is where the lists are gone through.
    assert text.split("没有总分")[0].count("没有计入的承办件，免于评价") == 1
    assert "— 分" not in text
    assert "没有总分" in text


def test_what_a_department_without_a_total_has_reaches_none(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = '[dimensions.more]\ntitle = "其他"\n[criteria.own]\ntitle = "另一项"\ndimension = "more"\n'
    more += 'measure = "contacted_twice"\npoints = 4\nmissing = "zero"\n'
    (workspace / "rules.toml").write_text(RULES + more, "utf-8")
    text = said(capsys, workspace, "闲局")
    assert "维度得分 × 4.75\n" in text
    assert "— 分" not in text


def test_where_points_are_rounded_it_is_said(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "先取整" not in said(capsys, workspace, "丙局")
    (workspace / "rules.toml").write_text(f"{RULES}[rounding]\npoints = 1\nmode = 'down'\n", "utf-8")
    for arguments in (["丙局"], ["丙局", "contact"]):
        assert "每个评分项的得分先取整到 1 位小数（舍去）" in said(capsys, workspace, *arguments)


def test_beside_another(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, workspace, "乙局", "--against", "=甲局")
    assert "领先：沟通两次率 +15、一次没有沟通 +0.5" in text
    assert "乙局 15.00 分，=甲局 -0.50 分，相差 +15.5 分" in text
    assert "闲局没有总分" in said(capsys, workspace, "乙局", "--against", "闲局")
    assert "[explain_same_department]" in refused(capsys, workspace, "乙局", "--against", "乙局")
    data = json.loads(said(capsys, workspace, "乙局", "--against", "=甲局", "--json"))
    assert sum(Fraction(row["points"]) for row in data["differences"]) == Fraction("15.5")


def test_for_programs_the_numbers_are_exact(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(said(capsys, workspace, "=甲局", "contact", "--json"))
    explanation = data["explanation"]
    assert sum(Fraction(part["points"]) for part in explanation["parts"]) == Fraction(explanation["total"])
    assert explanation["dimensions"][0]["scale_inside"] == "1.5"
    assert [item["selected"] for item in explanation["lists"]] == [False, False]
    assert data["rule"] == "criteria.contact"
    assert data["told"][0]["lines"]


def test_in_english(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, workspace, "=甲局", "--lang", "en")
    assert "4 cases counted, 2 of them hit: 50%" in text
    assert "50% is at most 50%: no points" in text
    assert "does not hold" not in text
    assert "holds, may not be selected (never 1)" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["乙"], "是不是“乙局”"),
        (["丁局"], "[department_unknown]"),
        (["乙局", "contacts"], "是不是“contact”"),
        (["乙局", "沟通二次率"], "是不是“沟通两次率”"),
        (["乙局", "dimensions.timelines"], "是不是“dimensions.timeliness”"),
        (["乙局", "dimensions.contact"], "[rule_to_explain_unknown]"),
        (["\x1b[2J"], "[department_unknown]"),
        (["乙局", "--against", "甲", "--sql", "x"], "[explain_options_apart]"),
    ],
)
def test_what_is_refused(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    line = refused(capsys, workspace, *arguments)
    assert says in line
    assert "\x1b" not in line
    assert line.count("\n") == 1


def test_a_hostile_name_moves_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2J'; DROP TABLE cases; --\u202e{name}"
    cases = CASES.replace("乙局", hostile)
    (workspace / "cases.csv").write_text(cases, "utf-8")
    (workspace / "departments.csv").unlink()
    rules = (
        (workspace / "duban.toml")
        .read_text("utf-8")
        .replace('[tables.departments]\nfile = "departments.csv"\n', "")
    )
    (workspace / "duban.toml").write_text(rules, "utf-8")
    name = next(item for item in duban.run(workspace, write=False).ranking["name"] if "DROP" in item)
    text = said(capsys, workspace, name, "--sql", workspace / "sql")
    assert "\x1b" not in text
    assert "{name}" in text
    import duckdb

    database = duckdb.connect()
    database.execute(f"SET file_search_path = '{workspace / 'sql'}'")
    source = (workspace / "sql" / "criteria.contact.sql").read_text("utf-8")
    assert database.execute(source).fetchall() == [(2, 2)]


def test_a_name_that_two_have_is_refused() -> None:
    both = [Department(name, name, aliases=("城建",)) for name in ("a", "b")]
    with pytest.raises(UsageError, match="department_ambiguous"):
        find_department(both, "城建")
    assert find_department(both, "B").id == "b"


def test_nothing_is_written(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in workspace.iterdir())
    said(capsys, workspace, "乙局")
    assert sorted(path.name for path in workspace.iterdir()) == before


def test_sql_is_written_over_nothing_of_others(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    before = sorted(path.name for path in workspace.iterdir())
    assert "[output_not_ours]" in refused(capsys, ".", "乙局", "--sql", ".")
    assert sorted(path.name for path in workspace.iterdir()) == before


def test_a_stopped_run_says_why(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "cases.csv").write_text(CASES + "9,乙局,2024-13-45,lead,2\n")
    assert execute(["explain", str(workspace), "乙局"]) == 1
    assert "[stopped]" in capsys.readouterr().err
    assert execute(["explain", str(workspace), "乙局", "--json"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2024-13-45" in shown.err


def test_the_data_of_a_run_has_the_parts_and_the_reasons(workspace: Path) -> None:
    run = duban.run(workspace)
    assert run.out is not None
    data: Any = json.loads(
        (run.out / "result.json").read_text("utf-8"), parse_float=Fraction, parse_int=Fraction
    )
    sums: dict[str, Fraction] = {}
    for row in data["explanations"]:
        sums[row["department"]] = sums.get(row["department"], Fraction(0)) + row["points"]
    assert sums == {row["department"]: row["total"] for row in data["ranking"] if row["total"] is not None}
    assert {row["selection"] for row in data["reasons"]} == {"excellent", "last"}
    shutil.rmtree(run.out)
