import re
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.calendars import Calendar, create_calendar, known_years
from duban.engine import Engine
from duban.errors import RulesetError

KNOWN_DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))


def test_every_day_agrees_with_an_independent_calendar() -> None:
    calendar, day = Calendar(), date(2004, 1, 1)
    differing = []
    while day.year < 2027:
        if calendar.works(day) is not chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_every_year_from_2004_to_2026_is_shipped() -> None:
    assert known_years() == list(range(2004, 2027))


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_year_since_2007_names_its_notice(year: int) -> None:
    text = (Path(__file__).parents[2] / "core" / "duban" / "calendar_data" / f"{year}.toml").read_text(
        "utf-8"
    )
    assert re.search(rf'^notice = "国办发明电〔{year - 1}〕\d+号', text, re.MULTILINE)


def test_spring_festival_of_2024() -> None:
    # 10 to 17 February off; Sundays 4 and 18 February worked; 9 February is an ordinary Friday.
    worked = Calendar().working_days(date(2024, 2, 3), date(2024, 2, 20))
    assert worked == [date(2024, 2, day) for day in (4, 5, 6, 7, 8, 9, 18, 19, 20)]


def test_the_nth_working_day_after_a_day() -> None:
    calendar = Calendar()
    # From Thursday 8 February: the 9th, then the make-up Sunday 18th, then Monday 19th.
    assert calendar.after(date(2024, 2, 8), 3) == date(2024, 2, 19)
    assert calendar.after(date(2024, 2, 12), 1) == date(2024, 2, 18)
    assert calendar.after(date(2024, 2, 12), 0) == date(2024, 2, 12)


@given(KNOWN_DAYS, st.integers(0, 60))
def test_after_n_days_exactly_n_working_days_have_passed(day: date, number: int) -> None:
    calendar = Calendar()
    last = calendar.after(day, number)
    assert len(calendar.working_days(day + timedelta(days=1), last)) == number
    assert number == 0 or calendar.works(last)


def test_a_year_without_a_file_says_which_file_to_add() -> None:
    with pytest.raises(RulesetError) as caught:
        Calendar().after(date(2026, 12, 30), 5)
    assert caught.value.code == "unknown_calendar_year"
    assert "2027" in caught.value.line("zh")
    assert "calendar/2027.toml" in caught.value.line("zh")
    assert "calendar/2027.toml" in caught.value.line("en")


def test_a_workspace_adds_a_year_and_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text(
        'year = 2027\nnotice = "x"\nholidays = [2027-01-01]\nworkdays = [2027-01-03]\n', "utf-8"
    )
    (tmp_path / "2024.toml").write_text("year = 2024\nholidays = [2024-04-11, 2024-04-12]\n", "utf-8")
    calendar = Calendar(tmp_path)
    assert not calendar.works(date(2027, 1, 1))
    assert calendar.works(date(2027, 1, 3))
    assert not calendar.works(date(2024, 4, 11))
    assert calendar.works(date(2024, 2, 12))
    assert calendar.works(date(2023, 4, 11))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("year = 2027\nholiday = []\n", "unknown_key"),
        ("holidays = [2027-01-01]\n", "missing_key"),
        ("year = 2027\nholidays = [2026-12-31]\n", "calendar_other_year"),
        ("year = 2027\nholidays = [2027-01-01]\nworkdays = [2027-01-01]\n", "calendar_day_twice"),
        ("year = 2026\n", "calendar_wrong_year"),
        ("year = 2027\nholidays = [\n", "toml_syntax"),
        ('year = 2027\nholidays = ["元旦"]\n', "wrong_type"),
        ("year = 2027\nholidays = 2027-01-01\n", "wrong_type"),
    ],
)
def test_a_wrong_calendar_file_is_refused_with_its_place(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "2027.toml").write_text(text, "utf-8")
    with pytest.raises(RulesetError) as caught:
        Calendar(tmp_path).works(date(2027, 1, 4))
    assert caught.value.code == code
    assert caught.value.line("zh").startswith("calendar/2027.toml:")


def test_the_stored_calendar_counts_working_days() -> None:
    with Engine() as engine:
        create_calendar(engine, Calendar(), date(2024, 2, 8), date(2024, 2, 19))
        rows = engine.rows("SELECT day, working, ordinal FROM calendar ORDER BY day")
    assert rows[0] == (date(2024, 2, 8), True, 1)
    assert rows[1] == (date(2024, 2, 9), True, 2)
    assert rows[2] == (date(2024, 2, 10), False, 2)
    assert rows[-2:] == [(date(2024, 2, 18), True, 3), (date(2024, 2, 19), True, 4)]
    assert len(rows) == 12
