"""Whole random rulesets without a head, over the measures m0 to m4, cases and overdue, and figures for them."""

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from oracle import SPLIT, Rules

from duban.results import Figure
from duban.terms import Status

CURVES: Sequence[Rules] = (
    {"kind": "linear", "zero_at": Fraction("0.2"), "full_at": Fraction("0.9")},
    {"kind": "linear", "zero_at": 1, "full_at": 0},
    {"kind": "threshold", "at_least": Fraction("0.5"), "otherwise": Fraction("-2.5")},
    {"kind": "per_point", "lose": Fraction("0.37"), "full_at": Fraction("0.98"), "whole": True},
    {"kind": "per_point", "lose": 1, "per": Fraction("0.1")},
    {"kind": "deduct", "each": 7},
    {"kind": "bands", "bands": [{"at_least": Fraction("0.7"), "points": 4}, {"points": -1}]},
    {"kind": "steps", "base": 1, "upto": Fraction("0.3"), "more": 2, "cap": 4},
    {"kind": "relative", "method": "min_max", "better": "lower"},
    {"kind": "relative", "method": "percentile", "within": "all"},
)
TREATMENTS = ("redistribute", "zero", "full", "group_mean", "not_ranked")


def some(rng: random.Random, **choices: Sequence[object]) -> dict[str, Any]:
    """Take a key or leave it, with one of its values."""
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < 0.5}


def random_rules(rng: random.Random) -> dict[str, Any]:
    dimensions = {
        f"d{number}": some(
            rng, points=[10, 25], floor=[0, 5], ceiling=[9, 20], start=["full"], aggregate=["min", "verdict"]
        )
        for number in range(rng.randint(1, 3))
    }
    criteria = {
        f"k{number}": {
            "dimension": rng.choice(sorted(dimensions)),
            "measure": f"m{number}",
            # A criterion that is shown and not scored takes no curve with points of its own.
            **rng.choice(
                [{"points": 0}, *({"points": rng.choice([5, 10]), "curve": rng.choice(CURVES)},) * 4]
            ),
            **some(rng, missing=TREATMENTS, min_cases=[2, 5]),
        }
        for number in range(rng.randint(1, 5))
    }
    adjustments = {
        "each": {"measure": "overdue", "each": Fraction("-0.5"), **some(rng, limit=[-1], dimension=["d0"])},
        "once": {"when": "cases > 2", "points": 3, **some(rng, dimension=["d0"])},
    }
    effects = ["exempt", "not_ranked", "not_selectable", {"cap": Fraction("6.125")}, {"cap": 12}]
    gates = {
        f"g{number}": {"when": rng.choice(["overdue > 4", "cases > 5"]), "effect": rng.choice(effects)}
        for number in range(rng.randint(0, 2))
    }
    share = {"share": Fraction("0.4"), **some(rng, round=["up", "down"], at_least=[1], at_most=[2])}
    quotas = [2, share, {"large": 1, "rest": share}, {"rest": 2}]
    extras: dict[str, Sequence[object]] = {
        "at_least": [5],
        "at_most": [15],
        "cut_tie": ["drop"],
        "from": ["bottom"],
        "ordered": [False],
    }
    return {
        "rounding": {"total": rng.choice([0, 1, 2]), **some(rng, points=[0, 1])},
        "aggregate": rng.choice(["mean", "mean", "min"]),
        "dimensions": dimensions,
        "criteria": criteria,
        "adjustments": adjustments,
        "gates": gates,
        "groups": {"large": {"when": f"cases >= {SPLIT}"}, "rest": {}},
        "ranking": {
            "tie_break": rng.sample(["k0", "overdue", "cases"], rng.randint(0, 3)),
            **some(rng, within=["all"], ties=["dense"]),
        },
        "grades": {"good": {"at_least": 8}, "poor": {}},
        "selections": {f"s{number}": some(rng, quota=quotas, **extras) for number in range(2)},
    }


def random_figure(rng: random.Random) -> Figure:
    if rng.random() < 0.25:
        return Figure(rng.choice([Status.NOT_APPLICABLE, Status.NOT_AVAILABLE]))
    return Figure(Status.MEASURED, rng.randint(1, 9), None, Fraction(rng.randint(0, 8), 8))


def random_people(rng: random.Random, most: int = 8) -> list[dict[str, Figure]]:
    """Return the figures of some departments, each by measure."""
    return [
        {
            **{f"m{number}": random_figure(rng) for number in range(5)},
            **{
                name: Figure(Status.MEASURED, number, None, Fraction(number))
                for name in ("cases", "overdue")
                for number in (rng.randint(0, 6),)
            },
        }
        for _ in range(rng.randint(1, most))
    ]
