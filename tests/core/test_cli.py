import gettext
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import click
import pytest

from duban.cli import execute
from duban.cli.commands import NAMES, Commands, commands
from duban.cli.speech import chosen_language
from duban.errors import OutputError, Problems, UsageError
from duban.texts import Language, entry

CATALOGUE = Path(str(files("duban") / "locale" / "zh" / "LC_MESSAGES"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DUBAN_LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)


class Result:
    """What one command line left on the terminal."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def error(self) -> str:
        """The only line on stderr."""
        (line,) = self.err.splitlines()
        return line


@pytest.fixture
def duban(capsys: pytest.CaptureFixture[str]) -> "Caller":
    return Caller(capsys)


class Caller:
    """Runs a command line inside this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Result:
        code = execute(arguments)
        out, err = self._capsys.readouterr()
        return Result(code, out, err)


def shell(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from duban.cli import main; main()", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False)


def test_help_is_chinese_whatever_the_locale(duban: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for locale in ("C", "en_US.UTF-8", "ru_RU.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        shown = duban("--help")
        assert shown.code == 0
        assert shown.out.startswith("用法: duban [选项] 命令 [参数]...\n")
        assert "选项:" in shown.out
        assert "显示本说明。" in shown.out
    assert duban().out == shown.out


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_help_text_is_in_the_language_asked_for(duban: Caller, name: str, language: str) -> None:
    shown = duban("--lang", language, name, "--help").out
    assert shown == duban(name, "--help", "--lang", language).out
    chinese = [char for char in shown if "\u4e00" <= char <= "\u9fff"]
    if language == "en":
        assert shown.startswith(f"Usage: duban {name} [OPTIONS]")
        assert set("".join(chinese)) <= {"中", "文"}
    else:
        lines = [line for line in shown.splitlines() if line.strip()]
        assert all(any("\u4e00" <= char <= "\u9fff" for char in line) for line in lines)


def test_the_language_is_the_last_one_said_then_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_language([]) == "zh"
    monkeypatch.setenv("DUBAN_LANG", "en")
    assert chosen_language(["run", "x"]) == "en"
    assert chosen_language(["run", "--lang=zh"]) == "zh"
    assert chosen_language(["--lang", "en", "run", "--lang", "zh"]) == "zh"
    assert chosen_language(["run", "--", "--lang", "zh"]) == "en"
    monkeypatch.setenv("DUBAN_LANG", "fr")
    assert chosen_language([]) == "zh"


def test_version_works_before_and_after_the_command(duban: Caller) -> None:
    for arguments in (("--version",), ("run", "--version"), ("--lang", "en", "check", "--version")):
        shown = duban(*arguments)
        assert (shown.code, shown.out) == (0, f"duban {version('duban')}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "缺少参数 'WORKSPACE'"),
        (["run", "a", "b"], "多余的参数（b）"),
        (["run", "--as-of", "2024-13-01", "a"], "'2024-13-01' 不是日期"),
        (["run", "--asof", "2024-01-01", "a"], "没有选项 '--asof'"),
        (["run", "a", "--out"], "选项 '--out' 后面缺少值"),
        (["--lang", "fr", "run", "a"], "'fr' 不在可选的值之中：'zh', 'en'"),
        (["run", "a", "--lang", "fr"], "'fr' 不在可选的值之中"),
        (["run", "--cases=1", "a"], "选项 '--cases' 后面不带值"),
        (["run", "--foo", "a"], "没有选项 '--foo'。是不是：'--out'？用法见 duban run --help。"),
        (["--debug"], "缺少命令"),
        (["init"], "缺少参数 'DIR'"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_two(duban: Caller, arguments: list[str], words: str) -> None:
    shown = duban(*arguments)
    assert shown.code == 2
    line = shown.err.splitlines()[-1]
    assert line.startswith("[command_line] 命令行有误：")
    assert words in line
    assert "--help" in line
    assert "--debug" in arguments or line == shown.error


def test_wrong_use_is_english_when_asked_for(duban: Caller) -> None:
    assert duban("--lang", "en", "run", "--nope", "x").error.startswith(
        "[command_line] wrong command line: No such option '--nope'"
    )


def test_an_unknown_command_names_those_that_exist(duban: Caller) -> None:
    shown = duban("rnu", "x")
    known = "、".join(sorted(NAMES))
    said = f"[command_unknown] 没有命令“rnu”。是不是“run”？现有：{known}。用法见 duban --help。"
    assert (shown.code, shown.error) == (2, said)


def test_an_unknown_command_of_a_group_names_those_of_the_group(duban: Caller) -> None:
    shown = duban("plugins", "lsit")
    assert shown.code == 2
    assert shown.error.startswith("[command_unknown] 没有命令“lsit”。是不是“list”？现有：")
    assert shown.error.endswith("用法见 duban plugins --help。")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_group_lists_its_commands(duban: Caller, language: str) -> None:
    shown = duban("plugins", "--lang", language, "--help").out
    assert " list " in shown
    assert duban("plugins", "--help").out == duban("plugins").out
    assert duban("plugins", "list", "--help", "--lang", language).code == 0


def test_a_wrong_language_in_the_environment_is_refused(
    duban: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_LANG", "klingon")
    assert duban("run", "x").code == 2


def test_nothing_from_the_command_line_moves_the_cursor(duban: Caller) -> None:
    for arguments in (["run", "a", "\x1b[2Jb"], ["\x1b[2J"], ["init", "--sample", "\x1b[2J\nx", "d"]):
        assert "\x1b" not in duban(*arguments).error


class Failing:
    """Takes the place of a command and raises."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def get_command(self, group: Commands, context: click.Context, name: str) -> click.Command:
        def fail() -> None:
            raise self._error

        return click.Command(
            name, callback=fail, params=[click.Option(["--debug"], is_flag=True, expose_value=False)]
        )


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (UsageError("sample_unknown", name="x", known=["harbin"]), 2, 1),
        (Problems([OutputError("output_busy", "a"), OutputError("output_busy", "b\n\x1b[2J")]), 2, 2),
        (ValueError("x\ny"), 3, 1),
        (KeyError("no_such_code"), 3, 1),
        (OutputError("a_code_without_wording"), 3, 1),
        (KeyboardInterrupt(), 130, 1),
        (RecursionError(), 3, 1),
        (SystemExit(0), 3, 1),
    ],
)
def test_every_failure_has_its_exit_code_and_no_traceback(
    duban: Caller, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, lines: int
) -> None:
    failing = Failing(error)
    monkeypatch.setattr(Commands, "get_command", lambda *arguments: failing.get_command(*arguments))
    shown = duban("run")
    assert (shown.code, len(shown.err.splitlines())) == (code, lines)
    assert "Traceback" not in shown.err
    assert "\x1b" not in shown.err
    if code == 3:
        assert "--debug" in shown.err
        assert "Traceback" in duban("run", "--debug").err


def test_no_stream_is_too_poor_for_chinese() -> None:
    for environment in ({"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}):
        shown = shell("--help", **environment)
        assert (shown.returncode, shown.stderr) == (0, b"")
    assert "显示本说明" in shell("--help", PYTHONIOENCODING="ascii").stdout.decode()
    assert "用法" in shell("--help", PYTHONIOENCODING="gb18030").stdout.decode("gb18030")
    wrong = shell(
        "init", b"\xe9\xff".decode(errors="surrogateescape"), "--sample", "\u00e9", PYTHONIOENCODING="ascii"
    )
    assert wrong.returncode == 2


def test_a_reader_who_leaves_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", "from duban.cli import main; main()", "--help"]
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_below_the_shown_text_is_no_fault_of_dubans(unbuffered: str) -> None:
    """What a buffered stream could not write, Python tries to write again at its end."""
    command = [sys.executable, "-c", "from duban.cli import main; main()", "--help"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
    (line,) = ended.stderr.decode().splitlines()
    assert ended.returncode == 2
    assert line.startswith("[stream_not_written] 显示的内容写不出去：No space left on device。")


def test_help_imports_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "duckdb", "pydantic", "rich", "sqlglot", "pluggy", "openpyxl", "xlsxwriter")
    script = f"""
import sys
from duban.cli import execute
execute(["--help"]), execute(["run", "--help"]), execute(["--version"]), execute(["plugins", "list", "--help"])
sys.exit(" ".join(name for name in {heavy!r} if name in sys.modules))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == ""


def catalogue() -> dict[str, str]:
    """Return the catalogue as written; of a plural the English singular."""
    pofile = pytest.importorskip("babel.messages.pofile")
    with (CATALOGUE / "duban.po").open("rb") as source:
        messages = [(message.id, message.string) for message in pofile.read_po(source) if message.id]
    return {one(key): one(said) for key, said in messages}


def one(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else message[0]


def test_the_catalogue_is_compiled() -> None:
    with (CATALOGUE / "duban.mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)
    for key, said in catalogue().items():
        assert said
        assert said in (texts.gettext(key), texts.ngettext(key, "", 1))


def test_everything_that_click_says_is_in_the_catalogue() -> None:
    extract = pytest.importorskip("babel.messages.extract")
    said = {
        one(message)
        for source in sorted(Path(click.__file__).parent.glob("*.py"))
        for _, message, _, _ in extract.extract_from_file("python", str(source))
    }
    assert len(said) > 40
    assert said - set(catalogue()) == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_phrase_and_error_of_the_command_line_has_both_languages(language: Language) -> None:
    for name in ("command_line", "own_fault", "sample_unknown", "workspace_not_empty"):
        assert entry("errors", name)[language]
        assert entry("errors", name)[f"do_{language}"]
    assert commands(language).help
