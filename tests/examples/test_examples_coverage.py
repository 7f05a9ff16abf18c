"""Coverage: the pieces of any curve, and what of the rules no example reaches."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from planning import planned

from duban.examples.coverage import Gap, gaps
from duban.examples.opening import open_rules
from duban.examples.pieces import Piece, Pieces
from duban.examples.running import Outcome
from duban.plan import PlannedCriterion
from duban.results import CriterionScore
from duban.terms import Status

Trial = Callable[..., list[Outcome]]


def criterion(curve: str, points: str = "10") -> PlannedCriterion:
    text = f'[dimensions.d]\n[criteria.c]\ndimension = "d"\nmeasure = "m"\npoints = {points}\ncurve = {curve}'
    return planned(text).criteria[0]


def said(piece: Piece) -> str:
    if piece.kind != "interval":
        return piece.label or piece.kind
    return f"{'' if piece.low is None else piece.low}..{'' if piece.high is None else piece.high}"


# The measures of `planned` are plain numbers: no value is below zero, and none is too large.
@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ('{ kind = "linear", zero_at = 0.8, full_at = 1 }', "..4/5 4/5..1 1.."),
        ('{ kind = "linear", zero_at = 30, full_at = 10 }', "..10 10..30 30.."),
        ('{ kind = "threshold", at_least = 0.9 }', "..9/10 9/10.."),
        ('{ kind = "threshold", at_least = 0.9, otherwise = -2 }', "..9/10 9/10.."),
        ('{ kind = "bands", bands = [{ at_least = 5, points = 10 }, { at_least = 2, points = 4 }, { points = 0 }] }', "..2 2..5 5.."),
        ('{ kind = "bands", bands = [{ at_least = 5, points = 10, label = "好" }, { points = 0, label = "差" }] }', "好 差 ..5 5.."),
        ('{ kind = "bands", bands = [{ when = "value > 2", points = 10, label = "好" }, { points = 0, label = "差" }] }', "好 差"),
        # No number says where the points run out.
        ('{ kind = "per_point", full_at = 10, lose = 2, per = 1 }', "..10 10.. zero"),
        ('{ kind = "relative" }', "zero between full"),
    ],
)  # fmt: skip
def test_a_curve_falls_into_pieces_where_its_course_changes(curve: str, expected: str) -> None:
    assert " ".join(map(said, Pieces(criterion(curve)).all())) == expected


def test_a_criterion_that_is_shown_not_scored_has_only_its_labels() -> None:
    curve = '{ kind = "bands", bands = [{ at_least = 5, label = "好" }, { label = "差" }] }'
    assert [said(piece) for piece in Pieces(criterion(curve, "0")).all()] == ["好", "差"]


@pytest.mark.parametrize(
    ("curve", "value", "expected"),
    [
        ('{ kind = "linear", zero_at = 0.8, full_at = 1 }', "0.8", "..4/5"),
        ('{ kind = "linear", zero_at = 0.8, full_at = 1 }', "0.81", "4/5..1"),
        ('{ kind = "linear", zero_at = 0.8, full_at = 1 }', "1", "1.."),
        ('{ kind = "threshold", at_least = 0.9 }', "0.9", "9/10.."),
        ('{ kind = "threshold", at_least = 0.9 }', "0.89", "..9/10"),
    ],
)
def test_a_value_on_a_boundary_is_in_the_piece_whose_points_it_has(
    curve: str, value: str, expected: str
) -> None:
    made = criterion(curve)
    score = CriterionScore(Status.MEASURED, 10, None, Fraction(value), Fraction(5))
    assert expected in [said(piece) for piece in Pieces(made).of(score)]


def reached(trial: Trial, examples: str, *changes: tuple[str, str]) -> list[str]:
    outcomes = trial(examples, *changes)
    judged = [outcome.judged for outcome in outcomes if outcome.judged is not None]
    return [told(gap) for gap in gaps(judged[0].plan, judged)]


def told(gap: Gap) -> str:
    where = ".".join(map(str, gap.path))
    return f"{where} {gap.code}" + (f" {said(gap.piece)}" if gap.piece is not None else "")


ONE = '[examples.one]\nsays = "一例"\nfacts."甲局" = { on_time = 1 }\nexpect."甲局" = { rank = 1 }\n'


def test_what_no_example_reaches_is_named(trial: Trial) -> None:
    assert reached(trial, ONE) == [
        "criteria.on_time.curve piece_interval ..0",
        "criteria.on_time.curve piece_interval 0..1",
        "criteria.on_time.min_cases too_few",
        "criteria.answered criterion",
        "criteria.signing criterion",
        "adjustments.late adjustment",
        "gates.overdue gate_never",
        "grades.other grade",
        "groups.large group",
        "selections.excellent.at_least selection_below",
        "selections.excellent.quota selection_quota",
        "selections.excellent.cut_tie selection_tie",
    ]


def test_what_an_example_reaches_is_not(trial: Trial) -> None:
    more = """
[examples.more]
says = "其余"
facts."甲局" = { on_time = 0, acknowledged = 0.4, replied = 0 }
facts."乙局" = { on_time = 0.5, acknowledged = 0.5, replied = 0.5 }
facts."丙局" = { on_time = "1/1", acknowledged = 1, replied = 1, cases = 10, kind = "committee" }
facts."丁局" = { acknowledged = 1, overdue = 5 }
facts."戊局" = { acknowledged = 1 }
facts."己局" = { acknowledged = 1 }
facts."庚局" = { on_time = 0.8 }
expect."甲局" = { total = 0 }
"""
    assert reached(trial, ONE + more) == []


def test_one_that_always_holds_is_named_and_so_are_floor_and_ceiling(trial: Trial) -> None:
    changes = ("points = 20", "points = 20\nfloor = 2\nceiling = 18"), ("overdue > 0", "overdue >= 0")
    found = reached(trial, ONE, *changes)
    assert "gates.overdue gate_always" in found
    assert "dimensions.timeliness.floor floor" in found
    assert "dimensions.timeliness.ceiling ceiling" not in found


def test_the_common_base_is_covered() -> None:
    from duban.examples.opening import open_suite
    from duban.examples.running import run_suite

    rules = open_rules("npc-base")
    judged = [outcome.judged for outcome in run_suite(rules, open_suite("npc-base")) if outcome.judged]
    assert gaps(rules.plan(), judged) == []
