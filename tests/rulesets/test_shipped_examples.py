"""Every shipped ruleset with examples is what they say."""

import pytest

from duban.examples.opening import open_rules, open_suite
from duban.examples.running import run_suite
from duban.registry import installed

WITH_EXAMPLES = sorted(
    name for name, found in installed().rulesets.items() if (found.folder / "examples.toml").is_file()
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_shipped_ruleset_come_true(name: str) -> None:
    outcomes = run_suite(open_rules(name), open_suite(name))
    assert [outcome for outcome in outcomes if not outcome.passed] == []
