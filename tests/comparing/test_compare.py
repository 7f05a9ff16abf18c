"""`duban compare`: moves split exactly into their causes, held against counting by brute force."""

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from small_workspaces import CASES, RULES, digests, workspace

from duban import run
from duban.cli import execute
from duban.comparing.comparison import Comparison, compare
from duban.comparing.opening import open_side

Screen = pytest.CaptureFixture[str]
Cases = Mapping[str, Any]
OTHER: Cases = {
    "市公安局": ((True, "满意"), (False, "不满意"), (False, "")),
    "市教育局": ((True, "满意"), (True, "满意")),
    "市民政局": ((True, "满意"), (True, "")),
}
# The best and the worst department set what the others get: others' data matter to a total.
RELATIVE = RULES.replace(
    'curve = { kind = "linear", zero_at = 0.2, full_at = 1 }',
    'curve = { kind = "relative", method = "min_max" }',
)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_LANG", raising=False)


def compared(old: Path, new: Path) -> Comparison:
    return compare(open_side(str(old)), open_side(str(new)))


def parts(made: Comparison) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return the shares in total, rank and list by department and cause."""
    return {
        move.department.name: {
            name: (move.total[name, ""], move.rank[name, ""], move.lists["best"][name, ""])
            for name, _ in move.total
        }
        for move in made.moves
    }


def whole_run(folder: Path, rules: str, cases: Cases) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Return total, rank and list of each department as a run gives them."""
    made = run(workspace(folder, cases, rules), write=False).ranking
    return {
        row["name"]: (row["total"], Fraction(int(row["rank"])), Fraction(bool(row["selected"])))
        for row in made.to_dict("records")
    }


def by_brute_force(
    folder: Path, old: tuple[str, Cases], new: tuple[str, Cases], name: str
) -> dict[str, tuple[Fraction, ...]]:
    """Return the average effect of each cause over all orders, from whole runs on made ledgers."""
    known: dict[frozenset[str], tuple[Fraction, ...]] = {}

    def worth(chosen: frozenset[str]) -> tuple[Fraction, ...]:
        if chosen not in known:
            others = (new if "others" in chosen else old)[1]
            own = (new if "own" in chosen else old)[1]
            rules = (new if "rules" in chosen else old)[0]
            cases = {**others, name: own[name]}
            known[chosen] = whole_run(folder / "-".join(sorted(chosen) or ["none"]), rules, cases)[name]
        return known[chosen]

    names = ("rules", "own", "others")
    shares = {cause: [Fraction(0)] * 3 for cause in names}
    orders = list(permutations(names))
    for order in orders:
        for place, cause in enumerate(order):
            before, after = worth(frozenset(order[:place])), worth(frozenset(order[: place + 1]))
            shares[cause] = [
                share + (now - then) / len(orders)
                for share, now, then in zip(shares[cause], after, before, strict=True)
            ]
    return {cause: tuple(held) for cause, held in shares.items()}


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ((RULES, RULES.replace("points = 60", "points = 30")), ["市民政局"]),
        ((RELATIVE, RELATIVE.replace("months = 3", "months = 6")), ["市公安局", "市教育局"]),
    ],
    ids=["points", "deadline"],
)
def test_the_split_is_that_of_whole_runs(tmp_path: Path, rules: tuple[str, str], names: list[str]) -> None:
    old, new = (rules[0], CASES), (rules[1], OTHER)
    made = compared(workspace(tmp_path / "a", CASES, rules[0]), workspace(tmp_path / "b", OTHER, rules[1]))
    for name in names:
        found = parts(made)[name]
        wanted = by_brute_force(tmp_path / name, old, new, name)
        assert {cause: found[cause] for cause in wanted} == wanted
        assert found["corrections"] == (0, 0, 0)
        assert "software" not in found


