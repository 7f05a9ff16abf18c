"""Laws of the split, for any figures: parts add up, nothing changed is zero, turned round it is the negative."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_workspaces import RULES

from duban.comparing.comparison import CORRECTIONS, OTHERS, OWN, compare
from duban.comparing.comparison import RULES as OF_RULES
from duban.comparing.recorded import RecordedSide
from duban.comparing.sides import Counted
from duban.describing.opening import Opened, open_ruleset
from duban.differences.standpoints import Standpoint, standpoints
from duban.evaluating import standings
from duban.results import Department, Figure
from duban.terms import Status

CHANGED = RULES.replace('kind = "linear", zero_at = 0.2, full_at = 1', 'kind = "relative"').replace(
    "quota = 1", "quota = { share = 0.5 }"
)
NAMES = ("a", "b", "c")
# By department: hits and count of each of the two measures; None for one that is not there.
Row = tuple[int, int, int, int] | None


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Row]:
    """Return figures of some departments, at least one."""
    found: dict[str, Row] = {}
    for name in NAMES:
        counts = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
        hits = [draw(st.integers(0, count)) for count in counts]
        there = draw(st.booleans()) or name == NAMES[0]
        found[name] = (hits[0], counts[0], hits[1], counts[1]) if there else None
    return found


@pytest.fixture(scope="module")
def rulesets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opened, Opened]:
    folder = tmp_path_factory.mktemp("rules")
    opened = []
    for name, text in (("old.toml", RULES), ("new.toml", CHANGED)):
        (folder / name).write_text(text, "utf-8")
        opened.append(open_ruleset(str(folder / name)))
    return opened[0], opened[1]


def figure(hits: int, count: int) -> Figure:
    if not count:
        return Figure(Status.NOT_APPLICABLE, 0, 0)
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


def counted(held: Mapping[str, Row]) -> Counted:
    there = {name: row for name, row in held.items() if row is not None}
    return Counted(
        {name: Department(name, name) for name in there},
        {
            "on_time": {name: figure(*row[:2]) for name, row in there.items()},
            "answer_satisfied": {name: figure(*row[2:]) for name, row in there.items()},
        },
    )


def stands(rules: Opened, held: Mapping[str, Row]) -> dict[str, Standpoint]:
    given = counted(held)
    departments = [given.departments[name] for name in sorted(given.departments)]
    figures = {key: [column[item.id] for item in departments] for key, column in given.figures.items()}
    return standpoints(departments, standings(rules.plan, departments, figures))


def side(rules: Opened, held: Mapping[str, Row]) -> RecordedSide:
    about: dict[str, Any] = {"as_of": "2024-12-31", "period": None, "inputs": {"x": repr(held)}}
    return RecordedSide("x", "x", rules, about, stands(rules, held), counted(held))


def told(at: Mapping[str, Standpoint], name: str, last: int) -> tuple[Fraction, Fraction, Fraction]:
    if name not in at:
        return Fraction(0), Fraction(last + 1), Fraction(0)
    found = at[name]
    return found.total or Fraction(0), Fraction(found.rank or last + 1), Fraction("best" in found.lists)


@settings(max_examples=40, deadline=None)
@given(rows(), rows(), st.booleans(), st.booleans())
def test_the_laws_hold(
    rulesets: tuple[Opened, Opened],
    old: dict[str, Row],
    new: dict[str, Row],
    first: bool,
    second: bool,
) -> None:
    rules = rulesets[first], rulesets[second]
    made = compare(side(rules[0], old), side(rules[1], new))
    back = compare(side(rules[1], new), side(rules[0], old))
    everybody = {name for held in (old, new) for name, row in held.items() if row is not None}
    last = len(everybody)
    assert [move.department.id for move in made.moves] == sorted(everybody)
    for move, turned in zip(made.moves, back.moves, strict=True):
        name = move.department.id
        shares = [move.total, move.rank, move.lists["best"]]
        before, after = (
            told(stands(rule, held), name, last) for rule, held in zip(rules, (old, new), strict=True)
        )
        assert [sum(held.values()) for held in shares] == [b - a for a, b in zip(before, after, strict=True)]
        for held, other in zip(shares, [turned.total, turned.rank, turned.lists["best"]], strict=True):
            assert held == {part: -share for part, share in other.items()}
            assert held[CORRECTIONS] == 0
            if first == second:
                assert held[OF_RULES] == 0
            if old[name] == new[name]:
                assert held[OWN] == 0
            if all(old[one] == new[one] for one in NAMES if one != name):
                assert held[OTHERS] == 0
        wanted = by_orders(rules, old, new, name, last)
        assert {part: [held[part] for held in shares] for part in wanted} == wanted


def by_orders(
    rules: tuple[Opened, Opened], old: dict[str, Row], new: dict[str, Row], name: str, last: int
) -> dict[tuple[str, str], list[Fraction]]:
    """Return each cause's average effect over the six orders of bringing the causes in."""
    parts = (OF_RULES, OWN, OTHERS)
    shares = {part: [Fraction(0)] * 3 for part in parts}
    for order in permutations(parts):
        for place, part in enumerate(order):
            ends = []
            for chosen in (order[:place], order[: place + 1]):
                held = {**(new if OTHERS in chosen else old), name: (new if OWN in chosen else old)[name]}
                at = stands(rules[OF_RULES in chosen], held) if any(held.values()) else {}
                ends.append(told(at, name, last))
            shares[part] = [
                share + (now - then) / 6 for share, then, now in zip(shares[part], *ends, strict=True)
            ]
    return shares


def test_departments_of_one_side_only_may_leave_nobody(rulesets: tuple[Opened, Opened]) -> None:
    old: dict[str, Row] = {"a": (1, 2, 1, 1), "b": None, "c": None}
    new: dict[str, Row] = {"a": None, "b": (2, 2, 1, 1), "c": None}
    made = compare(side(rulesets[0], old), side(rulesets[0], new))
    assert [sum(move.rank.values()) for move in made.moves] == [2, -2]
    # Beside the better one the first would have been second: half of that comes before it leaves.
    assert [move.rank[OTHERS] for move in made.moves] == [Fraction(1, 2), 0]
