"""A ledger read with edits is the ledger that had the new values."""

import time
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from correcting import HEADINGS, ROWS, TEACHER, TOML, changed, outputs, workspace

from duban import pipeline
from duban.corrections import Edit
from duban.errors import Stopped


def codes(folder: Path, *edits: Edit) -> list[str]:
    with pytest.raises(Stopped) as stopped:
        pipeline.run(folder, edits=edits, write=False)
    found = stopped.value.findings
    return list(found[found["code"].str.startswith("correction")]["code"])


@pytest.mark.parametrize(
    ("key", "column", "new", "row", "heading"),
    [
        (TEACHER, "answer_rating", "满意", 2, "答复评价"),
        (TEACHER, "答复评价", "satisfied", 2, "答复评价"),
        (TEACHER, "answer_rating", "", 2, "答复评价"),
        (TEACHER, "replied_on", "2023年5月31日", 2, "答复日期"),
        ({"建议编号": "2023-03"}, "replied_on", "2023-05-01", 3, "答复日期"),
        ({"case_id": "2023-01", "role": "主办"}, "department", "市水务局", 0, "承办单位"),
        ({"case_id": "2023-01", "role": "lead"}, "role", "separate", 0, "办理方式"),
        ({"_row": "3"}, "case_id", "2023-09", 1, "建议编号"),
        ({"备注一": "y"}, "备注一", "z", 1, "备注一"),
    ],
)
def test_a_run_with_an_edit_is_a_run_on_the_ledger_that_had_it(
    tmp_path: Path, key: dict[str, str], column: str, new: str, row: int, heading: str
) -> None:
    before = (workspace(tmp_path / "one") / "a.csv").read_bytes()
    made = pipeline.run(tmp_path / "one", edits=[Edit("cases", key, column, new)])
    workspace(tmp_path / "two", changed(row, heading, new))
    pipeline.run(tmp_path / "two")
    assert outputs(tmp_path / "one" / "out") == outputs(tmp_path / "two" / "out")
    assert "correction_applied" in set(made.findings["code"])
    assert (tmp_path / "one" / "a.csv").read_bytes() == before


def test_a_later_edit_sees_what_an_earlier_one_has_changed(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "one")
    plain = pipeline.run(folder)
    files = outputs(folder / "out")
    there = Edit("cases", TEACHER, "case_id", "2023-07", "2023-02")
    back = Edit("cases", {"case_id": "2023-07"}, "case_id", "2023-02", "2023-07")
    again = pipeline.run(folder, edits=[there, back])
    assert plain.ranking.equals(again.ranking)
    assert outputs(folder / "out") == files


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit("cases", TEACHER, "answer_rating", "满意", "基本满意"), "correction_old_value"),
        (Edit("cases", {"case_id": "2023-01"}, "answer_rating", "满意"), "correction_row_ambiguous"),
        (Edit("cases", {"case_id": "2023-04"}, "answer_rating", "满意"), "correction_row_unknown"),
        (Edit("cases", {**TEACHER, "role": "协办"}, "answer_rating", "满意"), "correction_row_unknown"),
        (Edit("cases", TEACHER, "answer_ratings", "满意"), "correction_column_unknown"),
        (Edit("cases", {"编码": "1"}, "answer_rating", "满意"), "correction_column_unknown"),
        (Edit("case", TEACHER, "answer_rating", "满意"), "correction_table_unknown"),
        (Edit("cases", TEACHER, "answer_rating", "滿意"), "correction_value_unfit"),
        (Edit("cases", TEACHER, "replied_on", "2023-02-30"), "correction_value_unfit"),
    ],
)
def test_an_edit_that_does_not_fit_stops_the_run(tmp_path: Path, edit: Edit, code: str) -> None:
    assert codes(workspace(tmp_path / "one"), edit) == [code]


@pytest.mark.parametrize("old", ["2023-07-30", "2023年7月30日", " 2023/7/30　", "20230730"])
def test_the_old_value_is_the_cell_in_any_spelling(tmp_path: Path, old: str) -> None:
    folder = workspace(tmp_path / "one")
    edits = [Edit("cases", TEACHER, "replied_on", "2023-06-01", old)]
    assert "correction_applied" in set(pipeline.run(folder, edits=edits, write=False).findings["code"])


