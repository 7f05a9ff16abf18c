import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from duban.engine import Engine
from duban.errors import DubanError, InputError, WorkspaceError
from duban.stages.reading.grids import Area, Grid, columns_of, letters
from duban.stages.reading.sheets import as_text
from duban.stages.reading.workbooks import read_workbook

NUMBERS = count()
Rows = list[tuple[object, ...]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine([tmp_path]) as opened:
        yield opened


def read(engine: Engine, path: Path, sheet: str | None = None) -> tuple[Grid, Rows]:
    grid = read_workbook(engine, path, sheet, f"raw_{next(NUMBERS)}", path.name, "duban.toml")
    names = ", ".join(columns_of(grid.width))
    return grid, engine.rows(f"SELECT _row, {names} FROM {grid.relation} ORDER BY _row")


def refusal(engine: Engine, path: Path, sheet: str | None = None) -> DubanError:
    with pytest.raises(DubanError) as caught:
        read(engine, path, sheet)
    return caught.value


def outcome(engine: Engine, path: Path) -> str:
    """Say how reading ended: in rows, or in an error of duban's own; any other exception fails the test."""
    try:
        read(engine, path)
    except InputError as error:
        return error.code
    return "read"


def workbook(path: Path, *records: list[object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, record in enumerate(records):
            sheet.write_row(number, 0, record)
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("  a ", "  a "),
        (True, "TRUE"),
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e20, "100000000000000000000"),
        (date(2024, 3, 12), "2024-03-12"),
        (datetime(2024, 3, 12), "2024-03-12"),
        (datetime(2024, 3, 12, 8, 30), "2024-03-12 08:30:00"),
        (time(8, 30), "08:30:00"),
        (timedelta(days=1), "1 day, 0:00:00"),
    ],
)
def test_values_as_text(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_xlsx_cells(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("2023")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["编号", "单位"])
        sheet.write_number(2, 0, 20260305)
        sheet.write_datetime(2, 1, datetime(2024, 3, 12), day)
        sheet.write_boolean(3, 0, True)
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")
        sheet.write_string(4, 0, "=1+1")
        sheet.write_formula(4, 1, "=1+1", None, 2)
        sheet.write_rich_string(5, 0, "市", book.add_format({"bold": True}), "水务", "局")
        sheet.write_formula(5, 1, '=""', None, "")
    # Excel marks a formula whose result is an empty text; one without the mark has never been computed.
    path = rewritten(
        path, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", b'<c r="B6">', b'<c r="B6" t="str">'
    )
    grid, found = read(engine, path)
    assert found == [
        (1, "编号", "单位"),
        (3, "20260305", "2024-03-12"),
        (4, "TRUE", "#N/A"),
        (5, "=1+1", "2"),
        (6, "市水务局", None),
    ]
    assert (grid.sheet, grid.notes) == ("2023", [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_line_breaks_within_cells_of_the_first_row(engine: Engine, tmp_path: Path, end: str) -> None:
    path = workbook(tmp_path / "a.xlsx", [f"建议{end}编号", "单位"], ["1", f"市水务局{end}市教育局"])
    (_, first, unit), (_, number, units) = read(engine, path)[1]
    assert ("".join(str(first).split()), unit) == ("建议编号", "单位")
    assert (number, str(units).split()) == ("1", ["市水务局", "市教育局"])


def test_escaped_characters_are_read_as_a_spreadsheet_shows_them(engine: Engine, tmp_path: Path) -> None:
    # xlsxwriter escapes control characters as Excel does.
    path = workbook(tmp_path / "a.xlsx", ["编号\r\n甲", "a_x1", "\x0b", "市\x00局"])
    assert read(engine, path)[1] == [(1, "编号\r\n甲", "a_x1", "\x0b", "市局")]


def test_xlsx_merged_ranges_hidden_rows_and_uncomputed_formulas(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["编号", "单位"])
    sheet.append(["1", "=A1"])
    sheet.append([None, "x"])
    sheet.merge_cells("A2:A3")
    sheet.row_dimensions[3].hidden = True
    book.save(path)
    grid, found = read(engine, path)
    assert list(grid.merged) == [Area(2, 1, 3, 1)]
    assert list(grid.hidden) == [3]
    assert found[1] == (2, "1", "=A1")
    assert [(note.code, note.row, note.column) for note in grid.notes] == [("formula_without_value", 2, 1)]


def test_the_1904_epoch(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2024, 3, 12), book.add_format({"num_format": "yyyy/m/d"}))
    assert read(engine, path)[1] == [(1, "2024-03-12")]


def test_the_first_visible_sheet_or_the_named_one(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("说明", "2022", "2023"):
            book.add_worksheet(name).write(0, 0, name)
        book.get_worksheet_by_name("2022").activate()
        book.get_worksheet_by_name("2022").set_first_sheet()
        book.get_worksheet_by_name("说明").hide()
    grid, found = read(engine, path)
    assert (grid.sheet, list(grid.sheets), found) == ("2022", ["2022", "2023"], [(1, "2022")])
    assert read(engine, path, "2023")[1] == [(1, "2023")]
    assert read(engine, path, "说明")[1] == [(1, "说明")]
    error = refusal(engine, path, "2024")
    assert isinstance(error, WorkspaceError)
    assert (error.code, error.facts["known"]) == ("unknown_sheet", ["说明", "2022", "2023"])


def test_a_cell_far_out_allocates_nothing(engine: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["B1048576"] = "编号", "x"
    book.save(tmp_path / "deep.xlsx")
    assert read(engine, tmp_path / "deep.xlsx")[1] == [(1, "编号", None), (1_048_576, None, "x")]
    sheet["XFD3"] = "x"
    book.save(tmp_path / "wide.xlsx")
    error = refusal(engine, tmp_path / "wide.xlsx")
    assert (error.code, error.facts["cell"]) == ("cell_far_out", "XFD3")


def rewritten(path: Path, target: Path, member: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.namelist():
            content = source.read(item)
            assert item != member or old in content
            archive.writestr(item, content.replace(old, new) if item == member else content)
    return target


def test_hostile_xml_in_an_xlsx(engine: Engine, tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", ["编号"], [1, "水"])
    sheet = "xl/worksheets/sheet1.xml"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(8)
    )
    for number, (old, new) in enumerate(
        [
            (b"</sheetData>", b""),
            (b'<row r="2"', b'<row r="-2"'),
            (b'<row r="2"', b'<row r="1"'),
            (b'r="A2"', b'r="ZZZZ2"'),
            (b"<v>1</v>", b"<v>99999</v>"),
            (b"<v>1</v>", b"<v>" + b"9" * 9999 + b"</v>"),
            (b"<worksheet", entities + b"]><worksheet"),
        ]
    ):
        path = rewritten(good, tmp_path / f"{number}.xlsx", sheet, old, new)
        assert outcome(engine, path) in ("read", "file_broken", "cell_far_out", "cell_too_long")


def test_long_cells_are_refused(engine: Engine, tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", ["编号"], ["marker"])
    path = rewritten(good, tmp_path / "long.xlsx", "xl/sharedStrings.xml", b"marker", b"x" * 40_000)
    error = refusal(engine, path)
    assert (error.code, error.facts["cell"]) == ("cell_too_long", "A2")


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".et", ".ods"])
def test_what_is_no_workbook_says_so(engine: Engine, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    for content in (b"", b"<html><table><tr><td>1</td></tr></table></html>", b"a,b\n1,2\n"):
        path.write_bytes(content)
        assert refusal(engine, path).code == "not_a_workbook"
    for content in (b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)):
        path.write_bytes(content)
        assert refusal(engine, path).code == "file_broken"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert refusal(engine, path).code == "not_a_workbook"


def test_a_broken_part_is_one_clear_error(engine: Engine, tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", ["编号"], ["1"])
    for member in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
        path = rewritten(good, tmp_path / "bad.xlsx", member, b">", b"")
        assert refusal(engine, path).code == "file_broken"


def test_an_encrypted_workbook_says_so(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name + bytes(500))
    assert refusal(engine, path).code == "password_protected"


def old_workbook(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    for column, heading in enumerate(["编号", "单位", "日期"]):
        sheet.write(1, column, heading)
    sheet.write_merge(2, 3, 0, 0, "1")
    sheet.write(2, 1, 12)
    sheet.write(2, 2, datetime(2024, 1, 2), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(3, 1, 1.5)
    sheet.write(4, 1, True)
    sheet.row(4).write(2, xlwt.Formula("1/0"))
    sheet.row(3).hidden = True
    for row in range(5, 400):
        sheet.write(row, 0, f"第{row}号建议")
    sheet.row(5).set_cell_error(1, 42)
    book.add_sheet("二").visibility = 1
    book.save(str(path))
    return path


@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsx"])
def test_the_old_format_under_any_name(engine: Engine, tmp_path: Path, suffix: str) -> None:
    grid, found = read(engine, old_workbook(tmp_path / f"a{suffix}"))
    assert found[:4] == [
        (2, "编号", "单位", "日期"),
        (3, "1", "12", "2024-01-02"),
        (4, None, "1.5", None),
        (5, None, "TRUE", None),
    ]
    # calamine alone would give a blank.
    assert found[4] == (6, "第5号建议", "#N/A", None)
    assert len(found) == 399
    assert (list(grid.merged), list(grid.hidden)) == ([Area(3, 1, 4, 1)], [4])
    assert (grid.sheet, list(grid.sheets)) == ("一", ["一"])


def test_a_small_file_of_the_old_format_and_every_truncation_of_it(engine: Engine, tmp_path: Path) -> None:
    content = old_workbook(tmp_path / "a.xls").read_bytes()
    path = tmp_path / "b.xls"
    for length in range(8, len(content), 997):
        path.write_bytes(content[:length])
        assert outcome(engine, path) in ("read", "file_broken", "cell_far_out", "password_protected")


CONTENT = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, tables: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT.format(tables))
    return path


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def table(rows: str, name: str = "一", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{rows}</table:table>'


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def test_ods_cells(engine: Engine, tmp_path: Path) -> None:
    rows = (
        row(cell("编号") + cell("单位"))
        + row("<table:table-cell/>", 'table:number-rows-repeated="2"')
        + row(
            cell("1", 'office:value-type="string" table:number-rows-spanned="2"')
            + cell("12.50", 'office:value-type="float" office:value="12.5"')
            + cell("24-1-2", 'office:value-type="date" office:date-value="2024-01-02"')
        )
        + row(
            "<table:covered-table-cell/>"
            + cell("1,200", 'office:value-type="float" office:value="1200"')
            + cell("#N/A", 'table:formula="of:=NA()" office:value-type="string" office:string-value=""'),
            'table:visibility="collapse"',
        )
        + row(cell("是", 'office:value-type="boolean" office:boolean-value="true"') * 2)
        + row('<table:table-cell table:formula="of:=[.A1]"/>')
        + row(
            "<table:table-cell><office:annotation><text:p>批注</text:p></office:annotation>"
            '<text:p>甲<text:s text:c="2"/><text:span>乙</text:span></text:p><text:p>丙</text:p></table:table-cell>'
        )
        + row(
            cell("x", 'office:value-type="string" table:number-columns-repeated="2"'),
            'table:number-rows-repeated="2"',
        )
        + row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            'table:number-rows-repeated="1048566"',
        )
    )
    grid, found = read(engine, ods(tmp_path / "a.ods", table(rows)))
    assert found == [
        (1, "编号", "单位", None),
        (4, "1", "12.5", "2024-01-02"),
        (5, None, "1200", "#N/A"),
        (6, "TRUE", "TRUE", None),
        (7, "=[.A1]", None, None),
        (8, "甲  乙\n丙", None, None),
        (9, "x", "x", None),
        (10, "x", "x", None),
    ]
    assert (list(grid.merged), list(grid.hidden)) == ([Area(4, 1, 5, 1)], [5])
    assert [(note.code, note.row, note.column) for note in grid.notes] == [("formula_without_value", 7, 0)]


def test_ods_sheets(engine: Engine, tmp_path: Path) -> None:
    hidden = table(row(cell("隐")), "隐", 'table:style-name="ta2"')
    path = ods(tmp_path / "a.ods", hidden + table(row(cell("甲")), "甲") + table(row(cell("乙")), "乙"))
    assert read(engine, path)[1] == [(1, "甲")]
    assert read(engine, path, "乙")[1] == [(1, "乙")]
    assert read(engine, path, "隐")[1] == [(1, "隐")]
    assert refusal(engine, path, "丙").code == "unknown_sheet"
    assert refusal(engine, ods(tmp_path / "b.ods", hidden)).code == "no_visible_sheet"


@pytest.mark.parametrize(
    "rows",
    [
        row(cell("x"), 'table:number-rows-repeated="1000000000"'),
        row(cell("x", 'office:value-type="string" table:number-columns-repeated="1000000000"')),
        row(cell("x" * 30_000), 'table:number-rows-repeated="100000"'),
        row("<table:table-cell table:number-columns-repeated='2000000000'/>" + cell("x")),
        row("", 'table:number-rows-repeated="2000000000"') + row(cell("x")),
        row(cell("x" * 40_000)),
        row(cell("x", 'table:number-columns-repeated="x"')),
        "<table:table-row>",
    ],
)
def test_an_ods_bomb_is_refused_before_it_grows(engine: Engine, tmp_path: Path, rows: str) -> None:
    error = refusal(engine, ods(tmp_path / "a.ods", table(rows)))
    assert error.code in ("file_too_large_inside", "cell_far_out", "cell_too_long", "file_broken")


def test_an_ods_with_entities_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", table(row(cell("x"))))
    bad = rewritten(
        path, tmp_path / "b.ods", "content.xml", b"<office:document", b"<!DOCTYPE x><office:document"
    )
    assert refusal(engine, bad).code == "file_broken"


def test_an_ods_of_another_program(engine: Engine, tmp_path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    sheet = Table(name="一")
    for texts in (["编号", "单位"], ["1", "市水务局"]):
        line = TableRow()
        for text in texts:
            part = TableCell(valuetype="string")
            part.addElement(P(text=text))
            line.addElement(part)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(tmp_path / "a.ods"))
    assert read(engine, tmp_path / "a.ods")[1] == [(1, "编号", "单位"), (2, "1", "市水务局")]
