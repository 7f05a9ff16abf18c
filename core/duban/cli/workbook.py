"""The input workbook of an empty workspace: known headings, drop-downs for labels, limits for dates and counts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from duban.tables import CASES, DEPARTMENTS, Column, Table
from duban.terms import ColumnType

LEDGER, UNITS, CODES = "台账", "单位", "代码表"
ROWS = 20_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
LARGEST_NUMBER = 999_999_999
LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_YES_NO = ("是", "否")
_NUMBERS = {ColumnType.INTEGER: ("integer", "整数"), ColumnType.DECIMAL: ("decimal", "数")}
_FORMATS = {ColumnType.DATE: "yyyy-mm-dd", ColumnType.INTEGER: "0", ColumnType.DECIMAL: "General"}
_WIDE = {"title": 40, "department": 20, "name": 24, "aliases": 24}
_HEAD = {"bold": True, "bottom": 1, "valign": "vcenter", "text_wrap": True}
# Required columns are darker: one must see at a glance which three are enough.
_COLOURS = {True: "#F8CBAD", False: "#DDEBF7"}

# A table's id and a column's name.
Place = tuple[str, str]


def sheet_names(tables: Iterable[Table]) -> dict[str, str]:
    """Return the name of each table's sheet, by the table's id: its Chinese title, as far as Excel takes it."""
    names: dict[str, str] = {}
    taken = {name.casefold() for name in (LEDGER, UNITS, CODES)}
    for table in tables:
        title = _FORBIDDEN.sub("", table.title).strip("' ")[:LONGEST_NAME].rstrip("' ") or table.id
        name, number = title, 1
        while name.casefold() in taken:
            number += 1
            name = f"{title[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        taken.add(name.casefold())
        names[table.id] = name
    return names


def write_workbook(
    path: Path,
    outcomes: Sequence[str],
    more: Sequence[Table] = (),
    own: Iterable[Column] = (),
    attributes: Iterable[Column] = (),
) -> None:
    """Write the workbook; `outcomes` are the classes that the ruleset has for the column 办理结果.

    Each of the tables `more` has a sheet of its own; the columns `own` are added to the ledger, the `attributes` to
    the departments.
    """
    names = sheet_names(more)
    ledger, units = _with_columns(CASES, own), _with_columns(DEPARTMENTS, attributes)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheets = {LEDGER: ledger, UNITS: units, **{names[table.id]: table for table in more}}
        places = {name: book.add_worksheet(name) for name in (*sheets, CODES)}
        places[CODES].hide()
        lists = _write_codes(places[CODES], _choices(sheets.values(), outcomes), _titles(sheets.values()))
        for name, table in sheets.items():
            _write_sheet(book, places[name], table, lists)
        places[LEDGER].activate()


def _with_columns(table: Table, more: Iterable[Column]) -> Table:
    return replace(table, columns={**table.columns, **{column.name: column for column in more}})


def _choices(tables: Iterable[Table], outcomes: Sequence[str]) -> dict[Place, Sequence[str]]:
    """Return what may be chosen, by table and column: the first known label of each value."""
    choices: dict[Place, Sequence[str]] = {}
    for table in tables:
        for column in table.columns.values():
            labels: Sequence[str] = [(*known, label)[0] for label, known in column.labels.items()]
            labels = outcomes if table.id == CASES.id and column.name == "outcome" else labels
            labels = _YES_NO if column.type is ColumnType.BOOLEAN else labels
            if labels:
                choices[table.id, column.name] = labels
    return choices


def _titles(tables: Iterable[Table]) -> dict[Place, str]:
    """Return what the list of a column is called: its own title in the ledger, elsewhere that of its table too."""
    return {
        (table.id, column.name): column.title if table.id == CASES.id else f"{table.title}·{column.title}"
        for table in tables
        for column in table.columns.values()
    }


def _write_codes(
    sheet: Any, choices: Mapping[Place, Sequence[str]], titles: Mapping[Place, str]
) -> dict[Place, str]:
    """Write one list a column, under its title; return the range of each."""
    ranges = {}
    for place, (column, labels) in enumerate(choices.items()):
        sheet.write_string(0, place, titles[column])
        sheet.write_column(1, place, labels)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        ranges[column] = f"='{CODES}'!${letter}$2:${letter}${len(labels) + 1}"
    return ranges


def _write_sheet(book: Any, sheet: Any, table: Table, lists: Mapping[Place, str]) -> None:
    heads = {
        required: book.add_format({**_HEAD, "bg_color": colour}) for required, colour in _COLOURS.items()
    }
    # Text is the default: a case number such as 0012 keeps its zeros.
    formats = {kind: book.add_format({"num_format": _FORMATS.get(kind, "@")}) for kind in ColumnType}
    for place, column in enumerate(table.columns.values()):
        width = _WIDE.get(column.name, max(12, 2 * len(column.title) + 2))
        sheet.set_column(place, place, width, formats[column.type])
        sheet.write_string(0, place, column.title, heads[column.required])
        limit = _limit(table, column, lists)
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


def _limit(table: Table, column: Column, lists: Mapping[Place, str]) -> dict[str, Any] | None:
    """Return what may be typed into a column; a message in Chinese says so."""
    if (table.id, column.name) in lists:
        message = "请从下拉列表中选择；不确定时请留空。"
        return {"validate": "list", "source": lists[table.id, column.name], "error_message": message}
    if column.type is ColumnType.DATE:
        message = f"请填写日期，如 2024-03-12（{FIRST_DAY} 至 {LAST_DAY}）。"
        limits = {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
        return {**limits, "error_message": message}
    if column.type in _NUMBERS:
        # What the ledger counts is small; what a department keeps of its own nobody knows.
        least, most = (0, 9999) if table.id == CASES.id else (-LARGEST_NUMBER, LARGEST_NUMBER)
        validate, kind = _NUMBERS[column.type]
        limits = {"validate": validate, "criteria": "between", "minimum": least, "maximum": most}
        told = {"input_message": f"单位：{column.unit}"} if column.unit else {}
        return {**limits, **told, "error_message": f"请填写 {least} 至 {most} 之间的{kind}。"}
    return None
