"""Laws of scoring, adjusting, ranking and selecting, over small random rulesets and departments."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from planning import Judgement, department, judged, plan_from

from duban.results import Department, Figure
from duban.terms import Status

CURVES: Sequence[Mapping[str, Any]] = (
    {"kind": "linear"},
    {"kind": "linear", "zero_at": Fraction("0.2"), "full_at": Fraction("0.8")},
    {"kind": "threshold", "at_least": Fraction("0.5"), "otherwise": -1},
    {"kind": "per_point", "lose": 1, "per": Fraction("0.1")},
    {"kind": "relative"},
    {"kind": "relative", "method": "percentile", "within": "all"},
)
VALUES = st.sampled_from([Fraction(top, 12) for top in range(13)])
MISSING = st.sampled_from(["redistribute", "zero", "full", "group_mean", "not_ranked"])
FIGURES = st.one_of(
    st.builds(lambda value, count: Figure(Status.MEASURED, count, None, value), VALUES, st.integers(1, 9)),
    st.sampled_from([Figure(Status.NOT_APPLICABLE), Figure(Status.NOT_AVAILABLE)]),
)
NUMBERS = st.builds(lambda number: Figure(Status.MEASURED, number, None, Fraction(number)), st.integers(0, 5))


class World(NamedTuple):
    """A ruleset as tables, departments, and each one's figures by measure and department."""

    rules: Mapping[str, Any]
    departments: Sequence[Department]
    measured: Mapping[str, Mapping[str, Figure]]

    def judge(self) -> Judgement:
        columns = {
            name: [column[item.id] for item in self.departments] for name, column in self.measured.items()
        }
        return judged(plan_from(self.rules), self.departments, columns)


@st.composite
def worlds(draw: st.DrawFn, curves: Sequence[Mapping[str, Any]] = CURVES, extras: bool = True) -> World:
    """Draw a small world; `extras` are adjustments, gates, groups and whatever is missing."""
    dimensions = {
        f"dimension{number}": {"points": draw(st.integers(10, 50))}
        for number in range(draw(st.integers(1, 2)))
    }
    criteria = {
        f"criterion{number}": {
            "dimension": draw(st.sampled_from(sorted(dimensions))),
            "measure": f"m{number}",
            "points": draw(st.integers(0, 10)),
            "curve": draw(st.sampled_from(curves)),
            "min_cases": draw(st.integers(0, 3)) if extras else 0,
            "missing": draw(MISSING) if extras else "redistribute",
        }
        for number in range(draw(st.integers(1, 4)))
    }
    rules: dict[str, Any] = {"dimensions": dimensions, "criteria": criteria, **SELECTION}
    departments = [
        department(f"d{number}", has_cases=not extras or draw(st.integers(0, 9)) > 0)
        for number in range(draw(st.integers(1, 6)))
    ]
    cells = FIGURES if extras else st.builds(lambda value: Figure(Status.MEASURED, 5, None, value), VALUES)
    measured = {
        f"m{number}": {item.id: draw(cells) for item in departments} for number in range(len(criteria))
    }
    for name in ("overdue", "bad", "cases"):
        measured[name] = {item.id: draw(NUMBERS) for item in departments}
    return World({**rules, **EXTRAS} if extras else rules, departments, measured)


SELECTION: Mapping[str, Any] = {
    "ranking": {"tie_break": ["m0", "overdue"]},
    "selections": {
        "best": {"at_least": 15, "quota": {"share": Fraction("0.4"), "round": "up"}, "cut_tie": "drop"},
        "last": {"from": "bottom", "quota": 2},
    },
}
EXTRAS: Mapping[str, Any] = {
    "adjustments": {
        "late": {"measure": "overdue", "each": Fraction("-0.5"), "limit": -2},
        "inside": {"measure": "cases", "each": 1, "limit": 3, "dimension": "dimension0"},
        "model": {"when": "points.criterion0 > 5", "points": 1},
    },
    "gates": {
        "alone": {"when": "cases = 5", "effect": "exempt"},
        "aside": {"when": "bad > 4", "effect": "not_ranked"},
        "bad": {"when": "bad > 2", "effect": "not_selectable"},
        "cap": {"when": "total > 30", "effect": {"cap": 30}},
        "low_cap": {"when": "overdue > 3", "effect": {"cap": 20}},
    },
    "groups": {
        "large": {"when": "cases >= 3", "priority": 2},
        "late": {"when": "overdue >= 4", "priority": 1},
        "regular": {},
    },
    "grades": {"good": {"at_least": 25}, "poor": {}},
}


