from fractions import Fraction

import pandas as pd
from planning import planned

from duban.frames import (
    adjustments_frame,
    criteria_frame,
    dimensions_frame,
    measures_frame,
    ranking_frame,
    selections_frame,
    table,
)
from duban.results import (
    AdjustmentRow,
    Choice,
    CriterionScore,
    Department,
    Figure,
    Place,
    Scores,
    Totals,
)
from duban.terms import Standing, Status

DEPARTMENTS = [
    Department("a", "甲局"),
    Department("b", "乙局"),
    Department("c", "丙局"),
    Department("d", "丁局"),
]
TOTALS = Totals(
    dimensions={"speed": [Fraction(8), Fraction(9), None, None]},
    base=[Fraction(80), Fraction(90), None, Fraction(70)],
    adjustments=[Fraction(0), Fraction(-1), Fraction(0), Fraction(0)],
    total=[Fraction(80), Fraction(89), None, Fraction(70)],
    effects=[None] * 4,
    held=[()] * 4,
    grades=[None, "good", None, None],
    rows=[
        [
            AdjustmentRow("z", "gate", None, None, "cap", "封顶"),
            AdjustmentRow("a", "adjustment", 1, Fraction(-1), "", "扣"),
        ],
        *([], [], []),
    ],
)
PLACES = [
    Place(Standing.RANKED, 2),
    Place(Standing.RANKED, 1),
    Place(Standing.EXEMPT, None),
    Place(Standing.NOT_RANKED, None),
]
CHOICES = [
    Choice(False, None, "below"),
    Choice(True, 1, "chosen"),
    Choice(False, None, ""),
    Choice(False, None, ""),
]
REASONS = ["差一点", "入选", "免评", "不排名"]


def test_the_ranking_goes_by_group_standing_rank_and_department() -> None:
    frame = ranking_frame(DEPARTMENTS, ["large", "large", "large", "large"], TOTALS, PLACES, CHOICES, REASONS)
    assert list(frame["department"]) == ["b", "a", "d", "c"]
    assert list(frame["selected"]) == [True, False, False, False]
    assert frame["rank"].dtype == "Int64"
    assert frame.loc[0, "total"] == Fraction(89)
    other = ranking_frame(DEPARTMENTS, ["z", "z", "a", "z"], TOTALS, PLACES, None, REASONS)
    assert list(other["department"]) == ["c", "b", "a", "d"]
    assert not other["selected"].any()


def test_lists_hold_those_chosen_by_list_and_order() -> None:
    second = [Choice(True, 2, ""), Choice(False, None, ""), Choice(True, 1, ""), Choice(True, None, "")]
    chosen = {"worst": second, "best": CHOICES}
    frame = selections_frame(DEPARTMENTS, TOTALS, chosen, {"worst": REASONS, "best": REASONS})
    assert [tuple(row) for row in frame[["selection", "department"]].itertuples(index=False)] == [
        *(("best", "b"), ("worst", "d"), ("worst", "c"), ("worst", "a"))
    ]


def test_criteria_and_dimensions_do_not_depend_on_the_order_of_the_file() -> None:
    criteria = ["fast", "early"]
    frames = []
    for order in (criteria, criteria[::-1]):
        points = {"fast": "10", "early": "5"}
        rules = "".join(
            f'[criteria.{name}]\ndimension = "speed"\nmeasure = "m"\npoints = {points[name]}\n'
            for name in order
        )
        plan = planned(f"[dimensions.speed]\n{rules}")
        score = CriterionScore(Status.MEASURED, 4, 3, Fraction(3, 4), Fraction(15, 2), "良好")
        scores = Scores({name: [score] * 4 for name in order}, {})
        frames.append(
            (criteria_frame(plan, DEPARTMENTS, scores), dimensions_frame(plan, DEPARTMENTS, TOTALS))
        )
    (first, first_dimensions), (second, second_dimensions) = frames
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(first_dimensions, second_dimensions)
    assert list(first["criterion"][:2]) == ["early", "fast"]
    assert list(first["full_points"][:2]) == [Fraction(5), Fraction(10)]
    assert set(first["label"]) == {"良好"}
    # A dimension without points of its own is worth the sum of its criteria: 10 + 5.
    assert first_dimensions.loc[0, "full_points"] == Fraction(15)
    assert first_dimensions.loc[2, "points"] is None


def test_measures_and_adjustments_come_in_the_order_of_their_ids() -> None:
    figures = {
        "z": [Figure(Status.MEASURED, 2, 1, Fraction(1, 2))] * 4,
        "a": [Figure(Status.NOT_AVAILABLE)] * 4,
    }
    frame = measures_frame(DEPARTMENTS, figures)
    assert list(frame["measure"][:2]) == ["a", "z"]
    assert frame.loc[0, "value"] is None
    assert frame.loc[1, "hits"] == 1
    assert list(adjustments_frame(DEPARTMENTS, TOTALS)["adjustment"]) == ["a", "z"]


def test_a_table_without_rows_has_its_columns() -> None:
    frame = table(("group", "rank"), [])
    assert list(frame.columns) == ["group", "rank"]
    assert frame.empty
