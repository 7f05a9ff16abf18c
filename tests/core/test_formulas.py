from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from planning import department, planned, use_of

import duban
from duban.conditions import compile_formula
from duban.errors import DubanError, MeasureError, Problems
from duban.formulas import work_out
from duban.language.text import Clause
from duban.loading import load_ruleset
from duban.measures import Measure
from duban.plan import MeasureUse, Plan
from duban.registry import installed
from duban.resolving import resolve
from duban.results import Figure
from duban.tables import TABLES
from duban.terms import Status

RATE = Figure(Status.MEASURED, 8, 6, Fraction(3, 4))
NUMBER = Figure(Status.MEASURED, 3, None, Fraction(3))
NO_RATE = Figure(Status.NOT_APPLICABLE, 0, 0)
NOWHERE = Figure(Status.NOT_AVAILABLE)


def formula_use(text: str, count: str | None = None, key: str = "f") -> MeasureUse:
    first = compile_formula(Clause(text, "test", "f.formula"))
    second = None if count is None else compile_formula(Clause(count, "test", "f.count"))
    measure = Measure(key, key, formula=text, count=count or "true")
    return MeasureUse(key, measure, {}, Clause("true", "test", key), formula=first, count_formula=second)


def plan_with(*uses: MeasureUse) -> Plan:
    plan = planned("")
    vars(plan)["uses"] = {use.key: use for use in uses}
    return plan


def figure_of(text: str, count: str | None = None, **named: Figure) -> Figure:
    """Return the figure of a formula for one department."""
    plan = plan_with(*(use_of(name) for name in named), formula_use(text, count))
    return work_out(plan, [department("甲局")], {name: [figure] for name, figure in named.items()})["f"][0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a / b", "1/4"),
        ("hits.a / count.b", "2"),
        ("(count.a - hits.a) * -2 + 0.5", "-7/2"),
        ("least(a, b) + greatest(a, b, 10)", "43/4"),
        ("abs(a - b)", "9/4"),
        ("case when a >= 0.75 then 1 else 0 end", "1"),
        ("case count.b when 3 then b when 4 then 0 end", "3"),
        ("coalesce(none, 2) + nullif(b, 4)", "5"),
        ("case when none is null then a end", "3/4"),
        ("count.none + hits.none + hits.b", "0"),
        # A third three times is one, which no float of this size would promise.
        ("b / 9 + b / 9 + b / 9", "1"),
        ("jeffreys_low(hits.a - 3, count.a + 2)", "0.092694593938153162464349762045"),
        ("jeffreys_high(0 * hits.a, 10)", "0.217196267509210574248904967258"),
        ("jeffreys_high(hits.none, count.none) - jeffreys_low(hits.none, count.none)", "1"),
    ],
)
def test_a_formula_is_worked_out_exactly(text: str, value: str) -> None:
    figure = figure_of(text, a=RATE, b=NUMBER, none=NO_RATE)
    assert (figure.status, figure.value, figure.hits) == (Status.MEASURED, Fraction(value), None)


@pytest.mark.parametrize(
    "text",
    [
        "a + none",
        "a / (b - 3)",
        "least(a, none)",
        "nullif(b, 3)",
        "case when none > 3 then 1 end",
        "coalesce(none, a / (count.b - 3))",
        "jeffreys_low(none, count.a)",
    ],
)
def test_where_a_value_is_not_there_the_formula_does_not_apply(text: str) -> None:
    figure = figure_of(text, a=RATE, b=NUMBER, none=NO_RATE)
    assert (figure.status, figure.value) == (Status.NOT_APPLICABLE, None)


@pytest.mark.parametrize("text", ["a + gone", "coalesce(gone, a)", "a + count.gone"])
def test_what_the_ledger_lacks_no_formula_makes_good(text: str) -> None:
    assert figure_of(text, a=RATE, gone=NOWHERE) == NOWHERE
    assert figure_of("a", "count.gone", a=RATE, gone=NOWHERE) == NOWHERE


def test_a_measure_that_failed_fails_the_formula() -> None:
    assert figure_of("a + gone", a=Figure(Status.FAILED), gone=NOWHERE).status is Status.FAILED


