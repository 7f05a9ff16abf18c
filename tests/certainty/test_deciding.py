"""Do the criteria decide anything; what small numbers can show; how far a rate may lie from its group's by chance."""

import shutil
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import department, judged, planned

import duban
from duban.certainty.choices import moved
from duban.certainty.contributions import contributions
from duban.certainty.finite import finite_interval
from duban.certainty.funnel import OUTER, dispersion, limits, position
from duban.certainty.influence import EVERYTHING, NOTHING, Influence, correlations, influences
from duban.evaluating import Evaluated, evaluate
from duban.plan import Plan
from duban.results import Figure
from duban.terms import Status

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "duban_samples" / "harbin-2023"


def rate(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def rules(*points: int, extra: str = "") -> Plan:
    names = [f"c{number}" for number in range(len(points))]
    criteria = "".join(
        f'[criteria.{name}]\ndimension = "d"\nmeasure = "{name}"\npoints = {worth}\ncurve = {{ kind = "linear" }}\n'
        for name, worth in zip(names, points, strict=True)
    )
    return planned(f"[dimensions.d]\n{criteria}{extra}")


def evaluated(plan: Plan, *columns: Sequence[str]) -> Evaluated:
    people = [department(f"d{index:02}") for index in range(len(columns[0]))]
    figures = {
        f"c{number}": [
            Figure(Status.NOT_APPLICABLE)
            if value == ""
            else Figure(Status.MEASURED, 10, None, Fraction(value))
            for value in column
        ]
        for number, column in enumerate(columns)
    }
    return Evaluated(plan, people, figures, evaluate(plan, people, figures))


def found(of: Evaluated) -> dict[str, Influence]:
    return {item.id: item for item in influences(of) if item.kind == "criterion"}


ROOTS = ("0.2", "0.9", "0.4", "0.7", "0.5", "0.3")


def test_a_criterion_at_which_everybody_is_full_decides_nothing() -> None:
    made = found(evaluated(rules(50, 50), ["1"] * 6, ROOTS))
    assert made["c0"].verdict == NOTHING
    assert made["c0"].at_full == 6
    assert made["c0"].effective == 0
    assert (made["c1"].verdict, made["c1"].effective) == ("", Fraction(1))


def test_a_criterion_of_few_points_that_varies_most_decides_nearly_everything() -> None:
    steady = ["0.90", "0.91", "0.90", "0.92", "0.91", "0.90"]
    made = found(evaluated(rules(20, 80), ["0", "1", "0", "1", "0.5", "0"], steady))
    assert made["c0"].verdict == EVERYTHING
    assert made["c0"].declared == Fraction(1, 5)


def test_what_nobody_has_to_share_among_others_does_not_vary() -> None:
    # c2 is not available to half of them: its points go to the others, who stay as they are.
    made = found(evaluated(rules(40, 40, 20), ["1"] * 6, ROOTS, ["", "", "", *ROOTS[3:]]))
    assert made["c0"].verdict == NOTHING
    assert made["c0"].spread == 0


def test_few_departments_say_nothing_of_a_criterion() -> None:
    assert found(evaluated(rules(50, 50), ["1"] * 4, ROOTS[:4]))["c0"].verdict == ""


SHARES = st.sampled_from(["", "0", "0.25", "1/3", "5/7", "0.8", "1"])


@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=7))
def test_the_parts_add_up_to_the_total_and_the_weights_to_one(rows: list[tuple[str, str, str]]) -> None:
    extra = '[adjustments.a]\nwhen = "c0 > 0.4"\npoints = -3\n[adjustments.b]\nwhen = "c1 > 0.4"\npoints = 2\ndimension = "d"\n'
    made = evaluated(rules(30, 50, 20, extra=extra), *([row[place] for row in rows] for place in range(3)))
    totals = made.judgement.totals.total
    places = [index for index, total in enumerate(totals) if total is not None]
    parts = contributions(made, places)
    for row, place in enumerate(places):
        whole = (
            sum(column[row] for column in parts.criteria.values()) + parts.adjustments[row] + parts.rest[row]
        )
        assert whole == totals[place]
        assert sum(column[row] for column in parts.dimensions.values()) == made.judgement.totals.base[place]
    weights = [item.effective for item in influences(made) if item.kind != "dimension"]
    if weights and None not in weights:
        assert sum(weight for weight in weights if weight is not None) == 1


def test_correlations_are_those_of_the_contributions() -> None:
    made = evaluated(rules(50, 50, 10), ROOTS, [str(1 - Fraction(value)) for value in ROOTS], ["1"] * 6)
    known = correlations(made)
    assert known["c0", "c1"] == -1
    assert known["c0", "c2"] is None


@pytest.mark.parametrize(
    ("hits", "count", "outstanding"), [(0, 0, 5), (6, 6, 0), (5, 6, 3), (0, 4, 2), (60, 63, 4)]
)
def test_the_finite_interval_lies_within_what_silence_allows(hits: int, count: int, outstanding: int) -> None:
    low, high = finite_interval(hits, count, outstanding)
    assert (
        Fraction(hits, count + outstanding)
        <= low
        <= high
        <= Fraction(hits + outstanding, count + outstanding)
    )
    if not outstanding:
        assert low == high == Fraction(hits, count)


def test_the_finite_interval_is_that_of_the_beta_binomial() -> None:
    # One of two rated is a hit, two outstanding: weights 1/2·… of Beta(3/2, 3/2) are 5 : 6 : 5.
    assert finite_interval(1, 2, 2, Fraction(1, 2)) == (Fraction(1, 4), Fraction(3, 4))
    assert finite_interval(1, 2, 2, Fraction(1, 4)) == (Fraction(2, 4), Fraction(2, 4))


