"""Dates as people write them, turned into days: as SQL for a column, and as Python for one value.

`2024-03-12`, `2024/3/12`, `2024.3.12`, `2024年3月12日`, `20240312`, each with or without a time of day, and the day
numbers of spreadsheets (45363, 45363.5).
"""

import re
from datetime import date, timedelta
from typing import Literal

from duban.engine import literal

from .cells import narrowed_sql

FIRST_DAY, LAST_DAY = date(1949, 1, 1), date(2100, 12, 31)
# Day 0 of the spreadsheets' calendar as it is right for every day from March 1900 on.
SERIAL_START = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = (FIRST_DAY - SERIAL_START).days, (LAST_DAY - SERIAL_START).days
_HOUR = "(?:[01]?[0-9]|2[0-3])"
_TIME = (
    f"(?:{_HOUR}:[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]+)?)?"
    f"|{_HOUR} *[时点](?: *[0-5]?[0-9] *分(?: *[0-5]?[0-9] *秒)?)?)"
)
_LATER = f"(?:[ T] *{_TIME})?"
_FORMS = (
    f"^([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_LATER}$",
    f"^([0-9]{{4}})/([0-9]{{1,2}})/([0-9]{{1,2}}){_LATER}$",
    f"^([0-9]{{4}})\\.([0-9]{{1,2}})\\.([0-9]{{1,2}}){_LATER}$",
    f"^([0-9]{{4}}) *年 *([0-9]{{1,2}}) *月 *([0-9]{{1,2}}) *日(?: *{_TIME})?$",
    f"^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_LATER}$",
)
_SERIAL = "[0-9]{5}(?:\\.[0-9]+)?"
_WIDE = str.maketrans("－＋．／：", "-+./:")

DateProblem = Literal["unparsable_cell", "impossible_date"]


def date_sql(text: str) -> tuple[str, str]:
    """Return value and problem of a cleaned text as a day."""
    parts = narrowed_sql(text)
    for form in _FORMS:
        parts = f"regexp_replace({parts}, {literal(form)}, '\\1-\\2-\\3')"
    day = f"regexp_full_match({parts}, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}')"
    serial = f"regexp_full_match({narrowed_sql(text)}, '{_SERIAL}')"
    number = f"CAST(left({text}, 5) AS INTEGER)"
    value = (
        f"CASE WHEN {serial} THEN CASE WHEN {number} BETWEEN {_FIRST_SERIAL} AND {_LAST_SERIAL} "
        f"THEN DATE '{SERIAL_START}' + {number} END "
        f"WHEN {day} THEN {possible_sql(f'try_cast({parts} AS DATE)')} END"
    )
    return value, f"CASE WHEN {day} THEN 'impossible_date' ELSE 'unparsable_cell' END"


def possible_sql(day: str) -> str:
    """Return a day, or NULL where no evaluation can mean it."""
    return f"CASE WHEN {day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {day} END"


def read_date(text: str) -> date | DateProblem:
    """Return the day that a cleaned text means, or what is wrong with it."""
    text = text.translate(_WIDE)
    if re.fullmatch(_SERIAL, text):
        number = int(text[:5])
        return (
            SERIAL_START + timedelta(number) if _FIRST_SERIAL <= number <= _LAST_SERIAL else "unparsable_cell"
        )
    found = next((match for form in _FORMS if (match := re.fullmatch(form, text))), None)
    if found is None:
        return "unparsable_cell"
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return "impossible_date"
    return day if FIRST_DAY <= day <= LAST_DAY else "impossible_date"
