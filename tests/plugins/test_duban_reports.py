import csv
import io
import json
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from runs import small_run, some_findings

import duban_reports
from duban.methods import Reporter
from duban.record import Run

BY_ID = {reporter.id: reporter for reporter in duban_reports.register_reporters()}
CSV, JSON = BY_ID["csv"], BY_ID["json"]
BOM = b"\xef\xbb\xbf"


def written(reporter: Reporter, run: Run, folder: Path) -> dict[str, bytes]:
    files = reporter.write(run, folder)
    assert sorted(files) == sorted(path.name for path in folder.iterdir())
    return {name: (folder / name).read_bytes() for name in files}


def test_every_table_is_a_csv_file_with_the_columns_that_are_promised(tmp_path: Path) -> None:
    files = written(CSV, small_run(), tmp_path)
    third, two_thirds = "85.333333333333333333333333333333", "0.666666666666666666666666666667"
    assert {name: content.removeprefix(BOM).decode().split("\r\n") for name, content in files.items()} == {
        "ranking.csv": [
            "group,rank,department,name,total,base,adjustments,grade,selected,status,reason",
            f"all,1,D1,市教育局,85.5,{third},0,good,true,ranked,入选",
            "all,,D2,市档案局,,,0,,false,exempt,没有承办件",
            "",
        ],
        "selections.csv": [
            "selection,order,department,name,total,reason",
            "excellent,1,D1,市教育局,85.5,入选",
            "",
        ],
        "criteria.csv": [
            "department,criterion,dimension,status,count,hits,value,points,full_points,label",
            f"D1,on_time,timeliness,measured,3,2,{two_thirds},{third},100,好",
            "",
        ],
        "measures.csv": [
            "department,measure,status,count,hits,value",
            f"D1,on_time,measured,3,2,{two_thirds}",
            "",
        ],
        "two_stage.csv": [
            "department,answer,result,count",
            *("D1,satisfied,no_response,2", "D1,no_response,no_response,1", ""),
        ],
        "adjustments.csv": [
            "department,adjustment,count,points,effect,reason",
            "D1,overdue,1,-0.5,,逾期一件",
            "",
        ],
        "cases.csv": ["department,case_id,criterion,why", "D1,0012,on_time,逾期", ""],
        "findings.csv": ["severity,code,table,file,sheet,row,column,value,message,action", ""],
    }
    assert all(content.startswith(BOM) for content in files.values())


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert written(CSV, small_run(), tmp_path / "one") == written(CSV, small_run(), tmp_path / "two")


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://x","点")', "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1"],
)
def test_a_hostile_name_is_text_in_csv_and_raw_in_json(tmp_path: Path, name: str) -> None:
    run = small_run(name)
    ranking = written(CSV, run, tmp_path)["ranking.csv"].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(ranking, newline="")))
    assert rows[1][3] == f"'{name}"
    assert rows[1][4] == "85.5"
    JSON.write(run, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert result["ranking"][0]["name"] == name


@pytest.mark.parametrize("name", ['"', "a\nb", "\u202e", "\x00", "\x1b[31m", "]]>", "\\", "\udce9", "😀", ""])
def test_no_text_breaks_a_file(tmp_path: Path, name: str) -> None:
    run = small_run(name)
    CSV.write(run, tmp_path)
    JSON.write(run, tmp_path)
    assert json.loads((tmp_path / "result.json").read_bytes())["ranking"][0]["name"] == name
    with (tmp_path / "ranking.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [len(row) for row in rows] == [11, 11, 11]


def test_json_holds_the_whole_run_with_every_digit(tmp_path: Path) -> None:
    (content,) = written(
        JSON, small_run(findings=some_findings(("warning", "x", 3, "三"))), tmp_path
    ).values()
    result = json.loads(content, parse_float=Fraction)
    assert result["title"] == "2024年度评价"
    assert result["as_of"] == "2024-12-31"
    assert result["ruleset"]["title"] == "小办法"
    assert result["manifest"]["responses"]["answer"] == {"rated": 2, "cases": 3}
    assert datetime.fromisoformat(result["generated_at"]).tzinfo is not None
    row = result["ranking"][0]
    assert row["base"] == Fraction("85." + "3" * 30)
    assert row["selected"] is True
    assert result["ranking"][1]["total"] is None
    assert result["ranking"][1]["rank"] is None
    assert result["findings"][0]["row"] == 3
    assert result["dimensions"] == [
        {"department": "D1", "dimension": "timeliness", "points": row["base"], "full_points": 100}
    ]
    assert result["cases"][0]["case_id"] == "0012"


def test_without_cases_there_is_no_list_of_cases(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "json").mkdir()
    run = small_run(cases=None)
    assert "cases.csv" not in written(CSV, run, tmp_path / "csv")
    (content,) = written(JSON, run, tmp_path / "json").values()
    assert "cases" not in json.loads(content)


def test_the_cases_of_a_very_large_ledger_are_parquet(tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "json").mkdir()
    run = small_run(case_count=100_001)
    files = written(CSV, run, tmp_path / "csv")
    assert "cases.csv" not in files
    assert pd.read_parquet(tmp_path / "csv" / "cases.parquet").to_dict("records") == [
        {"department": "D1", "case_id": "0012", "criterion": "on_time", "why": "逾期"}
    ]
    (content,) = written(JSON, run, tmp_path / "json").values()
    assert "cases" not in json.loads(content)
