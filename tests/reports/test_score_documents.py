from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from docx import Document
from runs import small_run
from small_workspaces import RULES, workspace

import duban
from duban import fixed
from duban.record import Run
from duban.report import Report
from duban.visibility import Edition
from duban.word.archive import unpacked
from duban.word.guarding import check_document
from duban_reports.score_sheets import document

OBJECTIONS = '\n[objections]\napply_days = 10\nto = "代表工委"\n'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = workspace(tmp_path_factory.mktemp("sheets"), rules=RULES + OBJECTIONS)
    text = (
        (place / "duban.toml").read_text("utf-8").replace("[tables", "published_on = 2025-01-10\n[tables", 1)
    )
    (place / "duban.toml").write_text(f"{text}[report]\neach = true\n", "utf-8")
    return duban.run(place, draws=0, reports=["score_sheets_docx"])


def test_every_number_is_the_engines(run: Run) -> None:
    assert run.out is not None
    found = Document(str(run.out / "score_sheets.docx")).tables
    heads = [table for table in found if table.rows[0].cells[0].text == "评价"]
    items = [table for table in found if table.rows[0].cells[0].text == "项目"]
    assert len(heads) == len(items) == len(run.ranking) == 3
    for place, row in enumerate(run.ranking.to_dict("records")):
        said = {line.cells[0].text: line.cells[1].text for line in heads[place].rows}
        assert said["总分"] == fixed(Fraction(row["total"]), 2)
        assert said["名次"].startswith(str(row["rank"]))
        scores = run.criteria[run.criteria["department"] == row["department"]].to_dict("records")
        lines = {line.cells[0].text: [cell.text for cell in line.cells] for line in items[place].rows}
        assert len(lines) == 1 + len(scores)
        for score in scores:
            title = run.ruleset.criteria[score["criterion"]].title
            value = f"{fixed(100 * Fraction(score['value']), 2)}%\n{score['hits']}/{score['count']}"
            assert lines[title][2:5] == [
                str(score["full_points"]),
                value,
                fixed(Fraction(score["points"]), 2),
            ]


def test_it_names_the_cases_and_the_day_by_which_to_object(run: Run) -> None:
    assert run.out is not None
    made = Document(str(run.out / "score_sheets.docx"))
    said = [paragraph.text for paragraph in made.paragraphs]
    assert "应于2025年1月20日前（含当日）提出，逾期不予受理。向代表工委提出。" in said
    cells = [row.cells[0].text for table in made.tables for row in table.rows]
    assert run.cases is not None
    assert set(run.cases["case_id"]) <= set(cells)


def test_on_request_each_department_has_a_file_of_its_own(run: Run) -> None:
    assert run.out is not None
    files = sorted(path.name for path in (run.out / "score_sheets").iterdir())
    assert files == [f"{number}-{name}.docx" for number, name in enumerate(run.ranking["name"], start=1)]
    for name, file in zip(run.ranking["name"], files, strict=True):
        made = Document(str(run.out / "score_sheets" / file))
        assert made.paragraphs[0].text == f"{name}评分表"
        assert len([table for table in made.tables if table.rows[0].cells[0].text == "评价"]) == 1


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "{{ 内部标记 }}", '../科&技 "局"', "𠀀𪚥局", "=1+1", "长" * 60, "a\nb"],
)
def test_hostile_names_are_text_and_make_no_path(name: str, tmp_path: Path) -> None:
    written = document.write(replace(small_run(name), report=Report(each=True)), tmp_path)
    assert all((tmp_path / file).is_file() and file.count("/") <= 1 and ".." not in file for file in written)
    content = (tmp_path / "score_sheets.docx").read_bytes()
    check_document(content, "score_sheets.docx")
    titles = [paragraph.text for paragraph in Document(str(tmp_path / "score_sheets.docx")).paragraphs]
    assert f"{name}评分表" in titles
    assert b"fldSimple" not in b"".join(unpacked(content).values())


def test_very_many_sheets_are_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_SHEETS", 1)
    assert document.write(small_run(), tmp_path) == ["score_sheets-1.docx", "score_sheets-2.docx"]


def test_a_public_edition_bears_no_mark(tmp_path: Path) -> None:
    for edition, marked in ((Edition.INTERNAL, True), (Edition.PUBLIC, False)):
        document.write(replace(small_run(), edition=edition), tmp_path)
        parts = unpacked((tmp_path / "score_sheets.docx").read_bytes())
        heads = b"".join(part for name, part in parts.items() if name.startswith("word/header")).decode()
        assert ("内部资料" in heads) is marked
        assert "{{" not in heads
