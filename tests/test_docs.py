"""The pages keep step with the code: every hook, key, column, measure, curve and code has its line."""

import re
import runpy
import textwrap
import tomllib
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import duban
from duban import Measure, frames, ruleset, workspace
from duban.certainty import tables as qualified
from duban.findings import COLUMNS
from duban.hookspecs import HookSpecs
from duban.registry import installed
from duban.testing import figures
from duban.texts import codes

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SAMPLE = ROOT / "samples" / "duban_samples" / "harbin-2023"
# Where the keys of each model stand in ruleset.md: below the heading that begins with this word.
SECTIONS: dict[type[BaseModel], str] = {
    ruleset.Ruleset: "顶层",
    ruleset.Period: "period",
    ruleset.Rounding: "rounding",
    ruleset.Deadline: "deadlines",
    ruleset.VolumeStep: "deadlines",
    ruleset.RatingRules: "ratings",
    ruleset.RatingRule: "ratings",
    ruleset.ColumnRule: "columns",
    ruleset.MeasureRule: "measures",
    ruleset.Sheet: "sheets",
    ruleset.SheetItem: "sheets",
    ruleset.Dimension: "dimensions",
    ruleset.Criterion: "criteria",
    ruleset.Shrink: "criteria",
    ruleset.LowerBound: "criteria",
    ruleset.Adjustment: "adjustments",
    ruleset.Gate: "gates",
    ruleset.Cap: "gates",
    ruleset.Group: "groups",
    ruleset.Ranking: "ranking",
    ruleset.Grade: "grades",
    ruleset.Selection: "selections",
    ruleset.ShareQuota: "selections",
    ruleset.Conversion: "conversions",
    ruleset.Objections: "objections",
}
NOT_A_SECTION = {ruleset.Rule, ruleset.Titled}


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def sections(name: str) -> dict[str, str]:
    """Return the text below each `##` heading, by the heading's first word."""
    parts = re.split(r"^## ", page(name), flags=re.MULTILINE)[1:]
    return {part.split()[0]: part for part in parts}


def keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def undocumented(names: set[str], text: str) -> list[str]:
    """Return the names that have no line of a table to themselves."""
    return sorted(name for name in names if f"| `{name}`" not in text and f"、`{name}`" not in text)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)


def test_every_hook_has_its_heading_and_an_example() -> None:
    text = page("plugins.md")
    hooks = [name for name in vars(HookSpecs) if name.startswith("register_")]
    assert hooks == re.findall(r"^### `(register_\w+)\(\)`", text, flags=re.MULTILINE)
    assert [name for name in hooks if f"def {name}() ->" not in text] == []


def test_every_model_of_the_ruleset_has_its_section() -> None:
    models = {
        item for item in vars(ruleset).values() if isinstance(item, type) and issubclass(item, ruleset.Rule)
    }
    assert models - NOT_A_SECTION == set(SECTIONS)


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_key_of_the_ruleset_has_its_line(model: type[BaseModel]) -> None:
    assert undocumented(keys(model), sections("ruleset.md")[SECTIONS[model]]) == []


def test_every_key_of_the_workspace_has_its_line() -> None:
    text = sections("workspace.md")
    assert undocumented(keys(workspace.Workspace), text["duban.toml"]) == []
    assert undocumented(keys(workspace.Source), text["[tables.\\<表\\>]"]) == []


def example_plugin() -> ModuleType:
    """Return all examples of plugins.md as one plugin; those that need folders of their own are left out."""
    module = ModuleType("example")
    names = {name: getattr(duban, name) for name in duban.__all__}
    vars(module).update(names, Fraction=Fraction, Path=Path)
    for block in blocks(page("plugins.md"), "python"):
        if "DataFolder" not in block:
            exec(block, vars(module))  # noqa: S102 - the page's own text
    return module


