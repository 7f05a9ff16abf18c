"""The smallest changes are as small as trying every one of them finds, whatever the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from measuring import use_of
from planning import planned

from duban.evaluating import Evaluated, evaluate
from duban.figuring import figure_of
from duban.items import Item, Mark
from duban.margins.changes import Option, Turn, piles
from duban.margins.company import Outcome
from duban.margins.searching import Verdict, delta_of, effort_of, members, smallest
from duban.margins.trying import Trial
from duban.measures import Measure
from duban.plan import Plan
from duban.refiguring import figures_changed
from duban.results import Department, Figure
from duban.terms import Aggregate, Better

NAMES = ("a", "b", "c")
DEPARTMENTS = [Department(name, name) for name in NAMES]
USES = {
    use.key: use
    for use in (
        use_of(Measure("share", "率", hit="true")),
        use_of(Measure("number", "数", better=Better.LOWER)),
        use_of(Measure("mean", "均", value="contacts")),
        use_of(Measure("middle", "中", value="contacts", aggregate=Aggregate.QUANTILE)),
    )
}
LINEAR = '{ kind = "linear", zero_at = 0, full_at = 1 }'
BANDS = '{ kind = "bands", bands = [{ at_least = 0.5, points = 10 }, { points = 2 }] }'
RELATIVE = '{ kind = "relative", method = "min_max" }'
RULES = """
rounding = {{ total = 1 }}
[dimensions.d]
[criteria.share]
dimension = "d"
measure = "share"
points = 10
min_cases = {min_cases}
missing = "{missing}"
curve = {curve}
[criteria.mean]
dimension = "d"
measure = "mean"
points = 10
curve = {{ kind = "linear", zero_at = 0, full_at = 4 }}
[criteria.middle]
dimension = "d"
measure = "middle"
points = 5
curve = {{ kind = "linear", zero_at = 0, full_at = 4 }}
[adjustments.number]
measure = "number"
each = -0.5
[gates.many]
when = "number > 2"
effect = "not_selectable"
[groups.large]
when = "number > 3"
[groups.rest]
[ranking]
within = "{within}"
tie_break = ["share"]
[selections.best]
quota = 1
cut_tie = "{cut_tie}"
"""
MARKS = st.fixed_dictionaries(
    {
        "share": st.sampled_from([Mark(False, False), Mark(True, False), Mark(True, True)]),
        "number": st.sampled_from([Mark(False), Mark(True)]),
        "mean": st.none() | st.integers(0, 4),
        "middle": st.none() | st.integers(0, 4),
    }
)


def marks(drawn: Mapping[str, Any]) -> dict[str, Mark]:
    """Return marks as itemising would leave them."""
    return {
        key: mark
        if isinstance(mark, Mark)
        else Mark(mark is not None, None, None if mark is None else Fraction(mark))
        for key, mark in drawn.items()
    }


def rules(**choices: object) -> Plan:
    chosen = {
        "min_cases": 0,
        "missing": "redistribute",
        "curve": LINEAR,
        "within": "all",
        "cut_tie": "extend",
        **choices,
    }
    plan = planned(RULES.format(**chosen))
    return replace(
        plan,
        criteria=[replace(item, use=USES[item.id]) for item in plan.criteria],
        adjustments=[replace(item, use=USES[item.id]) for item in plan.adjustments],
        uses=USES,
    )


def empty() -> dict[str, list[Figure]]:
    kinds = {key: use.measure.kind for key, use in USES.items()}
    return {
        key: [figure_of(kind, 0, *() if kind is Aggregate.NUMBER else (0,)) for _ in NAMES]
        for key, kind in kinds.items()
    }


def ledger(plan: Plan, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Evaluated, list[Item]]:
    items = [
        Item("cases", name, str(number), "lead", 0, number, marks(drawn))
        for number, (name, drawn) in enumerate(rows)
    ]
    figures = figures_changed(plan, DEPARTMENTS, empty(), (), (), items)
    return Evaluated(plan, DEPARTMENTS, figures, evaluate(plan, DEPARTMENTS, figures)), items


def ways(turns: Sequence[Turn]) -> Iterator[list[tuple[Turn, Option]]]:
    """Yield every set of changes there is."""
    for chosen in product(*([None, *turn.options] for turn in turns)):
        yield [(turn, option) for turn, option in zip(turns, chosen, strict=True) if option is not None]


def stood(evaluated: Evaluated, items: Sequence[Item], changed: Sequence[tuple[Turn, Option]]) -> Outcome:
    """Return where a stands after these changes, judged as a run would."""
    plan, departments, figures, _ = evaluated
    out = [turn.item for turn, _ in changed]
    into = [turn.item._replace(marks=option.marks) for turn, option in changed]
    judged = evaluate(plan, departments, figures_changed(plan, departments, figures, items, out, into))
    return Outcome(
        judged.places[0], judged.totals.total[0], {name: one[0] for name, one in judged.lists.items()}
    )


RULESETS = st.fixed_dictionaries(
    {
        "min_cases": st.sampled_from([0, 3]),
        "missing": st.sampled_from(["redistribute", "group_mean", "zero"]),
        "curve": st.sampled_from([LINEAR, BANDS, RELATIVE]),
        "within": st.sampled_from(["all", "group"]),
        "cut_tie": st.sampled_from(["extend", "drop"]),
    }
)
ROWS = st.lists(st.tuples(st.sampled_from(NAMES), MARKS), min_size=1, max_size=9)
OPTIONS = st.lists(st.tuples(MARKS, st.integers(1, 3)), max_size=2)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(RULESETS, ROWS, st.data())
def test_the_smallest_changes_are_those_that_trying_all_of_them_finds(
    chosen: dict[str, Any], rows: list[tuple[str, Any]], data: st.DataObject
) -> None:
    plan = rules(**chosen)
    evaluated, items = ledger(plan, rows)
    mine = [item for item in items if item.department == "a"][:4]
    turns = [
        Turn(item, [Option((str(n),), effort, marks(drawn)) for n, (drawn, effort) in enumerate(options)])
        for item in mine
        if (options := data.draw(OPTIONS))
    ]
    was = evaluated.judgement.lists["best"][0].chosen
    trial = Trial(evaluated, items, "a")
    found = smallest(piles(plan, turns), lambda deltas: judged(trial, deltas, was))
    everything = [
        (sum(option.effort for _, option in one), stood(evaluated, items, one)) for one in ways(turns) if one
    ]
    least = min((effort for effort, one in everything if one.choices["best"].chosen is not was), default=None)
    assert found.effort == least
    assert found.exact
    for choice in found.sets:
        taken = list(members(piles(plan, turns), choice))
        assert sum(option.effort for _, option in taken) == least
        assert stood(evaluated, items, taken).choices["best"].chosen is not was


def judged(trial: Trial, deltas: Sequence[Any], was: bool) -> list[Verdict]:
    return [
        Verdict(one.choices["best"].chosen is not was, (one.total or Fraction(0),))
        for one in trial.outcomes(deltas)
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(RULESETS, ROWS, MARKS)
def test_a_trial_stands_where_everybody_judged_anew_would_put_it(
    chosen: dict[str, Any], rows: list[tuple[str, Any]], after: Any
) -> None:
    evaluated, items = ledger(rules(**chosen), rows)
    trial = Trial(evaluated, items, "a")
    for item in items:
        if item.department == "a":
            turn = Turn(item, [Option(("x",), 1, marks(after))])
            found = piles(evaluated.plan, [turn])
            delta = found[0].steps[0].delta if found else {}
            assert trial.outcomes([delta]) == [stood(evaluated, items, [(turn, turn.options[0])])]


def test_curves_that_compare_are_judged_with_everybody() -> None:
    rows = [
        (name, {"share": Mark(True, name == "b"), "number": Mark(False), "mean": 1, "middle": 1})
        for name in NAMES
    ]
    assert Trial(*ledger(rules(), rows), "a").is_quick
    assert not Trial(*ledger(rules(curve=RELATIVE), rows), "b").is_quick


@pytest.mark.parametrize("limit", [3, 10])
def test_beyond_the_limit_the_answer_is_an_upper_bound(limit: int) -> None:
    """Six of twelve must hit for the first place; every case may also change what no rule counts for anything."""
    bad = {"share": Mark(True, False), "number": Mark(False), "mean": 0, "middle": 0}
    rows = [("a", bad)] * 12 + [("b", {**bad, "share": Mark(True, hit)}) for hit in (True, False)]
    plan = rules()
    evaluated, items = ledger(plan, rows)
    good = marks({**bad, "share": Mark(True, True)})
    other = marks({**bad, "middle": 0, "mean": None})
    turns = [
        Turn(item, [Option(("good",), 1, good), Option(("other",), 1, other)])
        for item in items
        if item.department == "a"
    ]
    trial, made = Trial(evaluated, items, "a"), piles(plan, turns)
    full = smallest(made, lambda deltas: judged(trial, deltas, False))
    assert (full.effort, full.exact) == (6, True)
    found = smallest(made, lambda deltas: judged(trial, deltas, False), limit)
    assert not found.exact
    assert found.effort is not None
    assert found.effort >= 6
    (choice,) = found.sets
    assert effort_of(made, choice) == found.effort
    assert judged(trial, [delta_of(made, choice)], False)[0].reached
