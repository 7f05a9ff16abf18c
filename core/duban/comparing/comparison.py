"""Every move between two sides, split exactly into what caused it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.differences.meaning import Change, changes
from duban.differences.parts import Chosen, Part
from duban.differences.splitting import Numbers, split
from duban.differences.standpoints import Move, Standpoints, move_of, numbers
from duban.errors import DubanError
from duban.results import Department

from .mixing import Choice, Worlds
from .sides import Side, corrections_of, ledger_of

RULES, OWN, OTHERS = ("rules", ""), ("own", ""), ("others", "")
DATA, CORRECTIONS, SOFTWARE = ("data", ""), ("corrections", ""), ("software", "")
CAUSES: Sequence[Part] = (RULES, OWN, OTHERS, DATA, CORRECTIONS, SOFTWARE)
# Above that many departments own and others' data are one cause: each needs worlds of its own, each as large as all.
MOST_APART = 200


@dataclass(frozen=True)
class Comparison:
    """Two sides, what differs between them, and the move of each department of either, by id.

    The shares of the causes add up to a move; `obstacle` says why nothing was split, None where it was.
    `corrections_apart` is False where the corrections could not be told from the rest of the data, `data_apart` where
    there are too many departments to tell own data from others'.
    """

    old: Side
    new: Side
    changes: Sequence[Change]
    moves: Sequence[Move]
    evaluations: int
    obstacle: DubanError | None
    corrections_apart: bool

    @property
    def same_ledger(self) -> bool:
        """Whether both rest on the same files, settings, day and period."""
        return ledger_of(self.old) == ledger_of(self.new)

    @property
    def same_corrections(self) -> bool:
        """Whether both rest on the same corrections."""
        return corrections_of(self.old) == corrections_of(self.new)

    @property
    def data_apart(self) -> bool:
        """Whether own data and others' are two causes."""
        return len(self.moves) <= MOST_APART

    @property
    def unexplained(self) -> bool:
        """Whether something moved by duban or a plugin alone: the same inputs were once judged otherwise."""
        return any(move.total.get(SOFTWARE) or move.rank.get(SOFTWARE) for move in self.moves)

    @property
    def selections(self) -> Sequence[str]:
        """The lists of either side."""
        return _selections(self.old, self.new)


def compare(old: Side, new: Side) -> Comparison:
    """Compare two sides and split what moved. Raises: Stopped, where findings stop one of them; DubanError."""
    found = [change for change in changes(old.rules.plan, new.rules.plan) if _is_of_rules(change)]
    told = old.told, new.told
    worlds, obstacle, apart = _worlds(old, new, bool(found))
    departments = _everybody(old, new)
    selections = _selections(old, new)
    shares: list[dict[Part, Numbers]] = [{} for _ in departments]
    if worlds is not None:
        splitter = _Shares(worlds, told, selections, len(departments))
        shares = [splitter.of(item.id) for item in departments]
    if not any(any(held.get(SOFTWARE, ())) for held in shares):
        shares = [{part: column for part, column in held.items() if part != SOFTWARE} for held in shares]
    moves = [move_of(item, *told, selections, held) for item, held in zip(departments, shares, strict=True)]
    evaluations = 0 if worlds is None else worlds.evaluations
    return Comparison(old, new, found, moves, evaluations, obstacle, apart)


def _is_of_rules(change: Change) -> bool:
    """Return whether a change is one of rules: the period is a matter of the data."""
    return not change.is_worded and change.section != "period"


def _worlds(old: Side, new: Side, rules: bool) -> tuple[Worlds | None, DubanError | None, bool]:
    """Return the mixed worlds, or what stands in their way; and whether corrections are a cause of their own."""
    apart = corrections_of(old) != corrections_of(new)
    for corrections in (True, False) if apart else (False,):
        worlds = Worlds((old, new), rules, corrections)
        try:
            worlds.count_all()
        except DubanError as error:
            obstacle = error
        else:
            return worlds, None, corrections or not apart
    return None, obstacle, not apart


def _everybody(old: Side, new: Side) -> list[Department]:
    found = {**_own(old), **_own(new)}
    return [found[name] for name in sorted(found)]


def _own(side: Side) -> Mapping[str, Department]:
    return side.counted(side.rules, None).departments


def _selections(old: Side, new: Side) -> list[str]:
    return sorted({item.id for side in (old, new) for item in side.rules.plan.selections})


class _Shares:
    """Splits the numbers of single departments."""

    def __init__(
        self, worlds: Worlds, told: Sequence[Standpoints], selections: Sequence[str], last: int
    ) -> None:
        self._worlds, self._told, self._selections, self._last = worlds, told, selections, last

    def of(self, name: str) -> dict[Part, Numbers]:
        """Return the share of each cause in what one department moves."""

        def worth(chosen: Chosen) -> Numbers:
            own, others = (part in chosen or DATA in chosen for part in (OWN, OTHERS))
            choice = Choice(RULES in chosen, own, others, CORRECTIONS in chosen)
            return self._numbers({name: self._worlds.stands(name, choice)}, name)

        data = [OWN, OTHERS] if self._last <= MOST_APART else [DATA]
        made = split([RULES, *data, CORRECTIONS], worth)
        judged = [worth(frozenset()), worth(frozenset(CAUSES))]
        first, second = (self._numbers(side, name) for side in self._told)
        software = [
            (after - now) - (before - then)
            for after, now, before, then in zip(second, judged[1], first, judged[0], strict=True)
        ]
        return {**made.shares, SOFTWARE: software}

    def _numbers(self, at: Standpoints, name: str) -> list[Fraction]:
        return list(numbers(at, [name], self._selections, self._last))
