import errno
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from runs import small_run, some_findings

from duban.errors import DubanError, OutputError, PluginError
from duban.findings import findings_frame
from duban.methods import Reporter
from duban.record import Run
from duban.stages.reporting import check_place, write, write_findings

RUN = small_run()


def reporter(name: str, text: str = "new", written: Sequence[str] | None = None) -> Reporter:
    def write_one(run: Run, folder: Path) -> Sequence[str]:
        (folder / f"{name}.txt").write_text(text, "utf-8")
        return [f"{name}.txt"] if written is None else written

    return Reporter(name, name, write_one)


def raising(error: Exception) -> Reporter:
    def write_nothing(run: Run, folder: Path) -> Sequence[str]:
        (folder / "half.txt").write_text("half", "utf-8")
        raise error

    return Reporter("faulty", "坏的", write_nothing)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DubanError) as caught:
        call()
    assert "\n" not in caught.value.line("zh")
    assert "?" not in caught.value.line("en").replace("did you mean", "")
    return caught.value.code


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_files_of_all_reporters_stand_in_the_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    check_place(out)
    assert write(RUN, [reporter("b"), reporter("a")], out) == [out / "a.txt", out / "b.txt"]
    assert names(out) == [".duban", "a.txt", "b.txt"]
    assert json.loads((out / ".duban").read_text())["files"] == ["a.txt", "b.txt"]
    assert names(tmp_path) == ["out"]


def test_the_root_of_all_folders_is_not_dubans() -> None:
    assert code_of(lambda: check_place(Path("/"))) == "output_not_ours"
    assert code_of(lambda: write(RUN, [reporter("a")], Path("/.."))) == "output_not_ours"


def test_a_later_run_replaces_the_folder_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(RUN, [reporter("a", "old"), reporter("gone")], out)
    out.chmod(0o750)
    write(RUN, [reporter("a", "new")], out)
    assert names(out) == [".duban", "a.txt"]
    assert (out / "a.txt").read_text() == "new"
    assert out.stat().st_mode & 0o777 == 0o750
    assert names(tmp_path) == ["out"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    write(RUN, [reporter("a")], tmp_path)
    assert names(tmp_path) == [".duban", "a.txt"]


def test_what_is_not_dubans_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "marked").mkdir()
    (tmp_path / "marked" / ".duban").write_text("not a mark")
    expected = {"folder": "output_not_ours", "marked": "output_not_ours"}
    for name in ("folder", "file", "link", "dangling", "marked"):
        code = code_of(lambda name=name: write(RUN, [reporter("a")], tmp_path / name))  # type: ignore[misc]
        assert code == expected.get(name, "output_not_a_folder")
        assert code_of(lambda name=name: check_place(tmp_path / name)) == code  # type: ignore[misc]
    assert (tmp_path / "folder" / "mine.txt").read_text() == "mine"
    assert names(tmp_path) == ["dangling", "file", "folder", "link", "marked"]


def test_a_file_that_somebody_put_into_the_folder_is_never_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(RUN, [reporter("a", "old")], out)
    (out / "~$a.txt").write_text("left by a spreadsheet")
    (out / "笔记.docx").write_text("mine")
    assert code_of(lambda: write(RUN, [reporter("a")], out)) == "output_has_strangers"
    assert (out / "笔记.docx").read_text() == "mine"
    (out / "笔记.docx").unlink()
    write(RUN, [reporter("a")], out)
    assert names(out) == [".duban", "a.txt"]


