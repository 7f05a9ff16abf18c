from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.documents import Document, read_document
from duban.errors import Position, RulesetError


def read(folder: Path, text: str | bytes) -> Document:
    path = folder / "rules.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(path, "rules.toml", RulesetError)


def refused(folder: Path, text: str | bytes) -> RulesetError:
    with pytest.raises(RulesetError) as caught:
        read(folder, text)
    return caught.value


def test_values_are_exact_and_positions_are_those_of_an_editor(tmp_path: Path) -> None:
    document = read(
        tmp_path, '# 注释\n[criteria.on_time]\npoints = 0.1\ncurve = { kind = "linear", full_at = 1 }\n'
    )
    assert document.values["criteria"]["on_time"]["points"] == Decimal("0.1")
    assert document.at(("criteria", "on_time", "points")) == Position("rules.toml", 3, 10)
    assert document.key_at(("criteria", "on_time", "points")) == Position("rules.toml", 3, 1)
    assert document.at(("criteria", "on_time", "curve", "full_at")) == Position("rules.toml", 4, 38)


def test_a_position_counts_characters_not_bytes(tmp_path: Path) -> None:
    document = read(tmp_path, '"承办单位" = "市公安局"\n')
    assert document.at(("承办单位",)) == Position("rules.toml", 1, 10)


def test_a_path_without_position_of_its_own_has_that_of_the_nearest_key_above(tmp_path: Path) -> None:
    document = read(tmp_path, "[ranking]\nties = 1\n")
    assert document.at(("ranking", "ties", 3, "x")) == Position("rules.toml", 2, 8)
    assert document.at(("nowhere",)) == Position("rules.toml", 1, 1)


def test_arrays_of_tables_dotted_and_quoted_keys(tmp_path: Path) -> None:
    text = 'a."b c".d = [1,\n  # 注\n  { e = 2 }]\n[[p.s]]\nq = 1\n[[p.s]]\nq = 2\n[p.s.deep]\nz = 3\n'
    document = read(tmp_path, text)
    assert document.at(("a", "b c", "d", 1, "e")).line == 3
    assert document.at(("p", "s", 1, "q")).line == 7
    assert document.at(("p", "s", 1, "deep", "z")).line == 9


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a = 1\n年度 = 2024\n", "toml_bare_key", 2),
        ("[年度]\na = 1\n", "toml_bare_key", 1),
        ("a = 1\nb = \n", "toml_syntax", 2),
        ('a = "x\n', "toml_syntax", 1),
        ("a = 1\na = 2\n", "toml_twice", 2),
        ("a = { b = 1,\n c = 2 }\n", "toml_beyond_1_0", 1),
        ("a = { b = 1, }\n", "toml_beyond_1_0", 1),
        ("a = " + "[" * 5000 + "]" * 5000, "toml_beyond_limits", None),
        ("a = " + "[" * 60 + "]" * 60, "toml_too_deep", None),
        ("a = " + "1" * 6000, "toml_beyond_limits", 1),
        ("a = 1 # " + "x" * 30_000, "toml_line_too_long", 1),
        (b"a = 1\nb = '\xd6\xd0'\n", "toml_not_utf8", 2),
        (b"# " + b"x\n# " * 700_000, "toml_too_large", None),
    ],
)
def test_what_is_no_toml_1_0_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, code: str, line: int | None
) -> None:
    error = refused(tmp_path, text)
    assert (error.code, error.at.line if isinstance(error.at, Position) else 0) == (code, line)
    assert "\n" not in error.line("zh")


def test_a_bare_chinese_key_says_how_to_quote_it(tmp_path: Path) -> None:
    assert "rules.toml:1:1: [toml_bare_key]" in refused(tmp_path, "年度 = 1\n").line()
    assert '"年度"' in refused(tmp_path, "年度 = 1\n").line()


@pytest.mark.parametrize(
    ("text", "key", "column"),
    [("A类 = 1\n", "A类", 1), ("  B-类 = 1\n", "B-类", 3), ("[outcomes.A类]\n", "A类", 11)],
)
def test_a_bare_key_is_quoted_whole(tmp_path: Path, text: str, key: str, column: int) -> None:
    line = refused(tmp_path, text).line()
    assert f"rules.toml:1:{column}: [toml_bare_key]" in line
    assert f'"{key}"' in line


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa = 1\n").values == {"a": 1}


def test_a_missing_file_and_a_folder_are_told_apart_from_bad_toml(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.toml", "file_not_found"), (tmp_path, "file_is_folder")):
        with pytest.raises(RulesetError) as caught:
            read_document(path, path.name, RulesetError)
        assert caught.value.code == code


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = tmp_path_factory.mktemp("toml")
    with suppress(RulesetError):
        read(folder, raw)