def test_a_formula_rests_on_the_fewest_cases_or_on_what_it_says() -> None:
    assert figure_of("a + b", a=RATE, b=NUMBER).count == 3
    assert figure_of("a", "count.a + count.b", a=RATE, b=NUMBER).count == 11
    # A count of what did not apply is 0, and so is one that is unknown together with the value.
    assert figure_of("a + none", a=RATE, none=NO_RATE).count == 0
    assert figure_of("a / none", "1 / count.none", a=RATE, none=NO_RATE).count == 0


@pytest.mark.parametrize(
    ("text", "count", "code"),
    [
        ("a", "count.b / 2", "formula_count"),
        ("a", "0 - count.b", "formula_count"),
        ("a", "1 / (count.b - 3)", "formula_count"),
        ("jeffreys_low(a, count.a)", None, "no_rate"),
        ("jeffreys_low(count.a, count.b)", None, "no_rate"),
        ("jeffreys_low(count.b - 4, count.b)", None, "no_rate"),
        ("jeffreys_high(1, count.b * 1000000000)", None, "no_rate"),
    ],
)
def test_what_is_no_count_and_no_rate_is_an_error(text: str, count: str | None, code: str) -> None:
    with pytest.raises(MeasureError) as caught:
        figure_of(text, count, a=RATE, b=NUMBER)
    assert caught.value.code == code
    assert str(caught.value.at) == "test"
    assert "?" not in caught.value.line("zh") + caught.value.line("en")


def test_numbers_that_only_grow_are_stopped_at_once() -> None:
    value = Fraction(10**38, 7**30)
    huge = Figure(Status.MEASURED, 1, None, value)
    with pytest.raises(MeasureError) as caught:
        figure_of(" * ".join(["a"] * 190), a=huge)
    assert caught.value.code == "number_too_long"
    assert figure_of(" * ".join(["a"] * 10), a=huge).value == value**10


def test_a_formula_of_a_formula_stands_after_it() -> None:
    plan = plan_with(use_of("a"), formula_use("a * 2", key="f"), formula_use("f * count.f", key="g"))
    figures = work_out(plan, [department("x"), department("y")], {"a": [RATE, NO_RATE]})
    assert [figure.value for figure in figures["g"]] == [12, None]
    assert set(figures) == {"a", "f", "g"}


