"""Changes of single cases as what the engine made of them, and what they add to a department's counters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from duban.items import Item, Mark
from duban.plan import Plan
from duban.terms import Aggregate

# What of a measure use a coordinate counts: rows, hits, the sum of values, or the rows of one value (for a quantile).
Coordinate = tuple[str, str | Fraction]
Delta = Mapping[Coordinate, Fraction]


class Option(NamedTuple):
    """One way to change a case: the kinds of change, their effort, and the marks of its row afterwards."""

    kinds: tuple[str, ...]
    effort: int
    marks: Mapping[str, Mark]


class Turn(NamedTuple):
    """A case as it stands, and the ways in which it could be changed."""

    item: Item
    options: Sequence[Option]


class Step(NamedTuple):
    """One way to change any of the cases of a pile: what it adds to the counters, at which effort.

    `options` are those of the pile's turns that come to it, parallel to the turns.
    """

    delta: Delta
    effort: int
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Pile:
    """Cases that can be changed to the same effects: figures cannot tell which of them was."""

    turns: Sequence[Turn]
    steps: Sequence[Step]


def piles(plan: Plan, turns: Iterable[Turn]) -> list[Pile]:
    """Return the turns by the effects that they may have; changes without any are left out, of equal ones the cheapest."""
    found: dict[tuple[object, ...], list[tuple[Turn, list[tuple[Delta, Option]]]]] = defaultdict(list)
    for turn in turns:
        effects = _effects(plan, turn)
        if effects:
            found[tuple((_sorted(delta), option.effort) for delta, option in effects)].append((turn, effects))
    made = []
    for _, members in sorted(found.items(), key=lambda entry: repr(entry[0])):
        steps = [
            Step(delta, option.effort, tuple(effects[number][1] for _, effects in members))
            for number, (delta, option) in enumerate(members[0][1])
        ]
        made.append(Pile([turn for turn, _ in members], steps))
    return made


def _effects(plan: Plan, turn: Turn) -> list[tuple[Delta, Option]]:
    """Return the effects that a turn may have, each with the option that comes to it with the least effort."""
    before, known = counters_of(plan, turn.item.marks), dict[tuple[object, ...], tuple[Delta, Option]]()
    for option in sorted(turn.options, key=lambda option: (option.effort, len(option.kinds), option.kinds)):
        after = counters_of(plan, option.marks)
        delta = {
            name: more
            for name in before.keys() | after.keys()
            if (more := after.get(name, Fraction(0)) - before.get(name, Fraction(0)))
        }
        if delta:
            known.setdefault(_sorted(delta), (delta, option))
    return [known[key] for key in sorted(known)]


def counters_of(plan: Plan, marks: Mapping[str, Mark]) -> Delta:
    """Return what a row with these marks adds to the counters of its department."""
    found: dict[Coordinate, Fraction] = {}
    for key, mark in marks.items():
        if not mark.counted:
            continue
        found[key, "count"] = Fraction(1)
        if mark.hit:
            found[key, "hits"] = Fraction(1)
        if mark.value is not None and plan.uses[key].measure.kind is Aggregate.QUANTILE:
            found[key, mark.value] = Fraction(1)
        elif mark.value:
            found[key, "total"] = mark.value
    return found


def _sorted(delta: Delta) -> tuple[tuple[str, str, Fraction], ...]:
    return tuple(sorted((key, str(part), number) for (key, part), number in delta.items()))
