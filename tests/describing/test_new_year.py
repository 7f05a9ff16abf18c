import difflib
from datetime import date
from pathlib import Path

import pytest
import tomli

from duban.cli import execute
from duban.describing.new_year import move_to_year
from duban.describing.opening import open_ruleset
from duban.describing.turning import turn
from duban.errors import DubanError
from duban.loading import load_ruleset
from duban.registry import installed
from duban.ruleset import Period

RULES = """# 办法（2024年度）。
format = 1
id = "place-2024"          # 标识
title = "某市2024年度评价办法"
basis = "某政办〔2024〕3号"
incomplete = ["没有写名额"]
period = { from = 2024-01-01, to = 2024-12-31 }  # 全年

[deadlines.reply]
date = 2024-02-29   # 闰日
volume = [{ over = 19, days = 10 }]

[deadlines.sign]
working_days = 5

[dimensions.d]
title = "时效"

[measures.half]
title = "2024年6月底前办结"
count = "assigned_on < date '2024-03-01' and title <> '2024'"
hit = 'replied_on <= date "2024-06-30"'
value = '''
case when replied_on <= DATE '2024-06-30' then 1 else 0 end'''

[criteria.half]
title = "半年"
dimension = "d"
measure = "replied"
points = [
  { from = 2020-01-01, value = 10, basis = "旧" },  # 旧的
  { from = 2025-01-01, value = 12 },
]
basis = "第八条"

[selections.excellent]
title = "2024年度优秀单位"
at_least = 85
quota = 3
"""
LOADING = RULES.replace("""hit = 'replied_on <= date "2024-06-30"'\n""", "")
PERIOD = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})


def changed(old: str, new: str) -> list[str]:
    return [line[2:] for line in difflib.ndiff(old.split("\n"), new.split("\n")) if line.startswith("+ ")]


def test_only_dates_and_years_move_and_comments_and_spacing_stay() -> None:
    assert changed(RULES, move_to_year(RULES, PERIOD, 2025).text) == [
        'id = "place-2025"          # 标识',
        'title = "某市2025年度评价办法"',
        "period = { from = 2025-01-01, to = 2025-12-31 }  # 全年",
        "date = 2025-02-28   # 闰日",
        'title = "2025年6月底前办结"',
        "count = \"assigned_on < date '2025-03-01' and title <> '2024'\"",
        "case when replied_on <= DATE '2025-06-30' then 1 else 0 end'''",
        'title = "2025年度优秀单位"',
    ]


@pytest.mark.parametrize(
    "text",
    [
        'title = """\n2024年\n\\"一\\" \\\\ 二"""',
        "title = '''2024年\n\"一\"'''",
        "title = '2024年 \"一\" \\'",
        'title = "2024年 \\"一\\" \\\\ \\u4e00"',
        'a = [{ value = 1, from = 2020-01-01 }, {from=2021-01-01 , value=2 }]\ntitle = "2024"',
    ],
)
def test_every_kind_of_text_stays_what_it_is(text: str) -> None:
    moved = move_to_year(f"period = {{from=2024-01-01, to=2024-12-31}}\n{text}\n", PERIOD, 2025).text
    assert tomli.loads(moved)["title"] == tomli.loads(text)["title"].replace("2024", "2025")
    assert moved.split("\n", 1)[1] == text.replace("2024", "2025") + "\n"


def test_line_breaks_of_windows_stay() -> None:
    text = RULES.replace("\n", "\r\n")
    moved = move_to_year(text, PERIOD, 2025).text
    assert moved.replace("\r\n", "\n") == move_to_year(RULES, PERIOD, 2025).text
    assert "\n" not in moved.replace("\r\n", "")


@pytest.mark.parametrize(
    ("end", "year", "moved"),
    [
        (date(2024, 2, 29), 2025, date(2025, 2, 28)),
        (date(2023, 2, 28), 2024, date(2024, 2, 29)),
        (date(2024, 2, 28), 2025, date(2025, 2, 28)),
        (date(2024, 2, 29), 2028, date(2028, 2, 29)),
    ],
)
def test_the_last_of_february_stays_the_last(end: date, year: int, moved: date) -> None:
    start = date(end.year - 1, 3, 1)
    text = f'id = "a"\nperiod = {{ from = {start}, to = {end} }}\n'
    period = Period.model_validate({"from": start, "to": end})
    assert move_to_year(text, period, year).text.endswith(
        f"{{ from = {date(year - 1, 3, 1)}, to = {moved} }}\n"
    )


def test_years_other_than_the_periods_stay() -> None:
    text = 'id = "law-2015"\ntitle = "2015年修订的2024年度办法12024"\n'
    assert 'title = "2015年修订的2025年度办法12024"' in move_to_year(text, PERIOD, 2025).text


