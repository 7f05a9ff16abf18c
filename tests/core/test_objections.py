"""Forms on which departments object, and the register of objections with its clock."""

import io
import zipfile
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from correcting import RULES, TEACHER, TOML, workspace
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from duban import pipeline
from duban.calendars import Calendar
from duban.cli.commands import commands
from duban.corrections import Edit
from duban.errors import DubanError, UsageError
from duban.file_names import safe
from duban.objecting import OBJECTIONS_FILE, Clock, Objection, read_objections
from duban.objections.form import write_forms
from duban.objections.standing import standing
from duban.registering import Ground, register
from duban.ruleset import Objections

ROOT = Path(__file__).parents[2]
RULE = '[objections]\napply_working_days = 5\ndecide_days = 15\nto = "代工委"\nbasis = "办法第十五条"\n'
HEAD = "异议编号,承办单位,评分项,异议事项,提出日期,决定日期,处理结果\n"


def prepared(folder: Path, register: str = "", rules: str = RULE) -> Path:
    """Write a workspace whose rules let departments object."""
    workspace(folder, toml="published_on = 2024-02-18\n" + TOML)
    (folder / "rules.toml").write_text(RULES + rules, "utf-8")
    if register:
        (folder / OBJECTIONS_FILE).write_bytes((HEAD + register).encode("gb18030"))
    return folder


def said(*arguments: str) -> str:
    done = CliRunner().invoke(commands("zh"), arguments, catch_exceptions=False)
    return done.output


def texts(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(
    ("rule", "apply_by", "decide_by"),
    [
        ({}, None, None),
        ({"apply_days": 5, "decide_days": 0}, date(2024, 2, 14), date(2024, 2, 20)),
        # The Spring Festival of 2024: 10 to 17 February off, the 18th, a Sunday, worked.
        ({"apply_working_days": 1, "decide_working_days": 5}, date(2024, 2, 18), date(2024, 2, 27)),
    ],
)
def test_days_are_counted_from_the_day_after(
    rule: dict[str, int], apply_by: date | None, decide_by: date | None
) -> None:
    clock = Clock(Objections.model_validate(rule), date(2024, 2, 9), Calendar())
    filed = Objection("1", "甲局", date(2024, 2, 20))
    assert (clock.apply_by, clock.decide_by(filed)) == (apply_by, decide_by)


def test_a_term_is_in_days_or_in_working_days(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="objections_two_clocks"):
        pipeline.run(prepared(tmp_path / "w", rules=RULE + "apply_days = 3\n"), write=False)


def test_objections_change_no_number_and_no_hash_of_rules_without_them(tmp_path: Path) -> None:
    plain = pipeline.run(workspace(tmp_path / "one"), write=False)
    ruled = pipeline.run(prepared(tmp_path / "two", "1,市教育局,,,2024-02-20,,\n"), write=False)
    assert plain.ranking.equals(ruled.ranking)
    assert plain.findings.equals(ruled.findings)


def test_the_register_says_what_is_late_and_what_became_of_it(tmp_path: Path) -> None:
    lines = (
        "1,市教育局,满意,,2024-02-20,2024-03-01,采纳\n"
        "2,市水务局,,沟通,2024/2/28,,\n"
        "3,市教育局,,,2024年2月20日,2024-03-20,不予采纳\n"
        "4,市教育局,,,2024-02-23,,\n"
    )
    folder = prepared(tmp_path / "w", lines)
    ground = Ground("有误", "函", "张三", "2024-03-02", "1")
    register(folder, [Edit("cases", TEACHER, "answer_rating", "满意")], ground)
    found = standing(folder)
    day = date(2024, 3, 12)
    states = [found.clock.state(item, day) for item in found.objections]
    assert states == ["upheld", "pending", "rejected", "overdue"]
    assert [found.clock.is_filed_late(item) for item in found.objections] == [False, True, False, False]
    assert [found.clock.is_decided_late(item, day) for item in found.objections] == [False, False, True, True]
    assert found.corrected == {"1": 1}
    shown = said("objections", "list", str(folder), "--today", "2024-03-12")
    for text in ("2024-02-23", "办法第十五条", "2024-02-28（逾期）", "2024-03-20（逾期）", "逾期未决定"):
        assert text in shown
    assert "共 4 件：已决定 2，待决定 1，逾期未决定 1，逾期提出 1" in shown


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,,,,2024-02-20,,\n", "objection_unreadable"),
        (",市教育局,,,2024-02-20,,\n", "objection_unreadable"),
        ("1,市教育局,,,2024-02-30,,\n", "objection_unreadable"),
        ("1,市教育局,,,2024-02-20,,采纳\n", "objection_unreadable"),
        ("1,市教育局,,,2024-02-20,2024-03-01,再议\n", "objection_unreadable"),
        ("1,市教育局,,,2024-02-20,,\n1,市教育局,,,2024-02-20,,\n", "objection_repeated"),
    ],
)
def test_a_line_that_cannot_be_used_is_a_finding(tmp_path: Path, line: str, code: str) -> None:
    folder = prepared(tmp_path / "w", line)
    _, findings = read_objections(folder / OBJECTIONS_FILE)
    assert [item.code for item in findings] == [code]
    assert code in set(pipeline.run(folder, write=False).findings["code"])
    assert code in said("objections", "list", str(folder))


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "correction_objection_unknown"),
        ("2,市教育局,,,2024-02-20,,\n", "correction_objection_unknown"),
        ("1,市教育局,,,2024-02-20,,\n", "correction_objection_not_upheld"),
        ("1,市教育局,,,2024-02-20,2024-02-21,不采纳\n", "correction_objection_not_upheld"),
        ("1,市教育局,,,2024-02-20,2024-02-21,部分采纳\n", None),
    ],
)
def test_a_correction_rests_on_an_objection_that_was_upheld(
    tmp_path: Path, lines: str, code: str | None
) -> None:
    folder = prepared(tmp_path / "w", lines)
    ground = Ground("有误", "函", "张三", "2024-03-02", "1")
    register(folder, [Edit("cases", TEACHER, "answer_rating", "满意")], ground)
    found = set(pipeline.run(folder, write=False).findings["code"])
    assert {item for item in found if "objection" in item} == ({code} if code else set())


