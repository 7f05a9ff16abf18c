"""The examples of the shipped rulesets and of the documentation hold and notice every small change."""

import re
from pathlib import Path

import pytest

from duban.examples.models import Example, Expected
from duban.examples.mutants import run_mutants
from duban.examples.opening import open_rules, open_suite
from duban.examples.running import run_suite
from duban.examples.summing import dotted
from duban.registry import installed

PAGE = Path(__file__).parents[2] / "docs" / "examples.md"
WITH_EXAMPLES = [
    name for name, item in installed().rulesets.items() if (item.folder / "examples.toml").is_file()
]


def failed(name: str, examples: Path | None = None) -> list[str]:
    outcomes = run_suite(open_rules(name), open_suite(name, None if examples is None else str(examples)))
    return [outcome.id for outcome in outcomes if not outcome.passed]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_shipped_ruleset_hold(name: str) -> None:
    assert failed(name) == []


def test_the_base_and_this_years_rules_have_examples() -> None:
    assert {"npc-base", "harbin-2024"} <= set(WITH_EXAMPLES)


# These change nothing: totals are whole numbers or fifths, money comes in 500 yuan, two grades cannot both hold.
ROUNDING = {"rounding.total", "rounding.mode"}
WITHOUT_EFFECT = {
    "baiyun-2015": {"rounding.mode", "conversions.target_bonus.places"},
    "baoji": ROUNDING,
    "luoyang-2009": ROUNDING,
    "shenzhen-2007": {"grades.fail"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_shipped_ruleset_notice_every_small_change(name: str) -> None:
    rules, suite = open_rules(name), open_suite(name)
    made = run_mutants(rules, suite, run_suite(rules, suite))
    assert len(made) > 25
    left = {dotted(item.mutation.path) for item in made if item.noticed_by is None}
    assert left == WITHOUT_EFFECT.get(name, set())


def test_the_examples_of_the_page_hold(tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    file = tmp_path / "page.toml"
    file.write_text("\n".join(blocks), "utf-8")
    assert failed("npc-base", file) == []


def test_the_page_names_every_key() -> None:
    text = PAGE.read_text("utf-8")
    keys = {*Example.model_fields, *Expected.model_fields}
    assert [name for name in sorted(keys) if f"`{name}`" not in text] == []