def test_the_examples_of_plugins_work_together(tmp_path: Path) -> None:
    (criterion,) = (
        textwrap.dedent(block) for block in blocks(page("plugins.md"), "toml") if "[criteria" in block
    )
    rules = f"""format = 1
id = "example"
title = "示例"
extends = "npc-base"
aggregate = "second_lowest"
{criterion.rstrip()}
curve = {{ kind = "square", full_at = 0.5 }}
"""
    (tmp_path / "r.toml").write_text(rules, "utf-8")
    run = duban.run(SAMPLE, ruleset=tmp_path / "r.toml", out=tmp_path / "out", plugins=[example_plugin()])
    assert "signed_early" in set(run.criteria["criterion"])
    selected = run.ranking.loc[run.ranking["selected"], "name"]
    assert (tmp_path / "out" / "excellent.txt").read_text("utf-8").split() == list(selected)


def test_the_tables_columns_and_formulas_of_plugins_are_measured() -> None:
    day, police = date(2023, 5, 1), {"department": "市公安局"}
    example = example_plugin()
    visits = [{**police, "visited_on": day, "kind": kind, "deputies": 2} for kind in ("home", "workplace")]
    case = {**police, "assigned_on": day, "replied_on": day + timedelta(9), "contact_mode": "in_person"}
    cases = [{**case, "case_id": title, "title": title} for title in ("中山路口的信号灯", "养老")]
    measures = {
        "visits": (Measure("seen", "x", table="myplace_visits", count="kind = 'home'", value="deputies"), 2),
        "days": (Measure("seen", "x", count="myplace_street", value="myplace_days"), 9),
        "streets": (Measure("seen", "x", hit="myplace_street"), Fraction(1, 2)),
    }
    for name, (measure, value) in measures.items():
        tables = {"myplace_visits": visits} if name == "visits" else {"cases": cases}
        assert figures(measure, tables, plugins=[example])["市公安局"].value == value
    least = figures(vars(example)["SAFE_SIDE"], {"cases": cases}, plugins=[example])["市公安局"]
    assert least.count == 2
    assert least.value is not None
    assert 0 < least.value < 1


def test_the_example_of_a_test_passes() -> None:
    example = example_plugin()
    # The page's plugin is not installed; a reader's is.
    vars(example)["figures"] = partial(figures, plugins=[example])
    vars(example)["test_signed_early"]()


def test_every_reason_of_the_check_stands_among_what_is_checked() -> None:
    wording = ROOT / "core" / "duban" / "wording" / "testing.toml"
    reasons = set(tomllib.loads(wording.read_text("utf-8"))["errors"]) - {"plugin_not_found"}
    told = re.findall(r"`(\w+)`", sections("plugins.md")["测试和检查"].split("| 编号 codes |")[1])
    assert sorted(reasons - set(told)) == []
    assert sorted(set(told) - set(codes("errors")) - {"plugin_", "plugin_…"}) == []


@pytest.mark.parametrize("example", blocks(page("curves.md"), "toml"))
def test_every_example_of_a_curve_loads(tmp_path: Path, example: str) -> None:
    rules = f"""format = 1
id = "example"
title = "示例"
extends = "npc-base"
[criteria.on_time]
points = 20
{example}"""
    (tmp_path / "r.toml").write_text(rules, "utf-8")
    assert not duban.run(SAMPLE, ruleset=tmp_path / "r.toml", write=False).ranking.empty


@pytest.mark.parametrize("curve", sorted(installed().curves))
def test_every_curve_has_its_section_and_parameters(curve: str) -> None:
    text = re.split(rf"^### `{curve}` ", page("curves.md"), flags=re.MULTILINE)[1].split("\n#")[0]
    names = set(installed().curves[curve].parameters.model_fields) - {"bands"}
    assert undocumented(names, text) == []
    assert f'kind = "{curve}"' in text


def test_every_aggregator_has_its_line() -> None:
    assert undocumented(set(installed().aggregators), page("curves.md")) == []


