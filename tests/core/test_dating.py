from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from duban.errors import DubanError, Problems
from duban.loading import LoadedRuleset, load_ruleset
from duban.manifest import ruleset_as_data
from duban.preparing import prepare

HEAD = """format = 1
id = "r"
title = "办法"
period = { from = 2024-01-01, to = 2024-12-31 }
"""
CRITERION = """[dimensions.d]
title = "d"
[criteria.a]
title = "a"
dimension = "d"
measure = "m"
"""


def load(folder: Path, files: Mapping[str, str] | str, first_day: date | None = None) -> LoadedRuleset:
    named = {"r.toml": files} if isinstance(files, str) else files
    for name, text in named.items():
        (folder / name).write_text(text, "utf-8")
    return load_ruleset("r.toml", folder, "", {}, first_day)


def errors_of(folder: Path, text: str) -> list[DubanError]:
    with pytest.raises(DubanError) as caught:
        load(folder, text)
    return list(caught.value.errors) if isinstance(caught.value, Problems) else [caught.value]


def points(*entries: str) -> str:
    return HEAD + CRITERION + f"points = [{', '.join(entries)}]\n"


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [(None, 20), (date(2023, 12, 31), 10), (date(2024, 1, 1), 20), (date(2031, 1, 1), 30)],
)
def test_the_last_value_holds_that_begins_no_later_than_the_period(
    tmp_path: Path, first_day: date | None, expected: int
) -> None:
    text = points(
        "{ from = 2025-01-01, value = 30 }",
        "{ from = 2020-01-01, value = 10 }",
        '{ from = 2024-01-01, value = 20, basis = "第八条" }',
    )
    loaded = load(tmp_path, text, first_day)
    assert loaded.ruleset.criteria["a"].points == expected
    chosen = loaded.dated["criteria", "a", "points"]
    assert chosen.basis == (("第八条",) if expected == 20 else ())
    at = loaded.at(("criteria", "a", "points"))
    line = text.split("\n")[(at.line or 0) - 1]
    assert line[(at.column or 0) - 1 :].startswith(str(expected))
    assert loaded.key_at(("criteria", "a", "points")).column == 1


def test_texts_tables_lists_and_what_is_inside_them_may_be_dated(tmp_path: Path) -> None:
    text = (
        HEAD
        + CRITERION.replace('"a"\n', '[{ from = 2000-01-01, value = "甲" }]\n', 1)
        + """points = 1
curve = [{ from = 2024-01-01, value = { kind = "linear", full_at = [{ from = 2001-01-01, value = 0.9 }] } }]
[ranking]
tie_break = [{ from = 2000-01-01, value = ["x"] }, { from = 2024-01-01, value = ["y", "z"] }]
[[deadlines.reply.months]]
from = 2000-01-01
value = 3
[[deadlines.reply.months]]
from = 2024-01-01
value = 6
"""
    )
    loaded = load(tmp_path, text)
    rule = loaded.ruleset.criteria["a"]
    assert (rule.title, str(rule.curve.parameters["full_at"])) == ("甲", "0.9")
    assert loaded.ruleset.ranking.tie_break == ("y", "z")
    assert loaded.ruleset.deadlines["reply"].months == 6
    assert loaded.at(("deadlines", "reply", "months")).line == 20
    assert loaded.at(("ranking", "tie_break", 1)).column == text.split("\n")[13].index('"z"') + 1
    assert ("criteria", "a", "curve", "full_at") in loaded.dated


def test_lists_of_other_tables_are_no_dated_values(tmp_path: Path) -> None:
    text = (
        HEAD
        + CRITERION
        + """points = 10
curve = { kind = "own", ends = [{ from = 0, value = 1 }, { from = 1, value = 2 }], bands = [{ at_least = 1, points = 2 }] }
[deadlines.reply]
months = 3
volume = [{ over = 19, days = 10 }]
"""
    )
    ruleset = load(tmp_path, text).ruleset
    assert [item["from"] for item in ruleset.criteria["a"].curve.parameters["ends"]] == [0, 1]
    assert ruleset.deadlines["reply"].volume[0].days == 10


