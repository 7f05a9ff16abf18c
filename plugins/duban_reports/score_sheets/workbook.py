"""score_sheets.xlsx: a list of all departments and a sheet for each; for very many, one long sheet."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from duban import Run, Text
from duban_reports.row_heights import RowHeights

from .content import Item, Sheet, sheets

NAME = "score_sheets.xlsx"
# Above that many departments nobody finds a sheet any more.
MOST_SHEETS = 200
# What a spreadsheet lets a name of a sheet hold, in units of UTF-16.
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767
# What no cell can hold: control characters and halves of surrogate pairs.
_IMPOSSIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "note": {"font_color": "#595959"},
    "head": {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "align": "center"},
    "text": {"border": 1, "text_wrap": True},
    "link": {"border": 1, "font_color": "#0563C1", "underline": 1},
    "whole": {"border": 1, "num_format": "0"},
    "points": {"border": 1, "num_format": "0.00"},
    "full": {"border": 1, "num_format": "General"},
}
_COLUMNS = (
    (Text("维度", "Dimension"), 14),
    (Text("项目", "Item"), 24),
    (Text("标准", "Standard"), 44),
    (Text("满分", "Full marks"), 8),
    (Text("计入件数", "Counted"), 9),
    (Text("符合件数", "Hits"), 9),
    (Text("值", "Value"), 10),
    (Text("得分", "Points"), 9),
    (Text("组内位次", "Place in group"), 10),
    (Text("说明", "Note"), 24),
    (Text("有关的件", "Cases"), 40),
)
_CASES = (Text("编号", "Case"), Text("项目", "Item"), Text("说明", "Why"))
_INDEX = ((Text("序号", "No."), 7), (Text("单位", "Department"), 34), (Text("总分", "Total"), 10))
_CONTENTS = Text("目录", "Contents")
_ALL = Text("评分表", "Score sheets")
_DEPARTMENT = Text("单位", "Department")
_TITLE = Text("{name} 评分表", "Score sheet: {name}")
_INTERNAL = Text("内部资料", "Internal")
_CASES_TITLE = Text("有关的件", "Cases")
_NUMBERS = {3: "full", 4: "whole", 5: "whole", 7: "points"}


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write the workbook."""
    with xlsxwriter.Workbook(str(folder / NAME), _OPTIONS) as file:
        day = datetime.combine(run.as_of, time())
        file.set_properties({"title": _cleaned(run.title), "author": "", "comments": "", "created": day})
        book = _Book(file, run)
        (book.one_each if len(run.ranking) <= MOST_SHEETS else book.all_in_one)(list(sheets(run)))
    return [NAME]


