"""`small_numbers` on its way through everything that speaks of rules: loading, show, diff, examples, mutations."""

from pathlib import Path

import pytest

from duban.cli import execute
from duban.differences.meaning import changes
from duban.errors import DubanError
from duban.examples.mutations import mutations
from duban.examples.opening import open_rules, open_suite
from duban.examples.running import run_suite
from duban.ruleset import LowerBound, Shrink

RULES = """
format = 1
id = "few"
title = "件数少"
[dimensions.d]
title = "维度"
[criteria.a]
title = "满意率"
dimension = "d"
measure = "answer_satisfied"
points = 100
curve = {{ kind = "linear" }}
small_numbers = {choice}
"""
SHRINK, BOUND = '{ kind = "shrink", strength = 10 }', '{ kind = "lower_bound", confidence = 0.90 }'


def write(folder: Path, choice: str, examples: str = "") -> str:
    folder.mkdir(exist_ok=True)
    (folder / "ruleset.toml").write_text(RULES.format(choice=choice), "utf-8")
    if examples:
        (folder / "examples.toml").write_text(examples, "utf-8")
    return str(folder)


@pytest.mark.parametrize(("choice", "kind"), [(SHRINK, Shrink), (BOUND, LowerBound)])
def test_the_choice_is_read(tmp_path: Path, choice: str, kind: type) -> None:
    (criterion,) = open_rules(write(tmp_path / "r", choice)).plan().criteria
    assert isinstance(criterion.rule.small_numbers, kind)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ('{ kind = "shrink", strength = 0 }', "strength_not_positive"),
        ('{ kind = "lower_bound", confidence = 1 }', "confidence_out_of_range"),
        ('{ kind = "lower_bound", confidence = 0 }', "confidence_out_of_range"),
        (f'{SHRINK}\nmeasure_by_department = {{ "甲局" = "handling_days" }}', "small_numbers_need_share"),
        ('{ kind = "shrink", confidence = 0.9 }', "strength"),
        ('{ kind = "shrunk", strength = 1 }', "shrink"),
    ],
)
def test_a_choice_that_says_nothing_is_refused(tmp_path: Path, choice: str, code: str) -> None:
    with pytest.raises(DubanError) as caught:
        open_rules(write(tmp_path / "r", choice)).plan()
    assert code in str([error.line("zh") for error in getattr(caught.value, "errors", [caught.value])])


def test_the_difference_of_two_choices_is_one(tmp_path: Path) -> None:
    old, new = (
        open_rules(write(tmp_path / name, choice)).plan() for name, choice in (("a", SHRINK), ("b", BOUND))
    )
    assert [(item.kind, item.section, item.field) for item in changes(old, new)] == [
        ("changed", "criteria", "small_numbers")
    ]
    assert changes(old, old) == []


def test_every_slip_of_the_choice_is_tried(tmp_path: Path) -> None:
    rules = open_rules(write(tmp_path / "r", SHRINK))
    found = {
        (item.path[-1], item.kind) for item in mutations(rules.loaded.ruleset, rules.plan(), rules.registry)
    }
    assert ("strength", "number") in found
    assert ("small_numbers", "left_out") in found


EXAMPLES = """
[examples.six]
says = "六件和六十三件"
facts."六件" = {{ answer_satisfied = "6/6" }}
facts."六十三件" = {{ answer_satisfied = "57/63" }}
expect."六件".total = {six}

[examples.stated]
says = "只说比率、不说件数的，按比率本身"
facts."甲局" = {{ answer_satisfied = 0.9 }}
expect."甲局".total = 90
"""


@pytest.mark.parametrize(
    # (6 + 10 · 63/69) / 16, and the 5 % point of Beta(6.5, 0.5).
    ("choice", "six"),
    [(SHRINK, "94.57"), (BOUND, "73.58")],
)
def test_an_example_says_cases_and_is_judged_by_them(tmp_path: Path, choice: str, six: str) -> None:
    folder = write(tmp_path / "r", choice, EXAMPLES.format(six=six))
    outcomes = run_suite(open_rules(folder), open_suite(folder))
    assert [outcome.passed for outcome in outcomes] == [True, True]


def test_the_published_rules_say_it_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, choice, words in (
        ("a", SHRINK, "（本单位算数的件数 + 10 × 同组合计比率）÷（本单位件数 + 10）"),
        ("b", BOUND, "按比率的 90% 区间（Jeffreys）的下限计"),
    ):
        folder = write(tmp_path / name, choice)
        assert execute(["ruleset", "show", folder]) == 0
        assert words in capsys.readouterr().out
