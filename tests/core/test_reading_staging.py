import gc
from collections.abc import Iterator
from datetime import date
from errno import ENOSPC
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt

from duban.engine import Engine
from duban.errors import InputError, WorkspaceError
from duban.findings import Finding
from duban.relations import Staged
from duban.stages.reading.files import find_files
from duban.stages.reading.grids import GridWriter
from duban.stages.reading.staging import stage_table
from duban.tables import TABLES
from duban.workspace import Source

HEADINGS = ["建议编号", "承办单位", "交办日期", "标题"]
RECORDS = [["1", "市水务局", "2023-01-05", "修桥"], ["2", "市教育局", "2023-01-06", "铺路"]]
Rows = list[tuple[object, ...]]


class Outcome(NamedTuple):
    staged: list[Staged]
    rows: list[Rows]
    findings: list[Finding]

    def noticed(self) -> list[tuple[str, int | None]]:
        return sorted(
            ((item.code, item.row) for item in self.findings), key=lambda pair: (pair[0], pair[1] or 0)
        )


@pytest.fixture(autouse=True)
def _no_open_files() -> Iterator[None]:
    yield
    gc.collect()


def stage(folder: Path, file: object = "*.*", table: str = "cases", **settings: object) -> Outcome:
    source = Source.model_validate({"file": file, **settings})
    paths = find_files(folder, source, "duban.toml")
    with Engine(paths) as engine:
        staged, findings = stage_table(engine, folder, paths, TABLES[table], source, "duban.toml")
        rows = [
            engine.rows(
                f'SELECT _row, {", ".join(item.columns[name] for name in item.columns)} FROM "{item.relation}" ORDER BY 1'
            )
            for item in staged
        ]
    return Outcome(staged, rows, findings)


def csv(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def sheet() -> tuple[Any, Any]:
    book = openpyxl.Workbook()
    return book, book.active


def write_xlsx(path: Path) -> None:
    book, page = sheet()
    for record in (HEADINGS, *RECORDS):
        page.append(record)
    book.save(path)


def write_xls(path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("一")
    for row, record in enumerate([HEADINGS, *RECORDS]):
        for column, text in enumerate(record):
            page.write(row, column, text)
    book.save(str(path))


def write_ods(path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    page = Table(name="一")
    for record in (HEADINGS, *RECORDS):
        line = TableRow()
        for text in record:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        page.addElement(line)
    document.spreadsheet.addElement(page)
    document.save(str(path))


def write_text(path: Path) -> None:
    mark = "\t" if path.suffix == ".tsv" else ","
    path.write_text("".join(mark.join(record) + "\n" for record in (HEADINGS, *RECORDS)), encoding="gb18030")


WRITERS = {".xlsx": write_xlsx, ".xlsm": write_xlsx, ".xls": write_xls, ".et": write_xls, ".ods": write_ods}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".XLSX"])
def test_every_format_gives_the_same_table(tmp_path: Path, suffix: str) -> None:
    WRITERS.get(suffix.lower(), write_text)(tmp_path / f"台账{suffix}")
    found = stage(tmp_path)
    (staged,) = found.staged
    assert dict(staged.columns) == {"case_id": "c1", "department": "c2", "assigned_on": "c3", "title": "c4"}
    assert dict(staged.headings) == dict(zip(staged.columns, HEADINGS, strict=True))
    assert (staged.file, staged.typed) == (f"台账{suffix}", False)
    assert found.rows == [[(2, *RECORDS[0]), (3, *RECORDS[1])]]
    assert found.findings == []


def test_parquet_is_a_view_with_its_own_types(tmp_path: Path) -> None:
    frame = {
        "建议编号": ["1", "2"],
        "承办单位": ["a", "b"],
        "assigned_on": [date(2023, 1, 5), None],
        "x [y]": [1, 2],
    }
    pq.write_table(pa.table(frame), tmp_path / "台账[1].parquet")
    found = stage(tmp_path, "台账[1].parquet")
    (staged,) = found.staged
    assert (staged.typed, staged.headings["x [y]"], staged.headings["case_id"]) == (True, "x [y]", "建议编号")
    assert found.rows == [[(1, "1", "a", date(2023, 1, 5), 1), (2, "2", "b", None, 2)]]
    pq.write_table(pa.table(frame | {"承办单位": ["a", "合计"]}), tmp_path / "台账[1].parquet")
    assert stage(tmp_path, "台账[1].parquet").noticed() == [("total_row", 2)]
    pq.write_table(pa.table({"建议编号": pa.array([], pa.string())}), tmp_path / "台账[1].parquet")
    assert stage(tmp_path, "台账[1].parquet").noticed() == [
        ("empty_table", None),
        ("missing_heading", None),
        ("missing_heading", None),
    ]
    (tmp_path / "台账[1].parquet").write_bytes(b"PAR1 broken PAR1")
    with pytest.raises(InputError, match="file_broken"):
        stage(tmp_path, "台账[1].parquet")


def test_several_files_are_staged_in_order(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS), *map(",".join, RECORDS), name="b.csv")
    write_xlsx(tmp_path / "a.xlsx")
    found = stage(tmp_path, ["*.csv", "*.xlsx"])
    assert [(item.file, item.sheet) for item in found.staged] == [("a.xlsx", "Sheet"), ("b.csv", "")]
    assert len({item.relation for item in found.staged}) == 2
    assert found.rows[0] == found.rows[1]


