"""`duban ruleset diff`, from the command line."""

import json
from contextlib import redirect_stdout
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from duban.cli import execute

Screen = pytest.CaptureFixture[str]
SAMPLE = str(Path(__file__).parents[2] / "samples/duban_samples/harbin-2023")
RULES = """format = 1
id = "r"
title = "办法"
[dimensions.d]
title = "时效"
[criteria.a]
title = "按时"
title_en = "On time"
dimension = "d"
measure = "on_time"
points = 10
basis = "第三条"
[gates.few]
title = "件数太少"
when = "cases < 5"
effect = "exempt"
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_LANG", raising=False)


def pair(folder: Path, *edits: tuple[str, str]) -> list[str]:
    """Write the rules as they are and with edits; return both files."""
    edited = RULES
    for before, after in edits:
        assert before in edited
        edited = edited.replace(before, after)
    files = [folder / "old.toml", folder / "new.toml"]
    for file, text in zip(files, (RULES, edited), strict=True):
        file.write_text(text, "utf-8")
    return [str(file) for file in files]


def as_json(arguments: list[str], capsys: Screen) -> Any:
    assert execute(["ruleset", "diff", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_other_spelling_is_no_change(tmp_path: Path, capsys: Screen) -> None:
    files = pair(tmp_path, ("points = 10", "points = 10.0 # 十分"), ("cases < 5", "(cases)<5.0"))
    assert execute(["ruleset", "diff", *files]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[1:] == ["两份办法意思相同，没有实质区别。"]
    told = as_json(files, capsys)
    assert (told["same_meaning"], told["changes"], told["backtest"]) == (True, [], None)


def test_other_words_are_told_apart(tmp_path: Path, capsys: Screen) -> None:
    files = pair(tmp_path, ("第三条", "第四条"))
    assert execute(["ruleset", "diff", *files]) == 0
    shown = capsys.readouterr().out
    assert "只有名称、依据等文字不同" in shown
    assert "依据原为：第三条；改为：第四条" in shown
    told = as_json(files, capsys)
    assert (told["same_meaning"], [item["words_only"] for item in told["changes"]]) == (True, [True])


def test_a_changed_threshold_is_a_sentence_with_both_places(tmp_path: Path, capsys: Screen) -> None:
    files = pair(tmp_path, ("cases < 5", "cases < 8"))
    (change,) = as_json(files, capsys)["changes"]
    assert (change["kind"], change["section"], change["id"], change["field"]) == (
        "changed",
        "gates",
        "few",
        "when",
    )
    assert (change["old_at"]["file"], change["old_at"]["line"]) == ("old.toml", 15)
    assert (change["new_at"]["file"], change["new_at"]["line"]) == ("new.toml", 15)
    assert execute(["ruleset", "diff", *files]) == 0
    shown = capsys.readouterr().out
    assert "改动 1 处" in shown
    assert "资格与否决“件数太少”" in shown
    assert f"条件原为：{change['old']}；改为：{change['new']}" in shown
    assert ("5" in change["old"], "8" in change["new"]) == (True, True)
    assert "old.toml:15" in shown
    assert "new.toml:15" in shown


def test_points_and_new_rules_in_english(tmp_path: Path, capsys: Screen) -> None:
    bonus = '[adjustments.bonus]\ntitle = "表扬"\nwhen = "cases > 3"\npoints = 2\n'
    files = pair(tmp_path, ("points = 10", "points = 12"), ("[gates.few]", bonus + "[gates.few]"))
    assert execute(["ruleset", "diff", *files, "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "2 changes" in shown
    assert "points: 10 → 12" in shown
    assert "new.toml:13" in shown


@pytest.fixture(scope="module")
def told() -> Any:
    """Return the general rules and Harbin's on the sample's ledger, as JSON."""
    printed = StringIO()
    with redirect_stdout(printed):
        assert execute(["ruleset", "diff", "npc-base", "harbin-2024", "--cases", SAMPLE, "--json"]) == 0
    return json.loads(printed.getvalue())


def test_the_parts_of_every_move_add_up(told: Any) -> None:
    departments = told["backtest"]["departments"]
    last = len(departments) + 1
    assert last == 11
    for item in departments:
        before, after = item["before"], item["after"]
        shares = item["parts"]
        move = Fraction(after["total"] or 0) - Fraction(before["total"] or 0)
        assert sum(Fraction(part["total"]) for part in shares) == move
        assert sum(Fraction(part["rank"]) for part in shares) == (after["rank"] or last) - (
            before["rank"] or last
        )
        entered = ("excellent" in after["lists"]) - ("excellent" in before["lists"])
        assert sum(Fraction(part["lists"]["excellent"]) for part in shares) == entered


def test_what_is_only_shown_moves_no_total(told: Any) -> None:
    """The dimension that stands beside a shown criterion brings no points that nobody can earn."""
    shown = [
        part["total"]
        for item in told["backtest"]["departments"]
        for part in item["parts"]
        if part["id"] in ("outreach", "policies")
    ]
    assert shown == ["0"] * 20


def test_a_backtest_tells_who_moved_and_who_enters(capsys: Screen, told: Any) -> None:
    assert execute(["ruleset", "diff", "npc-base", "harbin-2024", "--cases", SAMPLE]) == 0
    shown = capsys.readouterr().out
    lines = {item["name"]: item for item in told["backtest"]["departments"]}
    assert "截至 2024-01-31（原 → 新）" in shown
    entering = [
        name
        for name, item in lines.items()
        if "excellent" in item["after"]["lists"] and "excellent" not in item["before"]["lists"]
    ]
    assert entering == ["市卫生健康委员会", "市公安局"]
    assert shown.count("进入“优秀承办单位”") == 2
    (row,) = [line for line in shown.splitlines() if "市工业和信息化局  " in line]
    assert "6 → 4" in row
    assert "85.81 → 86.31" in row
    assert "+0.50" in row
    assert "评分项“本单位特色做法”" in shown.split("各处精确相加等于变化")[1]


def test_the_same_rules_move_nobody(capsys: Screen) -> None:
    assert execute(["ruleset", "diff", "npc-base", "npc-base", "--cases", SAMPLE]) == 0
    assert "各单位的得分、名次、名单都没有变化。" in capsys.readouterr().out


def test_an_unknown_ruleset_is_refused(capsys: Screen) -> None:
    assert execute(["ruleset", "diff", "npc-base", "npc-bas"]) == 2
    assert "npc-base" in capsys.readouterr().err


def test_a_day_without_a_ledger_is_refused(capsys: Screen) -> None:
    assert execute(["ruleset", "diff", "npc-base", "npc-base", "--as-of", "2024-01-01"]) == 2
    assert "--as-of 要与 --cases 同用" in capsys.readouterr().err


def test_a_ledger_that_one_ruleset_cannot_take_is_told(capsys: Screen) -> None:
    """Baoji's rules know no classes of outcomes, so that those of the sample's ledger mean nothing there."""
    assert execute(["ruleset", "diff", "baoji", "harbin-2024", "--cases", SAMPLE]) == 1
    shown = capsys.readouterr()
    assert "baoji: [diff_stopped]" in shown.err
    assert "办理结果" in shown.out


WORDS = """
[deadlines.reply]
months = 3
volume = [{ over = 19, days = 10 }]
[ratings.answer]
late = "accept"
[measures.own]
title = "自定"
value = "date_diff('day', assigned_on, replied_on)"
better = "higher"
[selections.best]
title = "优秀"
from = "top"
quota = 3
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("over = 19", "over = 9", "承办超过 19 件的加 10 天；改为：承办超过 9 件的加 10 天"),
        ('late = "accept"', 'late = "exclude"', "过期的评价原为：照收；改为：不计"),
        ('better = "higher"', 'better = "lower"', "方向原为：越高越好；改为：越低越好"),
        ('from = "top"', 'from = "bottom"', "方向原为：按名次从前往后取；改为：按名次从后往前取"),
        ("points = 10", "points = 10\nwith = { grace_days = 3 }", "宽限天数 = 0；改为：宽限天数 = 3"),
        ('basis = "第三条"', 'basis = "第四条"', "依据原为：第三条；改为：第四条"),
        ('title = "办法"', 'title = "新办法"', "名称原为：办法；改为：新办法"),
        (
            "[measures.own]",
            '[measures.more]\ntitle = "另"\ncount = "role = \'lead\'"\n[measures.own]',
            "新增：计入：办理方式为“主办”",
        ),
        ("[dimensions.d]", "rounding = { points = 1 }\n[dimensions.d]", "每项小数位数原为：无；改为：1"),
        (
            "[dimensions.d]",
            "period = { from = 2024-01-01, to = 2024-12-31 }\n[dimensions.d]",
            "2024-01-01 至 2024-12-31（按交办日期）",
        ),
    ],
)
def test_a_difference_is_said_in_the_clerks_words(
    tmp_path: Path, capsys: Screen, before: str, after: str, says: str
) -> None:
    files = [tmp_path / "old.toml", tmp_path / "new.toml"]
    for file, text in zip(files, (RULES + WORDS, (RULES + WORDS).replace(before, after)), strict=True):
        file.write_text(text, "utf-8")
    told = as_json([*map(str, files), "--lang", "zh"], capsys)["changes"]
    assert any(says in change["says"] for change in told), told
