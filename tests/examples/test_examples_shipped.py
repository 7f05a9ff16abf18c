"""The examples of the shipped rulesets and of the documentation hold, and those of the base notice every small change."""

import re
from pathlib import Path

import pytest

from duban.examples.models import Example, Expected
from duban.examples.mutants import run_mutants
from duban.examples.opening import open_rules, open_suite
from duban.examples.running import run_suite
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


@pytest.mark.slow
def test_the_examples_of_the_base_notice_every_small_change() -> None:
    rules, suite = open_rules("npc-base"), open_suite("npc-base")
    made = run_mutants(rules, suite, run_suite(rules, suite))
    assert len(made) > 200
    assert [item.mutation.path for item in made if item.noticed_by is None] == []


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
