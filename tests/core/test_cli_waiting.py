"""The terminal: the stage is shown to a person who waits, and to nobody else; colours only on a terminal."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from small_workspaces import workspace

from duban.cli import waiting
from duban.stage import enter, listening

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no pty")
PLAIN = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "FORCE_COLOR")}
COMMAND = "from duban.cli import execute, waiting; import sys; waiting.PATIENCE_SECONDS = 0.0; sys.exit(execute(sys.argv[1:]))"


def on_terminal(arguments: list[str], **environment: str) -> str:
    """Return what a command writes to a terminal, both streams."""
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**PLAIN, "TERM": "xterm-256color", "COLUMNS": "120", **environment},
    )
    os.close(terminal)
    written = b"".join(_read(control))
    os.close(control)
    assert process.wait(60) == 0, written.decode()
    return written.decode("utf-8")


def _read(control: int) -> Iterator[bytes]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([control], [], [], 1)[0]:
            continue
        try:
            content = os.read(control, 65536)
        except OSError:
            return
        if not content:
            return
        yield content


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return workspace(tmp_path / "w")


def test_stages_are_shown_on_a_terminal_and_wiped(small: Path) -> None:
    written = on_terminal(["run", str(small)])
    assert "正在写出：" in written
    # Whatever was drawn is erased before the result, and the cursor is shown again.
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")
    assert "市公安局" in written.split("\x1b[?25h")[-1]


def test_no_color_is_respected(small: Path) -> None:
    colours = re.compile(r"\x1b\[[0-9;]*3[0-7]m|\x1b\[[0-9;]*38;")
    assert colours.search(on_terminal(["run", str(small)]))
    assert not colours.search(on_terminal(["run", str(small)], NO_COLOR="1"))


def test_a_dumb_terminal_gets_plain_text(small: Path) -> None:
    assert "\x1b" not in on_terminal(["run", str(small)], TERM="dumb")


def test_a_pipe_gets_neither_colour_nor_progress(small: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "run", str(small)],
        capture_output=True,
        env={**PLAIN, "TERM": "xterm-256color"},
        check=True,
    )
    assert b"\x1b" not in done.stdout + done.stderr
    assert "正在".encode() not in done.stdout + done.stderr
    assert done.stderr == b""


def test_nothing_is_shown_within_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Quiet(Console):
        is_terminal = True
        is_dumb_terminal = False

        def status(self, *_: object, **__: object) -> "Quiet":  # type: ignore[override]
            return self

        def start(self) -> None:
            shown.append("start")

        def update(self, status: object) -> None:
            shown.append(str(status))

        def stop(self) -> None:
            shown.append("stop")

    monkeypatch.setattr(waiting, "Console", Quiet)
    with waiting.waiting("zh"):
        enter("reading")
    assert shown == ["正在读取台账……", "stop"]


def test_stages_are_told_to_who_listens_and_to_nobody_later() -> None:
    heard: list[tuple[str, str]] = []
    with listening(lambda stage, detail: heard.append((stage, detail))):
        enter("writing", "x")
    enter("reading")
    assert heard == [("writing", "x")]
