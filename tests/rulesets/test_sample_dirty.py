"""Every kind of finding occurs at least once in the dirty samples."""

import runpy
import shutil
from pathlib import Path

import pytest

import duban
from duban.registry import installed
from duban.texts import codes

ROOT = Path(__file__).parents[2]
STOPPED = ("dirty", "dirty-bare", "dirty-large")
SAMPLES = (*STOPPED, "suspicious")
# No sample can install a plugin or switch one off; tests/core/test_registry.py has a run for each of these.
# And `withheld` is what a public edition says; tests/reports/test_editions.py makes some.
OF_RUNS = {"withheld"}
OF_PLUGINS = {"plugin_disabled", "plugin_left_out", "plugin_partly_left_out"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    folder = tmp_path_factory.mktemp("samples")
    for name in SAMPLES:
        shutil.copytree(ROOT / "samples" / "duban_samples" / name, folder / name)
    return {name: set(duban.check(folder / name).findings["code"]) for name in SAMPLES}


def test_every_finding_occurs(found: dict[str, set[str]]) -> None:
    catalogue = {*codes("findings"), *installed().checks}
    assert sorted(catalogue - set().union(*found.values())) == sorted(OF_PLUGINS | OF_RUNS)
    assert sorted(set().union(*found.values()) - catalogue) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_shows_what_no_other_does(found: dict[str, set[str]], name: str) -> None:
    others = set().union(*(codes for other, codes in found.items() if other != name))
    assert found[name] - others


@pytest.mark.parametrize("name", STOPPED)
def test_each_dirty_sample_stops(tmp_path: Path, name: str) -> None:
    shutil.copytree(ROOT / "samples" / "duban_samples" / name, tmp_path / name)
    with pytest.raises(duban.DubanError):
        duban.run(tmp_path / name)
    assert not (tmp_path / name / "out").exists()


def test_the_trap_of_the_source_is_told_by_the_names_of_both(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples" / "duban_samples" / "dirty", tmp_path / "dirty")
    found = duban.check(tmp_path / "dirty").findings
    (message,) = found[found["code"] == "same_figures"]["message"]
    assert message.startswith("市市政局、市公安局：各 3 件")


def test_the_data_are_made_byte_for_byte() -> None:
    made = runpy.run_path(str(ROOT / "samples" / "make_dirty.py"))
    data = ROOT / "samples" / "duban_samples" / "dirty" / "data"
    assert made["workbook"](made["ledger"]()) == (data / "台账.xlsx").read_bytes()
    assert made["old_workbook"](made["MARKS"]) == (data / "评分.xls").read_bytes()
    suspicious = data.parents[1] / "suspicious" / "data"
    assert made["suspicious"]() == {path.stem: path.read_text("utf-8") for path in suspicious.iterdir()}
