from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.engine import Engine, literal
from duban.stages.reading.cells import (
    WHITE_SPACE,
    boolean_sql,
    cleaned,
    cleaned_sql,
    decimal_sql,
    integer_sql,
    name_key,
    name_key_sql,
)
from duban.stages.reading.dates import date_sql, read_date


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def in_sql(engine: Engine, texts: list[str], *expressions: str) -> list[tuple[object, ...]]:
    rows = ", ".join(f"({place}, {literal(text)})" for place, text in enumerate(texts))
    chosen = ", ".join(expressions)
    return engine.rows(f"SELECT {chosen} FROM (VALUES {rows}) AS t(place, text) ORDER BY place")


def day_in_sql(engine: Engine, texts: list[str]) -> list[object]:
    value, problem = date_sql("text")
    found = in_sql(engine, texts, value, problem)
    return [day if day is not None else code for day, code in found]


TWELFTH_OF_MARCH = [
    "2024-03-12",
    "2024-3-12",
    "2024/3/12",
    "2024/03/12",
    "2024.3.12",
    "2024年3月12日",
    "2024年03月12日",
    "2024 年 3 月 12 日",
    "20240312",
    "45363",  # 45363 days after 30 December 1899: 2024-01-01 is 45292, and 31 + 29 + 11 = 71 more
    "45363.0",
    "45363.75",
    "2024-03-12 00:00:00",
    "2024-03-12T08:30",
    "2024-03-12 08:30:15.123456",
    "2024/3/12 8:05",
    "2024.3.12 23:59:59",
    "2024年3月12日 8:30",
    "2024年3月12日8时30分",
    "2024年3月12日 8时",
    "20240312 08:30",
    "2024－03－12",
    "2024／3／12",
]


@pytest.mark.parametrize("text", TWELFTH_OF_MARCH)
def test_each_written_form_is_the_day(engine: Engine, text: str) -> None:
    assert read_date(text) == date(2024, 3, 12)
    assert day_in_sql(engine, [text]) == [date(2024, 3, 12)]


UNPARSABLE = [
    "abc",
    "12/03/2024",
    "2024-03",
    "2024-03/12",
    "2024/3.12",
    "2024年3月12",
    "2024年3-12日",
    "202403",
    "2024031",
    "1234",
    "12345",  # as a day number it is in 1933
    "99999",
    "2024-03-12 25:00",
    "2024-03-12 08:61",
    "2024-03-12 morning",
    "2024-03-1208:30",
    "2024-03-12T08:30+08:00",
    "-2024-03-12",
    "2024-03-12\n2024-03-13",
    "٢٠٢٤-٠٣-١٢",
    "一月一日",
    "45363,5",
]
IMPOSSIBLE = [
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024/4/31",
    "20241301",
    "2024年2月30日",
    "1948-12-31",
    "2101-01-01",
    "0000-01-01",
    "9999-12-31",
    "00000000",
]


@pytest.mark.parametrize(
    ("text", "problem"),
    [(text, "unparsable_cell") for text in UNPARSABLE] + [(text, "impossible_date") for text in IMPOSSIBLE],
)
def test_everything_else_is_a_problem(engine: Engine, text: str, problem: str) -> None:
    assert read_date(text) == problem
    assert day_in_sql(engine, [text]) == [problem]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1949-01-01", date(1949, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
        ("17899", date(1949, 1, 1)),  # 49 years of 365 days, 12 leap days, 2 for 30 and 31 December 1899
        ("73415", date(2100, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_the_first_and_last_days(engine: Engine, text: str, day: date) -> None:
    assert read_date(text) == day
    assert day_in_sql(engine, [text]) == [day]


def _written(day: date, form: int) -> str:
    return [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str((day - date(1899, 12, 30)).days),
    ][form]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.dates(date(1949, 1, 1), date(2100, 12, 31)), st.integers(0, 5)), min_size=1, max_size=30
    )
)
def test_a_day_survives_each_form(engine: Engine, days: list[tuple[date, int]]) -> None:
    texts = [_written(day, form) for day, form in days]
    expected = [day for day, _ in days]
    assert [read_date(text) for text in texts] == expected
    assert day_in_sql(engine, texts) == expected


