"""Whole random rulesets: whatever is put in the place of a draw, arrays and exact engine agree."""

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from certain import assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import department, plan_from
from random_rules import random_people, random_rules, some

from duban.certainty.judge import Judge, Outcome
from duban.certainty.worlds import measured_world
from duban.evaluating import Evaluated, evaluate
from duban.results import Department, Figure, Figures
from duban.terms import Status

LABELLED = {"at_least": Fraction(1, 2), "when": "overdue < 4", "points": 4, "label": "A"}
# Curves that look at other departments, or at more than the value.
CURVES: Sequence[dict[str, Any]] = (
    {"kind": "relative"},
    {"kind": "linear"},
    {"kind": "bands", "bands": [LABELLED, {"when": "m1 > 0.5 or value > 0.9", "points": 2}, {"points": 0}]},
)
AMONG = (
    "grade = 'good'",
    "total > 7 and m0 > 0.2",
    "m1 >= 0.5",
    "grade in ('good', 'poor') and not m2 > 0.9",
)


def evaluated(rules: dict[str, Any], departments: list[Department], figures: Figures) -> Evaluated:
    """Return what the exact engine makes of the figures."""
    plan = plan_from(rules)
    return Evaluated(plan, departments, figures, evaluate(plan, departments, figures))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_random_rules_over_arrays_are_the_exact_ones(seed: int) -> None:
    rng = random.Random(seed)
    rules, people = random_rules(rng), random_people(rng)
    columns = {name: [one[name] for one in people] for name in people[0]}
    departments = [department(f"x{number}", has_cases=rng.random() < 0.9) for number in range(len(people))]
    exact = evaluated(rules, departments, columns)
    drawn = frozenset(rng.sample(sorted(columns), rng.randint(0, len(columns))))
    world = {key: values.repeat(2, axis=0) for key, values in measured_world(columns).items()}
    assert_same(Judge(exact, drawn).outcome(world), exact.judgement)


def rules_that_ask_for_what_is_drawn(rng: random.Random) -> dict[str, Any]:
    rules = random_rules(rng)
    for criterion in rules["criteria"].values():
        if criterion["points"]:
            criterion |= some(rng, curve=CURVES, small_numbers=[{"kind": "shrink", "strength": 5}])
    name = rng.choice(sorted(rules["criteria"]))
    rules["adjustments"] |= some(
        rng, label=[{"when": f"label.{name} = 'A' or points.{name} < 2", "points": 2}]
    )
    rules["gates"] |= some(
        rng, veto=[{"when": f"m1 < 0.3 and points.{name} <= 3", "effect": "not_selectable"}]
    )
    rules["selections"]["s0"] |= some(rng, among=AMONG)
    return rules


def rates(rng: random.Random, figures: Sequence[Figure]) -> list[Figure]:
    """Return other values of what is measured: eighths, at which much is tied."""
    found = [Fraction(rng.randint(0, 8), 8) for _ in figures]
    return [
        one
        if one.value is None
        else Figure(Status.MEASURED, 8 * one.count, int(8 * one.count * value), value)
        for one, value in zip(figures, found, strict=True)
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_drawn_worlds_are_judged_as_the_exact_engine_would(seed: int) -> None:
    rng = random.Random(seed)
    people = random_people(rng)
    drawn = sorted(rng.sample([f"m{number}" for number in range(5)], rng.randint(1, 5)))
    columns = {name: [one[name] for one in people] for name in people[0]}
    departments = [department(f"x{number}") for number in range(len(people))]
    rules = rules_that_ask_for_what_is_drawn(rng)
    first, *others = ({**columns, **{name: rates(rng, columns[name]) for name in drawn}} for _ in range(4))
    judge = Judge(evaluated(rules, departments, first), frozenset(drawn))
    assert not judge.held
    worlds = [measured_world(figures) for figures in others]
    outcome = judge.outcome(
        {
            key: np.concatenate([world[key] for world in worlds][: None if key in drawn else 1])
            for key in first
        }
    )
    for number, figures in enumerate(others):
        assert_same(world_of(outcome, number), evaluated(rules, departments, figures).judgement)


def world_of(outcome: Outcome, number: int) -> Outcome:
    """Return one world of several, or the only one."""

    def one(values: Any) -> Any:
        return values[number : number + 1] if len(values) > 1 else values

    lists = {name: one(flags) for name, flags in outcome.lists.items()}
    return Outcome(one(outcome.totals), one(outcome.ranks), lists)


def eighths(*values: int) -> list[Figure]:
    return [Figure(Status.MEASURED, 8, value, Fraction(value, 8)) for value in values]


def outcomes(rules: dict[str, Any], figures: Figures, drawn: str, *worlds: Sequence[float]) -> Outcome:
    departments = [department(name) for name in "abc"]
    judge = Judge(evaluated(rules, departments, figures), frozenset([drawn]))
    assert not judge.held
    return judge.outcome({**measured_world(figures), drawn: np.array(worlds)})


def test_a_list_may_ask_for_what_is_drawn_where_no_points_rest_on_it() -> None:
    rules = {
        "dimensions": {"d": {}},
        "criteria": {"k": {"dimension": "d", "measure": "m0", "points": 8}},
        "selections": {"best": {"quota": 1, "among": "m1 >= 0.5"}},
    }
    figures = {"m0": eighths(8, 4, 2), "m1": eighths(8, 8, 8)}
    found = outcomes(rules, figures, "m1", [0.6, 0.6, 0.1], [0.2, 0.6, 0.1], [0, 0, 0])
    assert found.lists["best"].tolist() == [[True, False, False], [False, True, False], [False] * 3]


def test_who_has_too_few_cases_has_no_label_in_any_world() -> None:
    bands = [{"at_least": Fraction(1, 2), "points": 4, "label": "A"}, {"points": 0}]
    rules = {
        "dimensions": {"d": {}},
        "criteria": {
            "k": {
                "dimension": "d",
                "measure": "m0",
                "points": 4,
                "curve": {"kind": "bands", "bands": bands},
                "min_cases": 5,
                "missing": "zero",
            }
        },
        "adjustments": {"a": {"when": "label.k = 'A'", "points": 2}},
    }
    few = Figure(Status.MEASURED, 4, 4, Fraction(1))
    found = outcomes(rules, {"m0": [*eighths(8, 0), few]}, "m0", [0.8, 0.1, 0.9])
    assert found.totals.tolist() == [[6, 0, 0]]


def test_what_nobody_has_is_unknown_in_every_world() -> None:
    rules = {
        "dimensions": {"d": {}},
        "criteria": {"k": {"dimension": "d", "measure": "m0", "points": 8}},
        "selections": {"best": {"among": "total > 4 or m1 > 0.5"}},
    }
    figures = {"m0": eighths(8, 8, 8), "m1": [Figure(Status.NOT_AVAILABLE)] * 3}
    assert outcomes(rules, figures, "m0", [0.9, 0.5, 0.6]).lists["best"].tolist() == [[True, False, True]]