def test_who_shares_a_cell_does_not_share_the_edit(tmp_path: Path) -> None:
    split = TOML + 'split = { department = "、" }\n'
    shared = [["1", "甲局、乙局", "2023-03-01", "分办", "2023-05-30", "不满意", ""]]
    alone = [
        ["1", "甲局", "2023-03-01", "分办", "2023-05-30", "满意", ""],
        ["1", "乙局", "2023-03-01", "分办", "2023-05-30", "不满意", ""],
    ]
    edit = Edit("cases", {"case_id": "1", "department": "甲局"}, "answer_rating", "满意", "不满意")
    pipeline.run(workspace(tmp_path / "one", shared, split), edits=[edit])
    pipeline.run(workspace(tmp_path / "two", alone, split))
    assert outputs(tmp_path / "one" / "out") == outputs(tmp_path / "two" / "out")


def test_parquet_is_corrected_where_it_lies(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "one", toml=TOML.replace("a.csv", "a.parquet"))
    days = pa.array([None if not row[4] else row[4] for row in ROWS])
    table = pa.table({heading: [row[n] or None for row in ROWS] for n, heading in enumerate(HEADINGS)})
    typed = table.set_column(
        4, "答复日期", pa.compute.replace_substring(days, "/7/", "-07-").cast(pa.date32())
    )
    pq.write_table(typed, folder / "a.parquet")
    edit = Edit("cases", TEACHER, "replied_on", "2023年5月31日", "2023-07-30")
    pipeline.run(folder, edits=[edit])
    pipeline.run(workspace(tmp_path / "two", changed(2, "答复日期", "2023-05-31")))
    assert outputs(folder / "out") == outputs(tmp_path / "two" / "out")
    assert codes(folder, Edit("cases", TEACHER, "replied_on", "昨天")) == ["correction_value_unfit"]


def test_departments_are_corrected_by_id_or_name(tmp_path: Path) -> None:
    toml = TOML + '[tables.departments]\nfile = "units.csv"\n'
    units = "单位编号,单位名称,系统\nD1,市教育局,教育\nD2,市水务局,水务\n"
    for name in ("one", "two"):
        (workspace(tmp_path / name, toml=toml) / "units.csv").write_text(units, "utf-8")
    (tmp_path / "two" / "units.csv").write_text(units.replace("市教育局,教育", "教委,教育"), "utf-8")
    edits = [
        Edit("departments", {"department": "市教育局"}, "name", "教委"),
        *(Edit("cases", {"_row": row}, "department", "教委") for row in ("2", "4")),
    ]
    pipeline.run(tmp_path / "one", edits=edits)
    with pytest.raises(Stopped):
        pipeline.run(tmp_path / "two")
    pipeline.run(tmp_path / "two", edits=edits[1:])
    assert outputs(tmp_path / "one" / "out") == outputs(tmp_path / "two" / "out")


def test_tables_without_a_key_are_corrected_by_any_columns(tmp_path: Path) -> None:
    more = '[tables.ratings]\nfile = "r.csv"\n[tables.marks]\nfile = "m.csv"\n[tables.contacts]\nfile = "c.csv"\n'
    ratings = "建议编号,承办单位,代表,阶段,评价,评价日期\n2023-02,市教育局,甲,答复,不满意,2023-08-01\n2023-02,市教育局,乙,答复,不满意,2023-08-01\n"
    marks = "单位,评分项,评委,得分\n市教育局,创新,A,80\n市教育局,创新,B,90.5\n"
    contacts = "建议编号,承办单位,沟通日期,沟通方式\n2023-02,市教育局,2023-04-01,电话\n2023-02,市教育局,2023-05-01,面商\n"
    for name in ("one", "two"):
        folder = workspace(tmp_path / name, toml=TOML + more)
        (folder / "r.csv").write_text(ratings, "utf-8")
        (folder / "m.csv").write_bytes(marks.encode("gb18030"))
        (folder / "c.csv").write_text(contacts, "utf-8")
    two = tmp_path / "two"
    for deputy in ("甲", "乙"):
        ratings = ratings.replace(f"{deputy},答复,不满意", f"{deputy},答复,满意")
    (two / "r.csv").write_text(ratings, "utf-8")
    (two / "m.csv").write_text(marks.replace("90.5", "95"), "utf-8")
    (two / "c.csv").write_text(contacts.replace("2023-05-01", "2023-03-20"), "utf-8")
    case = {"case_id": "2023-02"}
    edits = [
        Edit("ratings", {**case, "deputy": "甲", "stage": "answer"}, "rating", "满意", "不满意"),
        Edit("ratings", {**case, "代表": "乙", "阶段": "答复"}, "评价", "满意", "不满意"),
        Edit("marks", {"department": "市教育局", "judge": "B"}, "mark", "95", "90.50"),
        Edit("contacts", {**case, "contact_mode": "面商"}, "contacted_on", "2023-03-20", "2023年5月1日"),
    ]
    made = pipeline.run(tmp_path / "one", edits=edits)
    pipeline.run(two)
    assert outputs(tmp_path / "one" / "out") == outputs(two / "out")
    assert list(made.findings["code"]).count("correction_applied") == 4
    assert codes(tmp_path / "one", edits[2], Edit("marks", {"judge": "B"}, "mark", "九十")) == [
        "correction_value_unfit",
        "correction_applied",
    ]


