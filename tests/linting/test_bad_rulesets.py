"""Files that are no rulesets, from the command line: what is wrong and where, and never a traceback."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from duban.cli import execute
from duban.texts import Text

HEAD = 'format = 1\nid = "trial"\ntitle = "试验"\nbasis = "第一条"\n'
DIMENSION = '[dimensions.d]\ntitle = "维度"\n'
CRITERION = '[criteria.c]\ntitle = "项"\ndimension = "d"\nmeasure = "on_time"\npoints = 10\n'
RULES = f"{HEAD}{DIMENSION}{CRITERION}"
GATE = '[gates.g]\ntitle = "关"\nwhen = "overdue < 0"\neffect = "exempt"\n'
Screen = pytest.CaptureFixture[str]


class Said(NamedTuple):
    """What the command line said: the exit code, and the lines of both streams."""

    code: int
    lines: list[str]


@pytest.fixture
def check(tmp_path: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch) -> "Check":
    monkeypatch.delenv("DUBAN_LANG", raising=False)
    return Check(tmp_path, capsys)


class Check:
    """Writes `ruleset.toml`, checks it, and returns what is said."""

    def __init__(self, folder: Path, capsys: Screen) -> None:
        self.folder, self._capsys = folder, capsys

    def __call__(self, text: str | bytes, *options: str) -> Said:
        path = self.folder / "ruleset.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = execute(["ruleset", "check", str(path), *(options or ["--no-laws"])])
        told = self._capsys.readouterr()
        assert "Traceback" not in told.err
        assert "own_fault" not in told.err
        return Said(code, [*told.err.splitlines(), *told.out.splitlines()])

    def refused(self, text: str | bytes, place: str, code: str) -> None:
        said = self(text)
        assert said.code == 2
        assert said.lines[0].startswith(f"ruleset.toml{place}: [{code}] "), said.lines[0]


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("", ":1:1", "missing_key"),
        ("# 注释\n", ":1:1", "missing_key"),
        (f"{RULES}[gates.x\n", ":12:9", "toml_syntax"),
        (f'{RULES}title_en = "\n', ":12:13", "toml_syntax"),
        (f"{RULES}{CRITERION}", ":12:2", "toml_twice"),
        (f"{RULES}points = 11\n", ":12:1", "toml_twice"),
        (f"{RULES}curve = {{ kind = 'linear', full_at = 1, full_at = 2 }}\n", ":12:41", "toml_twice"),
        (f"{HEAD}[criteria.c]\n分值 = 10\n", ":6:1", "toml_bare_key"),
        (f"{HEAD}[维度.d]\n", ":5:2", "toml_bare_key"),
        (f'{RULES}missing = {{ 不足 = "zero" }}\n', ":12:13", "toml_bare_key"),
        (f'{HEAD}[dimensions."时效"]\ntitle = "x"\n', ":5:2", "bad_id"),
        (f'{HEAD}[[criteria]]\ntitle = "x"\n', ":5:3", "wrong_type"),
        (f'criteria = "x"\n{HEAD}', ":1:12", "wrong_type"),
        (f"{HEAD}[criteria.c]\n", ":5:2", "missing_key"),
        (f"{HEAD}[dimensions.d]\n[adjustments.a]\n[gates.g]\n[selections.s]\n", ":5:2", "missing_key"),
        (f"{RULES}curve = {{}}\n", ":12:1", "missing_key"),
        (f'{RULES}curve = {{ kind = "bands", bands = [] }}\n', ":12:35", "text_too_long"),
        (f'{RULES}[gates.g]\ntitle = "x"\nwhen = ""\neffect = "exempt"\n', ":14:8", "text_too_long"),
        (f'{RULES}[selections.s]\ntitle = "x"\nquota = {"9" * 20}\n', ":14:9", "number_out_of_range"),
        (f'{RULES}[selections.s]\ntitle = "x"\nquota = {{ share = 1.5 }}\n', ":14:19", "share_out_of_range"),
        (f"{RULES}with = {{ grace_days = -3 }}\n", ":12:23", "number_out_of_range"),
        (f'{RULES}curve = {{ kind = "linear", zero_at = nan }}\n', ":12:38", "number_out_of_range"),
        (f"period = {{ from = 2024-01-01, to = 2023-01-01 }}\n{RULES}", ":1:10", "period_backwards"),
        (f"period = {{ from = 2024-02-30, to = 2024-12-31 }}\n{RULES}", ":1:19", "toml_syntax"),
        (f"{RULES}with = {'{ a = ' * 60}1{' }' * 60}\n", "", "toml_too_deep"),
        (RULES.encode("gb18030"), ":3", "toml_not_utf8"),
        (RULES.encode("utf-16"), ":1", "toml_not_utf8"),
        (b"\x00" + RULES.encode(), ":1:1", "toml_syntax"),
        (RULES.replace("\n", "\r"), ":1:11", "toml_syntax"),
        (f"{HEAD}［dimensions.d］\n", ":5:1", "toml_full_width"),
        (f'{HEAD}[dimensions.d]\ntitle ＝ "x"\n', ":6:7", "toml_full_width"),
        (f"{HEAD}[dimensions.d]\ntitle = “x”\n", ":6:9", "toml_full_width"),
        (f"{RULES}curve = {{ kind = 'linear'， full_at = 1 }}\n", ":12:26", "toml_full_width"),
        (RULES.replace("points = 10", "points = １０"), ":11:10", "toml_full_width"),
        (f'{HEAD}[dimensions.d]\n标题＝"x"\n', ":6:1", "toml_bare_key"),
        (f'{HEAD}[dimensions.d]\n\u3000title = "x"\n', ":6:1", "toml_unseen"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + RULES.encode(), ":1:1", "toml_unseen"),
        (f"{RULES}curve = {{ kind = 'linear', full_at = 90% }}\n", ":12:40", "toml_syntax"),
        (f"{RULES}points = on_time\n".replace("points = 10\n", ""), ":11:10", "toml_syntax"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded_is_refused_with_its_place(
    check: Check, text: str | bytes, place: str, code: str
) -> None:
    check.refused(text, place, code)


def test_the_parsers_reasons_are_told_in_chinese(check: Check) -> None:
    for line in (
        "a = b",
        "a",
        "a = 1 2",
        "a 1",
        "[a",
        "a = [1",
        "a = {b = 1",
        'a = "',
        "a = 2024-13-45",
        'a = "\\q"',
        "a = '\x07'",
    ):
        said = check(f"{line}\n").lines[0]
        reason = said.partition("TOML 语法错误：")[2].partition("。")[0]
        assert reason, said
        assert not re.search("[A-Za-z]{5,}", reason), said


@pytest.mark.parametrize(
    ("where", "column", "code"),
    [
        ("role = 'leed'", 17, "label_unknown"),
        ("role > 3", 10, "labels_ordered"),
        ("replied_on > 5", 23, "type_misfit"),
        ("contacts", 9, "type_wanted"),
        ("assigned_on > :periods", 24, "parameter_unknown"),
        ("role = 'lead' and", 24, "text_syntax"),
    ],
)
def test_texts_must_fit_the_declared_columns(check: Check, where: str, column: int, code: str) -> None:
    check.refused(f'{RULES}where = "{where}"\n', f":12:{column}", code)
    text = f'{RULES}[deadlines.x]\nmonths = 3\nwhen = "{where}"\n'
    check.refused(text, f":14:{column - 1}", code)


def test_a_period_that_only_the_workspace_has_is_no_fault(check: Check) -> None:
    assert check(f'{RULES}where = "assigned_on > :period_from"\n').code == 0


def test_a_column_of_the_ledger_alone_is_a_lint_and_no_refusal(check: Check) -> None:
    said = check(f'{RULES}[deadlines.reply]\nmonths = 3\nwhen = "\\"字段\\" = 3"\n'.replace('\\"', ""))
    assert said.code == 1
    assert said.lines[0].startswith("警告 ruleset.toml:14:8: [column_unknown] deadlines.reply.when：“字段”")


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("-5", "negative_points"),
        ("nan", "number_out_of_range"),
        ("-inf", "number_out_of_range"),
        ("1" + "0" * 40, "number_out_of_range"),
        ("1e400", "number_out_of_range"),
        ("1e-400", "number_out_of_range"),
        ("9" * 5000, "toml_beyond_limits"),
        ('"10"', "not_a_number"),
        ("true", "not_a_number"),
        ("2024-01-01", "not_a_number"),
        ("[1]", "not_a_number"),
        ("{ a = 1 }", "not_a_number"),
    ],
)
def test_points_are_a_number_that_is_not_negative(check: Check, points: str, code: str) -> None:
    check.refused(RULES.replace("points = 10", f"points = {points}"), ":11:10", code)


def test_a_value_is_told_as_it_stands_in_the_file(check: Check) -> None:
    for points in ("true", '"10"', "{ … }"):
        said = check(RULES.replace("points = 10", f"points = {points.replace('…', 'a = 1')}"))
        assert f"的值 {points} 不是数" in said.lines[0]


def test_a_bare_chinese_key_says_how_to_quote_it(check: Check) -> None:
    assert '写成 "不足"' in check(f'{RULES}missing = {{ 不足 = "zero" }}\n').lines[0]


@pytest.mark.parametrize(
    ("parent", "code"),
    [
        ('"ruleset.toml"', "extends_cycle"),
        ('"nowhere.toml"', "ruleset_not_found"),
        ('"npc-bas"', "unknown_ruleset"),
        ('"../outside.toml"', "path_outside"),
        ('"/etc/passwd.toml"', "path_outside"),
        ('"a\\u0000.toml"', "path_outside"),
        ('""', "unknown_ruleset"),
        ("3", "wrong_type"),
    ],
)
def test_a_parent_must_be_there_and_inside(check: Check, parent: str, code: str) -> None:
    (check.folder.parent / "outside.toml").write_text(RULES, "utf-8")
    check.refused(f"extends = {parent}\n{RULES}", ":1:11", code)


def test_a_circle_of_parents_is_told_with_its_members(check: Check) -> None:
    (check.folder / "other.toml").write_text(f'extends = "ruleset.toml"\n{RULES}', "utf-8")
    said = check(f'extends = "other.toml"\n{RULES}')
    assert said.code == 2
    assert said.lines[0].startswith("other.toml:1:11: [extends_cycle] ")
    assert "ruleset.toml → other.toml → ruleset.toml" in said.lines[0]


@pytest.mark.parametrize(
    ("points", "column", "code"),
    [
        ("[{ from = 2020-01-01, valu = 5 }]", 32, "unknown_key"),
        ("[{ from = 2020-01-01 }]", 11, "dated_value"),
        ('[{ from = "2020-01-01", value = 5 }]', 20, "dated_from"),
        ("[{ from = 2020-01-01, value = 5 }, { from = 2020-01-01, value = 6 }]", 54, "dated_twice"),
        ("[{ from = 2025-01-01, value = 5 }]", 10, "dated_too_late"),
        ("[{ from = 2020-01-01, value = -5 }]", 40, "negative_points"),
    ],
)
def test_a_slip_in_a_dated_value_is_told(check: Check, points: str, column: int, code: str) -> None:
    text = RULES.replace("points = 10", f"points = {points}")
    check.refused(f"period = {{ from = 2024-01-01, to = 2024-12-31 }}\n{text}", f":12:{column}", code)


def test_a_dated_value_wants_a_period(check: Check) -> None:
    said = check(RULES.replace("points = 10", "points = [{ from = 2020-01-01, value = 5 }]"))
    assert "period = { from = …, to = … }" in said.lines[0]


def test_an_id_that_only_looks_like_the_parents_is_told(check: Check) -> None:
    (check.folder / "parent.toml").write_text(RULES.replace("criteria.c]", "criteria.on_time]"), "utf-8")
    child = f'extends = "parent.toml"\n{HEAD}'
    check.refused(f"{child}[criteria.on_tim]\npoints = 5\n", ":6:2", "nothing_to_change")
    assert "是不是“on_time”" in check(f"{child}[criteria.on_tim]\npoints = 5\n").lines[0]
    assert check(f"{child}[criteria.on_time]\npoints = 5\n").code == 0


def test_files_that_are_none_are_told_and_links_followed(check: Check, capsys: Screen) -> None:
    folder = check.folder
    (folder / "real.toml").write_text(RULES, "utf-8")
    (folder / "link.toml").symlink_to("real.toml")
    (folder / "first.toml").symlink_to("second.toml")
    (folder / "second.toml").symlink_to("first.toml")
    (folder / "inner" / "ruleset.toml").mkdir(parents=True)
    assert execute(["ruleset", "check", "--no-laws", str(folder / "link.toml")]) == 0
    for name, code in (
        ("first.toml", "file_not_readable"),
        ("inner", "file_is_folder"),
        (f"{'a' * 300}.toml", "file_not_readable"),
    ):
        capsys.readouterr()
        assert execute(["ruleset", "check", str(folder / name)]) == 2
        assert f"[{code}]" in capsys.readouterr().err


def test_a_missing_file_and_a_folder_without_one(check: Check) -> None:
    for name in ("nowhere.toml", "."):
        assert execute(["ruleset", "check", str(check.folder / name)]) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + f"{RULES}{GATE}".encode(),
        f"{RULES}{GATE}".replace("\n", "\r\n").encode(),
        f"{RULES}{GATE}".encode(),
    ],
    ids=["BOM", "CRLF", "plain"],
)
def test_bom_and_crlf_change_no_place(check: Check, text: bytes) -> None:
    said = check(text)
    assert said.code == 1
    assert said.lines[0].startswith("错误 ruleset.toml:14:8: [gate_never] gates.g.when：")


def test_empty_tables_judge_nothing(check: Check) -> None:
    said = check(f"{HEAD}[dimensions]\n[criteria]\n[gates]\n[ranking]\n[outcomes]\n", "--lang", "zh")
    assert said.code == 1
    assert said.lines[0].startswith("错误 ruleset.toml:6:2: [ruleset_empty] criteria：")


def test_numbers_at_the_edge_of_what_is_allowed_are_checked(check: Check) -> None:
    for curve in (
        'kind = "linear", zero_at = 0, full_at = 1e30',
        'kind = "deduct", each = 1e-30',
        'kind = "steps", base = 0, upto = 1e30, more = 1e-20',
    ):
        for points in ("1e30", "1e-30", "0", "-0.0", "0x10", "1_0"):
            said = check(
                f"{RULES}curve = {{ {curve} }}\n".replace("points = 10", f"points = {points}"), "--lang", "zh"
            )
            assert said.code in (0, 1), said.lines


@pytest.mark.slow
def test_ten_thousand_criteria_are_checked(check: Check) -> None:
    many = "".join(CRITERION.replace("criteria.c", f"criteria.c{number}") for number in range(10_000))
    said = check(f"{HEAD}{DIMENSION}{many}{GATE}")
    assert said.code == 1
    assert [line for line in said.lines if line.startswith("错误")] == [
        "错误 ruleset.toml:50009:8: [gate_never] gates.g.when：条件永远不成立：overdue < 0。核对各个数的取值范围，是不是互相矛盾。"
    ]


def test_a_file_that_is_too_large_is_refused(check: Check) -> None:
    check.refused(f"{RULES}{'# ' + 'x' * 1000}\n" * 2200, "", "toml_too_large")


def test_braces_in_a_sentence_are_braces() -> None:
    text = Text("写 {name} = { … }，{{ }} 成对，{missing}", "")
    assert text.say("zh", name="period") == "写 period = { … }，{{ }} 成对，?"
