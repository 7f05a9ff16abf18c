import subprocess
import sys
import time
from pathlib import Path

import pytest

from duban.errors import OutputError
from duban.replacing import new_folder

# What a run does to the file system, without the run; it dies by itself at a chosen moment.
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from duban import replacing

out, text, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def die(*ignored):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "exchanged":
    replacing._check_exchanged = die
if moment in ("renaming", "without exchange"):
    replacing.exchange = lambda *paths: False
if moment == "renaming":
    rename, calls = Path.rename, []
    Path.rename = lambda self, target: die() if calls else calls.append(rename(self, target))
if moment == "limited":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
number = 0
while number == 0 or moment == "forever":
    number += 1
    try:
        with replacing.new_folder(out) as folder:
            for name in ("a", "b", "c"):
                (folder / f"{name}.txt").write_text((text if moment != "forever" else str(number % 10)) * 2000)
                if moment == "writing":
                    die()
                if moment == "slow":
                    time.sleep(0.1)
    except replacing.OutputError as error:
        sys.exit(error.code)
"""


def start(out: Path, text: str, moment: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SCRIPT, str(out), text, moment]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def finished(out: Path, text: str, moment: str = "") -> tuple[int, str]:
    with start(out, text, moment) as process:
        _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def whole(out: Path) -> str:
    """Return the letter that all of the files consist of."""
    assert names(out) == [".duban", "a.txt", "b.txt", "c.txt"]
    texts = {(out / f"{name}.txt").read_text() for name in ("a", "b", "c")}
    (text,) = texts
    assert text == text[0] * len(text)
    return text[0]


@pytest.mark.parametrize(("moment", "left"), [("writing", "o"), ("exchanged", "n")])
def test_a_kill_leaves_the_old_or_the_new_folder(tmp_path: Path, moment: str, left: str) -> None:
    out = tmp_path / "out"
    assert finished(out, "o") == (0, "")
    assert finished(out, "n", moment) == (-9, "")
    assert whole(out) == left
    assert finished(out, "x") == (0, "")
    assert whole(out) == "x"
    assert names(tmp_path) == ["out"]


def test_two_renames_do_where_nothing_can_be_exchanged(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert finished(out, "o") == (0, "")
    assert finished(out, "n", "without exchange") == (0, "")
    assert whole(out) == "n"
    assert names(tmp_path) == ["out"]


def test_a_kill_between_two_renames_is_mended_at_the_next_start(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert finished(out, "o") == (0, "")
    assert finished(out, "n", "renaming") == (-9, "")
    assert not out.exists()
    with pytest.raises(ZeroDivisionError), new_folder(out):
        raise ZeroDivisionError
    assert whole(out) == "o"
    assert names(tmp_path) == ["out"]


def test_a_kill_at_any_moment_leaves_a_whole_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for pause in (0.003, 0.01, 0.02, 0.05, 0.1):
        with start(out, "", "forever") as process:
            while not out.exists():
                time.sleep(0.005)
            time.sleep(pause)
            process.kill()
        whole(out)


def test_two_runs_at_once_do_not_destroy_each_other(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with start(out, "1", "slow") as first, start(out, "2", "slow") as second:
        assert (first.wait(60), second.wait(60)) == (0, 0)
    assert whole(out) in "12"
    assert names(tmp_path) == ["out"]


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert finished(out, "o") == (0, "")
    assert finished(out, "nn", "limited") == (1, "output_disk_full\n")
    assert whole(out) == "o"
    assert names(tmp_path) == ["out"]


def test_a_folder_that_somebody_swaps_in_at_the_last_moment_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    writing = new_folder(out)
    fresh = writing.__enter__()
    (fresh / "a.txt").write_text("new")
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        writing.__exit__(None, None, None)
    assert names(out) == ["mine.txt"]
    assert names(tmp_path) == ["out"]


def test_leftovers_of_dead_runs_go_and_strangers_with_such_names_stay(tmp_path: Path) -> None:
    for name in ("new-1", "old-2"):
        (tmp_path / f".out.duban-{name}").mkdir()
        (tmp_path / f".out.duban-{name}" / ".duban").write_text("{}")
    (tmp_path / ".out.duban-new-3").mkdir()
    (tmp_path / ".out.duban-new-4").mkdir()
    (tmp_path / ".out.duban-new-4" / "mine").write_text("mine")
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out"):
        pass
    assert names(tmp_path) == [".out.duban-new-4", "out"]
