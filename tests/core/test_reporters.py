from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_workspaces import workspace

import duban
from duban.cli import execute
from duban.errors import DubanError, UsageError, WorkspaceError
from duban.hookspecs import hookimpl
from duban.methods import Reporter
from duban.record import Run


def letters(run: Run, folder: Path) -> Sequence[str]:
    (folder / "letter.txt").write_text(f"{run.report.issuer} {dict(run.report.templates)}", "utf-8")
    return ["letter.txt"]


@hookimpl
def register_reporters() -> list[Reporter]:
    return [Reporter("letters", "信函", letters, "letters", templates=("letter",))]


PLUGIN = SimpleNamespace(__name__="letters", register_reporters=register_reporters)


def place(folder: Path, more: str) -> Path:
    made = workspace(folder)
    with (made / "duban.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return made


def fault(folder: Path, more: str = "", **choices: object) -> DubanError:
    with pytest.raises(DubanError) as caught:
        duban.run(place(folder, more), plugins=[PLUGIN], draws=0, **choices)  # type: ignore[arg-type]
    assert "{" not in caught.value.line("zh") + caught.value.line("en")
    assert not (folder / "out").exists()
    return caught.value


def test_a_run_knows_what_the_office_says_of_itself(tmp_path: Path) -> None:
    told = '[report]\nissuer = "市人大常委会"\nissued_on = 2025-01-20\naddressees = "各承办单位"\nnotice_days = 5\n'
    report = duban.run(place(tmp_path, told), write=False, draws=0).report
    assert (report.issuer, report.issued_on, report.notice_days) == ("市人大常委会", date(2025, 1, 20), 5)
    assert report.addressees == ("各承办单位",)
    assert (report.number, report.basis, report.notice_working_days) == ("", (), None)


def test_only_the_reports_asked_for_are_written(tmp_path: Path) -> None:
    run = duban.run(place(tmp_path, ""), plugins=[PLUGIN], draws=0, reports=["letters", "json"])
    assert run.out is not None
    assert sorted(path.name for path in run.out.iterdir()) == [".duban", "letter.txt", "result.json"]
    duban.run(tmp_path, draws=0, reports=["json"])
    assert sorted(path.name for path in run.out.iterdir()) == [".duban", "result.json"]


def test_a_template_from_outside_comes_before_that_of_the_workspace(tmp_path: Path) -> None:
    folder = place(tmp_path / "w", '[report.templates]\nletter = "own.docx"\n')
    (folder / "own.docx").write_text("x")
    (tmp_path / "other.docx").write_text("x")
    own = duban.run(folder, plugins=[PLUGIN], draws=0, write=False)
    assert own.report.templates == {"letter": folder / "own.docx"}
    given = {"letter": tmp_path / "other.docx"}
    run = duban.run(folder, plugins=[PLUGIN], draws=0, reports=["letters"], templates=given)
    assert run.report.templates == given


@pytest.mark.parametrize(
    ("more", "choices", "kind", "code", "said"),
    [
        ("", {"reports": ["jsn"]}, UsageError, "reporter_unknown", "json"),
        ("", {"templates": {"leter": "a.docx"}}, UsageError, "template_kind_unknown", "是不是“letter”"),
        ("", {"templates": {"letter": "a.docx"}}, UsageError, "template_not_found", "a.docx"),
        ('[report.templates]\nleter = "a"\n', {}, WorkspaceError, "template_kind_unknown", "duban.toml:7"),
        ('[report.templates]\nletter = "a"\n', {}, WorkspaceError, "template_not_found", "duban.toml:7"),
        ('[report.templates]\nletter = "../a"\n', {}, WorkspaceError, "template_outside", "duban.toml:7"),
        (
            "[report]\nnotice_days = 5\nnotice_working_days = 5\n",
            {},
            WorkspaceError,
            "notice_two_clocks",
            "公示",
        ),
        ('[report]\nisuer = "a"\n', {}, WorkspaceError, "unknown_key", "是不是“issuer”"),
        ("[report]\nnotice_days = 0\n", {}, WorkspaceError, "number_out_of_range", "duban.toml:7"),
    ],
)
def test_what_is_asked_for_and_is_not_there_is_told_before_anything_is_read(
    tmp_path: Path, more: str, choices: dict[str, object], kind: type[DubanError], code: str, said: str
) -> None:
    told = fault(tmp_path, more, **choices)
    assert isinstance(told, kind)
    assert told.code == code
    assert said in told.line("zh")


def test_the_command_line_names_reports_and_templates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(place(tmp_path, ""))
    assert execute(["run", folder, "--draws", "0", "--report", "json", "--report", "csv"]) == 0
    assert not (tmp_path / "out" / "result.xlsx").exists()
    assert (tmp_path / "out" / "ranking.csv").exists()
    assert execute(["run", folder, "--template", "own.docx"]) == 2
    assert "template_not_named" in capsys.readouterr().err
    assert execute(["run", folder, "--report", "jsn"]) == 2
    assert "是不是“json”" in capsys.readouterr().err
