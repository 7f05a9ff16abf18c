import csv
import json
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from runs import small_run

import duban_reports
from duban.cells import write_csv

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text("=+-@\t\r\n＝＋－＠\"',;甲1", max_size=8)


@given(st.lists(st.tuples(TEXTS, st.fractions() | st.none()), max_size=8))
def test_a_csv_file_holds_every_cell_and_no_formula(rows: list[tuple[str, Fraction | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["text", "number"], dtype="object")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        write_csv(frame, path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = list(csv.reader(file))[1:]
    assert len(read) == len(rows)
    for (text, number), (text_cell, number_cell) in zip(rows, read, strict=True):
        assert text_cell in (text, f"'{text}")
        assert not text_cell.startswith(tuple("=+-@\t\r＝＋－＠"))
        if number is None:
            assert number_cell == ""
        else:
            assert abs(Fraction(number_cell) - number) <= Fraction(1, 2 * 10**30)


@given(TEXTS)
def test_json_gives_every_text_back(text: str) -> None:
    with TemporaryDirectory() as folder:
        for reporter in duban_reports.register_reporters():
            if reporter.id == "json":
                reporter.write(small_run(text), Path(folder))
        result = json.loads((Path(folder) / "result.json").read_bytes())
    assert result["ranking"][0]["name"] == text
