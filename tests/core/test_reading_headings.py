from collections.abc import Sequence

import pytest

from duban.errors import WorkspaceError
from duban.stages.reading.grids import Area, Place
from duban.stages.reading.headings import (
    Header,
    Mapped,
    Row,
    Vocabulary,
    bare,
    find_header,
    map_columns,
    normalised,
    tidy,
)
from duban.tables import CASES, DEPARTMENTS
from duban.workspace import Source

PLACE = Place("cases", "台账.xlsx", "2023")


def source(**settings: object) -> Source:
    return Source.model_validate({"file": "台账.xlsx", **settings})


def header(rows: Sequence[Row], *merged: Area, **settings: object) -> Header | None:
    where = source(**settings)
    return find_header(rows, merged, Vocabulary(CASES, where), where.header_row)


def mapped(headings: Sequence[str], filled: Sequence[bool] | None = None, **settings: object) -> Mapped:
    where = source(**settings)
    words = Vocabulary(CASES, where)
    found = Header(1, 1, headings, [words.meaning(heading) if heading else None for heading in headings])
    return map_columns(found, CASES, where, filled or [True] * len(headings), PLACE, "duban.toml")


def codes(found: Mapped) -> list[str]:
    return [item.code for item in found.findings]


FULL = ["建议编号", "承办单位", "交办日期"]


def test_width_white_space_and_line_breaks_do_not_count_and_case_does() -> None:
    assert normalised("ｃａｓｅ_ｉｄ") == "case_id"
    assert normalised("State") != normalised("state")
    assert normalised(" 沟通\n方式\u3000") == "沟通方式"
    assert tidy("沟通\n方式") == "沟通方式"
    assert tidy("Company\n response") == "Company response"


@pytest.mark.parametrize(
    "written",
    [
        "交办日期（必填）",
        "*交办日期",
        "交办日期*",
        "交办日期（必填）*",
        "交办日期[格式]",
        "交办日期：",
        "交办日期（a）（b）",
    ],
)
def test_notes_around_a_heading_do_not_count(written: str) -> None:
    assert bare(written) == "交办日期"
    assert mapped(["建议编号", "承办单位", written]).columns["assigned_on"] == 2


def test_a_note_alone_stays() -> None:
    assert bare("（必填）") == "(必填)"
    assert bare("***") == "***"


def test_the_workspace_comes_first_then_english_then_chinese() -> None:
    words = Vocabulary(CASES, source(columns={"答复日期": "published_on", "对 答复": "answer_rating"}))
    assert words.meaning("答复 日期") == "published_on"
    assert words.meaning("对答复") == "answer_rating"
    assert words.meaning("replied_on") == "replied_on"
    assert words.meaning("Replied_On") is None
    assert words.meaning("答复时间") == "replied_on"
    assert words.meaning("不认识") is None


def test_the_header_is_the_row_with_the_most_known_headings() -> None:
    rows: list[Row] = [
        (1, ["2023年度代表建议承办台账", None, None, None]),
        (2, ["单位：件", None, None, None]),
        (4, [*FULL, "备注"]),
        (5, ["1", "市水务局", "2023-01-01", "承办单位"]),
    ]
    found = header(rows)
    assert found is not None
    assert (found.top, found.bottom, found.columns) == (4, 4, ["case_id", "department", "assigned_on", None])


def test_no_known_heading_is_no_header() -> None:
    assert header([(1, ["a", "b"]), (2, ["1", "2"])]) is None
    assert header([]) is None


def test_two_levels_with_merged_cells() -> None:
    rows: list[Row] = [
        (1, ["台账", None, None, None, None, None]),
        (2, [*FULL, "办理情况", None, "备注"]),
        (3, [None, None, None, "沟通\n方式", "答复日期", None]),
        (4, ["1", "市水务局", "2023-01-01", "电话", "2023-02-01", None]),
    ]
    merged = [Area(1, 1, 1, 6), Area(2, 4, 2, 5), *(Area(2, column, 3, column) for column in (1, 2, 3, 6))]
    found = header(rows, *merged)
    assert found is not None
    assert (found.top, found.bottom) == (2, 3)
    assert found.columns == ["case_id", "department", "assigned_on", "contact_mode", "replied_on", None]
    assert found.headings == [*FULL, "沟通方式", "答复日期", "备注"]


def test_two_levels_without_merged_cells_as_in_a_csv() -> None:
    rows: list[Row] = [(1, [*FULL, "办理情况", None]), (2, [None, None, None, "沟通方式", "答复日期"])]
    found = header(rows)
    assert found is not None
    assert (found.bottom, found.columns[3:]) == (2, ["contact_mode", "replied_on"])


