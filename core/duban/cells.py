"""How a value stands in a csv file: plain decimals, ISO dates, and text that no spreadsheet takes for a formula."""

import csv
import math
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .exact import plain

if TYPE_CHECKING:
    import pandas as pd

# What makes Excel, WPS or LibreOffice read a cell as a formula (OWASP, "CSV Injection"), full-width forms included.
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def guarded(text: str) -> str:
    """Return a text with `'` before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def is_missing(value: object) -> bool:
    """Return whether a cell of a frame holds nothing: None, NA or NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    # By name: pandas takes a moment to import, and where it is not there nothing is its.
    return type(value).__name__ in ("NAType", "NaTType")


def cell_text(value: object) -> str:
    """Return a value as the text of its csv cell."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction | int):
        return plain(value)
    if is_missing(value):
        return ""
    return value.isoformat() if isinstance(value, date) else guarded(str(value))


def each_once(text_of: Callable[[object], str], values: "pd.Series") -> Iterator[str]:
    """Return the text of each value of a column, computed once for equal values of one type.

    Fractions are left to `plain`: to look them up takes longer than the text.
    """
    known = lru_cache(maxsize=100_000, typed=True)(text_of)
    return (text_of(value) if type(value) is Fraction else known(value) for value in values.tolist())


def write_csv(frame: "pd.DataFrame", path: Path) -> None:
    """Write a frame as UTF-8 with BOM, which Excel opens right; line ends as RFC 4180 has them.

    Half of a surrogate pair, which a file name may hold, is written as its escape.
    """
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows(zip(*(each_once(cell_text, frame[name]) for name in frame.columns), strict=True))
