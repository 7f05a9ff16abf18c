"""问题清单: what was noticed in the data, with its place and what to do."""

from xlsxwriter.worksheet import Worksheet

from duban import Text, is_missing

from .book import HEAD_ROW, Book, Column, records

TITLE = Text("问题清单", "Findings")
COLUMNS = {
    "severity": Column(Text("程度", "Severity"), 8),
    "code": Column(Text("代码", "Code"), 22),
    "table": Column(Text("表", "Table"), 12),
    "file": Column(Text("文件", "File"), 20),
    "sheet": Column(Text("工作表", "Sheet"), 12),
    "row": Column(Text("行", "Row"), 7),
    "column": Column(Text("列", "Column"), 16),
    "value": Column(Text("值", "Value"), 18),
    "message": Column(Text("问题", "What is wrong"), 60),
    "action": Column(Text("怎么办", "What to do"), 50),
}
SEVERITIES = {
    "error": Text("错误", "error"),
    "warning": Text("警告", "warning"),
    "info": Text("提示", "info"),
}
# More than anybody reads in a workbook; findings.csv has them all.
MOST = 20_000
_NOTE = Text("共 {count} 条，全部在 findings.csv", "{count} in all; findings.csv has every one")


def write(book: Book, sheet: Worksheet) -> None:
    """Write the findings, up to a number that a workbook can bear."""
    found = book.run.findings
    book.head(sheet, tuple(COLUMNS.values()), book.say(_NOTE, count=len(found)))
    for row, item in enumerate(records(found.head(MOST)), start=HEAD_ROW + 1):
        for place, name in enumerate(COLUMNS):
            value = item[name]
            if name == "row":
                book.number(sheet, row, place, None if is_missing(value) else int(value), "0")
            elif name == "severity" and value in SEVERITIES:
                book.text(sheet, row, place, book.say(SEVERITIES[value]))
            else:
                wide = "wrapped" if name in ("message", "action") else "text"
                book.text(sheet, row, place, "" if is_missing(value) else value, wide)
    book.filtered(sheet, min(len(found), MOST), len(COLUMNS))
