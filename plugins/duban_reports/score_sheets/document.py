"""score_sheets.docx: the score sheets on paper, one department after the other, on request also a file for each."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

from duban import (
    Run,
    Text,
    file_name,
    fixed,
    objection_terms,
    plain,
    word_document,
    word_paragraph,
    word_table,
)

from .content import Item, Sheet, sheets

NAME = "score_sheets.docx"
FOLDER = "score_sheets"
# More than that no word processor opens in reasonable time: then there are several files.
MOST_SHEETS = 500
# Twentieths of a point; together the 156 mm between the margins.
_WIDTHS = (1350, 2900, 560, 1150, 700, 640, 1544)
_HEAD_WIDTHS = (1500, 7344)
_CASE_WIDTHS = (1800, 2400, 4644)
_COLUMNS = (
    Text("项目", "Item"),
    Text("标准", "Standard"),
    Text("满分", "Full marks"),
    Text("实际", "Actual"),
    Text("得分", "Points"),
    Text("组内位次", "Place"),
    Text("扣分办件、说明", "Cases and notes"),
)
_CASES = (Text("编号", "Case"), Text("项目", "Item"), Text("说明", "Why"))
_TITLE = Text("{name}评分表", "Score sheet: {name}")
_EVALUATION, _RULES = Text("评价", "Evaluation"), Text("评价办法", "Rules")
_AS_OF = Text("{rules}（数据截至{day}）", "{rules} (as of {day})")
_ITEMS, _LIST = Text("各项得分", "Points by item"), Text("有关的件", "Cases")
_OBJECTIONS = Text("异议", "Objections")
_OF = Text("{value}\n{hits}/{count}", "{value}\n{hits}/{count}")
_MARK, _INTERNAL = "{{ 内部标记 }}", Text("内部资料", "Internal")
_NONE = "—"


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write all sheets into one file, or several where there are very many, and one each where the office asks for it."""
    found = list(sheets(run))
    papers = [list(_paper(run, one)) for one in found]
    count = -(-len(papers) // MOST_SHEETS)
    written = {}
    for number in range(count):
        name = NAME if count == 1 else NAME.replace(".", f"-{number + 1:0{len(str(count))}d}.")
        written[name] = papers[number * MOST_SHEETS : (number + 1) * MOST_SHEETS]
    if run.report.each:
        (folder / FOLDER).mkdir()
        for one, paper in zip(found, papers, strict=True):
            written[f"{FOLDER}/{file_name(one.name, one.number, len(found), '.docx')}"] = [paper]
    frame = (files(__package__) / "frame.docx").read_bytes()
    mark = _INTERNAL.say(run.language) if run.edition == "internal" else ""
    for name, chosen in written.items():
        # The first sheet begins on the first page.
        body = (
            part
            for place, paper in enumerate(chosen)
            for part in (_title(paper[0], run, place > 0), *paper[1:])
        )
        (folder / name).write_bytes(word_document(frame, body, {_MARK: mark}))
    return list(written)


def _title(name: str, run: Run, page_break: bool) -> str:
    return word_paragraph(_TITLE.say(run.language, name=name), "SheetTitle", page_break)


def _paper(run: Run, sheet: Sheet) -> Iterator[str]:
    """Yield the name of a department, and behind it the parts of its sheet."""

    def say(text: Text, **facts: object) -> str:
        return text.say(run.language, **facts)

    yield sheet.name
    rules = say(_AS_OF, rules=run.ruleset.name(run.language), day=run.as_of.isoformat())
    head = [(say(_EVALUATION), run.title), (say(_RULES), rules), *sheet.head]
    yield word_table(head, _HEAD_WIDTHS, heads=0)
    yield word_paragraph(say(_ITEMS), "SheetHeading")
    lines = [_line(run, item) for item in sheet.items]
    yield word_table([[say(text) for text in _COLUMNS], *lines], _WIDTHS)
    if sheet.cases:
        yield word_paragraph(say(_LIST), "SheetHeading")
        cases = [(case.id, case.title, case.why) for case in sheet.cases]
        yield word_table([[say(text) for text in _CASES], *cases], _CASE_WIDTHS)
    if run.clock is not None:
        yield word_paragraph(say(_OBJECTIONS), "SheetHeading")
        yield word_paragraph(objection_terms(run.clock, run.language), "SheetText")
    yield from (word_paragraph(note, "SheetText") for note in run.withheld)


def _line(run: Run, item: Item) -> Sequence[str]:
    counted = item.count is not None and item.hits is not None
    actual = item.value or (str(item.count) if item.count is not None else _NONE)
    if counted and item.value:
        actual = _OF.say(run.language, hits=item.hits, count=item.count, value=item.value)
    notes = "；".join(filter(None, (item.cases, item.note)))
    full, points = item.full, item.points
    scored = full is None or full != 0
    return (
        item.title,
        item.standard,
        _NONE if not full else plain(Fraction(full)),
        actual,
        _NONE if points is None or not scored else fixed(points, 2),
        item.place or _NONE,
        notes,
    )
