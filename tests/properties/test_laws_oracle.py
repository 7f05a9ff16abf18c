"""Whole random rulesets against a second reading of the rules."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Person, judge_all, listed
from planning import department, judged, plan_from
from random_rules import random_people, random_rules


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_a_second_reading_of_the_rules_agrees(seed: int) -> None:
    rng = random.Random(seed)
    rules = random_rules(rng)
    people = [Person(figures, has_cases=rng.random() < 0.9) for figures in random_people(rng)]
    columns = {name: [one.figures[name] for one in people] for name in people[0].figures}
    departments = [department(f"x{index}", has_cases=one.has_cases) for index, one in enumerate(people)]
    made = judged(plan_from(rules), departments, columns)
    judge_all(rules, people)
    assert made.totals.base == [one.base for one in people]
    assert made.totals.total == [one.total for one in people]
    assert made.ranks == [one.rank for one in people]
    for name, rule in rules["selections"].items():
        chosen = {index: choice.order for index, choice in enumerate(made.lists[name]) if choice.chosen}
        assert chosen == listed(rules, rule, people)