def test_a_ledger_of_several_files_is_corrected_where_the_row_stands(tmp_path: Path) -> None:
    toml = TOML.replace('["a.csv"]', '["a.csv", "b.xlsx"]')
    folder = workspace(tmp_path / "one", toml=toml)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["二〇二三年台账"])
    sheet.append(["编号", "承办单位", "交办时间", "答复时间"])
    for department in ("市教育局", "市水务局"):
        sheet.append(["2023-08", department, date(2023, 3, 1), date(2023, 9, 1)])
    sheet.merge_cells("A3:A4")
    book.save(folder / "b.xlsx")
    before = pipeline.run(folder, write=False)
    key = {"case_id": "2023-08", "department": "市水务局"}
    made = pipeline.run(
        folder, edits=[Edit("cases", key, "replied_on", "2023-05-01", "2023/9/1")], write=False
    )
    assert not made.criteria.equals(before.criteria)
    (message,) = made.findings.loc[made.findings["code"] == "correction_applied", "message"]
    assert "b.xlsx 第 4 行" in message
    row = {"_file": "b.xlsx", "_row": "4"}
    again = pipeline.run(folder, edits=[Edit("cases", row, "答复时间", "2023-05-01")], write=False)
    assert again.criteria.equals(made.criteria)
    # The first file has no such column: what a file lacks is blank, and can be filled.
    filled = pipeline.run(folder, edits=[Edit("cases", key, "answer_rating", "满意", "")], write=False)
    assert not filled.criteria.equals(before.criteria)


def test_a_column_that_the_ledger_lacks_is_not_made(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "one")
    assert codes(folder, Edit("cases", TEACHER, "result_rating", "满意", "")) == ["correction_column_unknown"]


def test_rows_that_are_alike_are_told_apart_by_role_or_place(tmp_path: Path) -> None:
    twice = [ROWS[0], [*ROWS[0][:3], "协办", *ROWS[0][4:]], ROWS[2], ROWS[2]]
    folder = workspace(tmp_path / "one", twice, TOML + '[findings]\nduplicate_case = "accept"\n')
    case = {"case_id": "2023-01", "department": "市教育局"}
    assert codes(folder, Edit("cases", case, "answer_rating", "")) == ["correction_row_ambiguous"]
    assert codes(folder, Edit("cases", TEACHER, "answer_rating", "")) == ["correction_row_ambiguous"]
    edits = [
        Edit("cases", {**case, "role": "主办"}, "answer_rating", ""),
        Edit("cases", {**TEACHER, "_row": "5"}, "answer_rating", ""),
    ]
    found = pipeline.run(folder, edits=edits, write=False).findings
    assert list(found["code"]).count("correction_applied") == 2


def test_hostile_values_stay_values(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "one")
    for text in ("'; DROP TABLE cases; --", '=cmd|"/c calc"!A1', "{x}", "\x00", "a\nb", '"', "\\"):
        key = {"case_id": "2023-03"}
        made = pipeline.run(folder, edits=[Edit("cases", key, "备注一", text, "=1+1")], write=False)
        assert "correction_applied" in set(made.findings["code"])
        assert codes(folder, Edit("cases", {"case_id": text}, "备注一", "z")) == ["correction_row_unknown"]
        assert codes(folder, Edit("cases", key, text, "z")) == ["correction_column_unknown"]


def test_a_thousand_edits_take_little_more_than_none(tmp_path: Path) -> None:
    rows = [[f"2023-{n}", f"{n % 20}局", "2023-03-01", "主办", "2023-05-30", "满意", ""] for n in range(3000)]
    folder = workspace(tmp_path / "one", rows)
    edits = [
        Edit(
            "cases", {"case_id": f"2023-{n}", "department": f"{n % 20}局"}, "answer_rating", "不满意", "满意"
        )
        for n in range(1000)
    ]
    start = time.perf_counter()
    made = pipeline.run(folder, edits=edits, write=False)
    assert time.perf_counter() - start < 60
    assert list(made.findings["code"]).count("correction_applied") == 1000
