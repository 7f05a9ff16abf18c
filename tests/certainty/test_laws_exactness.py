"""Whole random rulesets: with what was measured in the place of every draw, arrays and exact engine agree."""

import random

from certain import assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import department, plan_from
from random_rules import random_people, random_rules

from duban.certainty.judge import Judge
from duban.certainty.worlds import measured_world
from duban.evaluating import Evaluated, evaluate
from duban.results import Department, Figures


def evaluated(rules: dict[str, object], departments: list[Department], figures: Figures) -> Evaluated:
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
