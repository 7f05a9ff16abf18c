"""答复→结果: of each department, which answers were rated how, and what became of them."""

from collections.abc import Mapping

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from duban import Text

from .book import HEAD_ROW, Book, Column, records

TITLE = Text("答复→结果", "Answer → result")
RATINGS = {
    "very_satisfied": Text("很满意", "very satisfied"),
    "satisfied": Text("满意", "satisfied"),
    "basically_satisfied": Text("基本满意", "basically satisfied"),
    "dissatisfied": Text("不满意", "dissatisfied"),
    "no_response": Text("未评价", "no response"),
}
_FIRST = (
    Column(Text("单位", "Department"), 28),
    Column(Text("答复评价", "Answer rated"), 14),
)
_SUM = Column(Text("合计", "Sum"), 9)
_NOTE = Text(
    "每行是一种答复评价，各列是这些件后来的结果评价，单位：件",
    "a row is one rating of the answer; the columns are how the result of these cases was rated later",
)


def write(book: Book, sheet: Worksheet) -> None:
    """Write the table, only ratings of the answer that occur."""
    results = [Column(text, 10) for text in RATINGS.values()]
    book.head(sheet, (*_FIRST, *results, _SUM), book.say(_NOTE))
    names = dict(zip(book.run.ranking["department"], book.run.ranking["name"], strict=True))
    counts = _counts(book)
    for row, ((department, answer), found) in enumerate(counts.items(), start=HEAD_ROW + 1):
        book.text(sheet, row, 0, names.get(department, department))
        book.text(sheet, row, 1, book.say(RATINGS[answer]))
        for place, result in enumerate(RATINGS, start=len(_FIRST)):
            book.number(sheet, row, place, found.get(result, 0), "0")
        last = len(_FIRST) + len(RATINGS)
        ends = xl_col_to_name(len(_FIRST)), xl_col_to_name(last - 1)
        text = f"SUM({ends[0]}{row + 1}:{ends[1]}{row + 1})"
        book.formula(sheet, row, last, text, sum(found.values()), "0")
    book.filtered(sheet, len(counts), len(_FIRST) + len(RATINGS) + 1)


def _counts(book: Book) -> Mapping[tuple[str, str], dict[str, int]]:
    """Return the cases by department and rating of the answer, departments as they are ranked."""
    order = {department: place for place, department in enumerate(book.run.ranking["department"])}
    found: dict[tuple[str, str], dict[str, int]] = {}
    for item in records(book.run.two_stage):
        found.setdefault((item["department"], item["answer"]), {})[item["result"]] = int(item["count"])
    ratings = list(RATINGS)
    return dict(
        sorted(found.items(), key=lambda pair: (order.get(pair[0][0], len(order)), ratings.index(pair[0][1])))
    )
