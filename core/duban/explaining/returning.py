"""The cases that cost points, and what each would give back had it been right, by judging everybody anew."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from duban.conditions import Condition
from duban.evaluating import Evaluated, standings
from duban.items import Item, Mark
from duban.plan import MeasureUse
from duban.refiguring import figures_changed
from duban.results import Department
from duban.terms import Aggregate, Better

# A criterion, adjustment or gate, by its section and id.
Owner = tuple[str, str]


class Outcome(NamedTuple):
    """Where a department would stand: how much its total would rise, its rank, and the lists that it would be on.

    `points` is None where there is no total before or after.
    """

    points: Fraction | None
    rank: int | None
    lists: tuple[str, ...]


class Returned(NamedTuple):
    """One case that counts against a department under one measure use, whom that concerns, and what it would give back."""

    case_id: str
    role: str | None
    use: str
    owners: tuple[Owner, ...]
    outcome: Outcome


class Returning:
    """Finds what the cases of one department would give back; `items` are all rows that measures count."""

    def __init__(self, evaluated: Evaluated, items: Iterable[Item], department: str) -> None:
        self._evaluated = evaluated
        self._index = next(index for index, item in enumerate(evaluated.departments) if item.id == department)
        self._owners = owners(evaluated, evaluated.departments[self._index])
        self._deducting = {
            adjustment.use.key
            for adjustment in evaluated.plan.adjustments
            if adjustment.use is not None and (adjustment.rule.each or 0) < 0
        }
        self._best = dict[str, Fraction]()
        self._mine: list[Item] = []
        for item in items:
            self._note_best(item)
            if item.department == department:
                self._mine.append(item)
        self._known: dict[tuple[str, Mark, Mark], Outcome] = {}

    def cases(self) -> list[Returned]:
        """Return the cases, those of one measure use together, in the order of the rules."""
        return [
            Returned(
                item.case_id or "", item.role, key, tuple(self._owners[key]), self._outcome(key, item, right)
            )
            for key, item, right in self._against()
        ]

    def together(self, keys: Iterable[str]) -> Outcome:
        """Return where the department would stand had all cases of some measure uses been right at once."""
        wanted, changes = set(keys), dict[int, dict[str, Mark]]()
        place = {id(item): number for number, item in enumerate(self._mine)}
        for key, item, right in self._against():
            if key in wanted:
                changes.setdefault(place[id(item)], {})[key] = right
        out = [self._mine[number] for number in changes]
        into = [
            self._mine[number]._replace(marks={**self._mine[number].marks, **marks})
            for number, marks in changes.items()
        ]
        return self._judged(out, into)

    def _note_best(self, item: Item) -> None:
        """Note the best value of each mean: what a case would have been worth had it been right."""
        for key in self._owners.keys() & item.marks.keys():
            mark, use = item.marks[key], self._evaluated.plan.uses[key]
            if use.measure.kind is Aggregate.MEAN and mark.value is not None:
                better = max if use.measure.better is Better.HIGHER else min
                self._best[key] = better(self._best.get(key, mark.value), mark.value)

    def _against(self) -> Iterator[tuple[str, Item, Mark]]:
        """Yield each row that counts against the department: the use, the row, and the mark that would be right."""
        for key in self._owners:
            use = self._evaluated.plan.uses[key]
            better = Better.LOWER if key in self._deducting else use.measure.better
            for item in self._mine:
                mark = item.marks.get(key)
                if mark is None or item.case_id is None:
                    continue
                right = _right(use, better, mark, self._best.get(key))
                if right is not None:
                    yield key, item, right

    def _outcome(self, key: str, item: Item, right: Mark) -> Outcome:
        """Return what one row would give back; rows that count alike give back alike."""
        alike = (key, item.marks[key], right)
        if alike not in self._known:
            changed = item._replace(marks={**item.marks, key: right})
            self._known[alike] = self._judged([item], [changed])
        return self._known[alike]

    def _judged(self, out: Sequence[Item], into: Sequence[Item]) -> Outcome:
        plan, departments, figures, before = self._evaluated
        changed = figures_changed(plan, departments, figures, self._mine, out, into)
        after, index = standings(plan, departments, changed), self._index
        old, new = before.totals.total[index], after.totals.total[index]
        return Outcome(
            None if old is None or new is None else new - old,
            after.places[index].rank,
            tuple(name for name, choices in after.lists.items() if choices[index].chosen),
        )


def _right(use: MeasureUse, better: Better, mark: Mark, best: Fraction | None) -> Mark | None:
    """Return what a mark would be had the case been right; None where it is, or where no single case decides."""
    kind = use.measure.kind
    if not mark.counted or kind is Aggregate.QUANTILE:
        return None
    if kind is Aggregate.SHARE:
        wanted = better is Better.HIGHER
        return None if mark.hit is wanted else mark._replace(hit=wanted)
    if kind is Aggregate.MEAN:
        return None if mark.value == best else mark._replace(value=best)
    return None if better is Better.HIGHER or mark.value == 0 else Mark(False)


def owners(evaluated: Evaluated, department: Department) -> Mapping[str, list[Owner]]:
    """Return for each measure use that counts rows which rules it concerns: by itself, or as part of a formula."""
    plan, found = evaluated.plan, defaultdict[str, list[Owner]](list)

    def note(key: str, owner: Owner) -> None:
        use = plan.uses.get(key)
        if use is not None and use.formula is not None:
            for name in sorted(use.formula.measures):
                note(name, owner)
        elif use is not None and owner not in found[key]:
            found[key].append(owner)

    for criterion in plan.criteria:
        own = criterion.use_for(department)
        if own is not None:
            note(own.key, ("criteria", criterion.id))
    for adjustment in plan.adjustments:
        if adjustment.use is not None and (adjustment.rule.each or 0) < 0:
            note(adjustment.use.key, ("adjustments", adjustment.id))
        elif (adjustment.rule.points or 0) < 0:
            for name in _names(adjustment.condition):
                note(name, ("adjustments", adjustment.id))
    for gate in plan.gates:
        for name in _names(gate.condition):
            note(name, ("gates", gate.id))
    return found


def _names(condition: Condition | None) -> list[str]:
    return sorted(condition.names) if condition is not None else []