def test_the_new_file_stands_beside_the_old_one_loads_and_comes_with_a_checklist(tmp_path: Path) -> None:
    (tmp_path / "place-2024.toml").write_text(LOADING.replace("value = '''", "hit = '''"), "utf-8")
    (tmp_path / "examples.toml").write_text("", "utf-8")
    text = (
        (tmp_path / "place-2024.toml")
        .read_text("utf-8")
        .replace("case when ", "")
        .replace(" then 1 else 0 end", "")
    )
    (tmp_path / "place-2024.toml").write_text(text, "utf-8")
    turned = turn(str(tmp_path / "place-2024.toml"), 2031)
    assert turned.file == tmp_path / "place-2031.toml"
    ruleset = load_ruleset("place-2031.toml", tmp_path, "", {}).ruleset
    assert (ruleset.id, str(ruleset.criteria["half"].points)) == ("place-2031", "12")
    told = "\n".join(turned.checklist)
    for said in (
        "deadlines.reply.date：2024-02-29 → 2031-02-28",
        "criteria.half.points：适用 2025-01-01 起的一条",
        "文字里还有年份，请核对 basis：某政办〔2024〕3号",
        "注释里还有旧年份，在第 1 行",
        "仍未明确：没有写名额",
        "名额：2031年度优秀单位",
        "分数线：2031年度优秀单位 85 分",
        "条款是否仍然有效：第八条",
        "超过 19 件加 10 天",
        "calendar/2031.toml",
        "examples.toml",
    ):
        assert said in told, said


def test_a_child_takes_a_period_of_its_own_and_keeps_its_parent(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(LOADING.split("[measures")[0], "utf-8")
    child = 'format = 1\nid = "child"\ntitle = "子办法"\nextends = "base.toml"\n\n[dimensions.d]\ntitle = "x" # y\n'
    (tmp_path / "child.toml").write_text(child, "utf-8")
    turned = turn(str(tmp_path / "child.toml"), 2025)
    ruleset = load_ruleset("child-2025.toml", tmp_path, "", {}).ruleset
    assert ruleset.period is not None
    assert (ruleset.period.start, ruleset.period.end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert turned.file.read_text("utf-8").endswith('\n[dimensions.d]\ntitle = "x" # y\n')
    assert "  [ ] 底本还是 base.toml" in turned.checklist


@pytest.mark.parametrize("name", list(installed().rulesets))
def test_every_shipped_ruleset_with_a_period_has_a_next_year(name: str, tmp_path: Path) -> None:
    if open_ruleset(name).plan.period is None:
        with pytest.raises(DubanError, match="new_year_no_period"):
            turn(name, 2099, str(tmp_path / "next.toml"))
    else:
        turned = turn(name, 2099, str(tmp_path / "next.toml"))
        assert "#:schema" not in turned.file.read_text("utf-8")


def test_nothing_is_overwritten_and_nothing_is_left_of_what_does_not_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.toml"
    new.write_text("mine", "utf-8")
    assert execute(["ruleset", "new-year", "harbin-2024", "2025", "--out", str(new)]) == 2
    assert "[new_year_exists]" in capsys.readouterr().err
    assert new.read_text("utf-8") == "mine"
    base = tmp_path / "a" / "base.toml"
    base.parent.mkdir()
    base.write_text(LOADING.split("[measures")[0], "utf-8")
    child = base.with_name("child.toml")
    child.write_text('format = 1\nid = "c"\ntitle = "c"\nextends = "base.toml"\n', "utf-8")
    assert execute(["ruleset", "new-year", str(child), "2025", "--out", str(tmp_path / "b.toml")]) == 2
    assert "[ruleset_not_found]" in capsys.readouterr().err
    assert not (tmp_path / "b.toml").exists()


def test_the_command_says_where_it_wrote_and_what_to_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert execute(["ruleset", "new-year", "harbin-2024", "2025"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "已写入 harbin-2025.toml"
    assert "  period.from：2024-01-01 → 2025-01-01" in out
    assert "  [ ] 名额：优秀承办单位" in out
    assert execute(["ruleset", "new-year", "harbin-2024", "2024", "--lang", "en"]) == 2
    assert "[new_year_same]" in capsys.readouterr().err


def test_what_stays_of_a_text_that_moves_in_part_is_named() -> None:
    count = "assigned_on >= date '2024-01-01' and year(replied_on) = 2024"
    text = f'title = "2024年度办法（2020—2024）"\n[measures.m]\ncount = "{count}"\n'
    text += "[measures.n]\ncount = \"assigned_on >= date '2024-01-01'\"\n"
    moved = move_to_year(text, PERIOD, 2025)
    assert 'title = "2025年度办法（2020—2025）"' in moved.text
    assert moved.left == [
        (("title",), "2025年度办法（2020—2025）"),
        (("measures", "m", "count"), "assigned_on >= date '2025-01-01' and year(replied_on) = 2024"),
    ]


def test_the_number_of_a_document_in_a_title_does_not_move() -> None:
    moved = move_to_year('title = "办法（某政办〔2024〕3号）"\n', PERIOD, 2025)
    assert moved.moves[:1] == [(("period",), "", "2025-01-01 – 2025-12-31")]
    assert moved.left == [(("title",), "办法（某政办〔2024〕3号）")]


def test_the_checklist_says_gates_and_adjustments_in_words(tmp_path: Path) -> None:
    head = 'format = 1\nid = "x"\ntitle = "x"\nextends = "npc-base"\n'
    period = "period = { from = 2024-01-01, to = 2024-12-31 }\n"
    (tmp_path / "x.toml").write_text(head + period, "utf-8")
    told = turn(str(tmp_path / "x.toml"), 2025).checklist
    assert "  [ ] 资格：有结果不满意的不得评优：结果不满意件数大于 0 的，不得评优" in told
    assert any(line.startswith("  [ ] 加减分：逾期答复或逾期未答复：每 1 件扣 0.5 分") for line in told)
    assert any("按时办结率 14 分，达到 80% 起计分" in line for line in told)
