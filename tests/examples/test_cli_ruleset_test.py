"""`duban ruleset test`, from the command line."""

import json
from pathlib import Path

import pytest
from trying import write

from duban.cli import execute

Screen = pytest.CaptureFixture[str]
EXAMPLES = """
[examples.full]
says = "全部按时，满分"
facts."甲局" = { on_time = "10/10" }
expect."甲局" = { total = 20 }

[examples.half]
says = "一半按时，得一半"
facts."甲局" = { on_time = "5/10", overdue = 1 }
expect."甲局" = { total = 10, points = { on_time = 6 } }
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_LANG", raising=False)


def test_a_failure_says_what_was_expected_what_came_and_why(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES)
    assert execute(["ruleset", "test", str(rules)]) == 1
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == [
        "✓ full  全部按时，满分",
        "✗ half  一半按时，得一半",
        "examples.toml:10:25: 甲局 总分 total：应为 10，实为 9.5",
    ]
    assert (
        "按时办结率 on_time：值 0.5（10 件），linear { zero_at = 0, full_at = 1, scale = linear }，得 6 / 12"
        in lines
    )
    assert "逾期：1 × -0.5分 = -0.5分" in lines
    assert "基础分 10，加减分 -0.5，总分 9.5" in lines
    assert lines[-1] == "trial：2 个例子，通过 1，不通过 1"


def test_all_passed_is_zero_and_a_file_that_is_not_there_is_two(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES.replace("total = 10", "total = 9.5"))
    assert execute(["ruleset", "test", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("trial：2 个例子，通过 2，不通过 0\n")
    other = tmp_path / "other.toml"
    (tmp_path / "examples.toml").rename(other)
    assert execute(["ruleset", "test", str(rules), "--examples", str(other), "--lang", "en"]) == 0
    assert capsys.readouterr().out.endswith("trial: 2 examples, 2 passed, 0 failed\n")
    assert execute(["ruleset", "test", str(rules)]) == 2
    assert "[examples_not_found]" in capsys.readouterr().err
    assert execute(["ruleset", "test", "npc-bas"]) == 2
    assert "是不是“npc-base”" in capsys.readouterr().err


def test_the_same_as_json(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES)
    assert execute(["ruleset", "test", str(rules), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    full, half = told["examples"]
    assert (full["id"], full["passed"], half["passed"]) == ("full", True, False)
    assert half["differences"] == [
        {"department": "甲局", "key": "total", "name": "", "expected": "10", "found": "9.5"}
    ]


def test_coverage_and_mutants_are_told_with_their_places_and_a_draft(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES.replace("total = 10", "total = 9.5"))
    assert execute(["ruleset", "test", str(rules), "--coverage", "--mutate"]) == 0
    shown = capsys.readouterr().out
    assert "ruleset.toml:22:2: criteria.answered 协办办复率：没有一个单位有值" in shown
    assert "ruleset.toml:44:9: adjustments.late.limit 逾期：没有达到限额的" in shown
    assert "deadlines.reply.months：3 改为 4（只有写了 tables 的例子能发现）" in shown
    assert "adjustments.late.limit：-2 改为 -3" in shown
    assert "\n# 待人工核对：期望值由现行办法算出。能发现：" in shown
    assert "\n[examples.boundary_adjustments_late_limit_1]\nsays = " in shown


def test_coverage_and_mutants_as_json(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES.replace("total = 10", "total = 9.5"))
    assert execute(["ruleset", "test", str(rules), "--coverage", "--mutate", "--json", "--lang", "en"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"path": "criteria.answered", "code": "criterion"}.items() <= told["uncovered"][2].items()
    limit = next(
        item for item in told["mutants"] if (item["path"], item["after"]) == ("adjustments.late.limit", "-3")
    )
    assert (limit["kind"], limit["before"], limit["noticed_by"]) == ("number", "-2", None)
    assert limit["message"] == "ruleset.toml:44:9: adjustments.late.limit: -2 changed to -3"
    assert any(item["noticed_by"] == "half" for item in told["mutants"])
    assert all("[examples.boundary_" in item for item in told["proposals"])


def test_where_an_example_fails_no_change_is_tried(tmp_path: Path, capsys: Screen) -> None:
    rules = write(tmp_path, EXAMPLES)
    assert execute(["ruleset", "test", str(rules), "--mutate"]) == 1
    assert capsys.readouterr().out.endswith("例子没有全部通过，没有做改动试验\n")