def test_a_parent_that_is_missing_is_named(tmp_path: Path) -> None:
    assert code_of(lambda: write(RUN, [reporter("a")], tmp_path / "no" / "out")) == "output_no_parent"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("kaputt"), "reporter_raised"),
        (FileNotFoundError(errno.ENOENT, "no template"), "reporter_raised"),
        (OSError(errno.ENOSPC, "No space left on device"), "output_disk_full"),
        (OSError(errno.EFBIG, "File too large"), "output_disk_full"),
        (PermissionError(errno.EACCES, "Permission denied"), "output_forbidden"),
        (OutputError("output_busy"), "output_busy"),
    ],
)
def test_a_reporter_that_fails_leaves_the_old_folder(tmp_path: Path, error: Exception, code: str) -> None:
    out = tmp_path / "out"
    write(RUN, [reporter("a", "old")], out)
    assert code_of(lambda: write(RUN, [reporter("a"), raising(error)], out)) == code
    assert names(out) == [".duban", "a.txt"]
    assert (out / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_an_interrupt_leaves_the_old_folder(tmp_path: Path) -> None:
    def interrupted(run: Run, folder: Path) -> Sequence[str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(RUN, [reporter("a"), Reporter("b", "b", interrupted)], tmp_path / "out")
    assert names(tmp_path) == []


@pytest.mark.parametrize("written", [["b.txt"], ["../b.txt"], ["/etc/passwd"], ["."]])
def test_a_reporter_writes_what_it_says(tmp_path: Path, written: list[str]) -> None:
    with pytest.raises(PluginError) as caught:
        write(RUN, [reporter("a", written=written)], tmp_path / "out")
    assert caught.value.code == "reporter_no_file"


def test_two_reporters_of_one_file_are_refused(tmp_path: Path) -> None:
    twin = Reporter("twin", "twin", reporter("a").write)
    assert code_of(lambda: write(RUN, [reporter("a"), twin], tmp_path / "out")) == "reporter_same_file"


def test_a_reporter_gets_tables_and_a_folder_of_its_own(tmp_path: Path) -> None:
    """Neither what an earlier reporter does to the tables nor what it writes reaches a later one."""

    def spoil(run: Run, folder: Path) -> Sequence[str]:
        run.ranking["total"] = 0
        del run.ranking["name"]
        (folder / "of-spoiler.txt").write_text("x")
        return ["of-spoiler.txt"]

    def tell(run: Run, folder: Path) -> Sequence[str]:
        (folder / "sub").mkdir()
        (folder / "sub" / "totals.txt").write_text(" ".join(map(str, run.ranking["total"])))
        assert names(folder) == ["sub"]
        return ["sub/totals.txt"]

    totals = " ".join(map(str, RUN.ranking["total"]))
    write(RUN, [Reporter("a", "a", spoil), Reporter("b", "b", tell)], tmp_path / "out")
    assert (tmp_path / "out" / "sub" / "totals.txt").read_text() == totals
    assert names(tmp_path / "out") == [".duban", "of-spoiler.txt", "sub"]


def test_a_reporter_names_every_file_and_leaves_the_mark_alone(tmp_path: Path) -> None:
    silent = reporter("ranking", written=[])
    assert code_of(lambda: write(RUN, [silent], tmp_path / "out")) == "reporter_unsaid_file"

    def link(run: Run, folder: Path) -> Sequence[str]:
        (folder / "p").symlink_to("/etc/passwd")
        return ["p"]

    def mark(run: Run, folder: Path) -> Sequence[str]:
        (folder / ".duban").write_text("{}")
        return [".duban"]

    assert code_of(lambda: write(RUN, [Reporter("a", "a", link)], tmp_path / "out")) == "reporter_no_file"
    assert code_of(lambda: write(RUN, [Reporter("a", "a", mark)], tmp_path / "out")) == "reporter_same_file"
    assert names(tmp_path) == []


def test_the_plugin_of_a_reporter_that_ends_the_process_is_named(tmp_path: Path) -> None:
    def leave(run: Run, folder: Path) -> Sequence[str]:
        raise SystemExit(0)

    with pytest.raises(PluginError) as caught:
        write(RUN, [Reporter("a", "a", leave)], tmp_path / "out", {"a": "duban_elsewhere"})
    assert "插件 duban_elsewhere 的报告“a”出错：SystemExit: 0" in caught.value.line("zh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert code_of(lambda: write(RUN, [reporter("a")], tmp_path / "out")) == "output_forbidden"
    finally:
        tmp_path.chmod(0o700)


def test_findings_are_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    write_findings(findings_frame([]), path)
    assert (
        path.read_bytes() == b"\xef\xbb\xbfseverity,code,table,file,sheet,row,column,value,message,action\r\n"
    )
    write_findings(some_findings(("error", "x", 3, "=cmd|' /C calc'!A0")), path)
    assert ",'=cmd|' /C calc'!A0,“=cmd" in path.read_text("utf-8-sig")
    assert names(tmp_path) == ["findings.csv"]


def test_somebodys_file_is_no_list_of_findings(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    path.write_text("我的,表\n", "utf-8")
    assert code_of(lambda: write_findings(findings_frame([]), path)) == "findings_not_ours"
    assert path.read_text("utf-8") == "我的,表\n"
    path.unlink()
    path.mkdir()
    assert code_of(lambda: write_findings(findings_frame([]), path)) == "findings_not_a_file"
