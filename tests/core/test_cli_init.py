import json
import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest

import duban
from duban.cli import execute
from duban.cli.init import make_empty
from duban.cli.workbook import FIRST_DAY, LARGEST_NUMBER, LAST_DAY, sheet_names, write_workbook
from duban.methods import DataFolder
from duban.registry import Registry, installed, load
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


class Visit(duban.Row):
    case_id: str = duban.column("建议编号")
    department: str = duban.column("承办单位")
    clinic_visited_on: date | None = duban.column("走访日期", event=True)
    clinic_beds: int | None = duban.column("床位数")
    clinic_cost: Decimal | None = duban.column("费用", unit="万元")
    clinic_level: Literal["high", "low"] | None = duban.column("级别", labels={"high": ["高"]})
    clinic_filed: bool | None = duban.column("已备案")


class Step(duban.Row):
    department: str = duban.column("承办单位")
    clinic_step: str = duban.column("环节")


VISITS = duban.table("clinic_visits", "门诊/走访：情况", Visit, extends="cases")
STEPS = duban.table("clinic_steps", "办理过程", Step)
UNUSED = duban.table("clinic_unused", "没有用到的表", Step)


class Plugin:
    __name__ = "plugin"

    def __init__(self, folder: Path, rules: str) -> None:
        folder.mkdir()
        (folder / "ruleset.toml").write_text(HEAD + rules, "utf-8")
        self._folder = folder

    @duban.hookimpl
    def register_rulesets(self) -> Sequence[DataFolder]:
        return [DataFolder("clinic", self._folder)]

    @duban.hookimpl
    def register_tables(self) -> Sequence[duban.Table]:
        return [VISITS, STEPS, UNUSED]

    @duban.hookimpl
    def register_columns(self) -> list[duban.DerivedColumn]:
        days = "date_diff('day', assigned_on, clinic_visited_on)"
        late = duban.DerivedColumn("clinic_late", "迟", bool, sql=f"{days} > 5")
        full = duban.DerivedColumn(
            "clinic_full", "满", bool, function=lambda rows: rows["clinic_beds"] > 9, needs=("clinic_beds",)
        )
        return [late, full]

    @duban.hookimpl
    def register_measures(self) -> list[duban.Measure]:
        return [
            duban.Measure("clinic_late_cases", "迟的", count="clinic_late"),
            duban.Measure("clinic_step_count", "环节", table="clinic_steps"),
            duban.Measure("clinic_share", "每件环节", formula="clinic_step_count / clinic_late_cases"),
        ]


HEAD = """
format = 1
id = "clinic"
title = "办法"
[outcomes]
"甲" = "resolved"
[dimensions.all]
title = "全部"
"""


def criterion(measure: str, more: str = "") -> str:
    return f'[criteria.one]\ntitle = "一"\ndimension = "all"\nmeasure = "{measure}"\npoints = 0\n{more}'


def registry_with(tmp_path: Path, rules: str) -> Registry:
    return load([Plugin(tmp_path / "rules", rules)])


@pytest.mark.parametrize(
    ("rules", "tables"),
    [
        (criterion("cases"), []),
        (criterion("cases", 'where = "clinic_beds > 3"\n'), ["clinic_visits"]),
        (criterion("clinic_late_cases"), ["clinic_visits"]),  # by a derived column
        (
            criterion("cases", 'where = "clinic_full"\n'),
            ["clinic_visits"],
        ),  # by one that a function works out
        (criterion("clinic_step_count"), ["clinic_steps"]),
        (criterion("clinic_share"), ["clinic_steps", "clinic_visits"]),  # by a formula
        (criterion("cases", 'measure_by_department = { "甲局" = "clinic_step_count" }\n'), ["clinic_steps"]),
        (
            criterion("cases")
            + '[gates.g]\ntitle = "g"\nwhen = "clinic_step_count > 0"\neffect = "exempt"\n',
            ["clinic_steps"],
        ),
        (
            criterion("cases")
            + '[measures.own]\ntitle = "own"\ncount = "clinic_filed"\n[criteria.two]\ntitle = "二"\ndimension = "all"\nmeasure = "own"\npoints = 0\n',
            ["clinic_visits"],
        ),
        (criterion("cases") + '[deadlines.reply]\nmonths = 3\nwhen = "clinic_beds > 3"\n', ["clinic_visits"]),
    ],
)
def test_the_tables_that_a_ruleset_rests_on(tmp_path: Path, rules: str, tables: Sequence[str]) -> None:
    registry = registry_with(tmp_path, rules)
    folder = tmp_path / "w"
    folder.mkdir()
    make_empty(folder, registry, "clinic")
    settings = tomllib.loads((folder / "duban.toml").read_text("utf-8"))
    assert sorted(settings["tables"].keys() - {"cases", "departments"}) == tables
    book = openpyxl.load_workbook(folder / "data" / "台账.xlsx")
    assert book.sheetnames[2:-1] == [settings["tables"][name]["sheet"] for name in tables]