RULES = """format = 1
id = "formulas"
title = "算式"
[dimensions.d]
title = "时效"
[measures.sure]
title = "按时办结率（可信下限）"
formula = "jeffreys_low(hits.on_time, count.on_time)"
[measures.late]
title = "每件逾期天数"
formula = "case when count.overdue = 0 then 0 else overdue_days / overdue end"
count = "count.on_time"
better = "lower"
[measures.both]
title = "两项合成"
formula = "sure - late / 100"
[criteria.both]
title = "合成"
dimension = "d"
measure = "both"
points = 10
min_cases = 5
missing = "group_mean"
[adjustments.late]
title = "逾期"
measure = "late"
each = -0.1
[gates.late_gate]
title = "逾期过多"
when = "late > 8 and sure < 0.5"
effect = "not_selectable"
[groups.sure]
title = "可信"
when = "sure > 0.25"
[groups.rest]
title = "其余"
[ranking]
tie_break = ["late", "both"]
"""
SECTIONS = RULES.split("\n[")
# Days from the deadline to the reply, by department.
REPLIES = {"甲局": [0] * 8, "乙局": [0, -3, 2, 6, 0, -1], "丙局": [0, 0], "丁局": [9, 9, 9, 9, 9]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    rows = [
        f"{name}{number},{name},2024-01-02,2024-03-10,2024-03-{10 + day:02}"
        for name, days in REPLIES.items()
        for number, day in enumerate(days)
    ]
    head = "建议编号,承办单位,交办日期,期限日期,答复日期"
    (folder / "台账.csv").write_text("\n".join([head, *rows]), "utf-8")
    (folder / "duban.toml").write_text(
        'title = "t"\nruleset = "r.toml"\nas_of = 2024-12-31\n[tables.cases]\nfile = "台账.csv"\n', "utf-8"
    )
    return folder


def run_of(workspace: Path, text: str, **more: Any) -> duban.Run:
    (workspace / "r.toml").write_text(text, "utf-8")
    return duban.run(workspace, **more)


def test_formulas_take_part_in_everything_that_judges(workspace: Path) -> None:
    run = run_of(workspace, RULES)
    rows = run.measures.to_dict("records")
    values = {(row["department"], row["measure"]): (row["count"], row["value"]) for row in rows}
    sure = {
        name: duban.jeffreys(sum(day <= 0 for day in days), len(days))[0] for name, days in REPLIES.items()
    }
    late = {"甲局": 0, "乙局": 4, "丙局": 0, "丁局": 9}
    for name, days in REPLIES.items():
        assert values[name, "sure"] == (len(days), sure[name])
        assert values[name, "late"] == (len(days), late[name])
        assert values[name, "both"] == (len(days), sure[name] - Fraction(late[name], 100))
    judged = run.criteria.to_dict("records")
    assert {row["department"]: row["status"] for row in judged} == {
        **dict.fromkeys(REPLIES, "measured"),
        "丙局": "too_few_cases",
    }
    # Below min_cases: the mean of its group, which is that of the two others.
    points: dict[str, Any] = {row["department"]: row["points"] for row in judged}
    assert points["丙局"] == (points["甲局"] + points["乙局"]) / 2
    did = {(row.department, row.adjustment): (row.points, row.effect) for row in run.adjustments.itertuples()}
    assert did == {
        ("乙局", "late"): (Fraction("-0.4"), "total"),
        ("丁局", "late"): (Fraction("-0.9"), "total"),
        ("丁局", "late_gate"): (None, "not_selectable"),
    }
    assert dict(zip(run.ranking["department"], run.ranking["group"], strict=True)) == {
        **dict.fromkeys(REPLIES, "sure"),
        "丁局": "rest",
    }
    # No row of a ledger counts against a formula.
    assert run.cases is not None
    assert run.cases.empty
    assert run.out is not None
    assert "丁局,late,measured,5,,9" in (run.out / "measures.csv").read_text("utf-8")


def test_the_order_of_the_file_changes_nothing(workspace: Path) -> None:
    head, dimension, *measures = SECTIONS[:5]
    frames = set()
    for order in permutations(measures):
        run = run_of(workspace, "\n[".join([head, dimension, *order, *SECTIONS[5:]]), write=False)
        frames.add((run.measures.to_csv(), run.ranking.to_csv()))
    assert len(frames) == 1


HEAD = """format = 1
id = "r"
title = "r"
[dimensions.d]
title = "d"
[criteria.c]
title = "c"
dimension = "d"
measure = "x"
points = 1
"""


def formulas(**texts: str) -> str:
    return "".join(f'[measures.{name}]\ntitle = "{name}"\n{text}\n' for name, text in texts.items())


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        (formulas(x='formula = "on_tiem"'), "unknown_measure", "r.toml:13:12", "是不是“on_time”"),
        (formulas(x='formula = "1 + count.on_tiem"'), "unknown_measure", "r.toml:13:16", "on_time"),
        (formulas(x='formula = "points.c"'), "text_prefix", "r.toml:13:12", "count、hits"),
        (formulas(x='formula = "department"'), "unknown_measure", "r.toml:13:12", "department"),
        (formulas(x='formula = "hits.overdue"'), "formula_hits", "r.toml:13:12", "hits.overdue"),
        (formulas(x='formula = "on_time + mark"'), "formula_parameter", "r.toml:13:22", "criterion"),
        (formulas(x='formula = "1 + 2"'), "formula_without_measure", "r.toml:13", "1 + 2"),
        (formulas(x='formula = "on_time > 1"'), "type_wanted", "r.toml:13:12", "on_time > 1"),
        (formulas(x="formula = \"on_time + 'a'\""), "type_wanted", "r.toml:13:22", "'a'"),
        (formulas(x='formula = "case when on_time then 1 end"'), "type_wanted", "r.toml:13:22", "on_time"),
        (formulas(x="formula = \"coalesce(on_time, 'a')\""), "type_misfit", "r.toml:13:30", "'a'"),
        (formulas(x="formula = \"length('a') + on_time\""), "text_function", "r.toml:13:12", "length"),
        (formulas(x='formula = "wilson(on_time, 1)"'), "text_function", "r.toml:13:12", "jeffreys_low"),
        (formulas(x='formula = "scale(1, on_time)"'), "text_function", "r.toml:13:12", "scale"),
        (formulas(x='formula = "jeffreys_low(hits.on_time)"'), "text_rate", "r.toml:13:", "jeffreys_low"),
        (formulas(x='formula = "on_time = null"'), "null_compared", "r.toml:13:12", "null"),
        (
            formulas(x='formula = "on_time"\ncount = "count.ovedue"'),
            "unknown_measure",
            "r.toml:14:10",
            "overdue",
        ),
        (formulas(x='formula = "on_time"\nhit = "true"'), "measure_form", "r.toml:11:2", "formula"),
        (formulas(x='formula = "on_time"\ntable = "marks"'), "measure_form", "r.toml:11:2", "formula"),
        (formulas(x='formula = "x / 2"'), "formula_cycle", "r.toml:13:", "x → x"),
        (
            formulas(x='formula = "z"', z='formula = "on_time + y"', y='formula = "x"'),
            "formula_cycle",
            "r.toml:13:",
            "x → z → y → x",
        ),
        (
            formulas(x='formula = "y"', y='formula = "on_time"\ncount = "count.x"'),
            "formula_cycle",
            "r.toml:13:",
            "x → y → x",
        ),
        (
            formulas(x='formula = "y"', y='formula = "on_tiem"'),
            "unknown_measure",
            "r.toml:16:12",
            "on_time",
        ),
    ],
)
def test_what_is_no_formula_is_told_with_its_place(
    workspace: Path, text: str, code: str, place: str, says: str
) -> None:
    with pytest.raises(DubanError) as caught:
        run_of(workspace, HEAD + text)
    error = caught.value.errors[0] if isinstance(caught.value, Problems) else caught.value
    assert (error.code, says in error.line("zh")) == (code, True), error.line("zh")
    assert str(error.at).startswith(place)
    assert error.line("en")