def test_the_form_holds_the_score_sheet_the_terms_and_room(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "w")
    files = write_forms(folder)
    assert [file.name for file in files] == ["异议申请表-1-市教育局.docx", "异议申请表-2-市水务局.docx"]
    text = texts(files[0])
    for part in ("市教育局", "按时", "50%", "20.00", "应于2024年2月23日前（含当日）提出", "向代工委提出",
                 "15 天内作出决定", "依据：办法第十五条", "（盖章）", "证据（附件）", "□ 不采纳"):  # fmt: skip
        assert part in text
    assert "市水务局" not in text
    assert [file.name for file in write_forms(folder, "市水务局", tmp_path / "out")] == [
        "异议申请表-2-市水务局.docx"
    ]
    with pytest.raises(UsageError, match="form_department_unknown"):
        write_forms(folder, "市教育居")


MORE = """[rounding]
total = 3
[dimensions.more]
title = "沟通协商"
floor = 1
[criteria.contact]
title = "沟通"
dimension = "more"
measure = "cases"
points = 7
curve = { kind = "linear", zero_at = 3, full_at = 10 }
"""


def test_the_form_follows_the_order_of_the_rules_and_speaks_their_words(tmp_path: Path) -> None:
    (file,) = write_forms(prepared(tmp_path / "w", rules=MORE), "市教育局")
    head, scores, adjusted = Document(str(file)).tables[:3]
    assert [row.cells[0].text for row in scores.rows][1:] == ["按时", "满意", "沟通"]
    assert [row.cells[0].text for row in adjusted.rows][1:] == ["沟通协商"]
    assert "51.000" in [cell.text for row in head.rows for cell in row.cells]


def test_a_form_without_terms_says_so(tmp_path: Path) -> None:
    assert "评价办法没有写" in texts(write_forms(workspace(tmp_path / "w"))[0])


def test_hostile_names_stay_text_and_in_their_folder(tmp_path: Path) -> None:
    evil = "../../=cmd|<w:p/>\x07：\ud800甲局"
    rows = [["1", evil.replace("\ud800", ""), "2023-03-01", "主办", "2023-05-30", "满意", ""]]
    folder = workspace(tmp_path / "w", rows)
    (file,) = write_forms(folder, out=tmp_path / "out")
    assert file.parent == tmp_path / "out"
    assert file.name == "异议申请表-1-cmd_w_p_甲局.docx"
    assert "<w:p/>" in texts(file)
    assert zipfile.ZipFile(file).testzip() is None


@given(st.text())
def test_a_file_name_is_safe(name: str) -> None:
    made = safe(name)
    assert made
    assert len(made.encode()) < 250
    assert not set(made) & set('/\\:*?"<>|\0\n. ')


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "corrections.md").read_text("utf-8")
    block = page.split("```sh\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    rankings = []
    for line in block.splitlines():
        done = CliRunner().invoke(commands("zh"), line.split()[1:], catch_exceptions=False)
        assert done.exit_code == 0, (line, done.output)
        if line.startswith("duban run"):
            rankings.append((tmp_path / "评价" / "out" / "ranking.csv").read_bytes())
    assert rankings[0] == rankings[2] != rankings[1]
    script = page.split("```python\n")[1].split("```")[0]
    with redirect_stdout(io.StringIO()) as printed:
        exec(script, {})  # noqa: S102 - the page's own text
    assert [line.split()[:2] for line in printed.getvalue().splitlines()] == [["2", "符"], ["3", "符"]]