def test_title_blank_rows_footers_and_signatures(tmp_path: Path) -> None:
    csv(
        tmp_path,
        "2023年度台账,,,",
        "",
        ",".join(HEADINGS),
        ",".join(RECORDS[0]),
        ", \u3000,,",
        ",".join(RECORDS[1]),
        ",,,",
        "注：本表不含退办件,,,",
        "制表人：张三,,审核：李四,",
        ",,,2023年12月31日",
        ",,,",
    )
    found = stage(tmp_path)
    assert [row[0] for row in found.rows[0]] == [4, 6]
    assert found.noticed() == [
        ("footer_left_out", 8),
        ("footer_left_out", 9),
        ("footer_left_out", 10),
        ("header_found", 3),
    ]
    assert next(item.value for item in found.findings if item.row == 9) == "制表人：张三 审核：李四"


def test_an_incomplete_unit_at_the_end_is_no_footer(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS), ",".join(RECORDS[0]), "H063,,,", "H064,市水务局,,")
    found = stage(tmp_path)
    assert ([row[0] for row in found.rows[0]], found.findings) == ([2, 3, 4], [])


@pytest.mark.parametrize("last", ["2023年12月31日", "２０２３年１２月", "共2件", "市人大常委会代表委员会"])
def test_a_footer_under_the_first_column(tmp_path: Path, last: str) -> None:
    csv(tmp_path, ",".join(HEADINGS), *map(",".join, RECORDS), "市人民政府办公室,,,", f"{last},,,")
    found = stage(tmp_path)
    assert [row[0] for row in found.rows[0]] == [2, 3]
    assert found.noticed() == [("footer_left_out", 4), ("footer_left_out", 5)]


def test_footers_of_a_narrow_table(tmp_path: Path) -> None:
    csv(tmp_path, "单位,名称", "D1,市水务局", "D2,市教育局", "说明：以上单位按音序排列,")
    found = stage(tmp_path, table="departments")
    assert [row[0] for row in found.rows[0]] == [2, 3]
    assert found.noticed() == [("footer_left_out", 4)]


def test_only_footers_are_an_empty_table(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS), "制表人：张三,,,")
    assert stage(tmp_path).noticed() == [("empty_table", None), ("footer_left_out", 2)]
    csv(tmp_path, ",".join(HEADINGS))
    assert stage(tmp_path).noticed() == [("empty_table", None)]


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "合 计",
        "总计：",
        "小计（件）",
        "合计63件",
        "本页小计",
        "全市合计",
        "Total",
        "GRAND TOTAL",
        "subtotal:",
    ],
)
def test_total_rows_stay_and_are_named(tmp_path: Path, text: str) -> None:
    csv(
        tmp_path,
        ",".join(HEADINGS),
        ",".join(RECORDS[0]),
        f"{text},2,,",
        ",".join(RECORDS[1]),
        "制表人：张三,,,",
    )
    found = stage(tmp_path)
    assert [row[0] for row in found.rows[0]] == [2, 3, 4]
    assert found.noticed() == [("footer_left_out", 5), ("total_row", 3)]
    assert next(item.value for item in found.findings if item.row == 3) == text


