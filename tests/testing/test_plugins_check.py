"""`duban plugins check`: who is meant, what is printed, how it ends; and that nothing of a plugin runs in this process."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.cli import execute
from duban.errors import UsageError
from duban.testing import Fault, check_plugin
from duban.testing.locating import locate

BAD = Path(__file__).parents[1] / "plugins" / "bad"
pytest_plugins = ["duban.testing.fixtures"]
GOOD = """
from duban import Measure, hookimpl


@hookimpl
def register_measures():
    return [Measure("town_visits", "走访件数", title_en="Visits", count="contacts > 0", unit="件", source="测试")]
"""


def package(folder: Path, source: str = GOOD, name: str = "duban_my_town") -> Path:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(source, "utf-8")
    return folder / name


def test_a_right_plugin_passes_and_is_not_imported_here(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path)
    assert execute(["plugins", "check", str(tmp_path), "--lang", "en"]) == 0
    assert capfd.readouterr().out == f"Plugin {tmp_path} passes.\n"
    assert "duban_my_town" not in sys.modules


def test_a_plugin_is_meant_by_its_name_folder_file_or_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    place = package(tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    for path in (place, place / "__init__.py", tmp_path):
        target = locate(str(path))
        assert target is not None
        assert (target.name, target.home, target.is_installed) == ("duban_my_town", place, False)
    shipped = locate("duban_curves")
    assert shipped is not None
    by_folder = locate(str(shipped.home))
    assert by_folder is not None
    assert (
        (by_folder.name, by_folder.is_installed)
        == (shipped.name, shipped.is_installed)
        == ("duban_curves", True)
    )
    assert [
        locate(name) for name in ("no_such_plugin", "no.such.plugin", "12", str(tmp_path / "tests" / "x.py"))
    ] == [None] * 4


def test_a_wrong_one_is_told_in_both_languages_and_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    path = str(BAD / "zero_for_unknown.py")
    assert execute(["plugins", "check", path, "--lang", "zh"]) == 1
    said = capfd.readouterr().out
    assert "measures.zero_for_unknown: [unknown_is_answered]" in said
    assert "例：contacts=—" in said
    assert execute(["plugins", "check", path, "--json", "--lang", "en"]) == 1
    told = json.loads(capfd.readouterr().out)
    assert [(fault["code"], fault["subject"]) for fault in told["faults"]] == [
        ("unknown_is_answered", "measures.zero_for_unknown")
    ]
    assert told["faults"][0]["example"] == ["contacts=—"]


def test_what_is_no_plugin_is_wrong_use(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["plugins", "check", "duban_mesures", "--lang", "en"]) == 2
    assert "did you mean “duban_measures”" in capfd.readouterr().err
    with pytest.raises(UsageError):
        check_plugin(str(tmp_path))


def test_a_file_of_the_plugin_itself_may_be_read(tmp_path: Path) -> None:
    source = GOOD.replace(
        "@hookimpl", 'DATA = (files(__name__) / "data.txt").read_text("utf-8")\n\n\n@hookimpl'
    ).replace("from duban", "from importlib.resources import files\n\nfrom duban", 1)
    place = package(tmp_path, source)
    (place / "data.txt").write_text("一", "utf-8")
    assert check_plugin(str(place)) == []


def test_a_clause_that_speaks_of_other_columns_is_a_filter_beside_the_hit(tmp_path: Path) -> None:
    """Whoever was satisfied with the result counts only where satisfied with the answer: no contradiction."""
    measure = GOOD.replace(
        'count="contacts > 0", unit="件"', 'count="answer_rating is not null", hit="key_supervised"'
    )
    assert check_plugin(str(package(tmp_path, measure))) == []


def test_nothing_is_left_behind_where_the_plugin_wanted_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [fault.code for fault in check_plugin(str(BAD / "writes_a_log.py"))] == ["writes_file"]
    assert list(tmp_path.iterdir()) == []


def test_the_fixtures(figures: Callable[..., object], plugin_faults: Callable[[str], list[Fault]]) -> None:
    assert plugin_faults(str(BAD / "no_source.py")) == [Fault("source_missing", "measures.no_source")]
    assert figures("cases", {"cases": [], "departments": []}) == {}
