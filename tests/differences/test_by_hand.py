"""A split worked out by hand, and what counts as a difference in meaning."""

from fractions import Fraction
from typing import Any, get_args

import pytest
from planning import department, figures, planned
from pydantic import BaseModel

from duban.differences.meaning import WORDED, changes
from duban.differences.moves import backtest
from duban.differences.parts import parts_of
from duban.ruleset import Ruleset
from duban.texts import codes, entry

A, B = ("criteria", "a"), ("criteria", "b")
RULES = """
[dimensions.d]
points = 20
[criteria.a]
dimension = "d"
measure = "a"
points = {a}
[criteria.b]
dimension = "d"
measure = "b"
points = {b}
[selections.best]
quota = 1
"""


def test_two_departments_by_hand() -> None:
    """x has 0.5 and 1, y has 1 and 0.4.

    10 and 10 points: x 15, y 14. Only a new: x 20 × 17.5 ÷ 25 = 14, y 20 × 19 ÷ 25 = 15.2.
    Only b new: x 20 × 10 ÷ 15 = 13.33, y 20 × 12 ÷ 15 = 16. 15 and 5 points: x 12.5, y 17.
    """
    old, new = planned(RULES.format(a=10, b=10)), planned(RULES.format(a=15, b=5))
    parts = parts_of(changes(old, new), old, new)
    measured = figures(a=["0.5", 1], b=[1, "0.4"])
    x, y = backtest(old, new, parts, lambda chosen: ([department("x"), department("y")], measured)).moves
    assert (x.before.total, x.after.total) == (Fraction(15), Fraction("12.5"))
    assert (x.before.rank, x.after.rank) == (1, 2)
    assert x.total == {
        A: Fraction("0.5") * (Fraction(14 - 15) + (Fraction("12.5") - Fraction("13.33"))),
        B: Fraction("0.5") * ((Fraction("13.33") - 15) + (Fraction("12.5") - 14)),
    }
    assert x.total == {A: Fraction("-0.915"), B: Fraction("-1.585")}
    half = Fraction(1, 2)
    assert (x.rank, y.rank) == ({A: half, B: half}, {A: -half, B: -half})
    assert (x.lists["best"], y.lists["best"]) == ({A: -half, B: -half}, {A: half, B: half})


def test_who_is_not_ranked_stands_behind_all() -> None:
    gate = '[gates.g]\nwhen = "a < 1"\neffect = "not_ranked"\n'
    text = RULES.format(a=10, b=10)
    old, new = planned(text), planned(text + gate)
    parts = parts_of(changes(old, new), old, new)
    measured = figures(a=["0.5", 1], b=[1, "0.4"])
    x, y = backtest(old, new, parts, lambda chosen: ([department("x"), department("y")], measured)).moves
    part = ("gates", "g")
    assert (x.after.rank, y.after.rank) == (None, 1)
    assert (x.rank[part], y.rank[part]) == (Fraction(2), Fraction(-1))
    assert (x.total[part], y.total[part]) == (Fraction(0), Fraction(0))


WHOLE = """
rounding = { total = 2 }
[dimensions.d]
[criteria.a]
dimension = "d"
measure = "a"
points = 10
where = "role in ('lead', 'separate')"
curve = { kind = "linear", zero_at = 0.80, full_at = 1 }
[gates.g]
when = "a > 1 and (b < 2 or c = 3)"
effect = "exempt"
[groups.large]
when = "a >= 20"
[groups.rest]
[grades.good]
at_least = 80
[grades.fair]
at_least = 60
[selections.best]
quota = { large = 2, rest = 1 }
"""


