"""Names and cells that want to be formulas, markup, templates, paths or terminal codes are text in every format."""

import csv
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docx
import hostile
import openpyxl
import pandas as pd
import pytest
import small_workspaces
from hypothesis import given
from hypothesis import strategies as st
from readers import page

import duban
from duban.file_names import file_name, safe
from duban.registry import installed
from duban.stages.reporting import write
from duban_reports.score_sheets.workbook import sheet_name

FORMULAS = "=+-@\t\r＝＋－＠"
DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt1"}
# Unpaired halves cannot stand in a UTF-8 ledger; a run may still be handed them.
ODD = ("\x00空", "\x1b[31m红局", "\x7f删", "半\ud83d局", "换\r\n行", "\ufeff标记", "\u2028行", "\ufffe非")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = hostile.workspace(tmp_path_factory.mktemp("hostile") / "w")
    made = duban.run(folder, draws=20)
    assert made.out is not None
    return made.out


@pytest.fixture(scope="module")
def names(out: Path) -> list[str]:
    """Return the names as the run knows them: white space and width are mended on reading, and nothing else."""
    known = [row["name"] for row in json.loads((out / "result.json").read_text("utf-8"))["ranking"]]
    assert sorted(map(folded, known)) == sorted(map(folded, hostile.NAMES))
    return known


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def test_every_format_holds_every_name(out: Path, names: Sequence[str]) -> None:
    book = openpyxl.load_workbook(out / "result.xlsx")
    assert {row[2].value for row in book["结果"].iter_rows(min_row=4)} == set(names)
    sheets = openpyxl.load_workbook(out / "score_sheets.xlsx")
    assert [sheet["A1"].value for sheet in sheets][1:] == [f"{name} 评分表" for name in names]
    assert page(out / "report.html")["departments"]["name"] == list(names)
    document = docx.Document(str(out / "score_sheets.docx"))
    heads = {part.text for part in document.paragraphs}
    assert {f"{name}评分表" for name in names} <= heads
    notice = docx.Document(str(out / "circular.docx"))
    cells = {cell.text for table in notice.tables for row in table.rows for cell in row.cells}
    assert set(names) <= cells


def test_no_cell_is_a_formula_but_ours(out: Path) -> None:
    for file in ("result.xlsx", "score_sheets.xlsx"):
        for sheet in openpyxl.load_workbook(out / file):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and any(
                        name in cell.value for name in ("=1+2", "HYPERLINK")
                    ):
                        assert cell.data_type == "s", (file, cell.coordinate)
                    assert cell.hyperlink is None or cell.hyperlink.target is None


def test_no_csv_cell_begins_like_a_formula(out: Path) -> None:
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for key, cell in row.items():
                    number = cell.lstrip("-").replace(".", "").isdigit()
                    assert number or not cell.startswith(tuple(FORMULAS)), (path.name, key, cell)


def test_the_page_is_one_document_without_markup_of_others(out: Path) -> None:
    text = (out / "report.html").read_text("utf-8")
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    assert "</script><img" not in text


def test_documents_are_well_formed_and_hold_no_template_marks_of_ours(out: Path) -> None:
    for path in (*out.glob("*.docx"), *out.glob("*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                assert not name.startswith(("/", "..")), name
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(name))


def test_the_terminal_shows_names_as_text(out: Path) -> None:
    command = "from duban.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "run", str(out.parent), "--draws", "0", "--report", "json"],
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode("utf-8")
    assert "<script>alert(1)</script>局" in text
    assert "{{ title }}局" in text
    assert "\x1b" not in text
    # What turns the direction of writing would forge the rest of the line.
    assert "\u202e" not in text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> duban.Run:
    folder = small_workspaces.workspace(tmp_path_factory.mktemp("small") / "w")
    return duban.run(folder, draws=0, write=False)


@pytest.mark.parametrize("name", ODD)
def test_characters_that_no_format_can_hold_stop_nothing(small: duban.Run, tmp_path: Path, name: str) -> None:
    names = pd.Series([f"{name}{place}" for place in range(len(small.ranking))], dtype="object")
    ranking = small.ranking.assign(name=names)
    run = replace(small, title=name, ranking=ranking)
    paths = write(run, list(installed().reporters.values()), tmp_path / "out")
    assert {path.suffix for path in paths} >= {".csv", ".json", ".html", ".xlsx", ".docx"}
    for path in filter(zipfile.is_zipfile, paths):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(member))


@given(st.text(max_size=300), st.text(max_size=300))
def test_file_names_are_safe_and_never_the_same(one: str, other: str) -> None:
    made = [file_name(one, 1, 12, ".docx"), file_name(other, 2, 12, ".docx")]
    assert made[0].casefold() != made[1].casefold()
    for name in made:
        assert len(name.encode("utf-8")) < 255
        assert not set(name) & set('/\\:*?"<>|\0\r\n\t')
        assert name.split(".")[0].casefold() not in DEVICES
        assert name == name.strip(" ")
        assert ".." not in name


@pytest.mark.parametrize("name", [*hostile.NAMES, "CON.txt", "..", "长" * 200, "a.", "𠀀" * 200])
def test_a_hostile_name_is_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / file_name(name, 7, 400, ".docx")
    path.write_text("x", "utf-8")
    assert path.parent == tmp_path
    assert path.name.startswith("007-")
    assert safe(name)


@given(st.text(max_size=80), st.integers(1, 4000))
def test_sheet_names_are_what_a_spreadsheet_takes(name: str, number: int) -> None:
    made = sheet_name(number, 4000, name)
    assert made.startswith(f"{number:04d}")
    assert len(made.encode("utf-16-le")) <= 2 * 31
    assert not set(made) & set("[]:*?/\\")
    assert made == made.strip("' ")
