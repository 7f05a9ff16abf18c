import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from duban.errors import InputError, WorkspaceError
from duban.stages.reading.files import check_readable, check_size, display, find_files, sha256
from duban.workspace import Source


def names(folder: Path, *patterns: str) -> list[str]:
    return [display(folder, path) for path in find_files(folder, Source(file=patterns), "duban.toml")]


def make(folder: Path, *files: str) -> Path:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("建议编号\n1\n", encoding="utf-8")
    return folder


def refusal(folder: Path, *patterns: str) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as caught:
        find_files(folder, Source(file=patterns), "duban.toml")
    return caught.value


def test_a_name_a_list_and_a_pattern_give_sorted_files_once(tmp_path: Path) -> None:
    make(tmp_path, "data/b.csv", "data/a.csv", "data/c.xlsx", "data/deep/d.csv")
    assert names(tmp_path, "data/b.csv") == ["data/b.csv"]
    assert names(tmp_path, "data/b.csv", "data/*.csv", "./data/a.csv") == ["data/a.csv", "data/b.csv"]
    assert names(tmp_path, "data/**/*.csv") == ["data/a.csv", "data/b.csv", "data/deep/d.csv"]
    assert names(tmp_path, "data\\a.csv") == ["data/a.csv"]


def test_a_name_with_brackets_is_a_name_where_it_exists(tmp_path: Path) -> None:
    make(tmp_path, "台账[1].csv", "台账1.csv")
    assert names(tmp_path, "台账[1].csv") == ["台账[1].csv"]
    (tmp_path / "台账[1].csv").unlink()
    assert names(tmp_path, "台账[1].csv") == ["台账1.csv"]


def test_lock_files_and_hidden_files_are_no_data(tmp_path: Path) -> None:
    make(tmp_path, "a.xlsx", "~$a.xlsx", ".~lock.a.xlsx#", ".hidden.xlsx")
    assert names(tmp_path, "*.xlsx") == ["a.xlsx"]


@pytest.mark.parametrize(
    "path", ["../x.csv", "data/../../x.csv", "/etc/passwd", "C:\\x.csv", "\\\\host\\x.csv"]
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    assert refusal(make(tmp_path / "work", "a.csv"), path).code == "path_outside"


def test_a_symlink_out_of_the_folder_is_refused_also_in_a_pattern(tmp_path: Path) -> None:
    work = make(tmp_path / "work", "a.csv")
    make(tmp_path, "secret.csv")
    (work / "b.csv").symlink_to(tmp_path / "secret.csv")
    assert refusal(work, "b.csv").code == "path_outside"
    assert refusal(work, "*.csv").code == "path_outside"
    (work / "folder").symlink_to(tmp_path)
    assert refusal(work, "folder/secret.csv").code == "path_outside"


def test_a_symlink_within_the_folder_counts_once(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    assert names(tmp_path, "*.csv") in (["a.csv"], ["b.csv"])


def test_nothing_found_names_what_lies_nearby(tmp_path: Path) -> None:
    make(tmp_path, "data/台帐.xlsx", "data/~$台帐.xlsx", "out/ranking.csv", "duban.toml")
    error = refusal(tmp_path, "data/台账.xlsx")
    assert (error.code, error.facts["known"]) == ("data_file_not_found", ["data/台帐.xlsx"])
    assert "是不是“data/台帐.xlsx”" in error.line()
    assert refusal(tmp_path, "*.csv").code == "data_file_not_found"
    assert refusal(tmp_path, "x" * 5000).code == "data_file_not_found"
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nothing.csv")
    assert refusal(tmp_path, "gone.csv").code == "data_file_not_found"


def test_what_is_no_file_or_of_no_known_format_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "a.docx", "folder.csv/x.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path, "a.docx").code == "unknown_format"
    assert ".ods" in refusal(tmp_path, "a.docx").line("en")
    assert refusal(tmp_path, "folder.csv").code == "not_a_file"
    assert refusal(tmp_path, "pipe.csv").code == "not_a_file"
    assert refusal(tmp_path, ".").code == "not_a_file"


def test_an_unreadable_file_says_that_it_may_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.csv")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    # Tests may run as root, whom no permission keeps out.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError) as caught:
        check_readable(tmp_path / "a.csv", "a.csv")
    assert caught.value.code == "file_locked"
    assert "Excel" in caught.value.line()


def test_sha256_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 100_000)
    assert sha256(path) == hashlib.sha256(b"x" * 100_000).hexdigest()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    # 40 MB of zeros pack to 40 kB: a ratio of 1,000.
    bomb = zipped(tmp_path / "bomb.xlsx", {"xl/workbook.xml": b"", "xl/sheet.xml": bytes(40 << 20)})
    with pytest.raises(InputError) as caught:
        check_size(bomb)
    assert caught.value.code == "file_too_large_inside"
    check_size(zipped(tmp_path / "small.xlsx", {"a": bytes(20 << 20)}))


def test_many_members_and_broken_containers_are_refused(tmp_path: Path) -> None:
    many = zipped(tmp_path / "many.xlsx", {f"{number}.xml": b"" for number in range(10_001)})
    with pytest.raises(InputError, match="file_too_large_inside"):
        check_size(many)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(many.read_bytes()[:1000])
    with pytest.raises(InputError, match="file_broken"):
        check_size(broken)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "shared.xlsx", {"a": os.urandom(50_000), "b": b""})
    # Point the second entry of the directory at the first one's bytes, with its sizes.
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 16 : second + 28] = content[first + 16 : first + 28]
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)
    with pytest.raises(InputError, match="file_too_large_inside"):
        check_size(path)
