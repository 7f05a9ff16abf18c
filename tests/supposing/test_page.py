"""The commands of docs/what-if.md run as they stand there."""

import re
import shlex
from pathlib import Path

import pytest

from duban.cli import execute
from duban.overriding import read_override

PAGE = (Path(__file__).parents[2] / "docs/what-if.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def test_the_commands_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DUBAN_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 7
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "duban"
        assert execute(arguments) == 0, command
        shown = capsys.readouterr().out
        if "--case" in command:
            assert "30/31 → 31/31" in shown
    assert "办法、台账、更正都相同" in shown


def test_every_form_of_a_key_in_the_table_is_read() -> None:
    table = PAGE.split("| 写法 | 意思 |")[1].split("\n\n")[0]
    forms = re.findall(r"`([^`]+)`", "\n".join(row.split(" | ")[0] for row in table.splitlines()))
    assert len(forms) == 8
    for form in forms:
        (text,) = shlex.split(form)
        assert read_override(text).path
