import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duban.cli import execute
from duban.cli.workbook import FIRST_DAY, LAST_DAY, write_workbook
from duban.registry import installed
from duban.tables import CASES, DEPARTMENTS
from duban.terms import ColumnType
from duban.workspace import Workspace


def test_an_empty_workspace_loads_and_points_at_its_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "新" / "项目"
    assert execute(["init", str(folder)]) == 0
    text = (folder / "duban.toml").read_text("utf-8")
    workspace = Workspace.model_validate(tomllib.loads(text))
    assert workspace.as_of == date(date.today().year, 12, 31)
    assert workspace.ruleset in installed().rulesets
    for table, sheet in (("cases", "台账"), ("departments", "单位")):
        source = workspace.tables[table]
        assert (folder / source.file[0]).is_file()
        assert source.sheet == sheet
    assert sorted(path.name for path in folder.parent.iterdir()) == ["项目"]


def test_the_workbook_has_known_headings_lists_and_limits(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", ["A", "B"])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["台账", "单位", "代码表"]
    assert book["代码表"].sheet_state == "hidden"
    ledger = book["台账"]
    assert [cell.value for cell in ledger[1]] == [column.title for column in CASES.columns.values()]
    assert [cell.value for cell in book["单位"][1]] == [
        column.title for column in DEPARTMENTS.columns.values()
    ]
    assert ledger.freeze_panes == "C2"
    assert ledger.auto_filter.ref is not None
    limits = {str(limit.sqref).split("2:")[0]: limit for limit in ledger.data_validations.dataValidation}
    styles = {
        place: dimension.number_format
        for dimension in ledger.column_dimensions.values()
        for place in range(dimension.min, dimension.max + 1)
    }
    codes = {cell.value: cell.column_letter for cell in book["代码表"][1]}
    for cell, column in zip(ledger[1], CASES.columns.values(), strict=True):
        limit: Any = limits.get(cell.column_letter)
        style = styles[cell.column]
        if column.type in (ColumnType.LABEL, ColumnType.BOOLEAN):
            assert limit.type == "list"
            assert limit.formula1.startswith(f"'代码表'!${codes[column.title]}$2:")
        elif column.type is ColumnType.DATE:
            assert (limit.type, style) == ("date", "yyyy-mm-dd")
            assert (int(limit.formula1), int(limit.formula2)) == tuple(
                (day - date(1899, 12, 30)).days for day in (FIRST_DAY, LAST_DAY)
            )
        elif column.type is ColumnType.INTEGER:
            assert limit.type == "whole"
        else:
            assert limit is None
            assert style == "@"
        if limit is not None:
            assert limit.error
            assert limit.showErrorMessage


def test_what_may_be_chosen_is_what_duban_reads(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", ["A", "B"])
    codes = openpyxl.load_workbook(tmp_path / "a.xlsx")["代码表"]
    lists = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in codes.columns}
    for column in CASES.columns.values():
        if column.type is ColumnType.LABEL and column.name != "outcome":
            known = [label for labels in column.labels.values() for label in labels]
            assert len(lists[column.title]) == len(column.labels)
            assert set(lists[column.title]) <= set(known)
    assert lists["办理结果"] == ["A", "B"]
    assert lists["重点督办"] == ["是", "否"]
    assert lists["答复评价"] == ["很满意", "满意", "基本满意", "不满意"]


def test_without_outcome_classes_the_column_is_free(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", [])
    headings = [cell.value for cell in openpyxl.load_workbook(tmp_path / "a.xlsx")["代码表"][1]]
    assert "办理结果" not in headings


@pytest.mark.parametrize("sample", sorted(installed().samples))
def test_a_sample_is_copied_as_it_is(tmp_path: Path, sample: str) -> None:
    assert execute(["init", str(tmp_path / "w"), "--sample", sample]) == 0
    source = Path(str(installed().samples[sample].folder))
    names = {
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and path.relative_to(source).parts[0] not in ("out", "findings.csv", "__pycache__")
    }
    copied = {path.relative_to(tmp_path / "w") for path in (tmp_path / "w").rglob("*") if path.is_file()}
    assert copied == names
    assert all((tmp_path / "w" / name).read_bytes() == (source / name).read_bytes() for name in names)


def test_an_unknown_sample_names_those_that_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["init", str(tmp_path / "w"), "--sample", "harbin-2032"]) == 2
    assert "harbin-2023" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_only_a_new_or_an_empty_folder_is_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    (tmp_path / "here").mkdir()
    for name in ("file", "full", "link"):
        assert execute(["init", str(tmp_path / name)]) == 2
        assert "[workspace_not_empty]" in capsys.readouterr().err
    assert execute(["init", str(tmp_path / "file" / "below")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    monkeypatch.chdir(tmp_path / "here")
    assert execute(["init", "."]) == 0
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["data", "duban.toml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "here", "link"]