@pytest.mark.parametrize(
    ("more", "key"), [("where = \"role = 'lead'\"", "where"), ("with = { days = 3 }", "with")]
)
def test_a_formula_takes_no_filter_and_no_parameters(workspace: Path, more: str, key: str) -> None:
    text = HEAD.replace("points = 1", f"points = 1\n{more}") + formulas(x='formula = "on_time"')
    with pytest.raises(DubanError) as caught:
        run_of(workspace, text)
    assert (caught.value.code, str(caught.value.at)) == ("formula_alone", f"r.toml:11:{len(key) + 4}")


def test_a_long_chain_of_formulas_is_no_deep_recursion(tmp_path: Path) -> None:
    texts = {f"x{n}": f'formula = "x{n + 1} + x{n + 2} * 0"' for n in range(1200)}
    ends = dict.fromkeys(("x1200", "x1201"), 'formula = "on_time"')
    (tmp_path / "r.toml").write_text(HEAD + formulas(x='formula = "x0"', **texts, **ends), "utf-8")
    registry = installed()
    plan = resolve(load_ruleset("r.toml", tmp_path, "", registry.rulesets), registry, TABLES, None)
    assert work_out(plan, [department("甲局")], {"on_time": [RATE]})["x"] == [replace(RATE, hits=None)]


def test_formulas_of_a_plugin_say_whose_they_are(workspace: Path) -> None:
    class Plugin:
        @duban.hookimpl
        def register_measures(self) -> list[duban.Measure]:
            return [duban.Measure("ours", "我们的", formula="on_tiem * 2")]

    with pytest.raises(DubanError) as caught:
        run_of(workspace, HEAD.replace('"x"', '"ours"'), plugins=[Plugin()])
    assert (caught.value.code, caught.value.at) == ("unknown_measure", "Plugin")