def test_a_group_and_what_is_below_it_are_tried_together() -> None:
    rows: list[Row] = [
        (1, [*FULL, "答复", None, "结果", None]),
        (2, [None, None, None, "日期", "满意度", "满意度", "备注"]),
    ]
    found = header(rows)
    assert found is not None
    assert found.columns[3:] == ["replied_on", "answer_rating", "result_rating", None]
    assert found.headings[3:] == ["答复/日期", "答复/满意度", "结果/满意度", "备注"]


def test_the_workspace_may_name_both_levels() -> None:
    rows: list[Row] = [(1, [*FULL, "市级", "县级"]), (2, [None, None, None, "沟通方式", "沟通方式"])]
    found = header(rows, columns={"县级/沟通方式": "county_contact"})
    assert found is not None
    assert found.columns[3:] == ["contact_mode", "county_contact"]


def test_unknown_lower_headings_below_merged_cells_are_no_data() -> None:
    rows: list[Row] = [
        (1, [*FULL, "其他", None]),
        (2, [None, None, None, "甲", "乙"]),
        (3, ["1", "x", "y", "1", "2"]),
    ]
    merged = [Area(1, column, 2, column) for column in (1, 2, 3)]
    found = header(rows, Area(1, 4, 1, 5), *merged)
    assert found is not None
    assert (found.bottom, found.headings[3:]) == (2, ["甲", "乙"])


def test_a_first_data_row_with_blanks_is_no_second_level() -> None:
    found = header([(1, [*FULL, "答复日期"]), (2, ["1", "市水务局", None, None])])
    assert found is not None
    assert found.bottom == 1


def test_the_workspace_says_which_row_the_header_is() -> None:
    rows: list[Row] = [(1, FULL), (2, ["a", "b", "c"]), (3, ["1", "2", "3"])]
    found = header(rows, header_row=2)
    assert found is not None
    assert (found.top, found.headings, found.columns) == (2, ["a", "b", "c"], [None] * 3)
    two: list[Row] = [(2, [*FULL, "办理情况", None]), (3, [None, None, None, "沟通方式", "答复日期"])]
    for named in (2, 3):
        found = header(two, header_row=named)
        assert found is not None
        assert (found.top, found.bottom) == (2, 3)


def test_unknown_headings_stay_under_their_own_name() -> None:
    found = mapped([*FULL, "备注", "备 注", "备注_2", "Case_Id", "_row"])
    assert dict(found.columns) == {
        "case_id": 0,
        "department": 1,
        "assigned_on": 2,
        "备注": 3,
        "备 注": 4,
        "备注_2": 5,
        "Case_Id_2": 6,
        "_row_2": 7,
    }
    assert codes(found) == []


def test_an_extra_column_never_takes_a_name_of_the_table() -> None:
    found = mapped(["Title", "建议编号", "承办单位", "交办日期", "标题"], columns={"Title": "heading"})
    assert (found.columns["heading"], found.columns["title"]) == (0, 4)


def test_blank_headings() -> None:
    found = mapped([*FULL, "", ""], [True, True, True, True, False])
    assert dict(found.headings) == {
        "case_id": "建议编号",
        "department": "承办单位",
        "assigned_on": "交办日期",
        "列D": "列D",
    }
    assert codes(found) == ["blank_heading"]


def test_two_headings_for_one_column_are_an_error_that_names_both() -> None:
    found = mapped([*FULL, "办理单位"])
    assert codes(found) == ["duplicate_heading"]
    assert "承办单位（B）”和“办理单位（D）" in found.findings[0].sentences()[0]
    assert (found.columns["department"], found.columns["办理单位"]) == (1, 3)


def test_missing_headings_are_reported_together_nearest_first() -> None:
    found = mapped(["备注", "承办部门", "建议编号"])
    assert codes(found) == ["missing_heading", "missing_heading"]
    assert [item.value for item in found.findings] == ["承办单位", "交办日期"]
    assert "现有的表头：承办部门、备注、建议编号" in found.findings[0].sentences()[0]


def test_the_map_is_checked_against_the_sheet_and_the_table() -> None:
    found = mapped([*FULL, "说明"], columns={"说明": "note", "没有的": "role", "再没有": "answer_ratng"})
    assert found.columns["note"] == 3
    assert codes(found) == ["new_column_near", "mapped_heading_absent", "mapped_heading_absent"]
    for bad in ("a b", "", "1x", "_row", 'x"; DROP'):
        with pytest.raises(WorkspaceError) as caught:
            mapped(FULL, columns={"说明": bad})
        assert caught.value.code == "bad_column_name"


def test_one_heading_is_enough_for_a_table_of_one_column() -> None:
    words = Vocabulary(DEPARTMENTS, source())
    found = find_header([(1, ["单位"]), (2, ["市水务局"])], [], words)
    assert found is not None
    assert found.columns == ["department"]
