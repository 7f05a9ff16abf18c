"""Rows of the workbooks are as high as their texts: a wrapped text that runs over its row cannot be read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import duban
from duban.registry import installed
from duban_reports.row_heights import lines

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
# The text of 11 points needs as much.
LINE = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("heights") / "place"
    shutil.copytree(Path(str(installed().samples["harbin-2023"].folder)), place)
    duban.run(place, draws=0, reports=["workbook", "score_sheets_xlsx"])
    return place / "out"


@pytest.mark.parametrize("name", ["result.xlsx", "score_sheets.xlsx"])
def test_every_wrapped_text_has_its_room(folder: Path, name: str) -> None:
    seen = 0
    for sheet in openpyxl.load_workbook(folder / name):
        for text, width, height in _wrapped(sheet):
            for_lines = sum(max(1, -(-_least(line) // width)) for line in text.split("\n"))
            assert height >= LINE * for_lines, (sheet.title, text)
            seen += for_lines > 1
    assert seen > 10


@pytest.mark.parametrize(
    ("text", "width", "known"),
    [
        ("", 8, 1),
        ("一二三四", 10, 1),
        ("一二三四五", 10, 2),
        ("12345678", 10, 1),
        ("a\n\nb", 10, 3),
        ("字", 1, 1),
    ],
)
def test_a_chinese_character_is_two_wide(text: str, width: int, known: int) -> None:
    assert lines(text, width) == known


def _wrapped(sheet: Worksheet) -> Iterator[tuple[str, float, float]]:
    """Yield each wrapped text with the width of its column and the height of its row."""
    widths = _widths(sheet)
    for row in sheet.iter_rows():
        height = sheet.row_dimensions[row[0].row].height or LINE
        for cell in row:
            if isinstance(cell.value, str) and cell.data_type == "s" and cell.alignment.wrap_text:
                yield cell.value, widths[cell.column], height


def _widths(sheet: Worksheet) -> dict[int, float]:
    """Return the width of each column; one entry of the file may speak of several."""
    found = {}
    for entry in sheet.column_dimensions.values():
        for column in range(entry.min, entry.max + 1):
            found[column] = entry.width
    return found


def _least(line: str) -> int:
    """Return what a line takes at least: Chinese characters are two wide."""
    return sum(2 if "\u4e00" <= sign <= "\u9fff" else 1 for sign in line)
