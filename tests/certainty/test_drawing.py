"""What is drawn, from which distribution, and that nothing but the ledger and the rules changes a number."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from planning import department, plan_from

from duban import pipeline
from duban.certainty.certainty import Certainty, Verdict, rank_interval, verdict
from duban.certainty.drawing import Draws, number_of_draws
from duban.certainty.standing import UNRANKED
from duban.certainty.weights import sensitivity
from duban.certainty.worlds import Mixtures, Normals, Rates, drawn_world
from duban.cli import execute
from duban.evaluating import Evaluated, evaluate
from duban.measures import Measure
from duban.plan import MeasureUse
from duban.record import Run
from duban.results import Figure
from duban.sql import Clause
from duban.terms import Status

RULES = """
format = 1
id = "here"
title = "测试办法"
[deadlines.reply]
months = 3
[dimensions.all]
title = "全部"
[measures.waited]
title = "等了几天"
value = "replied_on - assigned_on"
[criteria.on_time]
title = "按时"
dimension = "all"
measure = "on_time"
points = 40
[criteria.satisfied]
title = "满意"
dimension = "all"
measure = "answer_satisfied"
points = 30
[criteria.score]
title = "平均分"
dimension = "all"
measure = "answer_score"
points = 30
curve = { kind = "linear", full_at = 100 }
[criteria.waited]
title = "等待"
dimension = "all"
measure = "waited"
points = 10
curve = { kind = "linear", zero_at = 90, full_at = 10 }
[adjustments.dissatisfied]
title = "不满意"
measure = "answer_dissatisfied"
each = -0.5
[selections.best]
title = "先进"
quota = 2
"""
RATINGS = ("满意", "满意", "很满意", "基本满意", "不满意")


def workspace(folder: Path, order: int = 0, most: int = 12) -> Path:
    """Write a ledger of five departments, its rows in some order."""
    rng = random.Random(5)
    rows = []
    for number, name in enumerate("甲乙丙丁戊"):
        for case in range(3 + most * number):
            day = f"2024-0{rng.randint(4, 6)}-{rng.randint(10, 28)}"
            rows.append(f"{number}{case:03},{name}局,2024-03-12,{day},{rng.choice(RATINGS)}")
    random.Random(order).shuffle(rows)
    folder.mkdir()
    (folder / "duban.toml").write_text(
        'title = "评价"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\n[tables.cases]\nfile = "cases.csv"\n',
        "utf-8",
    )
    (folder / "ruleset.toml").write_text(RULES, "utf-8")
    head = "编号,承办单位,交办日期,答复日期,答复评价"
    (folder / "cases.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return folder


def run(folder: Path, draws: int = 2_000) -> Run:
    return pipeline.run(folder, write=False, draws=draws)


def certainty_of(folder: Path, draws: int = 2_000) -> Certainty:
    found = run(folder, draws).certainty
    assert found is not None
    return found


def test_what_stems_from_one_column_is_drawn_together_and_counts_stay(tmp_path: Path) -> None:
    draws = certainty_of(workspace(tmp_path / "w")).draws
    kinds = {source.name: type(source) for source in draws.sources}
    # 戊 has 51 cases, yet no more than 50 different waiting times.
    assert kinds == {"answer_satisfied|answer_score": Mixtures, "on_time": Rates, "waited": Mixtures}
    assert "answer_dissatisfied" not in draws.judge.drawn


def test_a_mean_over_very_many_values_is_normal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.certainty.observing.MOST_VALUES", 10)
    draws = certainty_of(workspace(tmp_path / "w")).draws
    waited = [source for source in draws.sources if source.keys == ("waited",)]
    assert {type(source) for source in waited} == {Mixtures, Normals}
    world = drawn_world(draws.measured, draws.sources, 1, 0, 20_000)
    spread = world["waited"].std(axis=0)
    monkeypatch.undo()
    plain = certainty_of(tmp_path / "w").draws
    exact = drawn_world(plain.measured, plain.sources, 1, 0, 20_000)["waited"].std(axis=0)
    np.testing.assert_allclose(spread, exact, rtol=0.05)


def test_draws_have_the_moments_of_their_posterior(tmp_path: Path) -> None:
    made = certainty_of(workspace(tmp_path / "w")).draws
    world = drawn_world(made.measured, made.sources, 7, 0, 40_000)
    for place, figure in enumerate(made.evaluated.figures["on_time"]):
        hits, misses = (figure.hits or 0) + 0.5, figure.count - (figure.hits or 0) + 0.5
        mean = hits / (hits + misses)
        deviation = (mean * (1 - mean) / (hits + misses + 1)) ** 0.5
        assert abs(world["on_time"][:, place].mean() - mean) < 5 * deviation / 200
        assert world["on_time"][:, place].std() == pytest.approx(deviation, rel=0.03)
    satisfied = made.evaluated.figures["answer_satisfied"]
    for place, figure in enumerate(satisfied):
        # One case over the labels: half of it over those that count as satisfied.
        mean = ((figure.hits or 0) + 0.5) / (figure.count + 1)
        assert world["answer_satisfied"][:, place].mean() == pytest.approx(mean, abs=0.01)
    together = np.corrcoef(world["answer_satisfied"][:, 4], world["answer_score"][:, 4])[0, 1]
    assert together > 0.8
    apart = np.corrcoef(world["answer_satisfied"][:, 4], world["on_time"][:, 4])[0, 1]
    assert abs(apart) < 0.03


def test_threads_and_the_order_of_rows_change_nothing_and_the_seed_does(tmp_path: Path) -> None:
    first = certainty_of(workspace(tmp_path / "a"))
    other = certainty_of(workspace(tmp_path / "b", order=9))
    assert first.frame.equals(other.frame)
    assert first.weights_frame.equals(other.weights_frame)
    alone, together = first.draws.tally(1), first.draws.tally(5)
    assert (alone.ranks == together.ranks).all()
    reseeded = Draws(first.draws.evaluated, first.draws.observed, 2_000, seed=1).tally()
    assert (alone.ranks != reseeded.ranks).any()


def test_the_first_draws_are_the_same_whatever_their_number(tmp_path: Path) -> None:
    few, many = (certainty_of(workspace(tmp_path / str(number)), number) for number in (700, 2_000))
    assert (few.tally.ranks[:500] == many.tally.ranks[:500]).all()


def test_more_cases_of_the_same_rates_leave_less_undecided(tmp_path: Path) -> None:
    plan = plan_from(
        {
            "dimensions": {"d": {}},
            "criteria": {"k": {"dimension": "d", "measure": "m", "points": 100}},
            "selections": {"best": {"quota": 2}},
        }
    )
    plan = replace(plan, uses={"m": share_use()})
    departments = [department(name) for name in "abcd"]
    widths = []
    for size in (10, 1_000):
        figures = {"m": [rate(hits * size // 10, size) for hits in (9, 8, 6, 4)]}
        evaluated = Evaluated(plan, departments, figures, evaluate(plan, departments, figures))
        certainty = Certainty(Draws(evaluated, (), 4_000))
        low, high = rank_interval(certainty.tally.ranks)
        widths.append(sum(end - start for start, end in zip(low, high, strict=True) if start and end))
        verdicts = certainty.frame["verdict"].tolist()
    assert widths[0] > widths[1] == 0
    assert verdicts == [Verdict.FIRMLY_IN, Verdict.FIRMLY_IN, Verdict.FIRMLY_OUT, Verdict.FIRMLY_OUT]


def rate(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def share_use() -> MeasureUse:
    text = Clause("true", "test", "m")
    return MeasureUse("m", Measure("m", "m", hit="true"), {}, text, hit=text)


def test_verdicts_and_numbers_of_draws_are_as_stated() -> None:
    shares = [Fraction(975, 1000), Fraction(9749, 10_000), Fraction(251, 10_000), Fraction(25, 1000)]
    wanted = [Verdict.FIRMLY_IN, Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.FIRMLY_OUT]
    assert [verdict(share) for share in shares] == wanted
    assert number_of_draws(1_000, 10) == 10_000
    assert number_of_draws(10_000, 10) == 1_000
    assert number_of_draws(2_000, 10) == 5_000
    assert number_of_draws(1_000_000, 10) == 1_000
    assert number_of_draws(3, 3, 77) == 77


def test_the_interval_of_a_rank_leaves_out_worlds_without_one() -> None:
    ranks = np.array([[1, UNRANKED], [2, UNRANKED], [2, UNRANKED], [9, UNRANKED]], dtype=np.int32)
    assert rank_interval(ranks) == ([1, None], [9, None])
    assert rank_interval(np.arange(1, 101, dtype=np.int32)[:, np.newaxis]) == ([5], [95])


def test_moved_weights_leave_the_list_only_where_values_are_far_apart(tmp_path: Path) -> None:
    rules = {
        "dimensions": {"d": {}},
        "criteria": {
            name: {"dimension": "d", "measure": name, "points": 50, "curve": {"kind": "linear"}}
            for name in ("first", "second")
        },
        "selections": {"best": {"quota": 1}},
    }
    plan = plan_from(rules)
    departments = [department(name) for name in "abc"]
    values = {"first": ["0.9", "0.60", "0.1"], "second": ["0.2", "0.52", "0.2"]}
    figures = {
        name: [Figure(Status.MEASURED, 10, None, Fraction(value)) for value in column]
        for name, column in values.items()
    }
    evaluated = Evaluated(plan, departments, figures, evaluate(plan, departments, figures))
    found = sensitivity(Draws(evaluated, (), 0))
    stays = found.stays["best"] / found.moves
    # 110 to 112: more weight of the first turns it round.
    assert 0 < stays[0] < 1
    # Two who share the last place are both taken.
    assert 1 <= stays[0] + stays[1] < 1.01
    assert stays[2] == 0
    criteria = found.criteria["best"]
    assert (criteria["first"].higher, criteria["first"].lower, criteria["first"].without) == (2, 0, 0)
    assert (criteria["second"].higher, criteria["second"].lower, criteria["second"].without) == (0, 2, 2)
    none = sensitivity(Draws(evaluated, (), 0), share=Fraction(0))
    assert (none.stays["best"] == [0, none.moves, 0]).all()


def test_no_draws_where_none_are_wanted_and_no_verdict_where_nothing_is_drawn(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w")
    assert run(folder, 0).certainty is None
    (folder / "ruleset.toml").write_text(
        RULES[: RULES.index("[measures")]
        + '[criteria.n]\ntitle = "件数"\ndimension = "all"\nmeasure = "cases_number"\npoints = 5\n'
        + '[measures.cases_number]\ntitle = "件数"\n[selections.best]\ntitle = "先进"\nquota = 2\n',
        "utf-8",
    )
    certainty = certainty_of(folder)
    assert certainty.draws.number == 0
    assert certainty.frame["verdict"].isna().all()
    assert set(certainty.frame["stays"]) <= {Fraction(0), Fraction(1)}


@pytest.mark.parametrize(
    ("points", "small_numbers", "moves"),
    [(0, None, False), (5, {"kind": "lower_bound", "confidence": Fraction(9, 10)}, False), (5, None, True)],
)
def test_what_is_only_shown_or_held_makes_no_list_firm(
    points: int, small_numbers: object, moves: bool
) -> None:
    shown = {"dimension": "d", "measure": "m", "points": points}
    rules = {
        "dimensions": {"d": {}},
        "criteria": {
            "counted": {"dimension": "d", "measure": "n", "points": 50},
            "rate": {**shown, "small_numbers": small_numbers} if small_numbers else shown,
        },
        "selections": {"best": {"quota": 1}},
    }
    plan = replace(plan_from(rules), uses={"m": share_use()})
    departments = [department(name) for name in "abc"]
    counted = [Figure(Status.MEASURED, 10, None, Fraction(value, 10)) for value in (9, 5, 2)]
    figures = {"m": [rate(hits, 10) for hits in (9, 8, 6)], "n": counted}
    evaluated = Evaluated(plan, departments, figures, evaluate(plan, departments, figures))
    assert Draws(evaluated, (), 0).judge.decides is moves


@pytest.mark.parametrize("text", ["-1", "abc", "1", "99", "²", ""])
def test_so_few_draws_are_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["run", str(workspace(tmp_path / "w")), "--draws", text]) != 0
    assert "draws_too_few" in capsys.readouterr().err
    assert not (tmp_path / "w" / "out").exists()


def test_an_aggregator_and_a_curve_without_a_form_for_arrays_are_held_and_named() -> None:
    rules = {
        "dimensions": {"d": {}},
        "criteria": {
            "k": {"dimension": "d", "measure": "m", "points": 50, "curve": {"kind": "relative"}},
            "l": {"dimension": "d", "measure": "m", "points": 50, "curve": {"kind": "linear"}},
        },
        "selections": {"best": {"quota": 1}},
    }
    plan = plan_from(rules)
    curve = replace(plan.criteria[0].curve, curve=replace(plan.criteria[0].curve.curve, many=None))
    plan = replace(plan, criteria=[replace(plan.criteria[0], curve=curve), plan.criteria[1]])
    plan = replace(
        plan,
        uses={"m": share_use()},
        aggregator=replace(plan.aggregator, aggregator=replace(plan.aggregator.aggregator, many=None)),
    )
    departments = [department(name) for name in "abc"]
    figures = {"m": [rate(hits, 10) for hits in (9, 8, 6)]}
    evaluated = Evaluated(plan, departments, figures, evaluate(plan, departments, figures))
    certainty = Certainty(Draws(evaluated, (), 600))
    assert certainty.frame["probability"].tolist() == [1, 0, 0]
    assert certainty.frame["stays"].tolist() == [1, 0, 0]
    assert len(certainty.weights_frame) == 2
    assert certainty.facts["held"] == ["aggregate", "criteria.k"]
