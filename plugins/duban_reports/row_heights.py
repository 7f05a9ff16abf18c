"""Rows as high as their texts: not every program that opens a workbook works that out for itself."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from unicodedata import east_asian_width

_LINE = 17
# What a spreadsheet lets a row be at most: 409 points.
_MOST_LINES = 24


class RowHeights:
    """How wide the columns of a workbook's sheets are, and how high its rows have become."""

    def __init__(self) -> None:
        self._widths: dict[str, Sequence[int]] = {}
        self._lines: dict[tuple[str, int], int] = {}

    def columns(self, sheet: Any, widths: Sequence[int]) -> None:
        """Set the widths of a sheet's columns, in half-width characters."""
        self._widths[sheet.get_name()] = widths
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)

    def fit(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Make a row high enough for a wrapped text."""
        name = sheet.get_name()
        needed = min(lines(text, self._widths[name][column]), _MOST_LINES)
        if needed > self._lines.get((name, row), 1):
            self._lines[name, row] = needed
            sheet.set_row(row, _LINE * needed)


@lru_cache(maxsize=4096)
def lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column; a Chinese character is two half-width ones wide."""
    # A line ends before a character that does not fit or must not be parted from the next one.
    usable = max(width - 2, 2)
    return sum(max(1, -(-_width(line) // usable)) for line in text.split("\n"))


def _width(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)