@pytest.mark.parametrize(
    "name", ["findings.md", "errors.md", "measures.md", "curves.md", "tables.md", "workspace.md"]
)
def test_reference_pages_keep_step(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    made = runpy.run_path(str(DOCS / "make_reference.py"))["pages"]()
    assert page(name) == made[name], "run: python docs/make_reference.py"


def test_every_code_and_measure_has_its_line() -> None:
    assert undocumented(set(codes("errors")), page("errors.md")) == []
    assert undocumented(set(codes("findings")) | set(installed().checks), page("findings.md")) == []
    assert [name for name in installed().measures if f"### `{name}` " not in page("measures.md")] == []


@pytest.mark.parametrize("table", sorted(installed().tables))
def test_every_table_of_a_plugin_has_its_section_and_columns(table: str) -> None:
    text = re.split(rf"^### `{table}` ", page("tables.md"), flags=re.MULTILINE)[1].split("\n#")[0]
    assert undocumented(set(installed().tables[table].columns), text) == []


def test_every_derived_column_and_reporter_has_its_line() -> None:
    assert undocumented(set(installed().columns), page("tables.md").split("## 推算列")[1]) == []
    assert undocumented(set(installed().reporters), page("output.md")) == []


@pytest.mark.parametrize(
    "example", [block for block in blocks(page("ruleset.md"), "toml") if "formula" in block]
)
def test_the_examples_of_formulas_are_worked_out(tmp_path: Path, example: str) -> None:
    ids = re.findall(r"^\[measures\.(\w+)\]", example, flags=re.MULTILINE)
    head = 'format = 1\nid = "example"\ntitle = "示例"\nextends = "npc-base"\n'
    breaks = f"[ranking]\ntie_break = {ids}\n".replace("'", '"')
    (tmp_path / "r.toml").write_text(f"{head}{example}\n{breaks}", "utf-8")
    run = duban.run(SAMPLE, ruleset=tmp_path / "r.toml", write=False)
    assert set(ids) <= set(run.measures.loc[run.measures["status"] == "measured", "measure"])


def test_every_column_of_the_output_has_its_line() -> None:
    tables = {
        "ranking.csv": frames.RANKING,
        "selections.csv": frames.SELECTIONS,
        "criteria.csv": frames.CRITERIA,
        "measures.csv": frames.MEASURES,
        "two_stage.csv": frames.TWO_STAGE,
        "adjustments.csv": frames.ADJUSTMENTS,
        "conversions.csv": frames.CONVERSIONS,
        "cases.csv": frames.CASES,
        "findings.csv": COLUMNS,
        "rates.csv": qualified.RATES,
        "small_numbers.csv": qualified.SMALL_NUMBERS,
        "influence.csv": qualified.INFLUENCE,
        "correlations.csv": qualified.CORRELATIONS,
        "silence.csv": qualified.SILENCE,
    }
    text = sections("output.md")
    assert {name: re.findall(r"^\| `(\w+)`", text[name], flags=re.MULTILINE) for name in tables} == {
        name: list(columns) for name, columns in tables.items()
    }


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_first_two_commands_are_one_line_each(name: str) -> None:
    first, second = blocks((ROOT / name).read_text("utf-8"), "sh")[:2]
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    assert "duban run samples/duban_samples/harbin-2023" in first
    assert "pytest" in second


def test_both_readmes_show_the_same_code() -> None:
    one, other = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert blocks(one, "sh") == blocks(other, "sh")
    assert blocks(one, "toml") == blocks(other, "toml")


def test_first_ruleset_has_ten_lines_and_ranks_the_sample(tmp_path: Path) -> None:
    text = blocks((ROOT / "README.md").read_text("utf-8"), "toml")[0]
    assert text.count("\n") == 10
    (tmp_path / "first.toml").write_text(text, "utf-8")
    run = duban.run(SAMPLE, ruleset=tmp_path / "first.toml", out=tmp_path / "out")
    assert run.ranking["selected"].sum() == 3


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")]), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
