import re
from pathlib import Path

import pytest

from duban.cli import execute
from duban.cli.plugins.new import PLACEHOLDER, plugin_files

FILES = [
    ".github/workflows/ci.yml",
    ".gitignore",
    "README.md",
    "city_roads/__init__.py",
    "city_roads/columns.py",
    "city_roads/measures.py",
    "city_roads/py.typed",
    "city_roads/tables.py",
    "pyproject.toml",
    "tests/test_measures.py",
    "tests/test_plugin.py",
]


def new(into: Path, name: str = "city_roads") -> Path:
    assert execute(["plugins", "new", name, "--into", str(into)]) == 0
    return into / name


def test_a_new_plugin_has_these_files_and_nothing_is_left_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = new(tmp_path / "deep" / "er")
    assert (
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == FILES
    )
    assert [path.name for path in folder.parent.iterdir()] == ["city_roads"]
    assert f"pip install -e {folder}" in capsys.readouterr().out


def test_the_name_stands_everywhere_and_the_placeholder_nowhere() -> None:
    texts = {str(place): text for place, text in plugin_files("city_roads")}
    assert sorted(texts) == FILES
    assert [place for place, text in texts.items() if PLACEHOLDER in place + text] == []
    assert all("city_roads" in texts[place] for place in ("pyproject.toml", "README.md", FILES[0]))


def test_the_names_of_tables_columns_and_measures_begin_with_the_plugins() -> None:
    texts = dict(plugin_files("city_roads"))
    for place, text in texts.items():
        if place.parent.name == "city_roads":
            ids = re.findall(r'(?:id=|table\(\s*)"(\w+)"', text)
            assert [name for name in ids if not name.startswith("city_roads_")] == []


@pytest.mark.parametrize(
    "name", ["", "City", "交通", "a-b", "a b", "_a", "1a", "class", "../a", "a/b", "a" * 41]
)
def test_what_no_package_can_be_called_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["plugins", "new", "--into", str(tmp_path), name]) == 2
    assert "[plugin_name_form]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["json", "pandas", "duban", "duban_measures", "tests", "conftest"])
def test_a_name_that_somebody_has_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["plugins", "new", name, "--into", str(tmp_path), "--lang", "en"]) == 2
    error = capsys.readouterr().err
    assert "[plugin_name_taken]" in error
    assert f"{name}_practice" in error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "city_roads").mkdir()
    (tmp_path / "city_roads" / "mine").write_text("mine")
    assert execute(["plugins", "new", "city_roads", "--into", str(tmp_path)]) == 2
    assert "[workspace_not_empty]" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["city_roads", "mine"]
    (tmp_path / "city_roads" / "mine").unlink()
    assert (new(tmp_path) / "pyproject.toml").is_file()


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *arguments: object, **named: object) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    assert execute(["plugins", "new", "city_roads", "--into", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "在新文件夹 NAME 写好"), ("en", "Write an installable plugin")]
)
def test_help_is_in_the_language_asked_for(
    language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["plugins", "new", "--help", "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert words in shown
    assert "--into DIR" in shown
