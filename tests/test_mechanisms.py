"""docs/mechanisms.md points at rulesets, examples and tests that are there; nearly every mechanism can be said."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from duban.examples.opening import Rules, Suite, open_rules, open_suite
from duban.examples.running import run_suite

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "mechanisms.md").read_text("utf-8")
# Rulesets that are not installed, by the name that the page gives them.
OWN = {"mechanisms": ROOT / "tests" / "mechanisms"}
OUTSIDE = "不在范围内："
ENOUGH = 60


class Mechanism(NamedTuple):
    """One line of the table; `shown` is its last cell."""

    id: str
    how: str
    shown: str

    @property
    def outside(self) -> bool:
        return self.shown.startswith(OUTSIDE)

    @property
    def pointers(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.shown)


def mechanisms() -> list[Mechanism]:
    lines = re.findall(
        r"^\| (M\d\d\w?) \| [^|]+ \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE, flags=re.MULTILINE
    )
    return [Mechanism(*line) for line in lines]


IN_SCOPE = [item for item in mechanisms() if not item.outside]


@cache
def rules_of(name: str) -> tuple[Rules, Suite]:
    where = str(OWN.get(name, name))
    return open_rules(where), open_suite(where)


def missing(pointer: str) -> bool:
    """Return whether what a pointer names is not there."""
    if pointer.startswith("tests/"):
        file, _, function = pointer.partition("::")
        return f"\ndef {function}(" not in (ROOT / file).read_text("utf-8")
    name, _, path = pointer.partition(": ")
    rules, suite = rules_of(name)
    keys = tuple(path.split("."))
    return keys[1] not in suite.examples if keys[0] == "examples" else keys not in rules.loaded.keys


def is_worked(pointer: str) -> bool:
    """Return whether a pointer names something that runs: an example or a test."""
    return ": examples." in pointer or pointer.startswith("tests/")


def test_every_mechanism_has_its_line() -> None:
    expected = sorted([*(f"M{number:02}" for number in range(1, 73)), "M34b"])
    assert [item.id for item in mechanisms()] == expected


def test_nearly_all_can_be_said_and_the_page_says_how_many() -> None:
    assert len(IN_SCOPE) >= ENOUGH
    assert f"一共 {len(mechanisms())} 种；{len(IN_SCOPE)} 种写得出来" in PAGE


@pytest.mark.parametrize("item", IN_SCOPE, ids=lambda item: item.id)
def test_what_the_line_points_at_is_there_and_runs(item: Mechanism) -> None:
    assert [pointer for pointer in item.pointers if missing(pointer)] == []
    assert any(map(is_worked, item.pointers))
    assert any(": " in pointer for pointer in item.pointers)


@pytest.mark.parametrize("item", [item for item in mechanisms() if item.outside], ids=lambda item: item.id)
def test_what_is_outside_has_its_reason_in_both_languages(item: Mechanism) -> None:
    assert re.fullmatch(rf"{OUTSIDE}[^。]{{15,}}。\*Outside duban's scope: [^*]{{30,}}\.\*", item.shown)


def test_the_examples_that_the_page_leans_on_come_true() -> None:
    named = {
        tuple(pointer.split(": examples."))
        for item in IN_SCOPE
        for pointer in item.pointers
        if ": examples." in pointer
    }
    for name in OWN:
        outcomes = run_suite(*rules_of(name))
        assert [outcome.id for outcome in outcomes if not outcome.passed] == []
        assert [outcome.id for outcome in outcomes if (name, outcome.id) not in named] == []
