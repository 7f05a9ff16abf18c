"""The way onto a list and the margin on it: the smallest changes, each confirmed by a run over the changed ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from duban.corrections import Edit
from duban.errors import UsageError
from duban.evaluating import Evaluated, standings
from duban.pipeline import Running, measured
from duban.plan import PlannedSelection
from duban.preparing import Prepared
from duban.results import Choice, Department
from duban.terms import Standing

from .changes import Delta, piles
from .ledger import Turns, turns
from .searching import Choice as Chosen
from .searching import Found, Verdict, effort_of, members, smallest
from .trying import Outcome, Trial

# A set of changes is one of several that come to the same number; more than these are not listed.
MOST_SHOWN = 3
# Where others' points move too, every set takes the judging of everybody.
MOST_SETS_OF_ALL = 2_000
_LIKELY_CAUSES = frozenset({"not_among", "gate", "not_ranked"})


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

    `effort` is None where no set of changes was found; `exact` says that nothing smaller does it, otherwise it is an
    upper bound. No set of at most `below` does it. `cause` is why no change can help, empty where one might.
    """

    department: Department
    selection: str
    inside: bool
    effort: int | None
    exact: bool
    below: int
    sets: Sequence[ChangeSet]
    gains: Sequence[Gain] = ()
    cause: str = ""


def way(
    prepared: Prepared,
    running: Running,
    department: str,
    *,
    selection: str | None = None,
    efforts: Mapping[str, int] | None = None,
) -> Way:
    """Return the way of a department onto a list, or off it where it is on it: the first list unless one is named.

    `department` is an id. `efforts` is what a kind of change takes where that is not 1.

    Raises: UsageError, where the rules have no list; DubanError.
    """
    evaluated = running.run.evaluated
    assert evaluated is not None
    chosen = _selection(evaluated, selection)
    index = [one.id for one in evaluated.departments].index(department)
    now = evaluated.judgement.lists[chosen.id][index]
    items = running.run.items or ()
    trial = Trial(evaluated, items, department)
    known = turns(running.engine, prepared, running.facts, department, efforts or {}, better=not now.chosen)
    return _Walk(prepared, trial, chosen.id, known).walked(now)


def _selection(evaluated: Evaluated, name: str | None) -> PlannedSelection:
    known = {item.id: item for item in evaluated.plan.selections}
    if not known:
        raise UsageError("margins_no_list")
    if name is not None and name not in known:
        raise UsageError("unknown_selection", name=name, known=list(known))
    return next(iter(known.values())) if name is None else known[name]


class _Walk:
    """One department, one list, one direction."""

    def __init__(self, prepared: Prepared, trial: Trial, selection: str, known: Turns) -> None:
        self._prepared, self._trial, self._selection, self._turns = prepared, trial, selection, known
        self._piles = piles(trial.evaluated.plan, known.turns)
        self._inside = False

    def walked(self, now: Choice) -> Way:
        """Return the way from where the department stands now."""
        self._inside = now.chosen
        department = self._trial.department
        if not self._piles:
            cause = "no_case" if not department.has_cases else "nothing_to_change"
            return self._way(Found(None, (), True, 0, exhausted=True), (), cause)
        limit = {} if self._trial.is_quick else {"limit": MOST_SETS_OF_ALL}
        found = smallest(self._piles, self._verdicts, **limit)
        fewest = sorted(found.sets, key=self._kinds)[:MOST_SHOWN]
        sets = [made for choice in fewest if (made := self._confirmed(choice)) is not None]
        if found.effort is not None and not sets:
            found = Found(None, (), False, found.below)
        cause = now.cause if found.exhausted and not self._inside else ""
        return self._way(found, sets, cause or ("nothing_helps" if found.exhausted else ""))

    def _way(self, found: Found, sets: Sequence[ChangeSet], cause: str) -> Way:
        return Way(
            self._trial.department,
            self._selection,
            self._inside,
            found.effort,
            found.exact,
            found.below,
            sets,
            () if self._inside else self._gains(),
            cause if found.effort is None else "",
        )

    def _kinds(self, choice: Chosen) -> int:
        """Return how many changes of whatever kind a set is made of."""
        return sum(len(option.kinds) for _, option in members(self._piles, choice))

    def _verdicts(self, deltas: Sequence[Delta]) -> list[Verdict]:
        return [self._verdict(outcome) for outcome in self._trial.outcomes(deltas)]

    def _verdict(self, outcome: Outcome) -> Verdict:
        """Return whether the department is where it was not before, and how near: first nothing in its way, then points."""
        choice, place = outcome.choices[self._selection], outcome.place
        free = place.standing is Standing.RANKED and choice.cause not in _LIKELY_CAUSES
        nearness = (Fraction(free), outcome.total or Fraction(0), Fraction(-(place.rank or 0)))
        if self._inside:
            return Verdict(not choice.chosen, tuple(-part for part in nearness))
        return Verdict(choice.chosen, nearness)

    def _gains(self) -> list[Gain]:
        """Return what one change brings, the most points per effort first."""
        (before,) = self._trial.outcomes([{}])
        steps = [(pile, step) for pile in self._piles for step in pile.steps]
        after = self._trial.outcomes([step.delta for _, step in steps])
        gains = [
            Gain(step.options[0].kinds, len(pile.turns), outcome.total - before.total, step.effort)
            for (pile, step), outcome in zip(steps, after, strict=True)
            if outcome.total is not None and before.total is not None and outcome.total > before.total
        ]
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
    choices = {name: column[index] for name, column in stood.lists.items()}
    return Outcome(stood.places[index], stood.totals.total[index], choices)
