import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from rich.cells import cell_len
from runs import RULES, small_run, some_findings

from duban.cli.console import Paper
from duban.cli.findings_view import kinds, show_counts, show_kinds
from duban.cli.run_view import show_run
from duban.frames import RANKING, table
from duban.record import Run
from duban.ruleset import Ruleset
from duban.texts import Language


def shown(capsys: pytest.CaptureFixture[str], run: Run, language: Language = "zh") -> str:
    show_run(Paper(language), run)
    return capsys.readouterr().out


def test_a_run_is_shown_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, small_run(out=Path("/tmp/项目/out")))
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    assert lines[:2] == ["2024年度评价", "评价办法：小办法（small） 截至：2024-12-31"]
    assert "名次 单位 总分 办理时效 等次 入选" in lines
    # 85.5 and 256 / 3, shown with two places.
    assert "1 市教育局 85.50 85.33 良好 ✓" in lines
    assert "未参加排名的单位（1 个）：" in lines
    assert "市档案局：没有承办件" in lines
    assert "优秀承办单位（1 个）：市教育局" in lines
    # 2 of 3 cases are rated: 66.67 %.
    assert "答复评价回收率：2/3（66.67%），未评价的不计入满意度" in lines
    assert "结果评价回收率：0/3（0.00%），未评价的按满意计" in lines
    assert "没有发现数据问题。" in lines
    assert "结果文件夹：/tmp/项目/out" in lines


def test_who_has_measures_of_their_own_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = some_findings(("info", "own_measures", 1, "各用各的"), ("info", "header_found", 2, "2"))
    lines = shown(capsys, small_run(findings=found)).splitlines()
    assert lines.count("“各用各的”不对") == 1
    assert "“2”不对" not in lines


def test_a_run_is_shown_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, small_run(), "en")
    for words in ("Rank", "Timeliness", "Good", "Excellent departments (1): 市教育局", "All departments"):
        assert words in text
    assert "名次" not in text


def test_piped_output_is_wide_and_plain(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, small_run("哈尔滨市住房和城乡建设局" * 3))
    assert "\x1b" not in text
    assert "哈尔滨市住房和城乡建设局" * 3 in text


@pytest.mark.parametrize("name", ["[red]x[/red]", "\x1b[31mx", "a\nb", "\u202egnp", ":smile:"])
def test_a_name_can_neither_colour_nor_move_anything(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = shown(capsys, small_run(name))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert name.translate({ord(char): " " for char in "\x1b\n\u202e"}) in text


def many(count: int, within: str = "group") -> Run:
    rows = [
        (
            "all",
            rank,
            f"D{rank}",
            f"单位{rank}",
            Fraction(rank),
            Fraction(rank),
            Fraction(0),
            None,
            False,
            "ranked",
            "",
        )
        for rank in range(1, count + 1)
    ]
    rules = Ruleset.model_validate({**RULES, "ranking": {"within": within}})
    return small_run(ranking=table(RANKING, rows), ruleset=rules)


def test_a_long_ranking_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, many(60))
    assert "单位50 " in text
    assert "单位51" not in text
    assert "另有 10 个单位，见 ranking.csv" in text


def test_one_ranking_of_all_is_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    run = many(3, "all")
    run = replace(run, ranking=run.ranking.assign(group=["b", "a", "c"]))
    text = shown(capsys, run)
    assert text.count("名次") == 1
    assert text.index("单位1") < text.index("单位2") < text.index("单位3")


def test_an_empty_run_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run = small_run()
    empty = replace(run, ranking=run.ranking.head(0), selections=run.selections.head(0), manifest={})
    assert "优秀承办单位（0 个）：无" in shown(capsys, empty)


FINDINGS = some_findings(
    *(("warning", "w", row, "甲") for row in range(9)),
    *(("error", "few", row, "乙") for row in range(2)),
    *(("error", "many", row, "丙\x1b[2J") for row in range(5)),
)


def test_the_worst_kinds_come_first_with_three_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert [(code, len(rows)) for _, code, rows in kinds(FINDINGS)] == [("many", 5), ("few", 2), ("w", 9)]
    show_kinds(Paper("zh"), FINDINGS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "【错误】many（many），5 处"
    assert lines[1] == "    台账.xlsx 2023 第 0 行 “答复日期”列：“丙 [2J”不对"
    assert lines[4] == "    → 请改正"
    assert lines[5] == "【错误】few（few），2 处"


def test_at_most_ten_kinds_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_kinds(Paper("en"), some_findings(*(("info", f"kind{number:02}", 1, "") for number in range(12))))
    text = capsys.readouterr().out
    assert "kind09" in text
    assert "kind10" not in text
    assert "and 2 more kinds" in text


def test_kinds_are_counted_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_counts(Paper("zh"), FINDINGS)
    assert capsys.readouterr().out == "数据问题 16 处：many（5）、few（2）、w（9），见 findings.csv\n"


def test_a_finding_without_a_place_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    findings = some_findings(("info", "x", 1, "甲")).assign(file="", sheet="", column="")
    findings["row"] = pd.array([pd.NA], dtype="Int64")
    show_kinds(Paper("zh"), findings)
    assert capsys.readouterr().out.splitlines()[1] == "    “甲”不对"


def test_columns_of_chinese_stand_under_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    paper = Paper("zh")
    paper.table("表", [("单位", False), ("分", True)], [["市教育局", "1"], ["b", "10"]])
    rows = [line.rstrip() for line in io.StringIO(capsys.readouterr().out) if line.strip()]
    assert len({cell_len(line) for line in rows[3:]}) == 1


@pytest.mark.parametrize(("columns", "has_dimensions"), [(36, False), (60, True)])
def test_a_narrow_terminal_breaks_no_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int, has_dimensions: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(capsys, small_run("哈尔滨市住房和城乡建设局"))
    assert "85.50" in text
    assert ("办理时效" in text) is has_dimensions
    assert ("85.33" in text) is has_dimensions
