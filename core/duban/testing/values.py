"""Cells worth trying: what a column of each type may hold, the ends of what a reader accepts, and odd texts."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from duban.tables import Column
from duban.terms import ColumnType

AS_OF = date(2024, 1, 31)
DEPARTMENTS = (
    "市交通局",
    "市教育局",
    "𠮷林路街道办",
    'O\'Brien "局"',
    "=1+1",
    "A局（南）",
    "文旅局👩‍👩‍👧",
    "é局",
)
# Rare characters, emoji, quotes, marks of formulas, digits that are not ASCII.
TEXTS = (
    "交通",
    "𠮷野家𪚥",
    "👩‍👩‍👧",
    "“引号”'\"",
    "=1+1",
    "+86",
    "-",
    "@某",
    "0012",
    "１２",
    "a\\b%_",
    "x|y；z",
    "長い" * 40,
)
DATES = (
    *(AS_OF + timedelta(days=days) for days in (-400, -60, -31, -30, -2, -1, 0, 1, 2, 30, 366)),
    *(date(2023, 6, 30), date(2023, 7, 1), date(2023, 12, 31), date(2024, 1, 1), date(2023, 2, 28)),
    *(date(2020, 2, 29), date(2000, 2, 29), date(1949, 1, 1), date(2100, 12, 31)),
)
INTEGERS = (0, 1, 2, 3, 12, 100, -1, 10**9, 2**31, 10**12, -(10**12))
DECIMALS = tuple(map(Decimal, ("0", "1", "0.5", "99.99", "100", "-1", "0.000001", "999999999999.999999")))
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def values(column: Column, constants: Sequence[str] = ()) -> Sequence[Any]:
    """Return what a column may hold, the plainest first; `constants` are texts and numbers that rules speak of."""
    if column.name == "department":
        return DEPARTMENTS
    if column.labels:
        return tuple(column.labels)
    if column.type is ColumnType.DATE:
        return (*DATES, *_days(constants))
    if column.type is ColumnType.BOOLEAN:
        return (True, False)
    if column.type is ColumnType.INTEGER:
        return (*INTEGERS, *_around(constants))
    if column.type is ColumnType.DECIMAL:
        return (*DECIMALS, *map(Decimal, _around(constants)))
    return (*(text for text in constants if not text.isdigit()), *TEXTS)


def constants_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts and whole numbers that stand in rules, sorted: rows must meet them, or prove nothing."""
    found: set[str] = set()
    for text in texts:
        found.update(part.replace("''", "'") for part in _QUOTED.findall(text))
        found.update(_NUMBER.findall(_QUOTED.sub("", text)))
    return tuple(sorted(found - {""}))


def _around(constants: Iterable[str]) -> list[int]:
    return [int(text) + step for text in constants if text.isdigit() for step in (-1, 0, 1)]


def _days(constants: Iterable[str]) -> list[date]:
    days = [date.fromisoformat(text) for text in constants if _ISO_DAY.fullmatch(text)]
    return [day + timedelta(days=step) for day in days for step in (-1, 0, 1)]
