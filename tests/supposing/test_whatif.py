"""`duban whatif`: what it says is what a run on the changed files says, and it changes none."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_workspaces import CASES, RULES, digests, workspace

from duban import run
from duban.cli import execute
from duban.errors import DubanError
from duban.supposing.causes import of_cases, of_rules
from duban.supposing.supposition import Supposition, suppose
from duban.supposing.worlds import Place

Screen = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_LANG", raising=False)


def supposed(folder: Path, *sets: str, cases: tuple[str, ...] = ()) -> Supposition:
    return suppose(Place(folder), [*of_rules(sets), *of_cases(cases)])


def stands(ranking: pd.DataFrame) -> dict[str, tuple[Any, Any, bool]]:
    return {
        row["name"]: (row["total"], None if pd.isna(row["rank"]) else int(row["rank"]), bool(row["selected"]))
        for row in ranking.to_dict("records")
    }


def after(made: Supposition) -> dict[str, tuple[Any, Any, bool]]:
    return {
        move.department.name: (move.after.total, move.after.rank, "best" in move.after.lists)
        for move in made.moves
    }


@pytest.mark.parametrize(
    ("sets", "edits"),
    [
        (("criteria.on_time.points=20",), [("points = 60", "points = 20")]),
        (("criteria.on_time.curve.zero_at=0.5",), [("zero_at = 0.2", "zero_at = 0.5")]),
        (
            ("selections.best.quota=2", "rounding.total=0"),
            [("quota = 1", "quota = 2\n[rounding]\ntotal = 0")],
        ),
        (("criteria.satisfied.min_cases=3",), [('missing = "zero"', 'missing = "zero"\nmin_cases = 3')]),
        (("deadlines.reply.months=5",), [("months = 3", "months = 5")]),
        (("criteria.satisfied.drop=true",), [(RULES[RULES.index("[criteria.s") : RULES.index("[sel")], "")]),
        (
            ("gates.g={ title = 'x', when = 'on_time < 0.6', effect = 'not_ranked' }",),
            [
                (
                    "[selections",
                    '[gates.g]\ntitle = "x"\nwhen = "on_time < 0.6"\neffect = "not_ranked"\n[selections',
                )
            ],
        ),
    ],
)
def test_it_says_what_a_run_with_the_changed_rules_says(
    tmp_path: Path, sets: tuple[str, ...], edits: list[tuple[str, str]]
) -> None:
    changed = RULES
    for old, new in edits:
        assert old in changed
        changed = changed.replace(old, new)
    made = supposed(workspace(tmp_path / "a"), *sets)
    assert after(made) == stands(run(workspace(tmp_path / "b", rules=changed), write=False).ranking)
    assert any(move.is_moved for move in made.moves)


def test_it_says_what_a_run_on_the_changed_ledger_says(tmp_path: Path) -> None:
    cases = {**CASES, "市教育局": ((True, "满意"), (True, "不满意"))}
    texts = ("市教育局2.replied_on=2024-03-01", "市教育局2@市教育局.答复评价=不满意")
    made = supposed(workspace(tmp_path / "a"), cases=texts)
    assert after(made) == stands(run(workspace(tmp_path / "b", cases), write=False).ranking)
    assert {item.department.name for item in made.changed} == {"市教育局"}
    assert {item.criterion for item in made.changed} == {"on_time", "satisfied"}
    (on_time,) = (item for item in made.changed if item.criterion == "on_time")
    assert (on_time.before and on_time.before.hits, on_time.after and on_time.after.hits) == (1, 2)
    assert made.arising == []


def test_parts_add_up_and_are_the_average_over_both_orders(tmp_path: Path) -> None:
    sets, case = "criteria.on_time.points=10", "市公安局3.replied_on=2024-03-01"
    folder = workspace(tmp_path / "a")
    both = supposed(folder, sets, cases=(case,))
    alone, other = supposed(folder, sets), supposed(folder, cases=(case,))
    for move, first, second in zip(both.moves, alone.moves, other.moves, strict=True):
        assert isinstance(move.after.total, Fraction)
        assert isinstance(move.before.total, Fraction)
        assert sum(move.total.values()) == move.after.total - move.before.total
        one = (first.after.total or 0) - (first.before.total or 0)
        two = (second.after.total or 0) - (second.before.total or 0)
        whole = move.after.total - move.before.total
        assert move.total["set", sets] == (one + whole - two) / 2
    assert both.split is not None
    assert both.split.evaluations == 4


def test_what_makes_sense_only_together_is_one_cause(tmp_path: Path) -> None:
    sets = (
        "criteria.satisfied.dimension=e",
        'dimensions.e={ title = "另一维度" }',
        "criteria.on_time.points=50",
    )
    with pytest.raises(DubanError, match="unknown_dimension"):
        supposed(workspace(tmp_path / "a"), sets[0])
    made = supposed(workspace(tmp_path / "b"), *sets, cases=("市公安局1.答复评价=不满意",))
    assert [cause.part for cause in made.causes] == [("case", "市公安局1.答复评价=不满意"), ("set", "")]
    assert made.split is not None


@pytest.mark.parametrize(
    ("text", "key", "column", "new"),
    [
        ("2023-1.a=b", ["2023-1"], "a", "b"),
        ("3.1@=SUM(A1)@主办.答复评价=a.b=c", ["3.1", "=SUM(A1)", "主办"], "答复评价", "a.b=c"),
    ],
)
def test_names_of_cells_may_hold_what_stands_between_their_parts(
    text: str, key: list[str], column: str, new: str
) -> None:
    (edit,) = of_cases([text])[0].edits
    assert (list(edit.key.values()), edit.column, edit.new) == (key, column, new)


def test_nothing_on_disk_changes(tmp_path: Path, capsys: Screen) -> None:
    folder = workspace(tmp_path / "a")
    run(folder)
    before = digests(tmp_path)
    arguments = [
        "whatif",
        str(folder),
        "--set",
        "criteria.on_time.points=20",
        "--case",
        "市公安局3.答复评价=",
    ]
    assert execute(arguments) == 0
    assert "没有改动任何文件" in capsys.readouterr().out
    assert digests(tmp_path) == before


def test_a_row_that_does_not_exist_stops_it_with_what_there_is(tmp_path: Path, capsys: Screen) -> None:
    folder = workspace(tmp_path / "a")
    before = digests(tmp_path)
    assert execute(["whatif", str(folder), "--case", "市公安局9.答复评价=满意"]) == 1
    shown = capsys.readouterr()
    assert "[whatif_stopped]" in shown.err
    assert "correction_row_unknown" in shown.out
    assert execute(["whatif", str(folder), "--case", "市公安局1.答复评介=满意"]) == 1
    assert "是不是“答复评价”" in capsys.readouterr().out
    assert execute(["whatif", str(folder), "--case", "市公安局9.答复评价=满意", "--json"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "correction_row_unknown" in shown.err
    assert digests(tmp_path) == before


def test_a_ledger_that_cannot_be_judged_is_told_before_anything_is_supposed(
    tmp_path: Path, capsys: Screen
) -> None:
    folder = workspace(tmp_path / "a", {"市公安局": ((True, "还行"),)})
    assert execute(["whatif", str(folder), "--set", "criteria.on_time.points=20"]) == 1
    assert "[whatif_stopped_before]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "whatif_nothing"),
        (["--set", "criteria.on_tme.points=3"], "override_unknown"),
        (["--set", "criteria.on_time.points=很多"], "not_a_number"),
        (["--case", "市公安局1=满意"], "whatif_case_form"),
        (["--case", "市公安局1@.答复评价=满意"], "whatif_case_form"),
        (["--case", "a@b@c@d.答复评价=满意"], "whatif_case_form"),
    ],
)
def test_what_cannot_be_supposed_is_told(
    tmp_path: Path, capsys: Screen, arguments: list[str], code: str
) -> None:
    assert execute(["whatif", str(workspace(tmp_path / "a")), *arguments]) == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_json_is_exact_and_holds_everything(tmp_path: Path, capsys: Screen) -> None:
    folder = workspace(tmp_path / "a")
    sets = ["--set", "criteria.on_time.points=20", "--set", "selections.best.quota=2"]
    assert execute(["whatif", str(folder), *sets, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["kind"] for item in told["supposed"]] == ["set", "set"]
    for item in told["departments"]:
        sides = [Fraction(item[side]["total"]) for side in ("before", "after")]
        assert sum(Fraction(part["total"]) for part in item["parts"]) == sides[1] - sides[0]
        assert item["moved"] == (item["before"] != item["after"])


def test_without_a_change_nothing_moves(tmp_path: Path, capsys: Screen) -> None:
    assert execute(["whatif", str(workspace(tmp_path / "a")), "--set", "criteria.on_time.points=60"]) == 0
    assert "没有一家的得分、名次、名单有变化" in capsys.readouterr().out


def test_hostile_names_are_text(tmp_path: Path, capsys: Screen) -> None:
    cases = {"[red]局\x1b[31m": ((True, "满意"), (False, "满意"))}
    folder = workspace(tmp_path / "a", cases)
    assert execute(["whatif", str(folder), "--set", "criteria.on_time.points=20"]) == 0
    shown = capsys.readouterr().out
    assert "[red]局" in shown
    assert "\x1b" not in shown


SAID = ["--reason", "记错", "--evidence", "走访记录", "--by", "张三"]


def test_a_file_of_corrections_is_tried_after_those_there_are(tmp_path: Path, capsys: Screen) -> None:
    folder, trial = workspace(tmp_path / "a"), tmp_path / "try.csv"
    first = ["correct", str(folder), "--case", "市公安局3", "--set", "答复日期=2024-03-01", *SAID]
    second = ["correct", str(folder), "--case", "市民政局1", "--set", "答复评价=满意", *SAID]
    assert execute(first) == 0
    assert execute([*second, "--into", str(trial)]) == 0
    before = digests(tmp_path)
    capsys.readouterr()
    assert execute(["whatif", str(folder), "--corrections", str(trial), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert digests(tmp_path) == before
    assert [item["name"] for item in told["departments"] if item["moved"]] == ["市民政局"]
    assert [item["code"] for item in told["findings"]] == ["correction_applied"]
    # Accepted, the run is what was said; a copy of the register adds what follows the lines that are known.
    copy = workspace(tmp_path / "b")
    (copy / "corrections.csv").write_bytes((folder / "corrections.csv").read_bytes())
    assert execute(second) == 0
    totals = {row["name"]: row["total"] for row in run(folder, write=False).ranking.to_dict("records")}
    assert {item["name"]: Fraction(item["after"]["total"]) for item in told["departments"]} == totals
    capsys.readouterr()
    assert execute(["whatif", str(copy), "--corrections", str(folder / "corrections.csv"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [{**item, "parts": []} for item in again["departments"]] == [
        {**item, "parts": []} for item in told["departments"]
    ]


def test_a_broken_file_of_corrections_is_told(tmp_path: Path, capsys: Screen) -> None:
    folder, trial = workspace(tmp_path / "a"), tmp_path / "try.csv"
    assert execute(["whatif", str(folder), "--corrections", str(trial)]) == 2
    assert "[file_not_found]" in capsys.readouterr().err
    head = "表,所指的行,列,原值,新值,理由,证据,更正人,更正日期,异议编号,上一行校验"
    trial.write_text(f"{head}\ncases,case_id=市民政局1,答复评价,不满意,满意,a,b,c,2024-12-01,,假\n", "utf-8")
    assert execute(["whatif", str(folder), "--corrections", str(trial)]) == 1
    shown = capsys.readouterr()
    assert "[whatif_corrections_broken]" in shown.err
    assert "corrections_chain_broken" in shown.out
