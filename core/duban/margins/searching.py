"""The smallest sets of changes with which something comes true, by increasing effort."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from .changes import Delta, Option, Pile, Turn

# Sets of changes that are looked at: beyond that the answer is only an upper bound.
MOST_SETS = 10_000

# How many cases of each pile take which of its steps; sorted, and the same whatever the order in which they were taken.
Choice = tuple[tuple[int, int, int], ...]


class Verdict(NamedTuple):
    """What becomes of the department: whether it is what was asked for, and how near it came, the larger the nearer."""

    reached: bool
    nearness: tuple[Fraction, ...]


# What the rules say of the department with each of some sets of changes added to its counters.
Judge = Callable[[Sequence[Delta]], Sequence[Verdict]]


class Found(NamedTuple):
    """The answer: the effort, sets of changes with that effort, and whether nothing smaller exists.

    `effort` is None where no set was found; none with at most `below` does it. `exhausted` says that every set of
    changes there is was looked at.
    """

    effort: int | None
    sets: Sequence[Choice]
    exact: bool
    below: int
    exhausted: bool = False


def smallest(piles: Sequence[Pile], judge: Judge, limit: int = MOST_SETS) -> Found:
    """Return the sets of changes of the least effort with which the judge finds what was asked for.

    Sets of equal effect are one. Every smaller set has been judged, unless there are more than `limit`: then the answer
    is what taking the best change again and again leads to, and is said not to be exact.
    """
    most = sum(len(pile.turns) * max(step.effort for step in pile.steps) for pile in piles)
    for effort in range(1, most + 1):
        states = _states(piles, effort, limit)
        if states is None:
            return _by_greed(piles, judge, effort - 1)
        level = [(delta, choice) for delta, spent, choice in states if spent == effort]
        verdicts = judge([delta for delta, _ in level])
        reached = [choice for (_, choice), verdict in zip(level, verdicts, strict=True) if verdict.reached]
        if reached:
            return Found(effort, sorted(reached), True, effort - 1)
    return Found(None, (), True, most, exhausted=True)


def members(piles: Sequence[Pile], choice: Choice) -> Iterator[tuple[Turn, Option]]:
    """Yield the first cases of each pile that make up a set of changes, each with its change."""
    taken = [0] * len(piles)
    for place, number, count in choice:
        pile = piles[place]
        for index in range(taken[place], taken[place] + count):
            yield pile.turns[index], pile.steps[number].options[index]
        taken[place] += count


def _states(piles: Sequence[Pile], most: int, limit: int) -> list[tuple[Delta, int, Choice]] | None:
    """Return every effect that changes of at most so much effort may have, with the cheapest that has it.

    None where there are more than the limit.
    """
    known: dict[frozenset[tuple[object, Fraction]], tuple[int, Choice]] = {frozenset(): (0, ())}
    for place, pile in enumerate(piles):
        layer = dict(known)
        for _ in pile.turns:
            following: dict[frozenset[tuple[object, Fraction]], tuple[int, Choice]] = {}
            for effect, (spent, choice) in layer.items():
                for number, step in enumerate(pile.steps):
                    if spent + step.effort > most:
                        continue
                    key = _added(effect, step.delta)
                    candidate = (spent + step.effort, _taken(choice, place, number))
                    best = following.get(key)
                    following[key] = candidate if best is None else min(best, candidate)
            layer = {key: one for key, one in following.items() if key not in known or one < known[key]}
            known |= layer
            if len(known) > limit:
                return None
            if not layer:
                break
    return [(_delta(key), spent, choice) for key, (spent, choice) in known.items() if spent]


def _added(effect: frozenset[tuple[object, Fraction]], delta: Delta) -> frozenset[tuple[object, Fraction]]:
    """Return the effect with one more change."""
    added = dict(effect)
    for name, number in delta.items():
        added[name] = added.get(name, Fraction(0)) + number
        if not added[name]:
            del added[name]
    return frozenset(added.items())


def _delta(effect: frozenset[tuple[object, Fraction]]) -> Delta:
    return dict(effect)  # type: ignore[arg-type]


def _taken(choice: Choice, place: int, number: int) -> Choice:
    counts = {(pile, step): count for pile, step, count in choice}
    counts[place, number] = counts.get((place, number), 0) + 1
    return tuple(sorted((*key, count) for key, count in counts.items()))


def _by_greed(piles: Sequence[Pile], judge: Judge, below: int) -> Found:
    """Return what taking the change that brings most for its effort leads to, less what turns out not to be needed."""
    for start in (_improved(piles, judge), _everything(piles)):
        (verdict,) = judge([delta_of(piles, start)])
        if verdict.reached:
            spared = _spared(piles, judge, start)
            return Found(effort_of(piles, spared), [spared], False, below)
    return Found(None, (), False, below)


def _improved(piles: Sequence[Pile], judge: Judge) -> Choice:
    """Return the changes that are taken one after the other as long as each of them brings something."""
    choice: Choice = ()
    (at,) = judge([{}])
    while not at.reached:
        following = [_taken(choice, *one) for one in _open(piles, choice)]
        verdicts = judge([delta_of(piles, one) for one in following])
        gains = [
            (verdict.reached, _gain(at, verdict, effort_of(piles, one) - effort_of(piles, choice)))
            for one, verdict in zip(following, verdicts, strict=True)
        ]
        best = max(range(len(gains)), key=gains.__getitem__, default=None)
        if best is None or (not verdicts[best].reached and verdicts[best].nearness <= at.nearness):
            return choice
        choice, at = following[best], verdicts[best]
    return choice


def _gain(before: Verdict, after: Verdict, effort: int) -> tuple[Fraction, ...]:
    return tuple((b - a) / effort for a, b in zip(before.nearness, after.nearness, strict=True))


def _open(piles: Sequence[Pile], choice: Choice) -> Iterator[tuple[int, int]]:
    """Yield pile and step of every change that can still be made."""
    for place, pile in enumerate(piles):
        used = sum(count for at, _, count in choice if at == place)
        if used < len(pile.turns):
            yield from ((place, number) for number in range(len(pile.steps)))


def _everything(piles: Sequence[Pile]) -> Choice:
    """Return the changes of all cases, each in the way that takes most."""
    return tuple(
        (place, max(range(len(pile.steps)), key=lambda number: pile.steps[number].effort), len(pile.turns))
        for place, pile in enumerate(piles)
    )


def _spared(piles: Sequence[Pile], judge: Judge, choice: Choice) -> Choice:
    """Return a set of changes without those that are not needed, the dearest tried first."""
    dearest = sorted(choice, key=lambda one: (-piles[one[0]].steps[one[1]].effort, one))
    for place, number, count in dearest:
        for _ in range(count):
            fewer = _less(choice, place, number)
            (verdict,) = judge([delta_of(piles, fewer)])
            if not verdict.reached:
                break
            choice = fewer
    return choice


def _less(choice: Choice, place: int, number: int) -> Choice:
    fewer = ((at, step, count - ((at, step) == (place, number))) for at, step, count in choice)
    return tuple(one for one in fewer if one[2])


def delta_of(piles: Sequence[Pile], choice: Choice) -> Delta:
    """Return what a set of changes adds to the counters."""
    effect: frozenset[tuple[object, Fraction]] = frozenset()
    for place, number, count in choice:
        step = piles[place].steps[number]
        effect = _added(effect, {name: more * count for name, more in step.delta.items()})
    return _delta(effect)


def effort_of(piles: Sequence[Pile], choice: Choice) -> int:
    """Return the effort of a set of changes."""
    return sum(piles[place].steps[number].effort * count for place, number, count in choice)