def test_total_rows_in_a_serial_number_or_as_all_units(tmp_path: Path) -> None:
    csv(
        tmp_path,
        "序号,案号,承办单位,交办日期",
        "1,1,All agencies,2023-01-05",
        "合计,2,,",
        "3,3,总工会,2023-01-05",
        "4,4,全市统计局,2023-01-05",
        "5,5,计划委,2023-01-05",
        "All agencies,6,计划委,2023-01-05",
    )
    found = stage(tmp_path)
    assert [(item.code, item.row, item.column) for item in found.findings] == [
        ("total_row", 2, "承办单位"),
        ("total_row", 3, "序号"),
    ]


def test_a_header_printed_again_is_left_out(tmp_path: Path) -> None:
    page = ["台账,,,", ",".join(HEADINGS)]
    csv(tmp_path, *page, ",".join(RECORDS[0]), *page, ",".join(RECORDS[1]))
    found = stage(tmp_path)
    assert [row[0] for row in found.rows[0]] == [3, 6]
    assert found.noticed() == [("header_found", 2), ("repeated_header", 4), ("repeated_header", 5)]


def test_vertically_merged_cells_are_filled_down(tmp_path: Path) -> None:
    book, page = sheet()
    for record in (
        HEADINGS,
        ["1", "a", "2023-01-05", "x"],
        [None, "b", "2023-01-05"],
        [None, "c", "2023-01-06"],
    ):
        page.append(record)
    page.append(["2", "d", "2023-01-07", "y"])
    page.append([])
    page.append(["制表人：张三"])
    for area in ("A2:A4", "D2:D3", "C4:C4", "A5:A6", "A7:D8"):
        page.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    found = stage(tmp_path)
    assert found.rows[0] == [
        (2, "1", "a", "2023-01-05", "x"),
        (3, "1", "b", "2023-01-05", "x"),
        (4, "1", "c", "2023-01-06", None),
        (5, "2", "d", "2023-01-07", "y"),
    ]
    filled = [item for item in found.findings if item.code == "merged_cells_filled"]
    assert [(item.row, item.column, item.value, item.rows) for item in filled] == [
        (2, "建议编号", "1", (3, 4)),
        (5, "建议编号", "2", (6,)),
        (2, "标题", "x", (3,)),
    ]


def test_two_level_headings_hidden_rows_and_several_sheets(tmp_path: Path) -> None:
    book, page = sheet()
    page.title = "2023"
    page.append(["台账"])
    page.append([*HEADINGS[:3], "办理情况", None])
    page.append([None, None, None, "沟通方式", "答复日期"])
    for number in range(4, 10):
        page.append([str(number), "a", date(2023, 1, number), "电话", date(2023, 2, number)])
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        page.merge_cells(area)
    for number in (5, 6, 8, 20):
        page.row_dimensions[number].hidden = True
    book.create_sheet("说明")
    book.save(tmp_path / "a.xlsx")
    found = stage(tmp_path)
    assert list(found.staged[0].columns) == [
        "case_id",
        "department",
        "assigned_on",
        "contact_mode",
        "replied_on",
    ]
    assert found.rows[0][0] == (4, "4", "a", "2023-01-04", "电话", "2023-02-04")
    assert found.noticed() == [
        ("header_found", 3),
        ("hidden_rows", 5),
        ("hidden_rows", 8),
        ("sheet_chosen", None),
    ]
    hidden = [item for item in found.findings if item.code == "hidden_rows"]
    assert [(item.row, item.rows) for item in hidden] == [(5, (6,)), (8, ())]
    named = stage(tmp_path, sheet="2023", header_row=2)
    assert named.rows == found.rows
    assert "sheet_chosen" not in [code for code, _ in named.noticed()]
    with pytest.raises(WorkspaceError, match="unknown_sheet"):
        stage(tmp_path, sheet="2022")
    with pytest.raises(InputError, match="header_not_found"):
        stage(tmp_path, sheet="说明")


