from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.engine import Engine
from duban.errors import InputError
from duban.stages.reading.delimited import read_delimited
from duban.stages.reading.grids import Grid, columns_of

NUMBERS = count()
Rows = list[tuple[object, ...]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine([tmp_path]) as opened:
        yield opened


def read(engine: Engine, path: Path) -> tuple[Grid, Rows]:
    grid = read_delimited(engine, path, f"raw_{next(NUMBERS)}", path.name)
    names = ", ".join(columns_of(grid.width))
    return grid, engine.rows(f"SELECT _row, {names} FROM {grid.relation} ORDER BY _row")


def rows(engine: Engine, folder: Path, content: bytes, name: str = "a.csv") -> Rows:
    path = folder / name
    path.write_bytes(content)
    return read(engine, path)[1]


def refusal(engine: Engine, folder: Path, content: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        rows(engine, folder, content)
    return caught.value


TEXT = "编号,单位\r\n1,市水务局\r\n"
EXPECTED: Rows = [(1, "编号", "单位"), (2, "1", "市水务局")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding(engine: Engine, tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    assert rows(engine, tmp_path, (mark + TEXT).encode(encoding)) == EXPECTED


def test_gb18030_behind_a_long_plain_beginning(engine: Engine, tmp_path: Path) -> None:
    plain = "id,name\n" + "1,water\n" * 60_000
    found = rows(engine, tmp_path, (plain + "2,水务局\n").encode("gb18030"))
    assert found[-1] == (60_002, "2", "水务局")


def test_a_last_line_larger_than_any_buffer_is_refused_not_dropped(engine: Engine, tmp_path: Path) -> None:
    # The engine's buffer holds 32 MB; it leaves out such a line where it is the last.
    error = refusal(engine, tmp_path, b"id,name\n1,water\n2," + b"x" * (40 << 20) + b"\n")
    assert (error.code, error.facts["line"]) == ("csv_quotes", 3)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_break_within_the_first_heading(engine: Engine, tmp_path: Path, end: str) -> None:
    text = f'"编\n号",单位{end}1,市水务局{end}'
    assert rows(engine, tmp_path, text.encode()) == [(1, "编\n号", "单位"), (2, "1", "市水务局")]


def test_an_unknown_encoding_names_line_and_byte(engine: Engine, tmp_path: Path) -> None:
    error = refusal(engine, tmp_path, b"id,name\n1,\xff\xff\xff\n")
    assert (error.code, error.facts["line"], error.facts["offset"]) == ("encoding_unknown", 2, 10)


def test_damaged_utf8_is_not_taken_for_gb18030(engine: Engine, tmp_path: Path) -> None:
    error = refusal(engine, tmp_path, "编号,单位\n1,市水务局\n".encode() + b"2,\xe5\xb8\n")
    # 编号,单位 + line end are 14 bytes, 1,市水务局 + line end are 15: the damage is at byte 29 + 2.
    assert (error.code, error.facts["line"], error.facts["offset"]) == ("encoding_damaged", 3, 31)
    assert refusal(engine, tmp_path, "编号,单位\n1,市水务局\n".encode()[:-2]).code == "encoding_damaged"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("编号,单位\n1,a;b\n", "a.csv"),
        ("编号;单位\n1;a;b\n".replace("a;b", '"a;b"'), "a.csv"),
        ("编号\t单位\n1\ta;b\n", "a.txt"),
        ("编号\t单位\n1\ta;b\n", "a.tsv"),
        ('sep=;\n编号;单位\n1;"a;b"\n', "a.csv"),
    ],
)
def test_the_delimiter_is_found(engine: Engine, tmp_path: Path, content: str, name: str) -> None:
    assert [row[1:] for row in rows(engine, tmp_path, content.encode(), name)][-2:] == [
        ("编号", "单位"),
        ("1", "a;b"),
    ]


def test_a_line_that_names_the_delimiter_is_no_row(engine: Engine, tmp_path: Path) -> None:
    assert rows(engine, tmp_path, b"sep=,\na,b\n1,2\n") == [(1, "a", "b"), (2, "1", "2")]


def test_decimal_commas_do_not_make_the_comma_a_delimiter(engine: Engine, tmp_path: Path) -> None:
    assert rows(engine, tmp_path, b"id;x;y\n1;2,5;3,5\n2;2,5;3,5\n")[1] == (2, "1", "2,5", "3,5")


def test_quotes_doubled_and_escaped_by_a_backslash(engine: Engine, tmp_path: Path) -> None:
    assert rows(engine, tmp_path, b'a,b\n"5 ""x"" y",2\n')[1] == (2, '5 "x" y', "2")
    assert rows(engine, tmp_path, b'a,b\n"5 \\"x\\", y",2\n')[1] == (2, '5 "x", y', "2")
    assert rows(engine, tmp_path, b'a,b\n"5 \\"x\\", y","q ""z"""\n')[1] == (2, '5 "x", y', 'q "z"')
    assert rows(engine, tmp_path, b'a,b\n"C:\\dir\\",2\n')[1] == (2, "C:\\dir\\", "2")
    assert rows(engine, tmp_path, b'a,b\n5" pipe,2\n')[1] == (2, '5" pipe', "2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_and_quoted_line_ends_do_not_shift_row_numbers(
    engine: Engine, tmp_path: Path, end: str
) -> None:
    content = end.join(["a,b", "", '"1', 'x",2', "", "", "3,4", ""]).encode()
    found = rows(engine, tmp_path, content)
    kept = [(row, *cells) for row, *cells in found if any(cells)]
    assert kept == [(1, "a", "b"), (3, f"1{end}x", "2"), (6, "3", "4")]


def test_a_blank_first_line_counts(engine: Engine, tmp_path: Path) -> None:
    assert rows(engine, tmp_path, b"\na,b\n1,2\n")[-1] == (3, "1", "2")
    assert rows(engine, tmp_path, b"\r\na,b\r\n1,2\r\n")[-1] == (3, "1", "2")


def test_uneven_rows_are_kept_and_noticed(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,\n1,2,3\n")
    grid, found = read(engine, path)
    assert found[2] == (3, "4", "5", None, None)
    assert found[3] == (4, "6", "7", "8", "9")
    assert grid.short == [3]
    assert [(note.code, note.row, note.value) for note in grid.notes] == [("long_row", 4, "9")]


def test_mixed_line_ends(engine: Engine, tmp_path: Path) -> None:
    expected: Rows = [(1, "a", "b"), (2, "1", "2"), (3, "3", "4")]
    assert rows(engine, tmp_path, b"a,b\r\n1,2\n3,4\r\n") == expected
    assert rows(engine, tmp_path, b"a,b\n1,2\r\n3,4\n") == expected


def test_unpaired_quotes_name_the_line(engine: Engine, tmp_path: Path) -> None:
    error = refusal(engine, tmp_path, b'a,b\n1,2\n"3,4\n5,6\n')
    assert (error.code, error.facts["line"]) == ("csv_quotes", 3)


def test_empty_files_and_nul_bytes_are_refused(engine: Engine, tmp_path: Path) -> None:
    assert refusal(engine, tmp_path, b"").code == "file_empty"
    assert refusal(engine, tmp_path, b" \n\r\n").code == "file_empty"
    error = refusal(engine, tmp_path, b"a,b\n1\x00,2\n")
    assert (error.code, error.facts["offset"]) == ("nul_byte", 5)


def test_a_cell_ends_at_the_length_of_a_spreadsheets_cell(engine: Engine, tmp_path: Path) -> None:
    # 32,767 Chinese characters are 98,301 bytes: more than the fast way takes, and yet allowed.
    assert len(str(rows(engine, tmp_path, f"a,b\n{'水' * 32_767},2\n".encode())[1][1])) == 32_767
    error = refusal(engine, tmp_path, f"a,b\n1,{'水' * 32_768}\n".encode())
    assert (error.code, error.facts["cell"]) == ("cell_too_long", "B2")
    assert refusal(engine, tmp_path, b"a,b\n1," + b"x" * 200_000 + b"\n").code in (
        "cell_too_long",
        "csv_quotes",
    )


def test_many_columns_are_refused(engine: Engine, tmp_path: Path) -> None:
    error = refusal(engine, tmp_path, b"a,b\n1" + b"," * 5000 + b"x\n")
    assert error.code == "cell_far_out"
    assert rows(engine, tmp_path, b"a,b\n1" + b"," * 5000 + b"\n")[1] == (2, "1", None)


def test_a_name_with_pattern_characters_is_read_as_it_stands(engine: Engine, tmp_path: Path) -> None:
    assert rows(engine, tmp_path, b"a,b\n1,2\n", "x[1]*.csv") == [(1, "a", "b"), (2, "1", "2")]


def test_large_files_keep_their_order_and_numbers(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "n,x\n" + "".join(f"{number},some text to fill the line\n" for number in range(2, 300_001))
    )
    read_delimited(engine, path, "raw", "a.csv")
    assert engine.one("SELECT count(*) FILTER (c1 = _row::VARCHAR), max(_row) FROM raw") == (299_999, 300_000)


cell = st.text(st.sampled_from("ab水,;\\\n\r\t '\"=1"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=6))
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str]]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("law") / "a.csv"
    # Without backslashes before quotes: those may also mean an escaped quote.
    clean = [
        ("编号", "单位"),
        *((left.replace("\\", ""), right.replace("\\", "")) for left, right in records),
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(clean)
    with Engine([path]) as engine:
        found = read(engine, path)[1]
    assert found == [(row, left or None, right or None) for row, (left, right) in enumerate(clean, 1)]


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from('ab水,;"\\\n\r\t'), max_size=40),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    st.integers(0, 3),
)
def test_whatever_stands_in_a_file_ends_in_rows_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str, cut: int
) -> None:
    path = tmp_path_factory.mktemp("law") / "a.csv"
    content = text.encode(encoding)
    path.write_bytes(content[: len(content) - cut])
    with Engine([path]) as engine:
        try:
            found = read(engine, path)[1]
        except InputError as error:
            found = [(error.line(),)]
    assert len(found) <= len(text) + 1
