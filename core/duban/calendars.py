"""Working days: one data file a year, from the State Council's notices; a workspace may add years of its own.

A year without a file is an error, never a guess: next year's make-up days are unknown until the notice comes.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from .documents import read_document
from .engine import Engine
from .errors import RulesetError
from .validation import validated

FOLDER = "calendar"
TABLE = "calendar"
_DAY = timedelta(days=1)
_SATURDAY = 5


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Days = Annotated[tuple[date, ...], BeforeValidator(_as_tuple)]


class CalendarYear(BaseModel):
    """The days of one year that are not what their weekday says: `holidays` are off, `workdays` are worked.

    `notice` is the number of the notice that the days are taken from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    year: Annotated[int, Field(strict=True, ge=1900, le=2200)]
    notice: str = ""
    holidays: Days = ()
    workdays: Days = ()

    @field_validator("holidays", "workdays")
    @classmethod
    def _in_year(cls, days: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        if any(day.year != info.data.get("year", day.year) for day in days):
            raise ValueError("calendar_other_year")
        if set(days) & set(info.data.get("holidays", ())):
            raise ValueError("calendar_day_twice")
        return days


class Calendar:
    """The working days that duban and a workspace know; years are read when they are first asked for.

    `folder` is the workspace's folder `calendar`; a year in it replaces the shipped one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._years: dict[int, Mapping[date, bool]] = {}

    def works(self, day: date) -> bool:
        """Return whether a day is worked.

        Raises: RulesetError, where nothing is known of its year.
        """
        if day.year not in self._years:
            self._years[day.year] = self._exceptions(day.year)
        return self._years[day.year].get(day, day.weekday() < _SATURDAY)

    def working_days(self, first: date, last: date) -> list[date]:
        """Return the working days from the first day to the last, both included."""
        days = (first + number * _DAY for number in range((last - first).days + 1))
        return [day for day in days if self.works(day)]

    def after(self, day: date, number: int) -> date:
        """Return the working day that is the `number`-th after a day; the day itself for 0."""
        while number > 0:
            day += _DAY
            number -= self.works(day)
        return day

    def _exceptions(self, year: int) -> Mapping[date, bool]:
        found = _read(year, self._folder)
        return dict.fromkeys(found.holidays, False) | dict.fromkeys(found.workdays, True)


def _read(year: int, folder: Path | None) -> CalendarYear:
    name = f"{year}.toml"
    own = folder / name if folder is not None else None
    shipped = files("duban") / "calendar_data" / name
    if own is not None and own.is_file():
        document = read_document(own, f"{FOLDER}/{name}", RulesetError)
    elif shipped.is_file():
        document = read_document(shipped, name, RulesetError)
    else:
        raise RulesetError("unknown_calendar_year", year=year, file=f"{FOLDER}/{name}")
    values: Mapping[str, Any] = document.values
    found = validated(CalendarYear, values, document.at, document.key_at, RulesetError)
    if found.year != year:
        raise RulesetError("calendar_wrong_year", document.at(("year",)), year=found.year, file=name)
    return found


def known_years() -> list[int]:
    """Return the years that duban ships."""
    names = (item.name for item in (files("duban") / "calendar_data").iterdir())
    return sorted(int(name.removesuffix(".toml")) for name in names if name.endswith(".toml"))


def create_calendar(engine: Engine, calendar: Calendar, first: date, last: date) -> None:
    """Store `calendar`: each day with `working` and `ordinal`, the number of working days up to and including it.

    The n-th working day after a day is the working day whose ordinal is greater by n.
    """
    worked = ", ".join(f"'{day}'" for day in calendar.working_days(first, last))
    engine.run(
        f"CREATE OR REPLACE TABLE {TABLE} AS "
        f"WITH worked AS (SELECT unnest(CAST([{worked}] AS DATE[])) AS worked_day) "
        "SELECT CAST(span.day AS DATE) AS day, worked_day IS NOT NULL AS working, "
        "count(worked_day) OVER (ORDER BY span.day) AS ordinal "
        f"FROM range(DATE '{first}', DATE '{last + _DAY}', INTERVAL 1 DAY) AS span(day) "
        "LEFT JOIN worked ON worked_day = span.day"
    )
