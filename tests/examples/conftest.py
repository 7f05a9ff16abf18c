from collections.abc import Callable
from pathlib import Path

import pytest
from trying import write

from duban.examples.opening import open_rules, open_suite
from duban.examples.running import Outcome, run_suite


@pytest.fixture
def trial(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Run examples, given as TOML, against the trial rules with a change."""

    def run(examples: str, *changes: tuple[str, str]) -> list[Outcome]:
        folder = write(tmp_path, examples, *changes)
        return run_suite(open_rules(str(folder)), open_suite(str(folder)))

    return run