@given(st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=60), st.integers(1, 60))
def test_the_limits_are_the_quantiles_of_the_binomial(centre: Fraction, count: int) -> None:
    chances = [comb(count, n) * centre**n * (1 - centre) ** (count - n) for n in range(count + 1)]
    for confidence in (Fraction(95, 100), OUTER):
        low, high = limits(centre, count, confidence)
        below = (1 - confidence) / 2
        assert 0 <= low <= centre <= 1 or low <= high
        assert sum(chances[: int(low * count)]) <= below < sum(chances[: int(low * count) + 1])
        assert sum(chances[: int(high * count)]) < 1 - below <= sum(chances[: int(high * count) + 1])


def test_a_rate_far_from_its_group_is_told() -> None:
    centre = Fraction(9, 10)
    places = [position(rate(*pair), centre) for pair in ((6, 6), (63, 63), (40, 63), (50, 63), (3, 6))]
    assert places == ["inside", "above", "far_below", "below", "below"]
    assert dispersion([rate(9, 10), rate(90, 100)], centre) == 0
    assert dispersion([rate(9, 10)], centre) is None


def test_a_chosen_strength_is_told_with_and_without() -> None:
    extra = "[selections.best]\nquota = 1\n"
    plan = rules(100, extra=extra)
    text = '[dimensions.d]\n[criteria.c0]\ndimension = "d"\nmeasure = "c0"\npoints = 100\ncurve = { kind = "linear" }\nsmall_numbers = { kind = "shrink", strength = 10 }\n'
    plan = planned(text + extra)
    people, figures = [department("六件"), department("六十三件")], {"c0": [rate(6, 6), rate(62, 63)]}
    made = Evaluated(plan, people, figures, evaluate(plan, people, figures))
    one = {item.department: item for item in moved(made) if item.criterion == "c0"}
    assert one["六件"].choice == "shrink"
    assert (one["六件"].value, one["六件"].points_without) == (Fraction(1), Fraction(100))
    assert (one["六件"].rank, one["六件"].rank_without) == (1, 1)
    assert one["六件"].points == 100 * (6 + 10 * Fraction(68, 69)) / 16
    assert judged(plan, people, figures).points("c0")[0] == one["六件"].points


@pytest.fixture(scope="module")
def harbin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbin") / "w"
    shutil.copytree(SAMPLE, folder)
    return folder


def test_the_four_dimensions_of_the_sample_show_what_decides(harbin: Path) -> None:
    made = duban.run(harbin, write=False)
    assert made.qualified is not None
    known = {(item.kind, item.id): item for item in made.qualified.influences}
    timeliness, outcome = known["dimension", "timeliness"], known["dimension", "outcome"]
    # Everybody answers in time: a fifth of the points decides a fortieth. What came of it decides most.
    assert timeliness.declared == Fraction(1, 5)
    assert timeliness.effective is not None
    assert timeliness.effective < Fraction(1, 25)
    assert outcome.effective is not None
    assert outcome.declared is not None
    assert outcome.effective > Fraction(3, 2) * outcome.declared
    assert known["criterion", "on_time"].verdict == NOTHING
    assert known["criterion", "on_time"].at_full == known["criterion", "on_time"].departments
    assert [item.id for item in made.qualified.influences if item.verdict] == ["on_time"]


def test_six_cases_stand_beside_sixty_three(harbin: Path) -> None:
    made = duban.run(harbin, write=False)
    assert made.qualified is not None
    known = {(item.department, item.criterion): item for item in made.qualified.rates}
    sports, police = known["sports", "answer_satisfied"], known["public_security", "answer_satisfied"]
    assert (sports.hits, sports.count, police.hits, police.count) == (6, 6, 63, 63)
    assert sports.value == police.value == 1
    assert sports.low < Fraction(7, 10) < Fraction(95, 100) < police.low
    assert sports.limit_low is not None


@pytest.mark.parametrize(
    "choice", ['{ kind = "shrink", strength = 10 }', '{ kind = "lower_bound", confidence = 0.9 }']
)
def test_a_choice_of_the_rules_separates_six_from_sixty_three(
    harbin: Path, tmp_path: Path, choice: str
) -> None:
    names = ("answer_satisfied", "first_round_satisfied", "result_satisfied")
    text = "".join(f"[criteria.{name}]\nsmall_numbers = {choice}\n" for name in names)
    head = 'format = 1\nid = "careful"\ntitle = "试"\nextends = "harbin-2024"\n'
    (tmp_path / "r.toml").write_text(head + text, "utf-8")
    made = duban.run(harbin, ruleset=tmp_path / "r.toml", write=False)
    assert made.qualified is not None
    known = {item.department: item for item in made.qualified.rates if item.criterion == "result_satisfied"}
    moved_by = {
        name: abs((known[name].judged or 0) - known[name].value) for name in ("sports", "public_security")
    }
    assert (known["sports"].count, known["public_security"].count) == (6, 62)
    assert moved_by["sports"] > 5 * moved_by["public_security"] > 0
    rows = {(item.department, item.criterion): item for item in made.qualified.moved}
    sports = rows["sports", "result_satisfied"]
    assert sports.points is not None
    assert sports.points_without is not None
    assert (sports.points > sports.points_without) is ("shrink" in choice)
    assert sports.total != sports.total_without