def test_an_error_in_the_chosen_value_is_placed_there_and_one_in_another_year_is_not_seen(
    tmp_path: Path,
) -> None:
    text = points('{ from = 2020-01-01, value = "十" }', '{ from = 2024-01-01, value = "二十" }')
    (error,) = errors_of(tmp_path, text)
    at = error.at
    assert isinstance(at, tuple)
    assert text.split("\n")[(at.line or 0) - 1][(at.column or 0) - 1 :].startswith('"二十"')
    assert load(tmp_path, points("{ from = 2020-01-01, value = 5 }", '{ from = 2030-01-01, value = "x" }'))


@pytest.mark.parametrize(
    ("entries", "code", "place"),
    [
        (["{ from = 2024-01-01, value = 1 }", "{ from = 2024-01-01, value = 2 }"], "dated_twice", 1),
        (["{ from = 2024-01-02, value = 1 }"], "dated_too_late", None),
        (["{ from = 2020-01-01, value = 1 }", '{ from = "2024", value = 2 }'], "dated_from", 1),
        (["{ from = 2020-01-01T00:00:00, value = 1 }"], "dated_from", 0),
        (["{ from = 2020-01-01, value = 1, basis = 3 }"], "wrong_type", 0),
        (["{ from = 2020-01-01, value = 1, bassi = 3 }"], "unknown_key", 0),
    ],
)
def test_what_is_wrong_has_its_place(
    tmp_path: Path, entries: list[str], code: str, place: int | None
) -> None:
    text = points(*entries)
    (error,) = errors_of(tmp_path, text)
    assert error.code == code
    at = error.at
    assert isinstance(at, tuple)
    assert at.line == 11
    assert at.column is not None
    start = text.split("\n")[10].index(entries[place]) if place is not None else len("points = ")
    assert start < at.column <= start + len(entries[place or 0])


def test_without_a_period_nobody_knows_which_value_holds(tmp_path: Path) -> None:
    text = points("{ from = 2020-01-01, value = 1 }").replace(HEAD.split("\n")[3], "")
    (error,) = errors_of(tmp_path, text)
    assert (error.code, str(error.at)) == ("dated_no_period", "r.toml:11:10")
    assert load(tmp_path, text, date(2024, 1, 1)).ruleset.criteria["a"].points == 1


@pytest.mark.parametrize("key", ["format", "id", "extends", "period"])
def test_what_must_be_known_before_the_day_has_no_dated_value(tmp_path: Path, key: str) -> None:
    lines = [line for line in HEAD.split("\n") if not line.startswith(key)]
    text = "\n".join([f"{key} = [{{ from = 2000-01-01, value = 1 }}]", *lines])
    assert {error.code for error in errors_of(tmp_path, text)} <= {"wrong_type", "wrong_choice"}


def test_a_child_of_another_year_takes_its_parents_values_of_that_year(tmp_path: Path) -> None:
    parent = points("{ from = 2020-01-01, value = 10 }", "{ from = 2025-01-01, value = 20 }")
    parent += 'min_cases = [{ from = 2020-01-01, value = 3, basis = "甲" }]\n'
    child = HEAD.replace("2024", "2025") + 'extends = "parent.toml"\n[criteria.a]\nmin_cases = 5\n'
    loaded = load(tmp_path, {"r.toml": child, "parent.toml": parent.replace('id = "r"', 'id = "p"')})
    rule = loaded.ruleset.criteria["a"]
    assert (rule.points, rule.min_cases) == (Fraction(20), 5)
    assert list(loaded.dated) == [("criteria", "a", "points")]


def test_the_workspaces_period_decides_and_the_manifest_shows_what_held(tmp_path: Path) -> None:
    rules = points("{ from = 2020-01-01, value = 10 }", "{ from = 2024-01-01, value = 20 }").replace(
        '"m"', '"on_time"'
    )
    (tmp_path / "r.toml").write_text(rules, "utf-8")
    workspace = 'title = "w"\nruleset = "r.toml"\nperiod = { from = 2023-01-01, to = 2023-12-31 }\n'
    (tmp_path / "duban.toml").write_text(workspace, "utf-8")
    for ruleset in (None, tmp_path / "r.toml"):
        loaded = prepare(tmp_path, None, ruleset, ()).loaded
        assert ruleset_as_data(loaded.ruleset)["criteria"]["a"]["points"] == "10"
