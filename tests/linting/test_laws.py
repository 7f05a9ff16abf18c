"""Rules that break a law are found out, with the smallest example; rules that keep all of them are left alone."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from duban.cli import execute
from duban.examples.opening import open_rules, open_suite
from duban.examples.running import run_suite
from duban.linting.checking import Report, check_ruleset
from duban.linting.laws import Laws
from duban.linting.lint import Lint
from duban.linting.ranges import Known
from duban.methods import Judged, Subject

Written = Callable[..., Path]
GATE = 'when = "overdue > 2"\neffect = "not_selectable"'
CAP = 'when = "on_time > 0.95"\neffect = { cap = 3 }'
STEP = (
    'curve = { kind = "linear", zero_at = 0.6, full_at = 0.9 }',
    'curve = { kind = "threshold", at_least = 0.9 }',
)


def only(report: Report, code: str) -> Lint:
    (lint,) = (lint for lint in report.lints if lint.code == code)
    return lint


def runs(folder: Path, lint: Lint) -> bool:
    """Return whether the example of a lint, put beside the rules as it is printed, can be run and passes."""
    assert lint.example is not None
    (folder / "examples.toml").write_text(lint.example.toml(lint.message("zh"), "zh"), "utf-8")
    (outcome,) = run_suite(open_rules(str(folder)), open_suite(str(folder)))
    return outcome.passed


def test_rules_that_keep_every_law_are_left_alone(rules: Written) -> None:
    report = check_ruleset(str(rules()))
    assert [lint.code for lint in report.lints] == ["largest_cliff"]
    assert report.clean
    assert report.tried is not None
    assert report.tried > 100


def test_a_better_fact_that_lowers_the_total_is_shown_by_two_departments(rules: Written) -> None:
    folder = rules((GATE, CAP))
    lint = only(check_ruleset(str(folder)), "law_better")
    assert lint.path == ("criteria", "on_time")
    assert lint.example is not None
    assert [set(facts) for facts in lint.example.facts.values()] == [{"on_time"}, {"on_time"}]
    before, after = (facts["on_time"].split("/") for facts in lint.example.facts.values())
    assert (int(after[0]) - int(before[0]), after[1]) == (1, before[1])
    totals = [result["total"] for result in lint.example.expect.values()]
    assert (totals[0] > totals[1]) is True
    assert totals[1] == 3
    assert runs(folder, lint)


def test_a_key_with_a_filter_is_quoted_in_the_example(rules: Written) -> None:
    where = ('measure = "on_time"', 'measure = "on_time"\nwhere = "role = \'lead\'"')
    folder = rules((GATE, CAP.replace("on_time", "points.on_time").replace("0.95", "11")), where)
    lint = only(check_ruleset(str(folder)), "law_better")
    assert lint.example is not None
    assert set(lint.example.facts["甲局"]) == {"on_time[role = 'lead']"}
    assert runs(folder, lint)


def test_what_a_lint_says_of_the_direction_is_not_said_again(rules: Written) -> None:
    turned = ("zero_at = 0.6, full_at = 0.9", "zero_at = 0.9, full_at = 0.6")
    codes = {lint.code for lint in check_ruleset(str(rules(turned))).lints}
    assert "against_direction" in codes
    assert "law_better" not in codes


def test_another_group_is_another_comparison(rules: Written) -> None:
    """With a curve that compares within the group, one more case may well bring fewer points."""
    group = ("department in ('a', 'b', 'c')", "cases >= 10")
    relative = (STEP[0], 'curve = { kind = "relative", within = "group" }')
    report = check_ruleset(str(rules(group, relative, ("large = 2", "large = 1"))))
    assert "law_better" not in {lint.code for lint in report.lints}


def test_a_cliff_is_told_only_above_the_size_that_is_allowed(rules: Written) -> None:
    folder = rules(STEP)
    lint = only(check_ruleset(str(folder), cliff=Fraction(11)), "law_cliff")
    assert lint.path == ("criteria", "on_time")
    assert (lint.facts["before"], lint.facts["after"], lint.facts["move"]) == ("89/100", "90/100", 12)
    assert runs(folder, lint)
    assert "law_cliff" not in {lint.code for lint in check_ruleset(str(folder), cliff=Fraction(12)).lints}


def test_without_a_size_the_largest_cliff_is_told(rules: Written) -> None:
    assert only(check_ruleset(str(rules(STEP))), "largest_cliff").facts["move"] == 12
    # With one case in a hundred a slope of 12 points over 30 per cent moves 0.4; the labels give 5 at a time.
    assert only(check_ruleset(str(rules())), "largest_cliff").facts["move"] == 5


def test_departments_that_cannot_be_judged_are_found(rules: Written) -> None:
    second = ("[groups.regular]", '[groups.small]\ntitle = "小"\nwhen = "overdue = 0"\n[groups.regular]')
    folder = rules(
        ("department in ('a', 'b', 'c')", "cases >= 20"), second, ("regular = {", "small = 1, regular = {")
    )
    lint = only(check_ruleset(str(folder)), "law_runs")
    assert lint.path == ("groups",)
    assert lint.example is not None
    assert lint.example.facts == {"甲局": {"cases": 20}}
    assert not runs(folder, lint)


def test_names_that_matter_are_found(rules: Written) -> None:
    def judge(subjects: Sequence[Subject], full: Fraction, parameters: Any) -> list[Judged]:
        return [Judged(full if place == 0 else Fraction(0)) for place, _ in enumerate(subjects)]

    plan = open_rules(str(rules())).plan()
    known = Known(plan)
    first = plan.criteria[0]
    curve = replace(first.curve, curve=replace(first.curve.curve, judge=judge))
    plan = replace(plan, criteria=[replace(first, curve=curve), *plan.criteria[1:]])
    (lint,) = Laws(plan, known, None).names()
    assert lint.example is not None
    assert set(lint.example.facts["甲局"]) == {"on_time"}
    assert lint.example.expect["甲局"] != lint.example.expect["乙局"]


def test_a_text_that_asks_for_a_name_is_shown_by_two_departments(rules: Written) -> None:
    folder = rules(('measure = "overdue"\neach = -0.5\nlimit = -2', "when = \"name = '公安局'\"\npoints = 5"))
    report = check_ruleset(str(folder))
    assert "law_names" not in {lint.code for lint in report.lints}
    lint = only(report, "name_decides")
    assert lint.example is not None
    assert lint.path == ("adjustments", "late", "when")
    assert lint.example.facts["公安局"] == lint.example.facts["乙局"]
    totals = {name: result["total"] for name, result in lint.example.expect.items()}
    assert totals["公安局"] - totals["乙局"] == 5
    assert runs(folder, lint)


def test_a_fall_that_comes_of_a_name_is_no_fall(rules: Written) -> None:
    late = ('measure = "overdue"\neach = -0.5\nlimit = -2', "when = \"name = '甲局'\"\npoints = 5")
    codes = {lint.code for lint in check_ruleset(str(rules(late)), cliff=Fraction(4)).lints}
    assert codes == {"name_decides"}


def test_the_same_is_found_every_time(rules: Written) -> None:
    folder = str(rules((GATE, CAP), STEP))
    first, second = (check_ruleset(folder, cliff=Fraction(1)) for _ in range(2))
    assert first.lints == second.lints
    assert first.tried == second.tried


Screen = pytest.CaptureFixture[str]


def test_the_command_prints_an_example_that_the_test_command_runs(rules: Written, capsys: Screen) -> None:
    folder = rules((GATE, CAP))
    assert execute(["ruleset", "check", str(folder), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["ruleset"], data["clean"]) == ("trial", False)
    (lint,) = (lint for lint in data["lints"] if lint["code"] == "law_better")
    assert (lint["severity"], lint["path"], lint["file"]) == ("warning", "criteria.on_time", "ruleset.toml")
    (folder / "examples.toml").write_text(lint["example"], "utf-8")
    assert execute(["ruleset", "test", str(folder)]) == 0


def test_the_command_says_where_what_and_what_to_do(rules: Written, capsys: Screen) -> None:
    folder = rules((GATE, GATE.replace("> 2", "< 0")))
    assert execute(["ruleset", "check", str(folder), "--no-laws"]) == 1
    assert capsys.readouterr().out == (
        "错误 ruleset.toml:62:8: [gate_never] gates.overdue.when：条件永远不成立：overdue < 0。"
        "核对各个数的取值范围，是不是互相矛盾。\n没有试找违反常理的情形\ntrial：错误 1，警告 0，提示 0\n"
    )
    assert execute(["ruleset", "check", str(folder), "--no-laws", "--lang", "en"]) == 1
    assert capsys.readouterr().out.startswith(
        "error ruleset.toml:62:8: [gate_never] gates.overdue.when: the cond"
    )


def test_clean_is_zero_and_wrong_use_is_two(rules: Written, capsys: Screen) -> None:
    folder = str(rules())
    assert execute(["ruleset", "check", folder, "--no-laws"]) == 0
    assert capsys.readouterr().out.endswith("trial：错误 0，警告 0，提示 0\n")
    assert execute(["ruleset", "check", folder, "--cliff", "many"]) == 2
    assert execute(["ruleset", "check", folder, "--cliff", "-1"]) == 2
    assert execute(["ruleset", "check", folder, "--cliff", "nan"]) == 2
    assert execute(["ruleset", "check", "npc-bas"]) == 2
    assert "是不是“npc-base”" in capsys.readouterr().err


def test_a_check_leaves_nothing_behind_and_starts_without_pandas(rules: Written, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = "import sys; from duban.cli import execute; sys.exit(execute(sys.argv[1:]) + 10 * ('pandas' in sys.modules))"
    command = [sys.executable, "-c", program, "ruleset", "check", str(rules())]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(elsewhere.iterdir()) == []
