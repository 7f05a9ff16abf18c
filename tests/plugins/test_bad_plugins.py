"""Plugins that are wrong on purpose, each in one way: every one is rejected, and for that reason; what is right passes."""

import ast
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from duban.testing import Fault, check_plugin

pytestmark = pytest.mark.slow
BAD = sorted((Path(__file__).parent / "bad").glob("*.py"))
GOOD = Path(__file__).parent / "good" / "duban_unusual"
SHIPPED = (
    "duban_measures",
    "duban_curves",
    "duban_checks",
    "duban_harbin",
    "duban_reports",
    "duban_rulesets",
    "duban_samples",
)
# How long a plugin may take for one thing; the one that never ends need not be waited for.
SECONDS = {"sleeps": 3.0}


def expected(path: Path) -> str:
    """Return what the module says of itself, without importing it."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXPECTED":
            return str(ast.literal_eval(node.value))
    raise LookupError(path)


@pytest.fixture(scope="module")
def faults() -> Mapping[str, list[Fault]]:
    """Check all of them, as many side by side as there are processors."""
    names = [*map(str, BAD), str(GOOD), *SHIPPED]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(_checked, names), strict=True))


def _checked(name: str) -> list[Fault]:
    return check_plugin(name, seconds=SECONDS.get(Path(name).stem, 120.0))


def test_there_are_many() -> None:
    assert len(BAD) >= 25


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_plugin_is_rejected_for_its_reason(path: Path, faults: Mapping[str, list[Fault]]) -> None:
    assert {fault.code for fault in faults[str(path)]} == {expected(path)}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_reason_can_be_read(path: Path, faults: Mapping[str, list[Fault]]) -> None:
    for fault in faults[str(path)]:
        for line in (fault.line("zh"), fault.line("en")):
            assert fault.subject in line
            assert "?" not in line


@pytest.mark.parametrize("name", [*SHIPPED, str(GOOD)])
def test_what_is_right_passes(name: str, faults: Mapping[str, list[Fault]]) -> None:
    assert [fault.line("en") for fault in faults[name]] == []
