"""Plugins that are installed, good and bad, come in by their entry points; a bad one is left out and named."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installing import hook, install, measures

import duban
from duban import plugins
from duban.errors import DubanError, PluginError, Problems, UsageError
from duban.registry import Registry, installed, load

ESCAPE = "\\x1b[2J"
# What is installed → the code of its fault.
BAD = {
    "import_raises": ("raise RuntimeError('no')", "plugin_not_loaded"),
    "import_exits": ("import sys; sys.exit(0)", "plugin_not_loaded"),
    "import_interrupts": ("raise KeyboardInterrupt", "plugin_not_loaded"),
    "import_lacks": ("import no_such_module_anywhere", "plugin_not_loaded"),
    "import_syntax": ("def (:", "plugin_not_loaded"),
    "import_times_out": ("raise TimeoutError('of its own')", "plugin_not_loaded"),
    "import_shouts": (f"raise ValueError('a\\nb{ESCAPE}' + 'x' * 1_000_000)", "plugin_not_loaded"),
    "import_mute": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute",
        "plugin_not_loaded",
    ),
    "nothing": ("pass", "plugin_without_hooks"),
    "hook_unknown": ("@hookimpl\ndef register_measure():\n    return []", "plugin_hook_unknown"),
    "hook_arguments": ("@hookimpl\ndef register_measures(engine):\n    return []", "plugin_hook_arguments"),
    "hook_raises": (hook("measures", "1 / 0"), "plugin_raised"),
    "hook_exits": (hook("curves", "exit(3)"), "plugin_raised"),
    "hook_none": (hook("tables", "None"), "plugin_wrong_thing"),
    "hook_wrong": (hook("checks", "['late']"), "plugin_wrong_thing"),
    "hook_midway": (
        "def items():\n    yield Measure('one', 'x')\n    raise OSError\n" + hook("measures", "items()"),
        "plugin_raised",
    ),
    "hook_endless": (
        "def items():\n    while True: yield Measure('one', 'x')\n" + hook("measures", "items()"),
        "plugin_never_ends",
    ),
    "thing_twice": (measures("once", "once"), "plugin_repeats"),
    "thing_mute": (
        "class Mute:\n    def __repr__(self): raise ValueError\n" + hook("measures", "[Mute()]"),
        "plugin_wrong_thing",
    ),
    "thing_subclass": (
        "class Sly(Measure):\n    hit = property(lambda self: 'true', lambda self, value: None)\n"
        + hook("measures", "[Sly('sly', 'x')]"),
        "plugin_wrong_thing",
    ),
    "id_long": (measures("x" * 1_000_000), "plugin_misshapen"),
    "id_moves": (hook("measures", f"[Measure('a{ESCAPE}\\nb', 'x')]"), "plugin_misshapen"),
    "id_lies": (
        "class Lie(str):\n    def __eq__(self, other): return False\n    __hash__ = str.__hash__\n"
        "    def isidentifier(self): return True\n" + hook("measures", "[Measure(Lie('lie'), 'x')]"),
        "plugin_misshapen",
    ),
    "title_number": (hook("reporters", "[Reporter('r', 5, print)]"), "plugin_misshapen"),
    "judge_text": (hook("curves", "[Curve('c', 'x', NoParameters, 'judge')]"), "plugin_misshapen"),
    "column_reserved": (
        "from dataclasses import replace\nclass R(Row):\n    a: str\n"
        + hook("tables", "[replace(table('t', 't', R), columns={'_row': None})]"),
        "plugin_misshapen",
    ),
    "table_upper": (
        "class R(Row):\n    a: str\n" + hook("tables", "[table('T', 't', R)]"),
        "plugin_misshapen",
    ),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder to install into; afterwards nothing of it is left in the process."""
    folder, before = tmp_path / "site", set(sys.modules)
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    installed.cache_clear()
    yield folder
    installed.cache_clear()
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.fixture
def many(site: Path) -> Registry:
    """All bad plugins at once, and a good one."""
    install(site, "good", measures("good"))
    for name, (code, _) in BAD.items():
        install(site, name, code)
    return load()


def test_every_fault_leaves_out_its_plugin_and_nothing_else(many: Registry) -> None:
    assert {name: fault.code for name, fault in many.faults.items()} == {
        name: code for name, (_, code) in BAD.items()
    }
    assert many.origins["measures", "good"] == "good"
    assert "on_time" in many.measures
    assert not set(many.origins.values()) & set(BAD)
    assert not set(many.versions) & set(BAD)
    for fault in many.faults.values():
        for language in ("zh", "en"):
            line = fault.line(language)
            assert (len(line.splitlines()), len(line) < 1000, line.isprintable()) == (1, True, True)


