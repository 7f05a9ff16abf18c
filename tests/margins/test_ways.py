"""Ways onto a list and off it over real ledgers: as small as running every changed ledger finds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, combinations
from pathlib import Path

import pytest

from duban.cli import execute
from duban.corrections import Edit
from duban.margins.leaving import without_one_case
from duban.margins.paths import Walker
from duban.margins.raters import Untried, WithoutRater, without_one_rater
from duban.pipeline import Running, run, running
from duban.preparing import Prepared, prepare

RULES = """
format = 1
id = "small"
title = "小办法"
[deadlines.reply]
months = 1
[dimensions.d]
title = "全部"
[criteria.on_time]
title = "按时"
dimension = "d"
measure = "on_time"
points = 50
[criteria.satisfied]
title = "满意"
dimension = "d"
measure = "answer_satisfied"
points = 40
[criteria.met]
title = "面商"
dimension = "d"
measure = "met"
points = 10
{more}
[selections.best]
title = "先进"
quota = 1
[selections.worst]
title = "后进"
quota = 1
from = "bottom"
"""
WORKSPACE = """
title = "小评价"
ruleset = "rules.toml"
as_of = 2024-12-31
[tables.cases]
file = "cases.csv"
"""
HEAD = "编号,承办单位,交办日期,答复日期,沟通方式,答复评价\n"
CASES = """1,甲局,2024-03-01,2024-03-20,面商,满意
2,甲局,2024-03-01,2024-03-20,面商,满意
3,甲局,2024-03-01,2024-03-20,电话,满意
4,乙局,2024-03-01,2024-05-20,面商,满意
5,乙局,2024-03-01,,,
6,乙局,2024-03-01,2024-03-20,面商,不满意
7,丙局,2024-03-01,,,
8,丙局,2024-03-01,2024-06-01,电话,基本满意
"""
MARKS = """
[criteria.marked]
title = "评议"
dimension = "d"
measure = "mark"
with = { criterion = "评议" }
points = 30
curve = { kind = "linear", zero_at = 0, full_at = 10 }
"""


def workspace(folder: Path, more: str = "", tables: str = "", cases: str = HEAD + CASES) -> Path:
    (folder / "rules.toml").write_text(RULES.format(more=more), "utf-8")
    (folder / "duban.toml").write_text(WORKSPACE + tables, "utf-8")
    (folder / "cases.csv").write_text(cases, "utf-8")
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Prepared, Running]]:
    prepared = prepare(folder, None, None, ())
    with running(prepared) as current:
        yield prepared, current


def listed(folder: Path, selection: str, edits: list[Edit]) -> list[str]:
    made = run(folder, write=False, edits=edits)
    return sorted(made.selections.loc[made.selections["selection"] == selection, "department"])


def edits(case_id: str, **cells: str) -> list[Edit]:
    return [Edit("cases", {"case_id": case_id}, column, new) for column, new in cells.items()]


def test_the_fewest_changes_are_those_that_running_every_changed_ledger_finds(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with opened(folder) as (prepared, current):
        way = Walker(prepared, current).way("乙局", "best")
    # All that could have been otherwise with these three cases, by hand; one that is not answered is not rated.
    changes = {
        "4 answered": edits("4", replied_on="2024-04-01"),
        "5 answered": edits("5", replied_on="2024-04-01"),
        "5 met": edits("5", contact_mode="in_person"),
        "5 rated": edits("5", answer_rating="satisfied"),
        "6 rated": edits("6", answer_rating="satisfied"),
    }
    assert (way.inside, way.better, way.exact, way.cause) == (False, True, True, "")
    assert way.effort is not None
    smaller = [
        one
        for size in range(way.effort)
        for one in combinations(changes, size)
        if "5 rated" not in one or "5 answered" in one
    ]
    assert len(smaller) > len(changes)
    for one in smaller:
        assert "乙局" not in listed(folder, "best", [edit for name in one for edit in changes[name]])
    assert way.sets
    for found in way.sets:
        made = list(chain(*(change.edits for change in found.changes)))
        assert "乙局" in listed(folder, "best", made)
        assert sum(len(change.kinds) for change in found.changes) == way.effort


def test_a_margin_is_the_fewest_cases_that_push_it_off(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with opened(folder) as (prepared, current):
        walker = Walker(prepared, current)
        way = walker.way("甲局", "best")
        rival = walker.rival("甲局", "best")
        own = walker.way("乙局", "best")
    assert (way.inside, way.better, way.exact) == (True, False, True)
    assert way.effort is not None
    for found in way.sets:
        made = list(chain(*(change.edits for change in found.changes)))
        assert len(found.changes) == way.effort
        assert "甲局" not in listed(folder, "best", made)
    assert rival == own


def test_a_list_from_the_bottom_is_one_to_get_off(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with opened(folder) as (prepared, current):
        off = Walker(prepared, current).way("丙局", "worst")
        onto = Walker(prepared, current).way("乙局", "worst")
        assert Walker(prepared, current).rival("丙局", "worst") is None
    assert (off.inside, off.better, onto.inside, onto.better) == (True, True, False, False)
    made = list(chain(*(change.edits for change in off.sets[0].changes)))
    assert "丙局" not in listed(folder, "worst", made)
    assert "乙局" in listed(folder, "worst", list(chain(*(change.edits for change in onto.sets[0].changes))))


def test_efforts_weigh_the_kinds(tmp_path: Path) -> None:
    with opened(workspace(tmp_path)) as (prepared, current):
        plain = Walker(prepared, current).way("乙局", "best")
        dear = Walker(prepared, current, {"replied_on": 7}).way("乙局", "best")
    assert plain.effort is not None
    assert dear.effort is not None
    assert dear.effort > plain.effort


def test_nothing_helps_where_a_gate_stands_that_cases_do_not_lift(tmp_path: Path) -> None:
    gate = '[gates.g]\ntitle = "限"\nwhen = "name = \'丙局\'"\neffect = "not_selectable"\n'
    with opened(workspace(tmp_path, gate)) as (prepared, current):
        way = Walker(prepared, current).way("丙局", "best")
    assert (way.effort, way.cause, way.exact) == (None, "gate", True)


def test_the_engine_is_left_as_it_was(tmp_path: Path) -> None:
    with opened(workspace(tmp_path)) as (prepared, current):
        name = current.facts.relations["cases"].name
        before = current.engine.rows(f'SELECT * FROM "{name}" ORDER BY ALL')
        Walker(prepared, current).way("乙局", "best")
        assert current.engine.rows(f'SELECT * FROM "{name}" ORDER BY ALL') == before


def test_ratings_in_a_table_of_their_own_are_not_turned_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("编号,承办单位,代表,阶段,评价\n6,乙局,张,答复,不满意\n", "utf-8")
    folder = workspace(tmp_path, tables='[tables.ratings]\nfile = "ratings.csv"\n')
    with opened(folder) as (prepared, current):
        way = Walker(prepared, current).way("乙局", "best")
    turned = {
        (change.case_id, kind) for found in way.sets for change in found.changes for kind in change.kinds
    }
    assert ("6", "answer_rating") not in turned


def test_leaving_out_a_case_is_a_run_over_a_ledger_without_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with opened(folder) as (_, current):
        assert current.run.evaluated is not None
        found = without_one_case(current.run.evaluated, current.run.items or (), "乙局")
    ranks, deciding = [], []
    for line in ("4", "5", "6"):
        rows = [row for row in CASES.splitlines(keepends=True) if not row.startswith(f"{line},")]
        (folder / "cases.csv").write_text(HEAD + "".join(rows), "utf-8")
        ranking = run(folder, write=False).ranking
        ranks += list(ranking.loc[ranking["department"] == "乙局", "rank"])
        deciding += [line] if "乙局" in listed(folder, "best", []) else []
    assert (found.cases, found.low, found.high) == (3, min(ranks), max(ranks))
    assert found.deciding["best"] == deciding


def test_the_only_case_left_out_leaves_no_rank(tmp_path: Path) -> None:
    with opened(workspace(tmp_path, cases=HEAD + CASES + "9,丁局,2024-03-01,2024-03-20,面商,满意\n")) as (
        _,
        current,
    ):
        assert current.run.evaluated is not None
        found = without_one_case(current.run.evaluated, current.run.items or (), "丁局")
    assert (found.cases, found.low, found.high) == (1, None, None)


def test_a_judge_left_out_is_a_run_without_the_marks(tmp_path: Path) -> None:
    rows = ["甲局,评议,王,2", "甲局,评议,李,9", "乙局,评议,王,10", "乙局,评议,李,9", "丙局,评议,李,1"]
    table = '[tables.marks]\nfile = "marks.csv"\n'
    head = "承办单位,评分项,评分人,得分\n"
    (tmp_path / "marks.csv").write_text(head + "\n".join(rows) + "\n", "utf-8")
    folder = workspace(tmp_path, MARKS, table)
    with opened(folder) as (prepared, current):
        found = list(without_one_rater(prepared, current, "甲局"))
    before = listed(folder, "best", [])
    for one in found:
        assert isinstance(one, WithoutRater)
        kept = [row for row in rows if f",{one.rater}," not in row]
        assert one.rows == len(rows) - len(kept)
        (tmp_path / "marks.csv").write_text(head + "\n".join(kept) + "\n", "utf-8")
        after = listed(folder, "best", [])
        assert [item.id for item in one.enters["best"]] == sorted(set(after) - set(before))
        assert [item.id for item in one.leaves["best"]] == sorted(set(before) - set(after))
    assert [one.rater for one in found if isinstance(one, WithoutRater)] == ["李", "王"]


@pytest.mark.parametrize("column", ["评价日期", "作废"])
def test_a_deputy_left_out_is_a_run_without_the_ratings(tmp_path: Path, column: str) -> None:
    value = "2024-06-01" if column == "评价日期" else ""
    rows = [
        f"1,甲局,张,答复,不满意,{value}",
        f"2,甲局,张,答复,不满意,{value}",
        f"6,乙局,赵,答复,满意,{value}",
    ]
    head = f"编号,承办单位,代表,阶段,评价,{column}\n"
    (tmp_path / "ratings.csv").write_text(head + "\n".join(rows) + "\n", "utf-8")
    cases = HEAD + CASES.replace(",满意\n", ",\n").replace(",不满意\n", ",\n")
    folder = workspace(tmp_path, tables='[tables.ratings]\nfile = "ratings.csv"\n', cases=cases)
    with opened(folder) as (prepared, current):
        (found,) = without_one_rater(prepared, current, "甲局")
    assert isinstance(found, WithoutRater)
    assert (found.table, found.rater, found.rows) == ("ratings", "张", 2)
    before = listed(folder, "best", [])
    (tmp_path / "ratings.csv").write_text(head + rows[2] + "\n", "utf-8")
    after = listed(folder, "best", [])
    assert [item.id for item in found.enters["best"]] == sorted(set(after) - set(before))
    assert [item.id for item in found.leaves["best"]] == sorted(set(before) - set(after))


def test_deputies_of_a_table_without_void_and_date_are_not_tried(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("编号,承办单位,代表,阶段,评价\n6,乙局,张,答复,不满意\n", "utf-8")
    folder = workspace(tmp_path, tables='[tables.ratings]\nfile = "ratings.csv"\n')
    with opened(folder) as (prepared, current):
        assert list(without_one_rater(prepared, current, "乙局")) == [Untried("ratings", 1, "no_column")]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = execute(["explain", *words, "--path"])
    return code, capsys.readouterr().out


def test_the_command_tells_the_way_and_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(workspace(tmp_path))
    code, text = asked(capsys, folder, "乙局")
    assert code == 0
    assert "乙局要进入“先进”，最少需工作量" in text
    assert "任意去掉一件" in text
    code, text = asked(capsys, folder, "甲局", "--json")
    ways = json.loads(text)["ways"]
    assert code == 0
    assert [one["inside"] for one in ways["lists"]] == [True, False]
    assert ways["lists"][0]["rival"]["department"] == "乙局"
    assert ways["leave_one_out"]["cases"] == 3


@pytest.mark.parametrize("effort", ["nothing=1", "replied_on=0", "replied_on", "replied_on=x"])
def test_an_effort_that_cannot_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], effort: str
) -> None:
    code, _ = asked(capsys, str(workspace(tmp_path)), "乙局", "--effort", effort)
    assert code == 2