def test_equal_sides_give_nothing(tmp_path: Path, capsys: Screen) -> None:
    folder = workspace(tmp_path / "a")
    made = compared(folder, folder)
    assert {share for held in parts(made).values() for shares in held.values() for share in shares} == {0}
    assert (made.same_ledger, made.same_corrections, made.changes) == (True, True, [])
    assert execute(["compare", str(folder), str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "办法、台账、更正都相同" in shown
    assert "没有一家的得分、名次、名单有变化" in shown


def test_a_cause_that_did_not_change_is_zero(tmp_path: Path) -> None:
    own = {**CASES, "市民政局": ((True, "满意"), (True, "满意"))}
    made = parts(compared(workspace(tmp_path / "a"), workspace(tmp_path / "b", own)))
    assert made["市民政局"]["own"][0] > 0
    assert {made["市民政局"][cause] for cause in ("rules", "others", "corrections")} == {(0, 0, 0)}
    # It overtakes the first, whose own figures are what they were.
    assert made["市教育局"]["own"] == (0, 0, 0)
    assert made["市教育局"]["others"] == (0, 1, -1)


def test_who_is_on_one_side_only_is_a_matter_of_data(tmp_path: Path, capsys: Screen) -> None:
    more = {**CASES, "市体育局": ((True, "满意"),)}
    folders = workspace(tmp_path / "a"), workspace(tmp_path / "b", more)
    made = compared(*folders)
    sport = next(move for move in made.moves if move.department.name == "市体育局")
    assert (sport.before.status, sport.before.total, sport.after.rank) == ("absent", None, 1)
    assert sport.total["own", ""] == 100
    assert sport.total["others", ""] == 0
    # There are four departments in all: who has no rank stands on the fifth.
    assert sum(sport.rank.values()) == 1 - 5
    assert execute(["compare", *map(str, folders)]) == 0
    assert "只在 B 里的单位 1 家：市体育局" in capsys.readouterr().out
    back = compared(*reversed(folders))
    assert next(move for move in back.moves if move.department.name == "市体育局").total["own", ""] == -100


def test_what_was_written_compares_as_its_workspace_does(tmp_path: Path) -> None:
    old, new = workspace(tmp_path / "a"), workspace(tmp_path / "b", OTHER, RULES.replace("= 60", "= 45"))
    for folder in (old, new):
        run(folder)
    wanted = parts(compared(old, new))
    before = digests(tmp_path)
    for left in (old, old / "out", old / "out/result.json"):
        for right in (new, new / "out"):
            assert parts(compared(left, right)) == wanted
    assert digests(tmp_path) == before


def test_what_was_not_counted_needs_the_workspace(tmp_path: Path, capsys: Screen) -> None:
    old, new = workspace(tmp_path / "a"), workspace(tmp_path / "b", OTHER, RULES.replace("= 3", "= 6"))
    for folder in (old, new):
        run(folder)
    made = compared(old / "out", new / "out")
    assert made.obstacle is not None
    assert made.obstacle.code == "compare_needs_workspace"
    assert all(move.total == {} for move in made.moves)
    assert execute(["compare", str(old / "out"), str(new / "out")]) == 0
    shown = capsys.readouterr().out
    assert "变化没有分摊到原因" in shown
    assert "请改为比较评价项目的文件夹" in shown
    # The mixed worlds need both ledgers under both rulesets.
    assert compared(old, new / "out").obstacle is not None
    assert compared(old, new).obstacle is None


def test_what_duban_once_made_otherwise_is_software(tmp_path: Path, capsys: Screen) -> None:
    folder = workspace(tmp_path / "a")
    run(folder)
    file = folder / "out/result.json"
    held = json.loads(file.read_text("utf-8"))
    row = next(row for row in held["ranking"] if row["name"] == "市教育局")
    row["total"] -= 3
    held["manifest"]["versions"]["duban"] = "0.0.9"
    file.write_text(json.dumps(held), "utf-8")
    made = compared(folder / "out", folder)
    (move,) = (item for item in made.moves if item.is_moved)
    assert move.total["software", ""] == sum(move.total.values()) == 3
    assert move.total["own", ""] == 0
    assert execute(["compare", str(folder / "out"), str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "这一部分单列为“软件”" in shown
    assert "duban 0.0.9 → " in shown


def test_json_is_exact_and_adds_up(tmp_path: Path, capsys: Screen) -> None:
    folders = workspace(tmp_path / "a"), workspace(tmp_path / "b", OTHER, RELATIVE)
    assert execute(["compare", *map(str, folders), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rule_changes"], told["same_ledger"], told["not_split"]) == (1, False, None)
    for item in told["departments"]:
        sides = [Fraction(item[side]["total"]) for side in ("before", "after")]
        assert sum(Fraction(part["total"]) for part in item["parts"]) == sides[1] - sides[0]
        ranks = item["after"]["rank"] - item["before"]["rank"]
        assert sum(Fraction(part["rank"]) for part in item["parts"]) == ranks
        assert {part["cause"] for part in item["parts"]} == {"rules", "own", "others", "corrections"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("nowhere", "compare_not_a_run"), ("npc-base", "compare_rulesets"), ("r.toml", "compare_rulesets")],
)
def test_what_is_no_run_is_told(tmp_path: Path, capsys: Screen, name: str, code: str) -> None:
    folder = workspace(tmp_path / "a")
    assert execute(["compare", str(folder), name]) == 2
    assert f"[{code}]" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ruleset": {}, "manifest": {}}', "[" * 100_000])
def test_a_file_that_is_no_result_is_told(tmp_path: Path, capsys: Screen, text: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(text, "utf-8")
    assert execute(["compare", str(file), str(tmp_path)]) == 2
    assert "[compare_no_result]" in capsys.readouterr().err


def test_a_ledger_that_stops_is_told(tmp_path: Path, capsys: Screen) -> None:
    folders = workspace(tmp_path / "a"), workspace(tmp_path / "b", {"市公安局": ((True, "还行"),)})
    assert execute(["compare", *map(str, folders)]) == 1
    assert "[compare_stopped]" in capsys.readouterr().err


def corrected(folder: Path, case: str, change: str, *more: str) -> Path:
    """Enter a correction, as a clerk does."""
    said = ["--reason", "记错", "--evidence", "走访记录", "--by", "张三"]
    assert execute(["correct", str(folder), "--case", case, "--set", change, *said, *more]) == 0
    return folder


def test_corrections_are_a_cause_of_their_own(tmp_path: Path, capsys: Screen) -> None:
    old, new = workspace(tmp_path / "a"), workspace(tmp_path / "b")
    corrected(new, "市公安局3", "答复日期=2024-03-01")
    made = compared(old, new)
    (move,) = (item for item in made.moves if item.before.total != item.after.total)
    assert move.department.name == "市公安局"
    assert move.total["corrections", ""] == sum(move.total.values()) > 0
    assert {move.total[cause, ""] for cause in ("rules", "own", "others")} == {0}
    assert execute(["compare", str(old), str(new)]) == 0
    assert "更正（corrections.csv）不同，所引起的变化单列" in capsys.readouterr().out
    # What was written says the same: it is one ledger.
    for folder in (old, new):
        run(folder)
    assert parts(compared(old / "out", new / "out")) == parts(made)


def test_corrections_of_another_year_are_told_apart_where_the_ledgers_can_be_read(tmp_path: Path) -> None:
    old, new = workspace(tmp_path / "a"), workspace(tmp_path / "b", OTHER)
    corrected(corrected(new, "市公安局2", "答复日期=2024-03-01"), "市公安局3", "答复日期=2024-03-01")
    made = compared(old, new)
    held = parts(made)["市公安局"]
    # Case 2 had been in time a year before: there the correction fits nothing; case 3 had not.
    curve = {
        late: Fraction(60) * (Fraction(3 - late, 3) - Fraction(1, 5)) / Fraction(4, 5) for late in range(3)
    }
    on_time = {"A, A": curve[1], "A, B": curve[0], "B, A": curve[2], "B, B": curve[0]}
    first, last = on_time["A, B"] - on_time["A, A"], on_time["B, B"] - on_time["B, A"]
    assert abs(held["corrections"][0] - (first + last) / 2) < Fraction(1, 100)
    for folder in (old, new):
        run(folder)
    assert made.corrections_apart
    beside = compared(old / "out", new / "out")
    assert (beside.corrections_apart, beside.obstacle) == (False, None)
    assert parts(beside)["市公安局"]["corrections"] == (0, 0, 0)
    assert parts(beside)["市公安局"]["own"][0] == held["own"][0] + held["corrections"][0]


def test_of_very_many_departments_the_data_are_one_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    folders = workspace(tmp_path / "a"), workspace(tmp_path / "b", OTHER, RULES.replace("= 60", "= 45"))
    apart = parts(compared(*folders))
    monkeypatch.setattr("duban.comparing.comparison.MOST_APART", 2)
    made = compared(*folders)
    assert made.evaluations == 4
    for name, held in parts(made).items():
        assert set(held) == {"rules", "data", "corrections"}
        whole = [sum(shares) for shares in zip(*apart[name].values(), strict=True)]
        assert [sum(shares) for shares in zip(*held.values(), strict=True)] == whole
    assert execute(["compare", *map(str, folders)]) == 0
    assert "合为“数据”一个原因" in capsys.readouterr().out
