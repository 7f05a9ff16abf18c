"""What silence could change, held against every rating that the silent could have given."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import plan_with

import duban
from duban.certainty.silence import Undecided, extremes, undecided
from duban.certainty.silent_worlds import least_cases
from duban.cli import execute
from duban.corrections import Edit
from duban.evaluating import standings
from duban.items import Item, Mark
from duban.measures import Measure
from duban.pipeline import run
from duban.plan import MeasureUse
from duban.refiguring import figures_changed
from duban.results import Department, Figure
from duban.sql import Clause
from duban.stages.completing import COMPLETIONS
from duban.tables import RATINGS
from duban.terms import Aggregate, Status

RULES = """
format = 1
id = "small"
title = "小办法"
extends = "npc-base"
[criteria.answer_satisfied]
small_numbers = {choice}
[adjustments.recovered]
title = "答复不满意而结果满意"
measure = "recovered"
each = 1
[groups.large]
when = "cases > 100"
"""
CHOICES = ('{ kind = "shrink", strength = 5 }', '{ kind = "lower_bound", confidence = 0.9 }')
HEAD = (
    "建议编号,承办单位,交办日期,办理方式,签收日期,首次沟通日期,沟通方式,答复日期,答复评价,结果评价,办理结果"
)
LABELS = {label: words[0] for label, words in RATINGS.items()}


def workspace(folder: Path, seed: int) -> Path:
    """Write four departments with a few cases each; three ratings are missing, and one case is not answered."""
    rng = random.Random(seed)
    rows = [
        [
            f"{number}-{place}", f"{name}局", "2023-03-01", "主办", "2023-03-02", "2023-03-05",
            rng.choice(["面商", "电话"]), rng.choice(["2023-05-01", "2023-07-30"]),
            *rng.choices(list(LABELS.values()), k=2), rng.choice("AB"),
        ]
        for number, name in enumerate("甲乙丙丁")
        for place in range(rng.randint(2, 4))
    ]  # fmt: skip
    rows[0][7:10] = ["", "", ""]
    for cell in rng.sample([(row, column) for row in rows[1:] for column in (8, 9)], 3):
        cell[0][cell[1]] = ""
    folder.mkdir()
    (folder / "a.csv").write_text("\n".join([HEAD, *(",".join(row) for row in rows)]), "utf-8")
    (folder / "r.toml").write_text(RULES.replace("{choice}", CHOICES[seed % 2]), "utf-8")
    text = 'title = "t"\nruleset = "r.toml"\nas_of = 2024-01-31\n[tables.cases]\nfile = "a.csv"\n'
    (folder / "duban.toml").write_text(text, "utf-8")
    return folder


def completions(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield every way in which the silent cases could have been rated, as the rows that would stand there."""
    cases: dict[tuple[str, int], list[Item]] = {}
    for item in items:
        if item.row % COMPLETIONS:
            place = (item.department, item.row // COMPLETIONS)
            cases.setdefault(place, []).append(item._replace(row=item.row // COMPLETIONS))
    yield from (list(chosen) for chosen in product(*cases.values()))


@pytest.mark.parametrize("seed", range(8))
def test_every_completion_of_silence_lies_within_the_bounds(tmp_path: Path, seed: int) -> None:
    made = duban.run(workspace(tmp_path / "w", seed), write=False)
    assert made.evaluated is not None
    assert made.items is not None
    assert made.qualified is not None
    assert made.qualified._silence is not None
    plan, departments, figures, _ = made.evaluated
    rates = {(rate.department, rate.criterion): rate for rate in made.qualified.rates}
    ranks = {bounds.department: bounds for bounds in made.qualified.rank_bounds}
    reached: dict[tuple[str, str], set[Fraction | None]] = {}
    tried = 0
    for rows in completions(made.qualified._silence.completions):
        places = {(item.department, item.row) for item in rows}
        out = [item for item in made.items if (item.department, item.row) in places]
        changed = figures_changed(plan, departments, figures, made.items, out, rows)
        stood = standings(plan, departments, changed)
        tried += 1
        for index, department in enumerate(departments):
            for criterion in plan.criteria:
                rate = rates.get((department.id, criterion.id))
                assert criterion.use is not None
                value = changed[criterion.use.key][index].value
                if rate is None or value is None:
                    continue
                assert rate.lowest is not None
                assert rate.highest is not None
                assert rate.lowest <= value <= rate.highest, (department.id, criterion.id)
                reached.setdefault((department.id, criterion.id), set()).add(value)
            bounds, rank = ranks[department.id], stood.places[index].rank
            total = stood.totals.total[index]
            assert bounds.lowest_total is not None
            assert bounds.highest_total is not None
            assert total is not None
            assert bounds.lowest_total <= total <= bounds.highest_total, department.id
            if bounds.best_rank is not None and bounds.worst_rank is not None and rank is not None:
                assert bounds.best_rank <= rank <= bounds.worst_rank, department.id
    assert tried == 4**3
    for place, values in reached.items():
        rate, known = rates[place], {value for value in values if value is not None}
        assert {rate.lowest, rate.highest} == {min(known), max(known)}, place


def test_a_completion_is_the_ledger_that_had_the_rating(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", 1)
    made = duban.run(folder, write=False)
    assert made.qualified is not None
    bounds = {item.department: item for item in made.qualified.rank_bounds}
    lines = [line.split(",") for line in (folder / "a.csv").read_text("utf-8").splitlines()][1:]
    for word in (LABELS["very_satisfied"], LABELS["dissatisfied"]):
        edits = [
            Edit("cases", {"case_id": line[0]}, column, word)
            for line in lines
            for column, place in (("answer_rating", 8), ("result_rating", 9))
            if line[7] and not line[place]
        ]
        full = run(folder, edits=edits, write=False)
        assert full.qualified is not None
        assert {item.silent for item in full.qualified.rates} == {0}
        for name, total, rank in zip(
            full.ranking["department"], full.ranking["total"], full.ranking["rank"], strict=True
        ):
            one = bounds[name]
            assert one.lowest_total is not None
            assert one.highest_total is not None
            assert one.lowest_total <= total <= one.highest_total
            assert one.best_rank is not None
            assert one.worst_rank is not None
            assert one.best_rank <= rank <= one.worst_rank


def test_without_silence_nothing_is_open(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", 2)
    lines = (folder / "a.csv").read_text("utf-8").splitlines()
    rows = [
        [cell or "满意" if place in (8, 9) else cell for place, cell in enumerate(line.split(","))]
        for line in lines
    ]
    rows[1][8:10] = ["", ""]
    (folder / "a.csv").write_text("\n".join(",".join(row) for row in rows), "utf-8")
    made = duban.run(folder, write=False)
    assert made.qualified is not None
    for bounds in made.qualified.rank_bounds:
        assert (bounds.best_rank, bounds.worst_rank) == (bounds.rank, bounds.rank)
        assert (bounds.lowest_total, bounds.highest_total) == (bounds.total, bounds.total)
        assert (bounds.answer_silent, bounds.result_silent) == (0, 0)


def test_where_silence_could_move_somebody_to_another_group_nothing_is_said_of_ranks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace(tmp_path / "w", 3)
    text = (folder / "r.toml").read_text("utf-8").replace("cases > 100", "answer_satisfied > 0.5")
    (folder / "r.toml").write_text(text, "utf-8")
    assert execute(["run", str(folder), "--draws", "0"]) == 0
    told = capsys.readouterr().out
    assert "给不出界限" in told
    assert "名次都不变" not in told


def test_a_ledger_without_ratings_has_no_table_of_silence(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", 3)
    text = (folder / "a.csv").read_text("utf-8").replace("答复评价,结果评价", "备注一,备注二")
    (folder / "a.csv").write_text(text, "utf-8")
    made = duban.run(folder, write=False)
    assert made.qualified is not None
    assert "silence" not in made.qualified.tables
    assert {rate.lowest for rate in made.qualified.rates} == {None}


# Of these a few cases are as good a number as many.
COUNTING = (Aggregate.NUMBER, Aggregate.SUM)
MARKS = {
    Aggregate.SHARE: [Mark(False, False), Mark(True, False), Mark(True, True)],
    Aggregate.MEAN: [Mark(False), *(Mark(True, None, Fraction(value, 10)) for value in (0, 6, 10))],
    Aggregate.SUM: [Mark(False), *(Mark(True, None, Fraction(value)) for value in (-2, 0, 3))],
    Aggregate.NUMBER: [Mark(False), Mark(True)],
    Aggregate.QUANTILE: [Mark(False), *(Mark(True, None, Fraction(value)) for value in (1, 2, 7))],
}


def of_kind(kind: Aggregate) -> MeasureUse:
    texts = {Aggregate.SHARE: {"hit": "true"}, Aggregate.NUMBER: {}}.get(
        kind, {"value": "1", "aggregate": kind}
    )
    measure = Measure("m", "m", **texts)  # type: ignore[arg-type]
    return MeasureUse("m", measure, {}, Clause("true", "test", "m"))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(sorted(MARKS)))
def test_the_bounds_of_every_kind_are_those_of_all_completions(data: st.DataObject, kind: Aggregate) -> None:
    mark = st.sampled_from(MARKS[kind])
    fixed = data.draw(st.lists(mark, max_size=4))
    options = data.draw(st.lists(st.frozensets(mark, min_size=1), min_size=1, max_size=4))
    least = data.draw(st.integers(1, 4))
    open_cases = [Undecided({"m": Mark(False)}, {"m": one}) for one in options]
    plan = replace(plan_with(), uses={"m": of_kind(kind)})
    people = [Department("d", "d")]
    rows = [Item("cases", "d", None, None, 0, number, {"m": one}) for number, one in enumerate(fixed)]
    empty = {
        "m": [
            Figure(Status.MEASURED, 0, None, Fraction(0))
            if kind in (Aggregate.SUM, Aggregate.NUMBER)
            else Figure(Status.NOT_APPLICABLE, 0, 0)
        ]
    }
    now = figures_changed(plan, people, empty, [], [], rows)
    found = extremes(plan, people, now, {"d": open_cases}, rows, {"m": least})
    silent = [
        figures_changed(
            plan,
            people,
            now,
            rows,
            [],
            [Item("cases", "d", None, None, 1, place, {"m": one}) for place, one in enumerate(chosen)],
        )["m"][0]
        for chosen in product(*(sorted(one) for one in options))
    ]
    if ("d", "m") not in found:
        assert set(options) == {frozenset([Mark(False, *MARKS[kind][0][1:])])} or all(
            one == {Mark(False)} for one in options
        )
        return
    known = found["d", "m"]
    assert (known.fewest, known.most) == (
        min(item.count for item in silent),
        max(item.count for item in silent),
    )
    enough = {
        item.value
        for item in silent
        if item.value is not None and (kind in COUNTING or item.count >= min(least, known.most))
    }
    if not enough:
        return
    low, high = known.lowest.value, known.highest.value
    assert low is not None
    assert high is not None
    assert low <= min(value for value in enough if value is not None)
    assert high >= max(value for value in enough if value is not None)
    if kind is not Aggregate.QUANTILE and least == 1:
        assert {low, high} == {min(enough), max(enough)}


def test_undecided_cases_are_told_apart_by_file_and_row() -> None:
    def item(file: int, row: int, number: int, hit: bool) -> Item:
        return Item("cases", "d", "1", None, file, row * COMPLETIONS + number, {"m": Mark(number > 0, hit)})

    rows = [item(file, 5, number, number == 2) for file in (0, 1) for number in range(3)]
    found = undecided(rows)["d"]
    assert len(found) == 2
    assert found[0].options["m"] == {Mark(True, False), Mark(True, True)}


def test_the_fewest_cases_are_those_of_the_criterion_that_wants_most(tmp_path: Path) -> None:
    made = duban.run(workspace(tmp_path / "w", 0), write=False)
    assert made.evaluated is not None
    least = least_cases(made.evaluated.plan)
    wanted = [item.rule.min_cases for item in made.evaluated.plan.criteria]
    assert max(least.values()) == max(wanted) == 3
