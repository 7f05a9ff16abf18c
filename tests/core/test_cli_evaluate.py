"""`duban run` and `duban check` on a small workspace of plain files, from the command line to the files."""

import json
from pathlib import Path

import pytest

from duban.cli import execute

RULESET = """
format = 1
id = "small"
title = "小办法"
[measures.answered]
title = "答复率"
hit = "replied_on is not null"
[dimensions.speed]
title = "时效"
[criteria.answered]
title = "答复率"
dimension = "speed"
measure = "answered"
points = 100
[selections.best]
title = "先进单位"
quota = 1
"""
WORKSPACE = """
title = "小项目"
ruleset = "rules.toml"
as_of = 2024-12-31
[tables.cases]
file = "cases.csv"
"""
LEDGER = """建议编号,承办单位,交办日期,答复日期
1,教育局,2024-01-02,2024-02-01
2,教育局,2024-01-02,2024-03-01
3,=卫生局,2024-01-02,2024-02-01
4,=卫生局,2024-01-02,
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "项目"
    folder.mkdir()
    for name, text in (("duban.toml", WORKSPACE), ("rules.toml", RULESET), ("cases.csv", LEDGER)):
        (folder / name).write_text(text, "utf-8")
    return folder


def test_run_shows_the_ranking_and_leaves_the_files(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["run", str(workspace)]) == 0
    shown = capsys.readouterr()
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    # All of 2 cases answered, and 1 of 2.
    assert "1 教育局 100.00 100.00 ✓" in lines
    assert "2 =卫生局 50.00 50.00" in lines
    assert "先进单位（1 个）：教育局" in lines
    assert shown.err == ""
    out = workspace / "out"
    assert f"结果文件夹：{out}" in lines
    assert "'=卫生局" in (out / "ranking.csv").read_text("utf-8-sig")
    result = json.loads((out / "result.json").read_text("utf-8"))
    assert list(result["manifest"]["inputs"]) == ["cases.csv"]
    assert not (workspace / "findings.csv").exists()


def test_options_come_before_what_the_workspace_says(workspace: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(RULESET.replace("小办法", "另一办法"), "utf-8")
    arguments = ["--as-of", "2024-02-15", "--ruleset", str(other), "--out", str(tmp_path / "elsewhere")]
    assert execute(["run", str(workspace), *arguments, "--lang", "en"]) == 0
    assert not (workspace / "out").exists()
    result = json.loads((tmp_path / "elsewhere" / "result.json").read_text("utf-8"))
    assert (result["as_of"], result["ruleset"]["title"]) == ("2024-02-15", "另一办法")
    # By mid-February one of the two cases of 教育局 is answered, as is one of 卫生局.
    assert [row["total"] for row in result["ranking"]] == [50, 50]


def test_two_runs_differ_in_the_time_stamp_only(workspace: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert execute(["run", str(workspace), "--out", str(folder)]) == 0
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    first_result, second_result = (json.loads(files.pop("result.json")) for files in (first, second))
    del first_result["generated_at"], second_result["generated_at"]
    assert (first, first_result) == (second, second_result)


def test_findings_stop_a_run_before_anything_is_replaced(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["run", str(workspace)]) == 0
    before = {path.name: path.read_bytes() for path in (workspace / "out").iterdir()}
    (workspace / "cases.csv").write_text(LEDGER.replace("2024-03-01", "2024-13-01"), "utf-8")
    capsys.readouterr()
    assert execute(["run", str(workspace)]) == 1
    shown = capsys.readouterr()
    assert len(shown.err.splitlines()) == 1
    assert "第 3 行" in shown.out
    assert "2024-13-01" in shown.out
    assert "2024-13-01" in (workspace / "findings.csv").read_text("utf-8-sig")
    assert {path.name: path.read_bytes() for path in (workspace / "out").iterdir()} == before


def test_check_says_what_stops_and_leaves_out_alone(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["check", str(workspace)]) == 0
    assert "数据可以用于计算。" in capsys.readouterr().out
    (workspace / "cases.csv").write_text(LEDGER.replace("2024-03-01", "2023-03-01"), "utf-8")
    assert execute(["check", str(workspace)]) == 1
    shown = capsys.readouterr()
    assert "【错误】答复早于交办（reply_before_assignment），1 处" in shown.out
    assert "duban run 会停止" in shown.out
    assert shown.err == ""
    assert "reply_before_assignment" in (workspace / "findings.csv").read_text("utf-8-sig")
    assert not (workspace / "out").exists()


BROKEN = {
    "file_not_found": lambda folder: (folder / "duban.toml").unlink(),
    "toml_syntax": lambda folder: (folder / "duban.toml").write_text("title = "),
    "data_file_not_found": lambda folder: (folder / "cases.csv").unlink(),
    "output_not_a_folder": lambda folder: (folder / "out").write_text("mine"),
    "toml_bare_key": lambda folder: (folder / "rules.toml").write_text("水 = 1", "utf-8"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_cannot_be_loaded_or_written_is_one_line(
    workspace: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    BROKEN[code](workspace)
    for language in ("zh", "en"):
        assert execute(["run", str(workspace), "--lang", language]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert f"[{code}]" in line