PIECES = st.sampled_from(
    [
        *"0123456789",
        "2024",
        "2023",
        "19",
        "-",
        "/",
        ".",
        "年",
        "月",
        "日",
        " ",
        "T",
        ":",
        "时",
        "分",
        "秒",
        "点",
        "－",
        "：",
        "00",
        "02",
        "30",
        "45363",
        "a",
        "#",
    ]
)
DATE_LIKE = st.builds(
    lambda year, one, month, other, day, end: f"{year}{one}{month}{other}{day}{end}",
    st.sampled_from(["2024", "1949", "1948", "2100", "2101", "0000", "24"]),
    st.sampled_from(["-", "/", ".", "年", " 年 ", "", " "]),
    st.sampled_from(["1", "02", "12", "13", "00", "2"]),
    st.sampled_from(["-", "/", ".", "月", " 月", "", " "]),
    st.sampled_from(["1", "29", "30", "31", "32", "00", "05"]),
    st.sampled_from(["", "日", " 日", " 8:30", "T08:30:00", "日8时", "日 24:00", " 10:00:00.5", " 8", "\n"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DATE_LIKE | st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=40))
def test_sql_and_python_agree(engine: Engine, texts: list[str]) -> None:
    assert day_in_sql(engine, texts) == [read_date(text) for text in texts]


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from(f"{WHITE_SPACE}ＡａＺ９０＃#!~")
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY_TEXT, min_size=1, max_size=20))
def test_cleaning_in_sql_and_python_agree(engine: Engine, texts: list[str]) -> None:
    expected = [(cleaned(text) or None, name_key(text)) for text in texts]
    assert in_sql(engine, texts, cleaned_sql("text"), name_key_sql("text")) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  市公安局\u3000", "市公安局"),
        ("\ufeffＡ１２\u200b", "A12"),
        ("\u00a0\t", None),
        ("", None),
        ("市 公安局（交警）", "市 公安局（交警）"),
        (" A1", "A1"),
        ("A1\r\n", "A1"),
    ],
)
def test_cells_are_trimmed_and_narrowed(engine: Engine, text: str, value: str | None) -> None:
    assert in_sql(engine, [text], cleaned_sql("text")) == [(value,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("+5", 5),
        ("007", 7),
        ("3.0", 3),
        ("3.", 3),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", "number_out_of_range"),
        ("3.5", "unparsable_cell"),
        ("1,000", "unparsable_cell"),
        ("50%", "unparsable_cell"),
        ("1e3", "unparsable_cell"),
        ("三", "unparsable_cell"),
    ],
)
def test_whole_numbers(engine: Engine, text: str, expected: object) -> None:
    ((value, problem),) = in_sql(engine, [text], *integer_sql("text"))
    assert (value if value is not None else problem) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1", "0.100000"),
        ("-12.345678", "-12.345678"),
        (".5", "0.500000"),
        ("12.", "12.000000"),
        ("1.50000000", "1.500000"),
        ("000123456789012", "123456789012.000000"),
        ("1234567890123", "number_out_of_range"),
        ("0.1234567", "number_out_of_range"),  # DECIMAL(18, 6) would round it
        ("1,000.5", "unparsable_cell"),
        ("95%", "unparsable_cell"),
        ("NaN", "unparsable_cell"),
        ("1E-05", "unparsable_cell"),
    ],
)
def test_decimals_are_never_rounded(engine: Engine, text: str, expected: str) -> None:
    ((value, problem),) = in_sql(engine, [text], *decimal_sql("text"))
    assert (str(value) if value is not None else problem) == expected


def test_yes_and_no_in_many_ways(engine: Engine) -> None:
    yes, no = ["是", "true", "TRUE", "1", "Yes", "y", "√"], ["否", "False", "0", "NO", "n", "×"]
    value, problem = boolean_sql("text")
    found = in_sql(engine, [*yes, *no, "也许"], value, problem)
    assert [one for one, _ in found] == [*[True] * len(yes), *[False] * len(no), None]
    assert found[-1][1] == "unknown_label"
