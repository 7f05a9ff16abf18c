"""The workbook: every formula, worked out anew by a spreadsheet program, is what the engine says."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from office import converted, needs_office

import duban

GOLDEN = Path(__file__).parents[1] / "golden"
HARD = Path(__file__).parent / "hard"
SAMPLE = "harbin-2023"
# LibreOffice writes the data bars in two forms; the test looks at neither.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@dataclass(frozen=True)
class Book:
    """A workbook as written, and as a spreadsheet program recalculated it after every cached value was spoilt."""

    run: duban.Run
    formulas: openpyxl.Workbook
    written: openpyxl.Workbook
    recalculated: openpyxl.Workbook


def workspaces() -> dict[str, Path]:
    folders = {folder.name: folder for folder in sorted(GOLDEN.iterdir()) if folder.is_dir()}
    folders |= {folder.name: folder for folder in sorted(HARD.iterdir()) if folder.is_dir()}
    return folders


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    folder = tmp_path_factory.mktemp("books")
    runs = {}
    from duban.registry import installed

    shutil.copytree(Path(str(installed().samples[SAMPLE].folder)), folder / SAMPLE)
    for name, source in workspaces().items():
        shutil.copytree(source, folder / name)
    for name in [SAMPLE, *workspaces()]:
        runs[name] = duban.run(folder / name, draws=200, reports=["workbook"])
        spoil(folder / name / "out" / "result.xlsx", folder / f"{name}.xlsx")
    made = converted([folder / f"{name}.xlsx" for name in runs], "xlsx", folder)
    return {
        name: Book(
            run,
            openpyxl.load_workbook(folder / name / "out" / "result.xlsx"),
            openpyxl.load_workbook(folder / name / "out" / "result.xlsx", data_only=True),
            openpyxl.load_workbook(made[name], data_only=True),
        )
        for name, run in runs.items()
    }


def spoil(source: Path, target: Path) -> None:
    """Copy a workbook with a wrong number as the cached value of every formula."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            content = old.read(item)
            if item.startswith("xl/worksheets/"):
                text = re.sub(r' t="str"(?=[^>]*><f>)', "", content.decode("utf-8"))
                text = re.sub(r"(</f>)<v>[^<]*</v>", r"\1<v>-987654</v>", text)
                content = text.encode("utf-8")
            new.writestr(item, content)


def formulas(book: Book) -> Iterator[tuple[str, str, object, object]]:
    """Yield sheet and place of every formula, with the value written and the value recalculated."""
    for sheet in book.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    written = book.written[sheet.title][cell.coordinate].value
                    yield (
                        sheet.title,
                        cell.coordinate,
                        written,
                        book.recalculated[sheet.title][cell.coordinate].value,
                    )


@needs_office
@pytest.mark.parametrize("name", [SAMPLE, *workspaces()])
def test_every_formula_gives_what_the_engine_gave(books: dict[str, Book], name: str) -> None:
    found = list(formulas(books[name]))
    assert found
    wrong = [
        (sheet, place, written, again)
        for sheet, place, written, again in found
        if (written or "") != (again or "")
        and not (
            isinstance(written, int | float)
            and isinstance(again, int | float)
            and abs(written - again) < 1e-9
        )
    ]
    assert wrong == []


@needs_office
@pytest.mark.parametrize("name", [SAMPLE, *workspaces()])
def test_totals_worked_out_anew_are_the_published_ones(books: dict[str, Book], name: str) -> None:
    book = books[name]
    sheet = book.recalculated["结果"]
    heads = {cell.value: cell.column - 1 for cell in sheet[3]}
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    published = dict(zip(book.run.ranking["name"], book.run.ranking["total"], strict=True))
    assert len(rows) == len(published)
    for row in rows:
        total, again = published[row[heads["单位"]]], row[heads["总分"]]
        assert (again or None) == (
            None if total is None or not total else pytest.approx(float(total), abs=1e-12)
        )
        assert row[heads["核对"]] == "一致"
    details = book.recalculated["评分明细"]
    assert {row[-1] for row in details.iter_rows(min_row=4, values_only=True)} <= {"一致"}


@needs_office
def test_a_changed_weight_reaches_the_total(books: dict[str, Book], tmp_path: Path) -> None:
    """Twice the points for every dimension are twice the base: the formulas really follow the sheet of weights."""
    book = books[SAMPLE]
    path = tmp_path / "changed.xlsx"
    changed = openpyxl.load_workbook(book.run.out / "result.xlsx" if book.run.out else "")
    sheet = changed["权重与标准"]
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, 3).value:
            sheet.cell(row, 3).value *= 2
    changed.save(path)
    again = openpyxl.load_workbook(converted([path], "xlsx", tmp_path)["changed"], data_only=True)["结果"]
    heads = {cell.value: cell.column - 1 for cell in again[3]}
    base = dict(zip(book.run.ranking["name"], book.run.ranking["base"], strict=True))
    for row in again.iter_rows(min_row=4, values_only=True):
        assert row[heads["基础分"]] == pytest.approx(2 * float(base[row[heads["单位"]]]))
        assert row[heads["核对"]] == "不一致"


def test_shares_are_formulas_over_their_counts(tmp_path: Path) -> None:
    from duban.registry import installed

    shutil.copytree(Path(str(installed().samples[SAMPLE].folder)), tmp_path / SAMPLE)
    run = duban.run(tmp_path / SAMPLE, draws=0, reports=["workbook"])
    sheet = openpyxl.load_workbook(tmp_path / SAMPLE / "out" / "result.xlsx")["评分明细"]
    place = [cell.value for cell in sheet[3]].index("得分")
    points = [str(row[place]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    live = [text for text in points if text.startswith("=")]
    scored = run.criteria[run.criteria["full_points"].gt(Fraction(0)) & run.criteria["points"].notna()]
    assert len(live) == len(scored)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "yimen", tmp_path / "yimen")
    found = []
    for name in ("one", "two"):
        duban.run(tmp_path / "yimen", out=tmp_path / name, draws=200, reports=["workbook"])
        found.append((tmp_path / name / "result.xlsx").read_bytes())
    assert found[0] == found[1]
