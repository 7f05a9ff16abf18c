"""The register of corrections: only added to, and any other change to it is noticed."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from correcting import ROWS, TEACHER, changed, outputs, workspace
from hypothesis import given
from hypothesis import strategies as st

from duban import pipeline
from duban.corrections import (
    CORRECTIONS_FILE,
    Correction,
    Edit,
    add_corrections,
    parsed_key,
    read_corrections,
    written_key,
)
from duban.errors import DubanError, InputError, OutputError, Stopped, UsageError
from duban.registering import Ground, register, withdraw
from duban.registers import flat, guarded, unguarded

GROUND = Ground("登记有误", "教函〔2023〕12号", "张三", "2024-02-01", "1")


def codes(folder: Path) -> list[str]:
    try:
        found = pipeline.run(folder, write=False).findings
    except Stopped as stopped:
        found = stopped.findings
    return sorted(code for code in found["code"] if re.match("corrections?_(?!objection)", code))


def registered(folder: Path) -> Path:
    """Register three corrections of two cells."""
    workspace(folder)
    register(folder, [Edit("cases", TEACHER, "answer_rating", "满意")], GROUND)
    register(folder, [Edit("cases", TEACHER, "答复日期", "2023年5月31日")], GROUND)
    register(folder, [Edit("cases", TEACHER, "answer_rating", "")], Ground("=1+1", "-", "+甲", "2024-02-02"))
    return folder / CORRECTIONS_FILE


def records(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def rewrite(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig", ending: str = "\r\n") -> None:
    lines = io.StringIO(newline="")
    csv.writer(lines, lineterminator=ending).writerows(rows)
    path.write_bytes(lines.getvalue().encode(encoding))


def test_a_correction_is_a_ledger_that_had_the_new_value_and_taken_out_it_was_never_there(
    tmp_path: Path,
) -> None:
    folder = workspace(tmp_path / "one")
    pipeline.run(folder)
    before, ledger = outputs(folder / "out"), (folder / "a.csv").read_bytes()
    done = register(folder, [Edit("cases", TEACHER, "answer_rating", "满意")], GROUND)
    pipeline.run(folder)
    pipeline.run(workspace(tmp_path / "two", changed(2, "答复评价", "满意")))
    assert outputs(folder / "out") == outputs(tmp_path / "two" / "out") != before
    assert codes(folder) == ["correction_applied"]
    withdraw(folder, 2, GROUND)
    pipeline.run(folder)
    assert outputs(folder / "out") == before
    assert codes(folder) == ["correction_withdrawn"]
    done.path.unlink()
    pipeline.run(folder)
    assert outputs(folder / "out") == before
    assert (folder / "a.csv").read_bytes() == ledger


def test_an_auditor_recomputes_the_chain_from_the_documented_rule(tmp_path: Path) -> None:
    path = registered(tmp_path / "w")
    _, *rows = records(path)
    before = ""
    for row in rows:
        assert row[-1] == before
        cells = [re.sub(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$", _day, " ".join(cell.split())) for cell in row]
        before = hashlib.sha256("\t".join(cells).encode("utf-8")).hexdigest()
    assert read_corrections(path).head == before


def _day(found: re.Match[str]) -> str:
    return f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}"


def test_the_file_stands_as_documented(tmp_path: Path) -> None:
    content = registered(tmp_path / "w").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    first = content.decode("utf-8-sig").split("\r\n")[1]
    assert first == (
        "cases,case_id=2023-02; department=市教育局,answer_rating,不满意,满意,"
        "登记有误,教函〔2023〕12号,张三,2024-02-01,1,"
    )
    assert "'=1+1,'-,'+甲" in content.decode("utf-8-sig")
    assert read_corrections(tmp_path / "w" / CORRECTIONS_FILE).lines[2].edit.why == "=1+1"


@pytest.mark.parametrize(
    "saved",
    [
        lambda rows: (rows, "utf-8-sig", "\r\n"),
        lambda rows: (rows, "utf-8", "\n"),
        lambda rows: (rows, "gb18030", "\r\n"),
        lambda rows: (rows, "utf-16", "\r\n"),
        lambda rows: ([[re.sub(r"-0?", "/", cell) if cell[:4].isdigit() else cell for cell in row] for row in rows], "gbk", "\r\n"),
        lambda rows: ([[*row, "", ""] for row in rows] + [[""] * 13], "utf-8-sig", "\r\n"),
        lambda rows: ([list(reversed(row)) for row in rows], "utf-8-sig", "\r\n"),
    ],
)  # fmt: skip
def test_saving_it_again_in_a_spreadsheet_breaks_nothing(
    tmp_path: Path, saved: Callable[[list[list[str]]], tuple[list[list[str]], str, str]]
) -> None:
    path = registered(tmp_path / "w")
    before = codes(tmp_path / "w")
    rewrite(path, *saved(records(path)))
    assert codes(tmp_path / "w") == before == ["correction_applied"] * 3
    register(tmp_path / "w", [Edit("cases", TEACHER, "answer_rating", "满意")], GROUND)
    assert codes(tmp_path / "w") == ["correction_applied"] * 4


@pytest.mark.parametrize(
    "text",
    ["001", "8.50", "8.0", ".5", "5.", "123456789012", "1e5", "2023-12", "3/5", "1-2-2024", "1:30", "true"],
)
def test_what_a_spreadsheet_would_save_as_something_else_is_kept_from_it(tmp_path: Path, text: str) -> None:
    folder = workspace(tmp_path / "w")
    edit = Edit("cases", TEACHER, "备注一", text)
    register(folder, [edit], GROUND._replace(evidence=text, objection=text))
    cells = records(folder / CORRECTIONS_FILE)[1]
    assert [cells[4], cells[6], cells[9]] == [f"'{text}"] * 3
    (line,) = read_corrections(folder / CORRECTIONS_FILE).lines
    assert (line.edit.new, line.evidence, line.objection) == (text, text, text)
    assert codes(folder) == ["correction_applied"]


@pytest.mark.parametrize(
    "text", ["1", "10", "0", "8.5", "10.05", "2024-03-05", "2024/3/5", "第1号", "12-34号"]
)
def test_what_a_spreadsheet_leaves_alone_stands_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.integers(1, 2), st.integers(0, 9), st.sampled_from(["change", "remove", "swap", "insert"]))
def test_any_change_to_a_line_that_others_follow_is_noticed(row: int, column: int, way: str) -> None:
    rows = [list(cells) for cells in LINES]
    if way == "change":
        rows[row][column] += "x"
    elif way == "remove":
        del rows[row]
    elif way == "swap":
        rows[row], rows[row + 1] = rows[row + 1], rows[row]
    else:
        rows.insert(row, rows[row])
    rewrite(LINES_FILE, rows)
    assert "corrections_chain_broken" in {item.code for item in read_corrections(LINES_FILE).findings}


@pytest.fixture(autouse=True, scope="module")
def _lines(tmp_path_factory: pytest.TempPathFactory) -> None:
    global LINES, LINES_FILE
    LINES_FILE = registered(tmp_path_factory.mktemp("lines") / "w")
    LINES = records(LINES_FILE)


LINES: list[list[str]] = []
LINES_FILE = Path()


@pytest.mark.parametrize(
    ("settings", "code"),
    [("", "corrections_chain_broken"), ('[findings]\ncorrections_chain_broken = "exclude"\n', "")],
)
def test_a_broken_chain_stops_whatever_the_workspace_says(tmp_path: Path, settings: str, code: str) -> None:
    path = registered(tmp_path / "w")
    rows = records(path)
    rows[1][4] = "基本满意"
    rewrite(path, rows)
    with (path.parent / "duban.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    with pytest.raises(DubanError) as raised:
        pipeline.run(path.parent)
    assert not code or code in codes(path.parent)
    assert isinstance(raised.value, Stopped) == bool(code)
    with pytest.raises(DubanError):
        register(path.parent, [Edit("cases", TEACHER, "answer_rating", "满意")], GROUND)


def test_a_file_without_a_heading_is_refused(tmp_path: Path) -> None:
    path = registered(tmp_path / "w")
    rewrite(path, [row[:-1] for row in records(path)])
    with pytest.raises(InputError, match="register_heading_missing"):
        read_corrections(path)


def test_a_line_written_by_hand_that_says_too_little_stops(tmp_path: Path) -> None:
    path = registered(tmp_path / "w")
    for cell, text in ((5, ""), (1, "2023-02"), (8, "")):
        rows = records(path)
        rows[3][cell] = text
        rewrite(path, rows)
        assert "correction_line_unreadable" in codes(path.parent)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("cases", {"case_id": "2023-9"}, "answer_rating", "满意"),
        Edit("cases", {**TEACHER, "department": "市教育居"}, "answer_rating", "满意"),
        Edit("cases", TEACHER, "满意度", "满意"),
        Edit("cases", TEACHER, "answer_rating", "滿意"),
        Edit("cases", TEACHER, "answer_rating", "不满意"),
        Edit("marks", TEACHER, "mark", "1"),
    ],
)
def test_what_cannot_be_made_is_not_written_down(tmp_path: Path, edit: Edit) -> None:
    with pytest.raises(UsageError):
        register(workspace(tmp_path / "w"), [edit], GROUND)
    assert not (tmp_path / "w" / CORRECTIONS_FILE).exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": ""}, "correction_ground_blank"),
        ({"evidence": " \u3000"}, "correction_ground_blank"),
        ({"by": "\n"}, "correction_ground_blank"),
        ({"reason": "x\x1b[31m"}, "correction_text_unwritable"),
        ({"objection": "\udcff"}, "correction_text_unwritable"),
    ],
)
def test_no_line_is_written_that_would_spoil_the_register(
    tmp_path: Path, said: dict[str, str], code: str
) -> None:
    path = registered(tmp_path / "w")
    content = path.read_bytes()
    ground = GROUND._replace(**said)
    with pytest.raises(UsageError, match=code):
        register(path.parent, [Edit("cases", TEACHER, "answer_rating", "基本满意")], ground)
    with pytest.raises(UsageError, match=code):
        withdraw(path.parent, 4, ground)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "edit",
    [
        Edit("cases", {"case_id": "\x00"}, "answer_rating", "满意"),
        Edit("cases", TEACHER, "备注一", "\udcff"),
    ],
)
def test_no_cell_is_corrected_to_what_no_file_holds(tmp_path: Path, edit: Edit) -> None:
    with pytest.raises(UsageError, match="correction_text_unwritable"):
        register(workspace(tmp_path / "w"), [edit], GROUND)


def test_a_refusal_ends_its_sentences_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        register(workspace(tmp_path / "w"), [Edit("cases", TEACHER, "replied_on", "昨天")], GROUND)
    assert "。。" not in refused.value.line("zh")
    assert ".." not in refused.value.line("en")


def test_only_what_holds_and_nothing_rests_on_is_taken_back(tmp_path: Path) -> None:
    folder = registered(tmp_path / "w").parent
    with pytest.raises(UsageError, match="correction_refused"):
        withdraw(folder, 2, GROUND)
    withdraw(folder, 4, GROUND)
    with pytest.raises(UsageError, match="correction_not_there"):
        withdraw(folder, 4, GROUND)
    withdraw(folder, 2, GROUND)
    assert codes(folder) == ["correction_applied", "correction_withdrawn", "correction_withdrawn"]


def test_corrections_of_a_ledger_that_was_mended_since_are_taken_back_one_by_one(tmp_path: Path) -> None:
    folder = registered(tmp_path / "w").parent
    workspace(folder, [[*ROWS[2][:4], "2023-05-31", "满意", ""]])
    assert codes(folder).count("correction_old_value") == 2
    for line in (2, 3, 4):
        withdraw(folder, line, GROUND)
    assert codes(folder) == ["correction_withdrawn"] * 3


def test_a_draft_is_no_correction_yet_and_stands_on_those_that_are(tmp_path: Path) -> None:
    folder = registered(tmp_path / "w").parent
    draft = tmp_path / "draft.csv"
    done = register(folder, [Edit("cases", TEACHER, "answer_rating", "基本满意")], GROUND, draft)
    assert [line.edit.old for line in done.lines] == [""]
    assert codes(folder) == ["correction_applied"] * 3
    made = pipeline.run(folder, edits=read_corrections(draft).edits, write=False)
    assert list(made.findings["code"]).count("correction_applied") == 4


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = registered(tmp_path / "w")
    before = read_corrections(path)
    line = Correction(Edit("cases", TEACHER, "answer_rating", "满意", "", why="r"), "e", "b", "2024-02-03")
    add_corrections(path, before, [line])
    content = path.read_bytes()
    with pytest.raises(OutputError, match="register_changed"):
        add_corrections(path, before, [line])
    assert path.read_bytes() == content
    assert sorted(item.name for item in path.parent.iterdir() if item.name.startswith(".")) == []


@given(st.dictionaries(st.text(min_size=1).map(str.strip).filter(bool), st.text().map(str.strip), min_size=1))
def test_a_key_comes_back_as_it_was(key: dict[str, str]) -> None:
    assert parsed_key(written_key(key)) == key


@given(st.text())
def test_no_text_is_a_formula_and_each_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in flat(text)


def test_the_manifest_names_the_register(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w")
    assert CORRECTIONS_FILE not in pipeline.run(folder, write=False).manifest["inputs"]
    register(folder, [Edit("cases", TEACHER, "answer_rating", "满意")], GROUND)
    assert CORRECTIONS_FILE in pipeline.run(folder, write=False).manifest["inputs"]
