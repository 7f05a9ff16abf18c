"""What all sheets share: formats, cells that hold any text safely, and a head that stays in sight."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from duban import Run, Text
from duban_reports.row_heights import RowHeights

if TYPE_CHECKING:
    import pandas as pd

# What a cell holds at most, and what no cell can hold: control characters and halves of surrogate pairs.
_LONGEST = 32_767
_IMPOSSIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_HEAD = {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "align": "center"}
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"border": 1},
    "wrapped": {"border": 1, "text_wrap": True},
    "strong": {"border": 1, "bold": True, "bg_color": "#F2F2F2", "text_wrap": True},
    "chosen": {"border": 1, "bold": True, "bg_color": "#FFF2CC", "text_wrap": True},
    "link": {"border": 1, "font_color": "#0563C1", "underline": 1, "text_wrap": True},
    "chosen_link": {
        "border": 1,
        "bold": True,
        "bg_color": "#FFF2CC",
        "font_color": "#0563C1",
        "underline": 1,
        "text_wrap": True,
    },
    "head": _HEAD,
    "title": {"bold": True, "font_size": 16},
    "note": {"font_color": "#595959"},
    "plain": {},
}
_MARKS = {
    "internal": Text("内部资料", "Internal"),
    "public": Text("公开版，空着的数是隐去的", "Public edition: a number that is not there was withheld"),
}
# The first row of every table: a title and a note stand above it.
HEAD_ROW = 2


class Column(NamedTuple):
    """A column of a sheet: its heading, and its width in half-width characters."""

    title: Text
    width: int


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose formulas use no function newer than Excel 2007: the look for such ones takes most of the time."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class Book:
    """A workbook being written, in the language of the run."""

    def __init__(self, file: Workbook, run: Run) -> None:
        self.run = run
        self._file = file
        self._formats: dict[tuple[str, str], Any] = {}
        self._heights = RowHeights()
        self.full_points = full_points(run)
        self.aggregators = aggregators(run)
        # Two runs over the same files give the same bytes: no time stamp but the day of the evaluation.
        day = datetime.combine(run.as_of, time())
        file.set_properties({"title": cleaned(run.title), "author": "", "comments": "", "created": day})

    def say(self, text: Text, **facts: object) -> str:
        """Return a text in the language of the run."""
        return text.say(self.run.language, **facts)

    def sheet(self, title: Text) -> Worksheet:
        """Add a sheet."""
        return self._file.add_worksheet(self.say(title), Sheet)

    def look(self, name: str, number: str = "") -> Any:
        """Return a format by its name, for numbers with how they are shown."""
        if (name, number) not in self._formats:
            shown = {"num_format": number} if number else {}
            self._formats[name, number] = self._file.add_format({**_FONT, **_LOOKS[name], **shown})
        return self._formats[name, number]

    def link(
        self, sheet: Worksheet, at: tuple[int, int], to: tuple[Worksheet, int], name: str, look: str
    ) -> None:
        """Write a name that leads to a row of another sheet."""
        target, row = to
        place = f"internal:'{target.get_name()}'!A{row + 1}"
        sheet.write_url(*at, place, self.look(look), cleaned(name))
        self._heights.fit(sheet, *at, name)

    def head(self, sheet: Worksheet, columns: Sequence[Column], note: str = "") -> None:
        """Write title, note and headings, frozen, and repeated on every printed page."""
        sheet.write_string(0, 0, cleaned(self.run.title), self.look("title"))
        mark = self.say(_MARKS[self.run.edition])
        sheet.write_string(1, 0, cleaned(f"{mark}。{note}"), self.look("note"))
        sheet.set_header(f"&R{mark}")
        self._heights.columns(sheet, [column.width for column in columns])
        for place, column in enumerate(columns):
            self.text(sheet, HEAD_ROW, place, self.say(column.title), "head")
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")

    def filtered(self, sheet: Worksheet, rows: int, columns: int) -> None:
        """Let the table be filtered by any of its columns."""
        if rows:
            sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + rows, columns - 1)

    def text(self, sheet: Worksheet, row: int, column: int, value: object, look: str = "text") -> None:
        """Write a text, whatever it begins with; nothing for None."""
        text = "" if value is None else cleaned(str(value))
        sheet.write_string(row, column, text, self.look(look))
        if _LOOKS[look].get("text_wrap"):
            self._heights.fit(sheet, row, column, text)

    def number(
        self, sheet: Worksheet, row: int, column: int, value: object, shown: str = "0.00", look: str = "text"
    ) -> None:
        """Write a number; an empty cell where there is none."""
        if isinstance(value, Fraction | int):
            sheet.write_number(row, column, float(value), self.look(look, shown))
        else:
            sheet.write_blank(row, column, None, self.look(look, shown))

    def formula(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        text: str,
        value: object,
        shown: str = "0.00",
        look: str = "text",
    ) -> None:
        """Write a formula with the engine's value, which stands there until somebody recalculates."""
        known: object = (
            float(value) if isinstance(value, Fraction | int) else ("" if value is None else value)
        )
        sheet.write_formula(row, column, f"={text}", self.look(look, shown), known)


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows of a table of the run, each cell by its column."""
    found: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return found


def full_points(run: Run) -> dict[str, Fraction]:
    """Return the declared points of each dimension, in the order of the ruleset."""
    own = {name: Fraction(0) for name in run.ruleset.dimensions}
    for criterion in run.ruleset.criteria.values():
        own[criterion.dimension] += criterion.points
    stated = {name: rule.points for name, rule in run.ruleset.dimensions.items()}
    return {name: own[name] if points is None else points for name, points in stated.items()}


def aggregators(run: Run) -> dict[str, str]:
    """Return how the criteria of each dimension are put together, as a formula; only where one says it."""
    if run.evaluated is None:
        return {}
    formulas = {item.id: item.aggregator.aggregator.formula for item in run.evaluated.plan.dimensions}
    return {name: formula for name, formula in formulas.items() if formula is not None}


def cleaned(text: str) -> str:
    """Return a text that a cell can hold."""
    whole = _IMPOSSIBLE.sub("\ufffd", text)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def cell(sheet: Worksheet | None, row: int, column: int) -> str:
    """Return a fixed reference to a cell, of another sheet where one is named."""
    at = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    return at if sheet is None else f"'{sheet.get_name()}'!{at}"


def span(sheet: Worksheet | None, first: int, last: int, column: int) -> str:
    """Return a fixed reference to some rows of a column."""
    return f"{cell(sheet, first, column)}:{cell(None, last, column)}"
