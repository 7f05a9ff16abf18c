"""How a value stands in a csv file: plain decimals, ISO dates, and text that no spreadsheet takes for a formula."""

import csv
import math
import numbers
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd

from .exact import plain

# What makes Excel, WPS or LibreOffice read a cell as a formula (OWASP, "CSV Injection"), full-width forms included.
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def guarded(text: str) -> str:
    """Return a text with `'` before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def is_missing(value: object) -> bool:
    """Return whether a cell of a frame holds nothing: None, NA or NaN."""
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )


def cell_texts(values: "pd.Series") -> Iterator[str]:
    """Return each value of a column as the text of its csv cell."""
    number = cache(plain)
    for value in values.tolist():
        if isinstance(value, str):
            yield guarded(value)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, Fraction | int):
            yield number(value)
        else:
            yield "" if is_missing(value) else _other(value)


def _other(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, numbers.Number):
        return str(value)
    return guarded(str(value))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as UTF-8 with BOM, which Excel opens right; line ends as RFC 4180 has them.

    Half of a surrogate pair, which a file name may hold, is written as its escape.
    """
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows(zip(*(cell_texts(frame[name]) for name in frame.columns), strict=True))