def found(*edits: tuple[str, str]) -> list[tuple[str, ...]]:
    edited = WHOLE
    for before, after in edits:
        assert before in edited
        edited = edited.replace(before, after)
    return [tuple(change) for change in changes(planned(WHOLE), planned(edited))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("role in ('lead', 'separate')", "((role)  IN ('separate','lead'))"),
        ("zero_at = 0.80, full_at = 1", "full_at = 1.0, zero_at = 0.8"),
        ('kind = "linear"', 'kind = "linear", scale = "linear"'),
        ("a > 1 and (b < 2 or c = 3)", "(a > 1.0) AND ((b<2) or (c = 3))"),
        ("a > 1 and (b < 2 or c = 3)", "(3 = c or 2 > b or c in (3)) and (1 < a)"),
        ("rounding = { total = 2 }", 'rounding = { total = 2, mode = "half_up" }'),
        ("[dimensions.d]", "[dimensions.d]\npoints = 10"),
        ('measure = "a"\n', 'measure = "a"\nmissing = { not_applicable = "redistribute" }\n'),
        ("{ large = 2, rest = 1 }", "{ rest = 1, large = 2 }"),
        (
            '[groups.large]\nwhen = "a >= 20"\n[groups.rest]',
            '[groups.rest]\n[groups.large]\nwhen = "a >= 20"',
        ),
        ("[selections.best]", '[ranking]\nties = "competition"\n[selections.best]'),
    ],
)
def test_what_is_written_otherwise_is_no_change(before: str, after: str) -> None:
    assert found((before, after)) == []


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("'separate')", "'co')", ("changed", "criteria", "a", "where")),
        ("zero_at = 0.80", "zero_at = 0.81", ("changed", "criteria", "a", "curve")),
        ("a > 1 and (b < 2 or c = 3)", "(a > 1 and b < 2) or c = 3", ("changed", "gates", "g", "when")),
        ("a > 1", "a >= 1", ("changed", "gates", "g", "when")),
        ("a > 1", "1 > a", ("changed", "gates", "g", "when")),
        ('"exempt"', "{ cap = 60 }", ("changed", "gates", "g", "effect")),
        ("[dimensions.d]", "[dimensions.d]\npoints = 12", ("changed", "dimensions", "d", "points")),
        ("points = 10", "points = 10\nmin_cases = 3", ("changed", "criteria", "a", "min_cases")),
        ("rest = 1", "rest = 2", ("changed", "selections", "best", "quota")),
        ("at_least = 80", "at_least = 85", ("changed", "grades", "good", "at_least")),
        ("total = 2", "total = 1", ("changed", "rounding", "", "total")),
        ("[grades.fair]", "[grades.poor]\n[grades.fair]", ("added", "grades", "poor", "")),
        ("[groups.large]", '[ranking]\nwithin = "all"\n[groups.large]', ("changed", "ranking", "", "within")),
    ],
)
def test_what_means_something_else_is_named(before: str, after: str, change: tuple[str, ...]) -> None:
    assert change in found((before, after))


def test_the_order_of_the_steps_of_a_volume_means_nothing() -> None:
    steps = ["{ over = 19, days = 10 }", "{ over = 49, days = 15 }"]
    texts = [
        f"[deadlines.reply]\nmonths = 3\nvolume = [{', '.join(order)}]\n" for order in (steps, steps[::-1])
    ]
    assert changes(*(planned(WHOLE + text) for text in texts)) == []


def test_the_order_of_grades_means_something() -> None:
    text = "[grades.good]\nat_least = 80\n[grades.fair]\nat_least = 60\n"
    other = "[grades.fair]\nat_least = 60\n[grades.good]\nat_least = 80\n"
    assert found((text, other)) == [("changed", "grades", "", "order")]


def models(kind: Any) -> set[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        below = (models(field.annotation) for field in kind.model_fields.values())
        return {kind}.union(*below)
    return set().union(*map(models, get_args(kind)))


def test_every_key_of_a_rule_has_a_name() -> None:
    sections = {name: field.annotation for name, field in Ruleset.model_fields.items()}
    for head in ("format", "id", "extends", "title", "title_en", "basis", "incomplete"):
        del sections[head]
    known = set(codes("phrases"))
    assert entry("phrases", "section_criteria")
    for section, kind in sections.items():
        assert f"section_{section}" in known
        for model in models(kind):
            for name, field in model.model_fields.items():
                key = field.alias or name
                nested = model.__name__ in (
                    "Choice",
                    "Cap",
                    "ShareQuota",
                    "Shrink",
                    "LowerBound",
                    "VolumeStep",
                    "SheetItem",
                    "RatingRules",
                )
                nested = nested or section == "period"
                assert nested or f"field_{key}" in known or f"field_{section}_{key}" in known, (section, key)
    assert {f"field_{name}" for name in WORDED} <= known
