"""The way onto a list and the margin on it: the smallest changes, each confirmed by a run over the changed ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from duban.corrections import Edit
from duban.evaluating import Evaluated, standings
from duban.pipeline import Running, measured
from duban.preparing import Prepared
from duban.results import Choice, Department
from duban.terms import Standing

from .changes import Delta, piles
from .company import Outcome
from .ledger import Turns, turns
from .searching import MOST_SETS, Found, Verdict, effort_of, members, smallest
from .searching import Choice as Chosen
from .trying import Trial

# A set of changes is one of several that come to the same number; more than these are not listed.
MOST_SHOWN = 3
# Every set is looked at among all departments: of many departments fewer sets. Where others' points move too, every
# set takes the judging of everybody.
MOST_PLACED, MOST_JUDGED, FEWEST_SETS = 400_000, 80_000, 200
# Why a department may not be on a list whatever its points; why it is not though it may be.
_BARRED = frozenset({"not_among", "gate", "not_ranked"})
_WAITING = frozenset({"quota", "tie_dropped", "below"})


class Change(NamedTuple):
    """One case that is changed: in which ways, how many cases could stand in its place, and the cells as edits."""

    case_id: str
    kinds: tuple[str, ...]
    alike: int
    edits: Sequence[Edit]


@dataclass(frozen=True)
class ChangeSet:
    """Cases to change together, and where the department then stands."""

    effort: int
    changes: Sequence[Change]
    total: Fraction | None
    rank: int | None


class Gain(NamedTuple):
    """What one change of one case brings: its kinds, for how many cases, the points, and the effort."""

    kinds: tuple[str, ...]
    cases: int
    points: Fraction
    effort: int


@dataclass(frozen=True)
class Way:
    """How far a department is from getting onto a list, or from falling off it.

    `better` says whether its cases are changed for the better. `effort` is None where no set of changes was found;
    `exact` says that nothing smaller does it, otherwise it is an upper bound. No set of at most `below` does it.
    `cause` is why no change can help, empty where one might.
    """

    department: Department
    selection: str
    inside: bool
    better: bool
    effort: int | None
    exact: bool
    below: int
    sets: Sequence[ChangeSet]
    gains: Sequence[Gain] = ()
    cause: str = ""


class Walker:
    """Looks for the ways of the departments of one run; `efforts` is what a kind of change takes where that is not 1."""

    def __init__(
        self, prepared: Prepared, running: Running, efforts: Mapping[str, int] | None = None
    ) -> None:
        self._prepared, self._running, self._efforts = prepared, running, efforts or {}
        evaluated = running.run.evaluated
        assert evaluated is not None
        self.evaluated: Evaluated = evaluated

    def way(self, department: str, selection: str) -> Way:
        """Return the way of a department, named by its id, onto a list, or off it where it is on it.

        A list from the bottom is one to get off: on it cases are changed for the better, and for the worse beside it.

        Raises: DubanError.
        """
        (planned,) = [item for item in self.evaluated.plan.selections if item.id == selection]
        trial = Trial(self.evaluated, self._running.run.items or (), department)
        now = self.evaluated.judgement.lists[selection][trial.index]
        better = now.chosen is (planned.rule.start == "bottom")
        engine, facts = self._running.engine, self._running.facts
        known = turns(engine, self._prepared, facts, department, self._efforts, better=better)
        return _Walk(self._prepared, trial, selection, known, better).walked(now)

    def rival(self, department: str, selection: str) -> Way | None:
        """Return the way of the one that stands first among those that a department keeps off a list."""
        (planned,) = [item for item in self.evaluated.plan.selections if item.id == selection]
        index = [one.id for one in self.evaluated.departments].index(department)
        judgement = self.evaluated.judgement
        by_group = self.evaluated.plan.ruleset.ranking.within == "group" or isinstance(
            planned.rule.quota, Mapping
        )
        waiting = [
            (place.rank, other)
            for other, place, group, choice in zip(
                self.evaluated.departments,
                judgement.places,
                judgement.groups,
                judgement.lists[selection],
                strict=True,
            )
            if choice.cause in _WAITING
            and place.rank is not None
            and (not by_group or group == judgement.groups[index])
        ]
        if planned.rule.start == "bottom" or not waiting:
            return None
        first = min(waiting, key=lambda one: (one[0], one[1].id))[1]
        return self.way(first.id, selection)


class _Walk:
    """One department, one list, one direction."""

    def __init__(self, prepared: Prepared, trial: Trial, selection: str, known: Turns, better: bool) -> None:
        self._prepared, self._trial, self._selection, self._turns = prepared, trial, selection, known
        self._piles = piles(trial.evaluated.plan, known.turns)
        self._better, self._inside = better, False

    def walked(self, now: Choice) -> Way:
        """Return the way from where the department stands now."""
        self._inside = now.chosen
        if not self._piles:
            cause = "nothing_to_change" if self._trial.department.has_cases else "no_case"
            return self._way(Found(None, (), True, 0, exhausted=True), (), cause)
        found = smallest(self._piles, self._verdicts, self._limit())
        fewest = sorted(found.sets, key=self._kinds)[:MOST_SHOWN]
        sets = [made for choice in fewest if (made := self._confirmed(choice)) is not None]
        if found.effort is not None and not sets:
            found = Found(None, (), False, found.below)
        cause = "" if not found.exhausted else "stays" if self._inside else now.cause
        return self._way(found, sets, cause)

    def _way(self, found: Found, sets: Sequence[ChangeSet], cause: str) -> Way:
        return Way(
            self._trial.department,
            self._selection,
            self._inside,
            self._better,
            found.effort,
            found.exact,
            found.below,
            sets,
            self._gains() if self._better else (),
            cause if found.effort is None else "",
        )

    def _limit(self) -> int:
        """Return how many sets are looked at, so that it takes seconds, or a minute at most."""
        many = MOST_PLACED if self._trial.is_quick else MOST_JUDGED
        return min(MOST_SETS, max(FEWEST_SETS, many // len(self._trial.evaluated.departments)))

    def _kinds(self, choice: Chosen) -> int:
        """Return how many changes of whatever kind a set is made of."""
        return sum(len(option.kinds) for _, option in members(self._piles, choice))

    def _verdicts(self, deltas: Sequence[Delta]) -> list[Verdict]:
        return [self._verdict(outcome) for outcome in self._trial.outcomes(deltas)]

    def _verdict(self, outcome: Outcome) -> Verdict:
        """Return whether the department is where it was not before, and how near: first nothing in its way, then points."""
        choice, place = outcome.choices[self._selection], outcome.place
        free = place.standing is Standing.RANKED and choice.cause not in _BARRED
        nearness: tuple[Fraction, ...] = (
            Fraction(free),
            outcome.total or Fraction(0),
            Fraction(-(place.rank or 0)),
        )
        if not self._better:
            nearness = tuple(-part for part in nearness)
        return Verdict(choice.chosen is not self._inside, nearness)

    def _gains(self) -> list[Gain]:
        """Return what one change brings, the most points per effort first."""
        (before,) = self._trial.outcomes([{}])
        steps = [(pile, step) for pile in self._piles for step in pile.steps]
        after = self._trial.outcomes([step.delta for _, step in steps])
        known: Counter[tuple[tuple[str, ...], Fraction, int]] = Counter()
        for (pile, step), outcome in zip(steps, after, strict=True):
            points = (outcome.total or Fraction(0)) - (before.total or Fraction(0))
            if points > 0:
                known[step.options[0].kinds, points, step.effort] += len(pile.turns)
        gains = [Gain(kinds, cases, points, effort) for (kinds, points, effort), cases in known.items()]
        return sorted(gains, key=lambda gain: (-gain.points / gain.effort, gain.effort, gain.kinds))

    def _confirmed(self, choice: Chosen) -> ChangeSet | None:
        """Return a set of changes after a run over the ledger with them; None where that run says otherwise."""
        taken = list(members(self._piles, choice))
        edits = [edit for turn, option in taken for edit in self._turns.edits(turn, option)]
        outcome = confirmed(self._prepared, edits, self._trial.department.id)
        if outcome is None or outcome.choices[self._selection].chosen is self._inside:
            return None
        alike = {id(turn): len(pile.turns) for pile in self._piles for turn in pile.turns}
        changes = [
            Change(turn.item.case_id or "", option.kinds, alike[id(turn)], self._turns.edits(turn, option))
            for turn, option in taken
        ]
        return ChangeSet(effort_of(self._piles, choice), changes, outcome.total, outcome.place.rank)


def confirmed(prepared: Prepared, edits: Sequence[Edit], department: str) -> Outcome | None:
    """Return where a department stands in a run over the ledger with these edits; None where findings stop it.

    Raises: DubanError.
    """
    facts = measured(replace(prepared, edits=[*prepared.edits, *edits]))
    if facts.stopped:
        return None
    stood = standings(prepared.plan, facts.departments, facts.figures)
    index = [one.id for one in facts.departments].index(department)
    return Outcome.of(stood, index)