class _Book:
    """The workbook being written."""

    def __init__(self, file: Any, run: Run) -> None:
        self._file, self._run, self._heights = file, run, RowHeights()
        self._looks = {name: file.add_format({**_FONT, **look}) for name, look in _LOOKS.items()}
        self._marked = run.edition == "internal"

    def one_each(self, found: Sequence[Sheet]) -> None:
        """Write the list of departments, and behind it a sheet for each."""
        index = self._sheet(self._say(_CONTENTS), self._run.title, [width for _, width in _INDEX])
        self._heads(index, 2, [text for text, _ in _INDEX])
        totals = dict(zip(self._run.ranking["department"], self._run.ranking["total"], strict=True))
        for row, one in enumerate(found, start=3):
            name = sheet_name(one.number, len(found), one.name)
            sheet = self._sheet(name, self._say(_TITLE, name=one.name), [width for _, width in _COLUMNS])
            self._one(sheet, one)
            index.write_number(row, 0, one.number, self._looks["whole"])
            quoted = name.replace("'", "''")
            index.write_url(row, 1, f"internal:'{quoted}'!A1", self._looks["link"], _cleaned(one.name))
            self._number(index, row, 2, totals[one.department], "points")
        index.freeze_panes(3, 0)

    def _one(self, sheet: Any, one: Sheet) -> None:
        row = 2
        for title, value in one.head:
            sheet.write_string(row, 0, title, self._looks["head"])
            sheet.write_string(row, 1, _cleaned(value), self._looks["note"])
            row += 1
        row += 1
        self._heads(sheet, row, [text for text, _ in _COLUMNS])
        for item in one.items:
            row += 1
            self._item(sheet, row, 0, item)
        if one.cases:
            row += 2
            sheet.write_string(row, 0, self._say(_CASES_TITLE), self._looks["title"])
            row += 1
            self._heads(sheet, row, _CASES)
            for case in one.cases:
                row += 1
                for place, text in enumerate((case.id, case.title, case.why)):
                    self._text(sheet, row, place, text)

    def all_in_one(self, found: Sequence[Sheet]) -> None:
        """Write every item of every department below one another."""
        widths = [30, *(width for _, width in _COLUMNS)]
        sheet = self._sheet(self._say(_ALL), self._run.title, widths)
        self._heads(sheet, 2, [_DEPARTMENT, *(text for text, _ in _COLUMNS)])
        row = 3
        for one in found:
            for item in one.items:
                self._text(sheet, row, 0, one.name)
                self._item(sheet, row, 1, item)
                row += 1
        sheet.freeze_panes(3, 1)
        if row > 3:
            sheet.autofilter(2, 0, row - 1, len(_COLUMNS))

    def _item(self, sheet: Any, row: int, first: int, item: Item) -> None:
        cells = (
            *(item.dimension, item.title, item.standard, item.full, item.count, item.hits),
            *(item.value, item.points, item.place, item.note, item.cases),
        )
        for place, value in enumerate(cells):
            if place in _NUMBERS:
                self._number(sheet, row, first + place, value, _NUMBERS[place])
            else:
                self._text(sheet, row, first + place, str(value))

    def _sheet(self, name: str, title: str, widths: Sequence[int]) -> Any:
        sheet = self._file.add_worksheet(name)
        sheet.write_string(0, 0, _cleaned(title), self._looks["title"])
        note = self._say(_INTERNAL) if self._marked else "；".join(self._run.withheld)
        sheet.write_string(1, 0, _cleaned(note), self._looks["note"])
        self._heights.columns(sheet, widths)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&R{self._say(_INTERNAL)}" if self._marked else "")
        sheet.set_footer("&C&P / &N")
        return sheet

    def _heads(self, sheet: Any, row: int, texts: Sequence[Text]) -> None:
        for place, text in enumerate(texts):
            self._text(sheet, row, place, self._say(text), "head")

    def _text(self, sheet: Any, row: int, column: int, text: str, look: str = "text") -> None:
        sheet.write_string(row, column, _cleaned(text), self._looks[look])
        self._heights.fit(sheet, row, column, _cleaned(text))

    def _number(self, sheet: Any, row: int, column: int, value: object, look: str) -> None:
        if isinstance(value, Fraction | int):
            sheet.write_number(row, column, float(value), self._looks[look])
        else:
            sheet.write_blank(row, column, None, self._looks[look])

    def _say(self, text: Text, **facts: object) -> str:
        return text.say(self._run.language, **facts)


def sheet_name(number: int, of: int, name: str) -> str:
    """Return the name of a department's sheet: its number keeps it apart, its name is cut to what fits."""
    whole = f"{number:0{len(str(of))}d} {_FORBIDDEN.sub('_', name)}"
    while len(whole.encode("utf-16-le")) > 2 * _LONGEST_NAME:
        whole = whole[:-1]
    return whole.rstrip("' ")


def _cleaned(text: str) -> str:
    """Return a text that a cell can hold."""
    whole = _IMPOSSIBLE.sub("\ufffd", text)
    return whole if len(whole) <= _LONGEST_CELL else f"{whole[: _LONGEST_CELL - 1]}…"
