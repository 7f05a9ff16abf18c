"""Laws of the split: random pairs of whole rulesets, judged with random figures."""

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Rules
from planning import department, plan_from
from random_rules import random_people, random_rules

from duban.differences.hybrids import hybrid
from duban.differences.meaning import changes
from duban.differences.moves import Backtest, Counted, backtest
from duban.differences.parts import Chosen, Part, Parts, parts_of
from duban.differences.splitting import MOST_PARTS, split
from duban.evaluating import evaluate

SLOWLY = settings(max_examples=20, deadline=None)
SEEDS = st.integers(0, 2**32)
BY_ID = ("dimensions", "criteria", "adjustments", "gates", "selections")


def revised(rng: random.Random, rules: Rules) -> dict[str, Any]:
    """Return rules of which some single rules or sections are those of other random rules."""
    other, made = random_rules(rng), dict(rules)
    for section in rng.sample(sorted(other), rng.randint(0, 3)):
        if section in BY_ID:
            ids = sorted({*rules[section], *other[section]})
            taken = rng.sample(ids, rng.randint(0, len(ids)))
            made[section] = {
                name: source[section][name]
                for name in ids
                if name in (source := other if name in taken else rules)[section]
            }
        else:
            made[section] = other[section]
    made["criteria"] = made["criteria"] or rules["criteria"]
    used = {rule["dimension"] for rule in made["criteria"].values()} | {"d0"}
    missing: dict[str, Any] = {name: {} for name in used - {*made["dimensions"]}}
    return {**made, "criteria": {**made["criteria"]}, "dimensions": {**made["dimensions"], **missing}}


def pair(rng: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    rules = random_rules(rng)
    return rules, random_rules(rng) if rng.random() < 0.2 else revised(rng, rules)


def known(rng: random.Random) -> Counted:
    people = random_people(rng, most=5)
    departments = [department(f"x{index}", has_cases=rng.random() < 0.9) for index in range(len(people))]
    figures = {name: [one[name] for one in people] for name in people[0]}
    return lambda chosen: (departments, figures)


def compared(old: Rules, new: Rules, counted: Counted) -> tuple[Backtest, Parts]:
    before, after = plan_from(old), plan_from(new)
    parts = parts_of(changes(before, after), before, after)
    return backtest(before, after, parts, counted), parts


def rows(made: Backtest) -> list[tuple[Fraction, Fraction, dict[Part, Fraction]]]:
    """Return what is split: before, after, and the shares."""
    last = Fraction(len(made.moves) + 1)
    found = []
    for move in made.moves:
        before, after = move.before, move.after
        found.append((before.total or Fraction(0), after.total or Fraction(0), dict(move.total)))
        found.append((Fraction(before.rank or last), Fraction(after.rank or last), dict(move.rank)))
        for name, shares in move.lists.items():
            found.append((Fraction(name in before.lists), Fraction(name in after.lists), dict(shares)))
    return found


@SLOWLY
@given(SEEDS)
def test_the_parts_add_up_to_every_move(seed: int) -> None:
    rng = random.Random(seed)
    made, parts = compared(*pair(rng), known(rng))
    for before, after, shares in rows(made):
        assert shares.keys() == parts.changes.keys()
        assert sum(shares.values(), Fraction(0)) == after - before


@SLOWLY
@given(SEEDS)
def test_back_again_is_the_same_with_the_other_sign(seed: int) -> None:
    rng = random.Random(seed)
    old, new = pair(rng)
    counted = known(rng)
    forth, back = (rows(compared(*both, counted)[0]) for both in ((old, new), (new, old)))
    for (_, _, there), (_, _, again) in zip(forth, back, strict=True):
        assert there == {part: -share for part, share in again.items()}


def reordered(rng: random.Random, rules: Rules) -> dict[str, Any]:
    """Return the rules with their sections and ids in another order; that of grades means something."""
    made: dict[str, Any] = {}
    for section in rng.sample(sorted(rules), len(rules)):
        items = rules[section]
        made[section] = items
        if section in ("dimensions", "criteria", "adjustments", "gates", "groups"):
            made[section] = {name: items[name] for name in rng.sample(sorted(items), len(items))}
    return made


@SLOWLY
@given(SEEDS)
def test_the_order_in_the_files_plays_no_role(seed: int) -> None:
    rng = random.Random(seed)
    old, new = pair(rng)
    counted = known(rng)
    assert rows(compared(reordered(rng, old), reordered(rng, new), counted)[0]) == rows(
        compared(old, new, counted)[0]
    )


@SLOWLY
@given(SEEDS)
def test_what_is_written_otherwise_means_the_same(seed: int) -> None:
    rng = random.Random(seed)
    rules = random_rules(rng)
    assert changes(plan_from(rules), plan_from(reordered(rng, rules))) == []


@SLOWLY
@given(SEEDS)
def test_any_choice_of_parts_is_a_whole_ruleset(seed: int) -> None:
    rng = random.Random(seed)
    old, new = (plan_from(rules) for rules in pair(rng))
    parts = parts_of(changes(old, new), old, new)
    departments, figures = known(rng)(frozenset())
    for _ in range(8):
        chosen = frozenset(part for part in parts.changes if rng.random() < 0.5)
        evaluate(hybrid(old, new, parts.changes, chosen), departments, figures)
    for plan, chosen in ((old, frozenset()), (new, frozenset(parts.changes))):
        made = evaluate(hybrid(old, new, parts.changes, chosen), departments, figures)
        assert made == evaluate(plan, departments, figures)


@SLOWLY
@given(SEEDS)
def test_what_never_holds_moves_nobody(seed: int) -> None:
    rng = random.Random(seed)
    old, new = pair(rng)
    gates = {**new["gates"], "never": {"when": "cases > 1000", "effect": "exempt"}}
    made, _ = compared(old, {**new, "gates": gates}, known(rng))
    assert all(shares["gates", "never"] == 0 for _, _, shares in rows(made))


Game = dict[Chosen, Fraction]


def game(rng: random.Random, members: Sequence[Part], largest: int) -> Game:
    """Return what some choices of parts add, of no more than so many parts."""
    return {
        frozenset(group): Fraction(rng.randint(-9, 9))
        for size in range(largest + 1)
        for group in combinations(members, size)
    }


def worth(added: Game) -> Any:
    return lambda chosen: [sum((gain for group, gain in added.items() if group <= chosen), Fraction(0))]


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 5))
def test_few_parts_get_their_mean_effect_over_all_orders(seed: int, number: int) -> None:
    members = [("criteria", f"k{index}") for index in range(number)]
    value = worth(game(random.Random(seed), members, number))
    shares = split(members, value).shares
    orders = list(permutations(members))
    for part in members:
        effects = []
        for order in orders:
            before = frozenset(order[: order.index(part)])
            effects.append(value(before | {part})[0] - value(before)[0])
        assert shares[part] == [sum(effects, Fraction(0)) / len(orders)]


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(MOST_PARTS + 1, MOST_PARTS + 6))
def test_many_parts_that_act_in_twos_share_alike(seed: int, number: int) -> None:
    members = [("criteria", f"k{index:02}") for index in range(number)]
    added = game(random.Random(seed), members, 2)
    made = split(members, worth(added))
    assert made.method == "circle"
    for part in members:
        own = [gain / len(group) for group, gain in added.items() if part in group]
        assert made.shares[part] == [sum(own, Fraction(0))]
