"""A ledger read with edits is the ledger that had the new values."""

from pathlib import Path

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
