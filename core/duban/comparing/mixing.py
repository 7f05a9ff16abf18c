"""Mixed worlds: the rules of one side, a department's own figures of one, those of the others of one."""

from typing import NamedTuple

from duban.differences.standpoints import ABSENT, Standpoint, Standpoints, standpoints
from duban.errors import UsageError
from duban.evaluating import standings

from .sides import Counted, Side, corrections_of, ledger_of


class Choice(NamedTuple):
    """Which side (False the first, True the second) the rules, one's own data, the others' and the corrections are of."""

    rules: bool
    own: bool
    others: bool
    corrections: bool


class Worlds:
    """Judges mixed worlds of two sides; each is judged once.

    Where `corrections` is false, the corrections of a ledger are part of it.
    """

    def __init__(self, sides: tuple[Side, Side], rules: bool, corrections: bool) -> None:
        self._sides, self._has_rules, self._has_corrections = sides, rules, corrections
        self._counts: dict[tuple[bool, bool, bool], Counted] = {}
        self._whole: dict[tuple[bool, bool, bool], Standpoints] = {}
        self.evaluations = 0

    def count_all(self) -> None:
        """Count everything that a mixed world may need.

        Raises: DubanError, where one side cannot be counted with the other's rules or corrections.
        """
        for rules in {False, self._has_rules}:
            for data in (False, True):
                for corrections in {data, not data if self._has_corrections else data}:
                    self.counted(rules, data, corrections)

    def counted(self, rules: bool, data: bool, corrections: bool) -> Counted:
        """Return what one side's ledger gives for one side's rules with one side's corrections."""
        rules = rules and self._has_rules
        corrections = corrections if self._has_corrections else data
        key = rules, data, corrections
        if key not in self._counts:
            self._counts[key] = self._counted(*key)
        return self._counts[key]

    def _counted(self, rules: bool, data: bool, corrections: bool) -> Counted:
        held, side, other = self._sides[rules].rules, self._sides[data], self._sides[corrections]
        if side is other or corrections_of(side) == corrections_of(other):
            return side.counted(held, None)
        if ledger_of(side) == ledger_of(other):
            # One ledger: with the other's corrections it is what the other has.
            return other.counted(held, None)
        if other.edits is None:
            raise UsageError("compare_needs_workspace", other.name)
        return side.counted(held, other.edits)

    def stands(self, name: str, choice: Choice) -> Standpoint:
        """Return where one department stands in a mixed world."""
        rules, own, others, corrections = choice
        mine, theirs = (self.counted(rules, data, corrections) for data in (own, others))
        uses = self._sides[rules and self._has_rules].rules.plan.uses
        if own == others or _alike(name, mine, theirs, list(uses)):
            return self.everybody(rules, others, corrections).get(name, ABSENT)
        return self._judged(rules, _mixed(name, mine, theirs)).get(name, ABSENT)

    def everybody(self, rules: bool, data: bool, corrections: bool) -> Standpoints:
        """Return where all departments stand on the data of one side."""
        key = rules and self._has_rules, data, corrections if self._has_corrections else data
        if key not in self._whole:
            self._whole[key] = self._judged(key[0], self.counted(*key))
        return self._whole[key]

    def _judged(self, rules: bool, held: Counted) -> Standpoints:
        opened = self._sides[rules and self._has_rules].rules
        ids = sorted(held.departments)
        departments = [held.departments[name] for name in ids]
        figures = {key: [held.figures[key][name] for name in ids] for key in opened.plan.uses}
        self.evaluations += 1
        with opened.registry.explaining():
            return standpoints(departments, standings(opened.plan, departments, figures))


def _alike(name: str, mine: Counted, theirs: Counted, uses: list[str]) -> bool:
    """Return whether a department is the same on both sides, as far as rules can see."""
    if mine.departments.get(name) != theirs.departments.get(name):
        return False
    return all(mine.figures[key].get(name) == theirs.figures[key].get(name) for key in uses)


def _mixed(name: str, mine: Counted, theirs: Counted) -> Counted:
    """Return the others of one side with one department of the other, or without it where that lacks it."""
    departments = {key: item for key, item in theirs.departments.items() if key != name}
    if name in mine.departments:
        departments[name] = mine.departments[name]
    figures = {
        key: {**column, **({name: mine.figures[key][name]} if name in mine.departments else {})}
        for key, column in theirs.figures.items()
        if key in mine.figures
    }
    return Counted(departments, figures)
