"""Values put into the rules from the command line: as a child would, and deeper."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from duban.errors import DubanError
from duban.loading import LoadedRuleset, load_ruleset
from duban.overriding import read_override
from duban.registry import installed

RULES = """format = 1
id = "r"
title = "办法"
basis = ["第一条"]
[deadlines.reply]
months = 3
[outcomes]
A = "resolved"
[dimensions.d]
title = "维度"
[criteria.a]
title = "按时"
dimension = "d"
measure = "on_time"
points = 10
curve = { kind = "linear", zero_at = 0.5, full_at = 1 }
[criteria.b]
title = "满意"
dimension = "d"
measure = "answer_satisfied"
points = 10
curve = { kind = "bands", bands = [{ at_least = 0.9, points = 10 }, { points = 5 }] }
[selections.best]
title = "优秀"
quota = 3
"""


def loaded(folder: Path, *texts: str) -> LoadedRuleset:
    (folder / "r.toml").write_text(RULES, "utf-8")
    overrides = [read_override(text) for text in texts]
    return load_ruleset("r.toml", folder, "x", installed().rulesets, None, overrides)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a.b=1", ("a", "b"), 1),
        (" a . b = 0.10 ", ("a", "b"), Decimal("0.10")),
        ('outcomes."B类"="resolved"', ("outcomes", "B类"), "resolved"),
        ("outcomes.'a.b'=resolved", ("outcomes", "a.b"), "resolved"),
        ("按.地方=[1, 2]", ("按", "地方"), [1, 2]),
        ("a.when=total < 60", ("a", "when"), "total < 60"),
        ("a.b=1\nc=2", ("a", "b"), "1\nc=2"),
        ("a.b=true", ("a", "b"), True),
        ("a.b=x=y", ("a", "b"), "x=y"),
    ],
)
def test_a_key_and_a_value_are_read(text: str, path: tuple[str, ...], value: Any) -> None:
    override = read_override(text)
    assert (override.path, override.value) == (path, value)
    assert type(override.value) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "override_form"),
        ("points", "override_form"),
        ("=3", "override_form"),
        ("a..b=3", "override_form"),
        ("a.b=", "override_form"),
        ("a b=3", "override_form"),
        ("a.b={ c = 1", "override_value"),
        ('a.b="c', "override_value"),
        ("a.b=[" * 2000, "override_value"),
    ],
)
def test_what_is_no_key_and_value_is_refused(text: str, code: str) -> None:
    with pytest.raises(DubanError) as caught:
        read_override(text)
    assert caught.value.code == code
    assert str(caught.value.at).startswith("--set ")


def test_a_key_is_replaced_and_its_neighbours_stay(tmp_path: Path) -> None:
    before, after = loaded(tmp_path).ruleset, loaded(tmp_path, "criteria.a.points=20").ruleset
    assert after.criteria["a"].points == Fraction(20)
    assert after.model_copy(update={"criteria": before.criteria}) == before


def test_what_is_deep_is_set_alone(tmp_path: Path) -> None:
    texts = ["criteria.a.curve.full_at=0.9", "criteria.b.curve.bands.1.points=6", "rounding.total=4"]
    rules = loaded(tmp_path, *texts).ruleset
    assert rules.criteria["a"].curve.parameters == {"zero_at": Decimal("0.5"), "full_at": Decimal("0.9")}
    assert rules.criteria["b"].curve.parameters["bands"] == [
        {"at_least": Decimal("0.9"), "points": 10},
        {"points": 6},
    ]
    assert (rules.rounding.total, rules.rounding.mode) == (4, "half_up")


def test_it_does_what_a_child_does(tmp_path: Path) -> None:
    rules = loaded(tmp_path, "criteria.a.drop=true", "deadlines.reply.days=30", "outcomes.乙=planned").ruleset
    assert list(rules.criteria) == ["b"]
    assert (rules.deadlines["reply"].months, rules.deadlines["reply"].days) == (None, 30)
    assert rules.outcomes == {"A": "resolved", "乙": "planned"}


def test_several_follow_one_another_and_a_new_one_is_written_whole(tmp_path: Path) -> None:
    whole = 'gates.g={ title = "否决", when = "total < 6", effect = "exempt" }'
    rules = loaded(tmp_path, whole, "gates.g.when=total < 7", "selections.best.quota=5").ruleset
    assert (rules.gates["g"].when, rules.selections["best"].quota) == ("total < 7", 5)


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("criteria.c.points=20", "override_unknown", None),
        ("selections.bst.quota=2", "override_unknown", "best"),
        ("criterai.a.points=20", "unknown_key", "criteria"),
        ("criteria.a.pionts=20", "unknown_key", "points"),
        ("criteria.a.points=2O", "not_a_number", None),
        ("criteria.a.points=-1", "negative_points", None),
        ("criteria.a.measure.x=1", "override_no_table", None),
        ("criteria.b.curve.bands.7.points=1", "override_no_table", None),
        ("criteria.zz.drop=true", "override_unknown", None),
        ("criteria.zz={ drop = true }", "nothing_to_drop", None),
        ("extends=npc-base", "override_fixed", None),
        ("criteria=3", "wrong_type", None),
        ("selections.worst={ quota = 2 }", "missing_key", None),
    ],
)
def test_an_error_names_what_was_said(tmp_path: Path, text: str, code: str, meant: str | None) -> None:
    with pytest.raises(DubanError) as caught:
        loaded(tmp_path, text)
    error = caught.value
    assert (error.code, str(error.at)) == (code, f"--set {text}")
    assert meant is None or f"是不是“{meant}”" in error.line()