def test_a_formula_without_a_value_and_an_error_cell_stay_visible(tmp_path: Path) -> None:
    book, page = sheet()
    page.append(HEADINGS)
    page.append(["1", "=B1", "2023-01-05", "#REF!"])
    page["D2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    found = stage(tmp_path)
    assert found.rows[0] == [(2, "1", "=B1", "2023-01-05", "#REF!")]
    assert [(item.code, item.row, item.column) for item in found.findings] == [
        ("formula_without_value", 2, "承办单位")
    ]


@pytest.mark.parametrize("file", ["a.csv", "a.xlsx"])
def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    csv(tmp_path, "台账", ",".join(HEADINGS))
    write_xlsx(tmp_path / "a.xlsx")

    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(GridWriter, "add", full)
    with pytest.raises(InputError, match="temporary_disk_full"):
        stage(tmp_path, file)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS), "1,=cmd|'/c calc'!A1,2023-01-05,'; DROP TABLE x; --")
    assert stage(tmp_path).rows[0] == [(2, "1", "=cmd|'/c calc'!A1", "2023-01-05", "'; DROP TABLE x; --")]


def test_headings_that_look_like_sql_are_only_names(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS) + ',"x""; DROP TABLE y; --",\'', ",".join(RECORDS[0]) + ",1,2")
    found = stage(tmp_path)
    assert found.staged[0].columns['x"; DROP TABLE y; --'] == "c5"
    assert found.rows[0] == [(2, *RECORDS[0], "1", "2")]


def test_uneven_rows_below_the_header_are_findings(tmp_path: Path) -> None:
    csv(
        tmp_path,
        "台账",
        ",".join(HEADINGS),
        "1,市水务局,2023-01-05",
        "2,a,2023-01-05,b,c",
        ",".join(RECORDS[1]),
    )
    found = stage(tmp_path)
    assert found.noticed() == [("blank_heading", 2), ("header_found", 2), ("long_row", 4), ("short_rows", 3)]
    assert found.rows[0][1] == (4, "2", "a", "2023-01-05", "b", "c")


def test_the_header_row_of_the_workspace(tmp_path: Path) -> None:
    csv(tmp_path, ",".join(HEADINGS), "", "编号,办理单位,交办时间", "1,市水务局,2023-01-05")
    found = stage(tmp_path, header_row=3)
    assert found.rows[0] == [(4, "1", "市水务局", "2023-01-05")]
    with pytest.raises(WorkspaceError, match="header_row_blank"):
        stage(tmp_path, header_row=2)


def test_missing_headings_are_findings_and_no_header_is_an_error(tmp_path: Path) -> None:
    csv(tmp_path, "建议编号,单位", "1,市水务局")
    assert stage(tmp_path).noticed() == [("missing_heading", None), ("missing_heading", None)]
    csv(tmp_path, "a,b", "1,2")
    with pytest.raises(InputError) as caught:
        stage(tmp_path)
    assert caught.value.code == "header_not_found"
    assert "建议编号、承办单位、交办日期" in caught.value.line()


def test_every_finding_and_error_can_be_said_in_both_languages(tmp_path: Path) -> None:
    csv(tmp_path, "台账", ",".join([*HEADINGS, "办理单位"]), "1,a", "合计,1", "注：x")
    for item in stage(tmp_path, columns={"没有": "answer_ratng"}).findings:
        for language in ("zh", "en"):
            assert "?" not in "".join(item.sentences(language)).replace("meant?", "")


def test_a_large_csv_is_staged_by_sets(tmp_path: Path) -> None:
    lines = (f"H{number},市水务局,2023-01-05,标题" for number in range(2, 200_001))
    csv(tmp_path, ",".join(HEADINGS), *lines, "合计,199999,,", "制表人：张三,,,")
    source = Source(file=("a.csv",))
    with Engine([tmp_path / "a.csv"]) as engine:
        (staged,), findings = stage_table(engine, tmp_path, [tmp_path / "a.csv"], TABLES["cases"], source, "")
        counted = engine.one(
            f"SELECT count(*), count(*) FILTER (c1 = 'H' || _row), max(_row) FROM {staged.relation}"
        )
    # 199,999 units and the total row, which stays until the workspace excludes it.
    assert counted == (200_000, 199_999, 200_001)
    assert [(item.code, item.row) for item in findings] == [
        ("footer_left_out", 200_002),
        ("total_row", 200_001),
    ]
