"""The input workbook of an empty workspace: known headings, drop-downs for labels, limits for dates and counts."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from duban.tables import CASES, DEPARTMENTS, Column, Table
from duban.terms import ColumnType

LEDGER, UNITS, CODES = "台账", "单位", "代码表"
ROWS = 20_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_YES_NO = ("是", "否")
_FORMATS = {ColumnType.DATE: "yyyy-mm-dd", ColumnType.INTEGER: "0", ColumnType.DECIMAL: "General"}
_WIDE = {"title": 40, "department": 20, "name": 24, "aliases": 24}
_HEAD = {"bold": True, "bottom": 1, "valign": "vcenter", "text_wrap": True}
# Required columns are darker: one must see at a glance which three are enough.
_COLOURS = {True: "#F8CBAD", False: "#DDEBF7"}


def write_workbook(path: Path, outcomes: Sequence[str]) -> None:
    """Write the workbook; `outcomes` are the classes that the ruleset has for the column 办理结果."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        ledger, units, codes = (book.add_worksheet(name) for name in (LEDGER, UNITS, CODES))
        codes.hide()
        lists = _write_codes(codes, _choices(outcomes))
        _write_sheet(book, ledger, CASES, lists)
        _write_sheet(book, units, DEPARTMENTS, {})
        ledger.activate()


def _choices(outcomes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what may be chosen, by heading: the first known label of each value."""
    choices = {}
    for column in CASES.columns.values():
        labels = tuple(known[0] for known in column.labels.values() if known)
        labels = tuple(outcomes) if column.name == "outcome" else labels
        labels = _YES_NO if column.type is ColumnType.BOOLEAN else labels
        if labels:
            choices[column.title] = labels
    return choices


def _write_codes(sheet: Any, choices: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write one list a column; return the range of each, by heading."""
    ranges = {}
    for place, (heading, labels) in enumerate(choices.items()):
        sheet.write_string(0, place, heading)
        sheet.write_column(1, place, labels)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        ranges[heading] = f"='{CODES}'!${letter}$2:${letter}${len(labels) + 1}"
    return ranges


def _write_sheet(book: Any, sheet: Any, table: Table, lists: Mapping[str, str]) -> None:
    heads = {
        required: book.add_format({**_HEAD, "bg_color": colour}) for required, colour in _COLOURS.items()
    }
    # Text is the default: a case number such as 0012 keeps its zeros.
    formats = {kind: book.add_format({"num_format": _FORMATS.get(kind, "@")}) for kind in ColumnType}
    for place, column in enumerate(table.columns.values()):
        width = _WIDE.get(column.name, max(12, 2 * len(column.title) + 2))
        sheet.set_column(place, place, width, formats[column.type])
        sheet.write_string(0, place, column.title, heads[column.required])
        limit = _limit(column, lists)
        if limit:
            sheet.data_validation(1, place, ROWS, place, {**limit, "error_title": "请核对"})
    _set_page(sheet, table)


def _set_page(sheet: Any, table: Table) -> None:
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, min(2, len(table.key)))
    sheet.autofilter(0, 0, ROWS, len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _limit(column: Column, lists: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what may be typed into a column; a message in Chinese says so."""
    if column.title in lists:
        message = "请从下拉列表中选择；不确定时请留空。"
        return {"validate": "list", "source": lists[column.title], "error_message": message}
    if column.type is ColumnType.DATE:
        message = f"请填写日期，如 2024-03-12（{FIRST_DAY} 至 {LAST_DAY}）。"
        limits = {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
        return {**limits, "error_message": message}
    if column.type is ColumnType.INTEGER:
        limits = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 9999}
        return {**limits, "error_message": "请填写 0 至 9999 之间的整数。"}
    return None
