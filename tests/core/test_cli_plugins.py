"""`duban plugins list` and `--disable`, from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from installing import hook, install, measures

from duban.cli import execute
from duban.registry import installed

Screen = pytest.CaptureFixture[str]
DUBAN = [sys.executable, "-c", "from duban.cli import main; main()"]
SAMPLE = Path(__file__).parents[2] / "samples" / "duban_samples" / "harbin-2023"
# What a plugin may do to a process without meaning harm.
CARELESS = """
import decimal, locale, os, sys, warnings
print("loading")
for context in (decimal.getcontext(), decimal.DefaultContext):
    context.prec, context.rounding = 2, decimal.ROUND_UP
    context.traps[decimal.Inexact] = True
decimal.setcontext(decimal.Context(prec=1))
locale.setlocale(locale.LC_ALL, "C")
warnings.simplefilter("error")
os.chdir("/")
sys.setrecursionlimit(900)
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DUBAN_LANG", "DUBAN_DISABLE"):
        monkeypatch.delenv(name, raising=False)


def shell(site: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [*DUBAN, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_list_names_every_plugin_with_what_it_brings(capsys: Screen) -> None:
    assert execute(["plugins", "list"]) == 0
    shown = capsys.readouterr()
    lines = {line.split()[0]: line for line in shown.out.splitlines() if line.startswith(" duban_")}
    assert list(lines) == list(installed().versions)
    assert (
        f"口径 {len([1 for kind, _ in own('duban_measures') if kind == 'measures'])} "
        in lines["duban_measures"]
    )
    assert "装入" in lines["duban_curves"]
    assert "合成 4、曲线 7" in lines["duban_curves"]
    # A long path is folded over several lines.
    assert [line for line in shown.out.splitlines() if "/" in line or "\\" in line]


def own(plugin: str) -> list[tuple[str, str]]:
    return [thing for thing, owner in installed().origins.items() if owner == plugin]


def test_all_ids_are_listed_on_request(capsys: Screen) -> None:
    assert execute(["plugins", "list", "--all", "--lang", "en"]) == 0
    assert "duban_curves aggregators: geometric, mean, min, verdict" in capsys.readouterr().out


def test_one_that_is_switched_off_is_listed_as_such(capsys: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    assert execute(["plugins", "list", "--disable", "duban_curves", "--disable", "duban_checks"]) == 0
    assert capsys.readouterr().out.count("停用") == 2
    monkeypatch.setenv("DUBAN_DISABLE", " duban_curves,duban_checks ")
    assert execute(["plugins", "list"]) == 0
    assert capsys.readouterr().out.count("停用") == 2
    monkeypatch.setenv("DUBAN_DISABLE", "duban_curves，duban_checks、duban_reports")
    assert execute(["plugins", "list"]) == 0
    assert capsys.readouterr().out.count("停用") == 3
    # What the command line says comes before the variable.
    assert execute(["plugins", "list", "--disable", "duban_curves"]) == 0
    assert capsys.readouterr().out.count("停用") == 1


@pytest.mark.parametrize("command", [["run", "x"], ["check", "x"], ["init", "x"], ["plugins", "list"]])
def test_a_name_that_no_plugin_has_is_told_with_where_it_was_written(
    capsys: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = "[plugin_unknown] 没有名为“duban_curve”的插件可以停用。是不是“duban_curves”？"
    assert execute([*command, "--disable", "duban_curve"]) == 2
    assert capsys.readouterr().err.startswith(f"--disable: {said}")
    monkeypatch.setenv("DUBAN_DISABLE", "duban_checks duban_curve")
    assert execute(command) == 2
    assert capsys.readouterr().err.startswith(f"DUBAN_DISABLE: {said}")
    assert list(tmp_path.iterdir()) == []


def test_what_init_lacks_is_explained(capsys: Screen, tmp_path: Path) -> None:
    arguments = ["init", str(tmp_path / "new"), "--sample", "harbin-2023", "--disable", "duban_samples"]
    assert execute(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("]")[0] for line in lines] == ["[sample_unknown", "[plugin_disabled"]
    assert list(tmp_path.iterdir()) == []


def test_the_list_works_with_faulty_plugins_and_tells_so(tmp_path: Path) -> None:
    site = tmp_path / "site"
    install(site, "careless", CARELESS + measures("careless"))
    install(site, "shouting", "import sys\nsys.stdout.write('{')\nraise ValueError('\\x1b[2J\\n' * 10_000)")
    install(site, "leaving", "raise SystemExit(0)")
    install(site, "one", measures("shared", "first"))
    install(site, "two", measures("shared", "second"))
    install(site, "off", "raise RuntimeError")
    listed = shell(site, tmp_path, "plugins", "list", "--json", "--disable", "off", "--lang", "en")
    assert (listed.returncode, "\x1b" in listed.stdout + listed.stderr) == (1, False)
    found = {item["name"]: item for item in json.loads(listed.stdout)["plugins"]}
    assert {
        name: found[name]["state"] for name in ("careless", "shouting", "leaving", "one", "two", "off")
    } == {
        "careless": "loaded",
        "shouting": "failed",
        "leaving": "failed",
        "one": "partly",
        "two": "partly",
        "off": "disabled",
    }
    assert found["one"]["registers"] == {"measures": ["first"]}
    assert found["one"]["fault"]["code"] == "plugin_duplicate"
    assert "“measures.shared”" in found["one"]["fault"]["message"]
    assert found["off"]["place"] == str(site / "off.py")
    assert found["off"]["fault"] is None


def test_a_careless_and_a_broken_plugin_change_nothing_but_the_findings(tmp_path: Path) -> None:
    site = tmp_path / "site"
    install(site, "careless", CARELESS + hook("measures", "[]"))
    install(site, "broken", "raise RuntimeError('no luck')")
    # A path from where the user stands: the plugin goes elsewhere.
    (tmp_path / "sample").symlink_to(SAMPLE)
    ended = shell(site, tmp_path, "run", "sample", "--out", "with")
    assert ended.returncode == 0, ended.stderr
    assert "插件没有装入（1）" in ended.stdout
    assert execute(["run", str(SAMPLE), "--out", str(tmp_path / "without")]) == 0
    written = {path.name for path in (tmp_path / "without").iterdir()}
    for name in sorted(name for name in written if name.endswith(".csv") and name != "findings.csv"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes(), name
    findings = (tmp_path / "with" / "findings.csv").read_text("utf-8-sig")
    assert (
        "warning,plugin_left_out,,,,,,broken,插件 broken 载入失败：RuntimeError: no luck；它没有装入,"
        in findings
    )
    manifest = json.loads((tmp_path / "with" / "result.json").read_text("utf-8"))["manifest"]
    assert manifest["plugins_at_fault"] == {"broken": "plugin_not_loaded"}
    assert manifest["plugins"]["careless"] == "1.0"
