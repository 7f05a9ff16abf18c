"""Marks for single cases: the table `marks` may name the case that a mark is for, and a blank is the department as a whole."""

from fractions import Fraction
from pathlib import Path

import duban

RULES = """
format = 1
id = "t"
title = "办法"
period = { from = 2024-01-01, to = 2024-12-31 }
dimensions.sheet.title = "打分"
[criteria.effect]
title = "落实成效"
dimension = "sheet"
measure = "mark"
with = { criterion = "落实成效" }
points = 50
curve = { kind = "linear", full_at = 50 }
"""
WORKSPACE = """
title = "项目"
ruleset = "rules.toml"
as_of = 2024-12-31
tables.cases.file = "cases.csv"
tables.marks.file = "marks.csv"
"""
CASES = (
    "建议编号,承办单位,交办日期\n1,甲局,2024-02-01\n2,甲局,2024-02-01\n3,甲局,2023-02-01\n1,乙局,2024-02-01\n"
)
MARKS = "承办单位,评分项,评分人,建议编号,得分\n"


def workspace(folder: Path, marks: str) -> Path:
    for name, text in (("duban.toml", WORKSPACE), ("rules.toml", RULES), ("cases.csv", CASES)):
        (folder / name).write_text(text, "utf-8")
    (folder / "marks.csv").write_text(MARKS + marks, "utf-8")
    return folder


def test_a_deputy_marks_several_cases_and_a_case_has_several_deputies(tmp_path: Path) -> None:
    marks = "甲局,落实成效,张,1,50\n甲局,落实成效,张,2,20\n甲局,落实成效,李,1,35\n乙局,落实成效,张,1,10\n"
    run = duban.run(workspace(tmp_path, marks))
    # (50 + 20 + 35) / 3
    assert dict(zip(run.ranking["department"], run.ranking["total"], strict=True)) == {
        "甲局": Fraction(35),
        "乙局": Fraction(10),
    }
    assert "duplicate_row" not in set(run.findings["code"])


def test_a_mark_without_a_case_is_of_the_department(tmp_path: Path) -> None:
    run = duban.run(workspace(tmp_path, "甲局,落实成效,张,1,50\n甲局,落实成效,王,,30\n"))
    assert run.ranking.set_index("department").loc["甲局", "total"] == Fraction(40)
    # What lies behind a figure is a list of cases.
    assert run.cases is not None
    assert list(run.cases["case_id"]) == []
    lower = duban.run(workspace(tmp_path, "甲局,落实成效,张,1,20\n甲局,落实成效,王,,30\n"))
    assert lower.cases is not None
    assert lower.cases[["department", "case_id", "criterion"]].to_numpy().tolist() == [
        ["甲局", "1", "effect"]
    ]


def test_the_mark_of_a_case_that_does_not_count_does_not_count(tmp_path: Path) -> None:
    run = duban.run(workspace(tmp_path, "甲局,落实成效,张,1,50\n甲局,落实成效,张,3,0\n"))
    assert run.ranking.set_index("department").loc["甲局", "total"] == Fraction(50)
    assert "case_not_counted" in set(run.findings["code"])


def test_the_mark_of_a_case_of_another_department_is_told(tmp_path: Path) -> None:
    found = duban.check(workspace(tmp_path, "乙局,落实成效,张,2,50\n")).findings
    assert found.set_index("code").loc["unknown_case", "value"] == "2"


def test_the_same_judge_marks_the_same_case_once(tmp_path: Path) -> None:
    twice = "甲局,落实成效,张,1,50\n甲局,落实成效,张,1,40\n甲局,落实成效,张,,30\n甲局,落实成效,张,,20\n"
    found = duban.check(workspace(tmp_path, twice)).findings
    repeated = found[found["code"] == "duplicate_row"]
    assert [(item.row, item.value) for item in repeated.itertuples()] == [
        (3, "甲局 · 落实成效 · 张 · 1"),
        (5, "甲局 · 落实成效 · 张"),
    ]


def test_marks_under_a_name_that_no_measure_counts_are_told(tmp_path: Path) -> None:
    marks = "甲局,落实成效,张,1,50\n甲局,落实成果,李,1,0\n乙局,落实成果,李,1,0\n甲局,落实成效,王,,\n"
    findings = duban.run(workspace(tmp_path, marks)).findings
    told = findings[findings["code"] == "marks_not_used"]
    assert told[["table", "file", "row", "value", "message"]].to_numpy().tolist() == [
        ["marks", "marks.csv", 3, "落实成果", "评分表里“落实成果”的 2 行，评价办法的口径都没有计入"]
    ]