def test_a_workspace_for_a_ruleset_has_a_sheet_for_each_table_and_passes_the_check(tmp_path: Path) -> None:
    rules = criterion("clinic_share")
    folder = tmp_path / "w"
    folder.mkdir()
    make_empty(folder, registry_with(tmp_path, rules), "clinic")
    settings = tomllib.loads((folder / "duban.toml").read_text("utf-8"))
    assert settings["ruleset"] == "clinic"
    assert settings["tables"]["clinic_visits"] == {"file": "data/台账.xlsx", "sheet": "门诊走访：情况"}
    book = openpyxl.load_workbook(folder / "data" / "台账.xlsx")
    assert book.sheetnames == ["台账", "单位", "办理过程", "门诊走访：情况", "代码表"]
    sheet = book["门诊走访：情况"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in VISITS.columns.values()]
    limits = {str(limit.sqref)[0]: limit for limit in sheet.data_validations.dataValidation}
    kinds = {letter: limit.type for letter, limit in limits.items()}
    assert kinds == {"C": "date", "D": "whole", "E": "decimal", "F": "list", "G": "list"}
    assert limits["E"].formula2 == str(LARGEST_NUMBER)
    assert (limits["D"].prompt, limits["E"].prompt) == (None, "单位：万元")
    lists = {
        column[0].value: [cell.value for cell in column[1:] if cell.value]
        for column in book["代码表"].columns
    }
    assert lists["办理结果"] == ["甲"]
    # A label without a Chinese word is called by its name.
    assert lists["门诊/走访：情况·级别"] == ["高", "low"]
    found = duban.check(folder, plugins=[Plugin(tmp_path / "again", rules)])
    assert not found.stopped
    assert set(found.findings["code"]) <= {"empty_table", "measure_not_available", "own_measures"}


def test_an_empty_workspace_passes_the_check(tmp_path: Path) -> None:
    assert execute(["init", str(tmp_path / "w")]) == 0
    assert execute(["check", str(tmp_path / "w")]) == 0


def test_an_empty_workspace_runs_and_claims_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["init", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    assert execute(["run", str(tmp_path / "w")]) == 0
    assert "把握" not in capsys.readouterr().out
    assert json.loads((tmp_path / "w" / "out" / "result.json").read_text("utf-8"))["ranking"] == []


@pytest.mark.parametrize("ruleset", sorted(installed().rulesets))
def test_every_ruleset_has_an_empty_workspace_that_lacks_nothing(tmp_path: Path, ruleset: str) -> None:
    make_empty(tmp_path, installed(), ruleset)
    run = duban.run(tmp_path, draws=0, write=False)
    missing = {"measure_table_missing", "attribute_not_available"}
    assert not missing & set(run.findings["code"])


def test_an_unknown_ruleset_names_those_that_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["init", str(tmp_path / "w"), "--ruleset", "npc-bsae"]) == 2
    message = capsys.readouterr().err
    assert "[ruleset_not_installed]" in message
    assert "npc-base" in message
    assert not (tmp_path / "w").exists()


def test_a_sample_brings_its_own_ruleset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["init", str(tmp_path / "w"), "--ruleset", "npc-base", "--sample", "harbin-2023"]
    assert execute(arguments) == 2
    assert "[sample_with_ruleset]" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


def test_names_of_sheets_are_those_that_excel_takes(tmp_path: Path) -> None:
    long = "很长的标题" * 7
    titles = ["台账", "代码表", long, long, "[]:*?/\\", "'引号'", f"{'长' * 30}'尾"]
    tables = [duban.table(f"t{number}", title, Step) for number, title in enumerate(titles)]
    names = sheet_names(tables)
    assert list(names.values()) == [
        "台账_2",
        "代码表_2",
        long[:31],
        f"{long[:29]}_2",
        "t4",
        "引号",
        "长" * 30,
    ]
    write_workbook(tmp_path / "a.xlsx", [], tables)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == [
        "台账",
        "单位",
        *names.values(),
        "代码表",
    ]
