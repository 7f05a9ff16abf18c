from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from duban.cells import cell_text, each_once, guarded, write_csv


@pytest.mark.parametrize("start", [*"=+-@\t\r", *"＝＋－＠"])
def test_text_that_a_spreadsheet_would_compute_is_guarded(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "市教育局", "a=b", " =1", "'=1", "1-2", "<script>"])
def test_other_text_stays(text: str) -> None:
    assert guarded(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    values = pd.Series(
        [Fraction(-1, 2), -3, True, 1, Fraction(1), Fraction(1, 3), None, pd.NA, float("nan"), "-3"],
        dtype="object",
    )
    third = "0." + "3" * 30
    assert list(each_once(cell_text, values)) == ["-0.5", "-3", "true", "1", "1", third, "", "", "", "'-3"]


def test_every_type_of_column_is_written_plainly() -> None:
    assert list(each_once(cell_text, pd.Series([1, None], dtype="Int64"))) == ["1", ""]
    assert list(each_once(cell_text, pd.Series([True, False]))) == ["true", "false"]
    assert list(each_once(cell_text, pd.Series(["a", None]))) == ["a", ""]
    assert list(each_once(cell_text, pd.Series([date(2024, 1, 31)], dtype="object"))) == ["2024-01-31"]


def test_a_file_begins_with_the_mark_of_utf8_and_quotes_what_would_break_a_row(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"名称": ['甲"局', "乙,局", "丙\n局", "丁\r局", "\udce9"], "n": [1, 2, 3, 4, 5]}, dtype="object"
    )
    write_csv(frame, tmp_path / "a.csv")
    expected = '名称,n\r\n"甲""局",1\r\n"乙,局",2\r\n"丙\n局",3\r\n"丁\r局",4\r\n\\udce9,5\r\n'
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + expected.encode()