WAIT = "__import__('threading').Event().wait(600)"


@pytest.mark.parametrize("code", [WAIT, hook("measures", WAIT)])
def test_nobody_waits_for_a_plugin_that_hangs(site: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    install(site, "slow", code)
    (slow,) = (item for item in plugins.candidates() if item.plugin.name == "slow")
    monkeypatch.setattr(plugins, "PLUGIN_SECONDS", 0.5)
    fault = plugins.ask(slow).fault
    assert fault is not None
    assert (fault.code, fault.facts) == ("plugin_too_slow", {"plugin": "slow", "seconds": "0.5"})


def test_an_unknown_hook_is_told_with_the_nearest_one(site: Path) -> None:
    install(site, "slip", BAD["hook_unknown"][0])
    assert "是不是“register_measures”？" in load().faults["slip"].line()


def test_what_says_nothing_is_told_without_a_colon(site: Path) -> None:
    install(site, "silent", hook("measures", "exec('assert False')"))
    assert "AssertionError。" in load().faults["silent"].line()


def test_one_thing_is_no_list_of_it(site: Path) -> None:
    install(site, "alone", hook("measures", "Measure('alone', 'x')"))
    assert "返回了 <Measure>，应是 Measure 的列表" in load().faults["alone"].line()


def as_told(registry: Registry) -> object:
    """Return everything that a registry says, for comparison."""
    things = {kind: list(getattr(registry, kind)) for kind in ("tables", "columns", "checks", "measures")}
    faults = {name: fault.line() for name, fault in registry.faults.items()}
    return things, dict(registry.origins), dict(registry.versions), faults, list(registry.plugins)


def test_of_a_thing_that_two_register_neither_is_kept_and_both_are_named(site: Path) -> None:
    install(site, "one", measures("shared", "mine"))
    install(site, "two", measures("shared", "own"))
    registry = load()
    assert set(registry.measures) >= {"mine", "own"}
    assert "shared" not in registry.measures
    assert {name: fault.facts["other"] for name, fault in registry.faults.items()} == {
        "one": "two",
        "two": "one",
    }
    assert {"one", "two"} <= set(registry.versions)


def test_the_order_of_installed_plugins_changes_nothing(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    install(site, "one", measures("shared", "mine"))
    install(site, "three", measures("shared", "third"), distribution="a")
    install(other, "two", measures("shared", "own"))
    install(other, "three", measures("fourth"), distribution="b")
    monkeypatch.syspath_prepend(other)
    before = as_told(load())
    monkeypatch.setattr(sys, "path", [str(site), str(other), *sys.path[2:]])
    assert as_told(load()) == before


ROW = "class R(Row):\n    case_id: str\n    department: str\n    {column}: int | None = column('数')\n"
EXTENDS = hook("tables", "[table('{id}', 't', R, extends='cases')]")
DERIVED = hook("columns", "[DerivedColumn('{id}', 'x', int, sql='1', table='{table}')]")
CHECK = hook("checks", "[Check('{id}', Text('x', 'x'), 'true', 'title', Text('x', 'x'), Text('x', 'x'))]")


@pytest.mark.parametrize(
    ("code", "kind", "id", "named"),
    [
        (ROW.format(column="level") + EXTENDS.format(id="mine"), "tables", "mine", "cases.level"),
        (ROW.format(column="deadline_on") + EXTENDS.format(id="mine"), "tables", "mine", "cases.deadline_on"),
        (
            DERIVED.format(id="x_deadline_on", table="cases"),
            "columns",
            "x_deadline_on",
            "cases.x_deadline_on",
        ),
        (DERIVED.format(id="mark", table="marks"), "columns", "mark", "marks.mark"),
        (
            ROW.format(column="a") + hook("tables", "[table('ratings', 't', R)]"),
            "tables",
            "",
            "tables.ratings",
        ),
        (CHECK.format(id="duplicate_row"), "checks", "duplicate_row", "checks.duplicate_row"),
    ],
)
def test_what_is_dubans_own_stays_so(site: Path, code: str, kind: str, id: str, named: str) -> None:
    install(site, "greedy", code + measures("modest"))
    registry = load()
    assert id not in getattr(registry, kind)
    assert "modest" in registry.measures
    assert registry.faults["greedy"].facts == {"plugin": "greedy", "other": "duban", "name": named}


@pytest.mark.parametrize(
    ("one", "two", "named"),
    [
        (
            ROW.format(column="extra") + EXTENDS.format(id="mine"),
            ROW.format(column="extra") + EXTENDS.format(id="other"),
            "cases.extra",
        ),
        (
            ROW.format(column="extra") + EXTENDS.format(id="mine"),
            DERIVED.format(id="extra", table="cases"),
            "cases.extra",
        ),
        (
            DERIVED.format(id="extra", table="cases"),
            DERIVED.format(id="extra", table="marks"),
            "columns.extra",
        ),
    ],
)
def test_columns_of_one_name_are_both_left_out(site: Path, one: str, two: str, named: str) -> None:
    install(site, "one", one)
    install(site, "two", two)
    registry = load()
    assert not {"mine", "other"} & set(registry.tables)
    assert "extra" not in registry.columns
    assert [fault.facts["name"] for fault in registry.faults.values()] == [named, named]


def test_two_plugins_of_one_name_are_named_and_neither_is_loaded(site: Path) -> None:
    install(site, "twin", measures("twin"), distribution="a")
    install(site, "twin", measures("twin"), distribution="b", version="2.0")
    registry = load()
    assert "twin" not in registry.measures
    assert registry.faults["twin"].code == "plugin_name_twice"
    assert "a 1.0、b 2.0" in registry.faults["twin"].line()
    assert load(disable=["twin"]).faults == {}


def test_metadata_that_nobody_can_read_is_the_fault_of_its_distribution_alone(site: Path) -> None:
    for name, text in (("broken", "[duban]\ngarbage\n"), ("stranger", "[console_scripts]\ngarbage\n")):
        install(site, name, "")
        (site / f"{name}-1.0.dist-info" / "entry_points.txt").write_text(text)
    (site / "empty-1.0.dist-info").mkdir()
    install(site, "bare", measures("bare"))
    (site / "bare-1.0.dist-info" / "METADATA").unlink()
    registry = load()
    assert list(registry.faults) == ["broken"]
    assert "bare" in registry.measures
    assert registry.versions["bare"] == ""


def test_where_a_plugin_comes_from_is_known_before_it_is_loaded(site: Path) -> None:
    module = install(site, "gone", "raise SystemExit", distribution="gone-away", version="3.1")
    found = load().plugins["gone"]
    assert (found.version, found.distribution, found.place) == ("3.1", "gone-away", str(module))


def test_what_a_plugin_does_while_it_loads_stays_its_own(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = (
        f"import os, warnings\nos.chdir({str(tmp_path)!r})\nwarnings.simplefilter('ignore')\nprint('loud')\n"
    )
    install(site, "loud", code + measures("loud"))
    before, filters = Path.cwd(), list(warnings.filters)
    assert "loud" in load().measures
    assert (Path.cwd(), list(warnings.filters)) == (before, filters)
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "loud\n")


def test_plugins_load_in_a_folder_that_is_no_longer_there(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "here", measures("here"))
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "here" in load().measures


def test_a_plugin_that_is_switched_off_is_not_imported(site: Path) -> None:
    install(site, "off", "import os\nos.environ['DUBAN_TEST_OFF'] = '1'\n" + measures("off"))
    registry = load(disable=["off"])
    assert registry.disabled == ("off",)
    assert "off" not in registry.measures
    assert "DUBAN_TEST_OFF" not in os.environ
    assert "off" in registry.plugins
    assert "off" not in registry.versions


def test_only_what_is_installed_can_be_switched_off() -> None:
    with pytest.raises(UsageError) as caught:
        load(disable=["duban_mesures"])
    assert caught.value.line().startswith("disable: [plugin_unknown]")
    assert "是不是“duban_measures”？" in caught.value.line()
    assert load(disable="duban_curves").disabled == ("duban_curves",)


def test_a_given_module_may_take_the_place_of_one_that_is_off(site: Path) -> None:
    install(site, "mine", measures("old"))
    module = type(sys)("mine")
    exec("from duban import Measure, hookimpl\n" + measures("new"), vars(module))  # noqa: S102
    with pytest.raises(PluginError) as caught:
        load([module])
    assert caught.value.code == "plugin_name_twice"
    registry = load([module], disable=["mine"])
    assert "new" in registry.measures
    assert "old" not in registry.measures
    assert registry.disabled == ()


RULES = """
format = 1
id = "small"
title = "小办法"
[dimensions.speed]
title = "时效"
[criteria.answered]
title = "答复率"
dimension = "speed"
measure = "{measure}"
curve = {{ kind = "linear", full_at = 10 }}
points = 100
"""
WORKSPACE = (
    'title = "小项目"\nruleset = "rules.toml"\nas_of = 2024-12-31\n[tables.cases]\nfile = "cases.csv"\n'
)
LEDGER = "建议编号,承办单位,交办日期\n1,教育局,2024-01-02\n2,卫生局,2024-01-02\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[..., Path]:
    def make(measure: str = "all_rows", more: str = "") -> Path:
        folder = tmp_path / "workspace"
        folder.mkdir()
        (folder / "duban.toml").write_text(WORKSPACE + more, "utf-8")
        (folder / "rules.toml").write_text(RULES.format(measure=measure), "utf-8")
        (folder / "cases.csv").write_text(LEDGER, "utf-8")
        return folder

    return make


Make = Callable[..., Path]


def told(findings: object) -> list[tuple[str, str, str]]:
    """Return the findings about plugins."""
    rows = findings.to_dict("records")  # type: ignore[attr-defined]
    return [(row["severity"], row["code"], row["value"]) for row in rows if "plugin" in row["code"]]


def test_a_run_goes_on_without_what_it_does_not_need_and_says_so(site: Path, workspace: Make) -> None:
    install(site, "broken", "raise RuntimeError('no luck')")
    install(site, "one", measures("all_rows", "shared"))
    install(site, "two", measures("shared"))
    install(site, "off", measures("shared"))
    run = duban.run(workspace(), disable=["off"], language="en")
    assert told(run.findings) == [
        ("warning", "plugin_left_out", "broken"),
        ("warning", "plugin_partly_left_out", "one"),
        ("warning", "plugin_partly_left_out", "two"),
        ("info", "plugin_disabled", "off"),
    ]
    assert "RuntimeError: no luck" in str(run.findings["message"].tolist())
    assert run.manifest["plugins_disabled"] == ["off"]
    assert run.manifest["plugins_at_fault"] == {
        "broken": "plugin_not_loaded",
        "one": "plugin_duplicate",
        "two": "plugin_duplicate",
    }
    assert run.out is not None
    assert "no luck" in (run.out / "findings.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("measure", "more", "code"),
    [
        ("lost", "", "unknown_measure"),
        ("lost_in_two", "", "unknown_measure"),
        ("needs_column", "", "column_unknown"),
        ("all_rows", '[tables.lost]\nfile = "cases.csv"\n', "unknown_table"),
        ("all_rows", '[findings]\nlost = "accept"\n', "unknown_finding_code"),
    ],
)
def test_a_run_stops_before_any_output_where_it_needs_what_is_missing(
    site: Path, workspace: Make, measure: str, more: str, code: str
) -> None:
    install(site, "broken", "raise RuntimeError('no luck')")
    install(site, "one", measures("lost_in_two", "all_rows"))
    install(site, "two", measures("lost_in_two") + ROW.format(column="level") + EXTENDS.format(id="t"))
    install(site, "three", hook("measures", "[Measure('needs_column', 'x', hit='lost = 1')]"))
    install(site, "off", measures("shared"))
    folder = workspace(measure, more)
    for act in (duban.run, duban.check):
        with pytest.raises(Problems) as caught:
            act(folder, disable=["off"])
        lines = caught.value.line("en").splitlines()
        assert f"[{code}]" in lines[0]
        assert [line.split("]")[0] for line in lines[1:]] == [
            "[plugin_disabled",
            "[plugin_not_loaded",
            "[plugin_duplicate",
            "[plugin_duplicate",
        ]
        assert "measures.lost_in_two" in lines[3]
        assert "measures.lost_in_two" in lines[4]
    assert sorted(path.name for path in folder.iterdir()) == ["cases.csv", "duban.toml", "rules.toml"]


def test_without_faults_an_unknown_name_is_told_as_ever(workspace: Make) -> None:
    with pytest.raises(DubanError) as caught:
        duban.run(workspace("nobody_has_it"))
    assert len(caught.value.line().splitlines()) == 1


@pytest.mark.parametrize(
    ("off", "code"),
    [
        ("duban_measures", "unknown_measure"),
        ("duban_curves", "unknown_curve"),
        ("duban_reports", "no_reporters"),
        ("duban_rulesets", "unknown_ruleset"),
    ],
)
def test_dubans_own_plugins_are_missed_by_name(workspace: Make, off: str, code: str) -> None:
    folder = workspace("on_time")
    ruleset = "harbin-2024" if off == "duban_rulesets" else None
    with pytest.raises(Problems) as caught:
        duban.run(folder, disable=[off], ruleset=ruleset)
    codes = [error.code for error in caught.value.errors]
    assert code in codes
    assert codes[-1] == "plugin_disabled"
    assert not (folder / "out").exists()
    assert duban.run(folder, disable=["duban_checks", "duban_samples"], write=False).ranking.shape[0] == 2


def test_a_run_that_writes_nothing_needs_no_reports(workspace: Make) -> None:
    assert duban.run(workspace("on_time"), disable=["duban_reports"], write=False).out is None