def told(world: World, result: Judgement) -> dict[str, object]:
    """Return everything that comes out, by department, so that no order is left in it."""
    return {
        item.id: (
            result.groups[index],
            {name: column[index] for name, column in result.scores.criteria.items()},
            {name: column[index] for name, column in result.totals.dimensions.items()},
            result.totals.base[index],
            result.totals.adjustments[index],
            result.totals.total[index],
            result.totals.effects[index],
            result.totals.held[index],
            result.totals.grades[index],
            result.totals.rows[index],
            result.places[index],
            {name: choices[index] for name, choices in result.lists.items()},
            result.reasons[index],
        )
        for index, item in enumerate(world.departments)
    }


@settings(max_examples=60, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_no_order_changes_anything(world: World, rng: random.Random) -> None:
    def shuffled(table: Mapping[str, Any]) -> dict[str, Any]:
        return dict(rng.sample(sorted(table.items()), len(table)))

    # Grades are read in order, and the first selection is the main list.
    ordered = ("grades", "selections", "ranking")
    rules = {name: part if name in ordered else shuffled(part) for name, part in world.rules.items()}
    departments = rng.sample(list(world.departments), len(world.departments))
    other = World(rules, departments, world.measured)
    assert told(world, world.judge()) == told(other, other.judge())


@settings(max_examples=60, deadline=None)
@given(worlds(CURVES[:4], extras=False), st.data())
def test_a_better_value_never_lowers_a_total_or_a_rank(world: World, data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(sorted(item.id for item in world.departments)))
    measure = data.draw(st.sampled_from(sorted(name for name in world.measured if name.startswith("m"))))
    before = world.measured[measure][chosen]
    better = data.draw(VALUES.filter(lambda value: before.value is not None and value >= before.value))
    column = {**world.measured[measure], chosen: Figure(Status.MEASURED, 5, None, better)}
    index = [item.id for item in world.departments].index(chosen)
    old, new = world.judge(), world._replace(measured={**world.measured, measure: column}).judge()
    assert (new.totals.total[index] or 0) >= (old.totals.total[index] or 0)
    assert (new.ranks[index] or 0) <= (old.ranks[index] or 0)


@settings(max_examples=60, deadline=None)
@given(worlds((*CURVES[:2], *CURVES[4:]), extras=False), st.sampled_from([Fraction(1, 4), 2, 10]))
def test_scaling_all_points_scales_the_base(world: World, factor: Fraction) -> None:
    def scaled(part: Mapping[str, Any]) -> dict[str, Any]:
        return {name: {**item, "points": item["points"] * Fraction(factor)} for name, item in part.items()}

    rules = {
        name: scaled(part) if name in ("dimensions", "criteria") else part
        for name, part in world.rules.items()
    }
    old, new = world.judge().totals.base, world._replace(rules=rules).judge().totals.base
    assert new == [None if base is None else base * factor for base in old]


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_parts_add_up(world: World) -> None:
    result = world.judge()
    declared = {name: Fraction(item["points"]) for name, item in world.rules["dimensions"].items()}
    for index in range(len(world.departments)):
        rows = result.totals.rows[index]
        outside = sum((row.points or 0 for row in rows if row.effect == "total"), Fraction(0))
        assert outside == result.totals.adjustments[index]
        parts = {name: column[index] for name, column in result.totals.dimensions.items()}
        base = result.totals.base[index]
        if base is not None and None not in parts.values():
            assert base == sum((part for part in parts.values() if part is not None), Fraction(0))
        for name, part in parts.items():
            before = result.scores.dimensions[name][index]
            inside = sum((row.points or 0 for row in rows if row.effect == "dimension"), Fraction(0))
            if part is not None and before is not None:
                assert part == before + (inside if name == "dimension0" else 0)
                assert before <= declared[name]


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_renaming_only_renames(world: World) -> None:
    # Reversed, so that the alphabet is no longer the file's order.
    ids = sorted(item.id for item in world.departments)
    new_ids = dict(zip(ids, [f"r{9 - number}" for number in range(len(ids))], strict=True))
    renamed = World(
        world.rules,
        [department(new_ids[item.id], has_cases=item.has_cases) for item in world.departments],
        {
            name: {new_ids[key]: value for key, value in column.items()}
            for name, column in world.measured.items()
        },
    )
    before, after = told(world, world.judge()), told(renamed, renamed.judge())
    assert {new_ids[key]: value for key, value in before.items()} == after


@settings(max_examples=40, deadline=None)
@given(worlds(), st.sampled_from([Status.NOT_APPLICABLE, Status.NOT_AVAILABLE]))
def test_a_criterion_that_nobody_has_changes_nothing(world: World, status: Status) -> None:
    unavailable = {"dimension": "dimension0", "measure": "nobody", "points": 7}
    rules = {**world.rules, "criteria": {**world.rules["criteria"], "unavailable": unavailable}}
    column = {item.id: Figure(status) for item in world.departments}
    other = world._replace(rules=rules, measured={**world.measured, "nobody": column})
    before, after = world.judge(), other.judge()
    assert (before.totals, before.places, before.lists) == (after.totals, after.places, after.lists)


@settings(max_examples=80, deadline=None)
@given(worlds((*CURVES[:2], CURVES[4]), extras=False))
def test_a_slow_recalculation_agrees(world: World) -> None:
    result = world.judge()
    totals = {item.id: _slow_total(world, item.id) for item in world.departments}
    assert dict(zip(totals, result.totals.total, strict=True)) == totals
    keys = {name: _slow_key(world, name, total) for name, total in totals.items() if total is not None}
    ranks = {name: 1 + sum(other > key for other in keys.values()) for name, key in keys.items()}
    assert result.ranks == [ranks.get(item.id) for item in world.departments]
    # 40 %, rounded up, from the top, and at least 15; a tie that crosses the cut is dropped whole.
    places = -(-4 * len(ranks) // 10)
    within = {name for name, rank in ranks.items() if (totals[name] or 0) >= 15}
    listed = {name for name in within if sum(ranks[other] <= ranks[name] for other in within) <= places}
    assert {world.departments[index].id for index in result.chosen("best")} == listed


def _slow_total(world: World, name: str) -> Fraction | None:
    """Score one department alone, straight from the definition, rounded to two places away from zero."""
    weighted: dict[str, tuple[Fraction, Fraction]] = {}
    for rule in world.rules["criteria"].values():
        if rule["points"]:
            earned, possible = weighted.get(rule["dimension"], (Fraction(0), Fraction(0)))
            earned += rule["points"] * _slow_share(world, name, rule)
            weighted[rule["dimension"]] = (earned, possible + rule["points"])
    dimensions = world.rules["dimensions"]
    full = sum(item["points"] for item in dimensions.values())
    available = sum(dimensions[key]["points"] for key in weighted)
    scores = sum(
        dimensions[key]["points"] * earned / possible for key, (earned, possible) in weighted.items()
    )
    # No total here is negative.
    return Fraction(int(full * scores / available * 100 + Fraction(1, 2)), 100) if weighted else None


def _slow_share(world: World, name: str, rule: Mapping[str, Any]) -> Fraction:
    column = world.measured[rule["measure"]]
    value = column[name].value or Fraction(0)
    low, high = rule["curve"].get("zero_at", Fraction(0)), rule["curve"].get("full_at", Fraction(1))
    if rule["curve"]["kind"] == "relative":
        known = [figure.value for figure in column.values() if figure.value is not None]
        low, high = min(known), max(known)
    return Fraction(1) if low == high else min(max((value - low) / (high - low), Fraction(0)), Fraction(1))


def _slow_key(world: World, name: str, total: Fraction) -> tuple[Fraction, ...]:
    """Return what is compared: the total, then m0 (higher is better), then overdue (lower is better)."""
    first, late = world.measured["m0"][name].value, world.measured["overdue"][name].value
    return total, first or Fraction(0), -(late or Fraction(0))
