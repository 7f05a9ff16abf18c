"""Before and after: who moves, what moved them, and what the departments concerned get where."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from duban.differences.parts import Chosen
from duban.differences.splitting import Split, Worth, split
from duban.differences.standpoints import Move, move_of, numbers, own_shares
from duban.errors import DubanError
from duban.evaluating import Evaluated
from duban.findings import Finding, in_order
from duban.results import CriterionScore, Department
from duban.texts import Language

from .causes import Cause, together
from .worlds import Place, World, Worlds

# A split asks for every choice of its causes.
MOST_CAUSES = 6


@dataclass(frozen=True)
class Changed:
    """One criterion of one department before and after; None on the side that lacks the criterion or the department."""

    department: Department
    criterion: str
    before: CriterionScore | None
    after: CriterionScore | None


@dataclass(frozen=True)
class Supposition:
    """Both worlds, the moves of all departments by id, and their split into `causes`.

    `split` is None where no choice but all or none of the causes can be judged. `changed` are the criteria of the
    departments that an edit of the ledger concerns. `arising` are the findings that only the second world has.
    """

    before: World
    after: World
    causes: Sequence[Cause]
    split: Split | None
    moves: Sequence[Move]
    changed: Sequence[Changed]
    arising: Sequence[Finding]


def suppose(place: Place, causes: Sequence[Cause], language: Language = "zh") -> Supposition:
    """Judge a workspace as it is and with all causes, and split what moves into them.

    Raises: Stopped, where findings stop one of the two; DubanError.
    """
    worlds = Worlds(place, language)
    before, after = worlds.world(()), worlds.world(causes, afresh=True)
    departments = everybody(before.evaluated, after.evaluated)
    lists = sorted({*before.evaluated.judgement.lists, *after.evaluated.judgement.lists})
    held, made = _split(worlds, causes, [item.id for item in departments], lists)
    sides = before.standpoints, after.standpoints
    moves = [
        move_of(item, *sides, lists, own_shares(made, index, lists) if made is not None else {})
        for index, item in enumerate(departments)
    ]
    edited = any(cause.edits for cause in causes)
    changed = _changed(departments, before.evaluated, after.evaluated) if edited else []
    return Supposition(before, after, held, made, moves, changed, _arising(before, after))


def everybody(*sides: Evaluated) -> list[Department]:
    """Return the departments of all sides by id, as the last one describes them."""
    found = {item.id: item for side in sides for item in side.departments}
    return [found[name] for name in sorted(found)]


def _split(
    worlds: Worlds, causes: Sequence[Cause], ids: Sequence[str], lists: Sequence[str]
) -> tuple[Sequence[Cause], Split | None]:
    """Return the split, by kind where single causes are too many or mean nothing without the others."""
    kinds = together(causes)
    for held in [causes, kinds] if len(causes) <= MOST_CAUSES else [kinds]:
        try:
            return held, split([cause.part for cause in held], _worth(worlds, held, ids, lists))
        except DubanError:
            continue
    return kinds, None


def _worth(worlds: Worlds, causes: Sequence[Cause], ids: Sequence[str], lists: Sequence[str]) -> Worth:
    def worth(chosen: Chosen) -> Sequence[Fraction]:
        at = worlds.world([cause for cause in causes if cause.part in chosen]).standpoints
        return list(numbers(at, ids, lists, len(ids)))

    return worth


def _changed(departments: Sequence[Department], before: Evaluated, after: Evaluated) -> list[Changed]:
    """Return the criteria in which what was counted of a department, or its points, differs."""
    sides = [_scores(before), _scores(after)]
    criteria = dict.fromkeys(item.id for side in (before, after) for item in side.plan.criteria)
    found = [
        Changed(item, name, *(side.get((item.id, name)) for side in sides))
        for item in departments
        for name in criteria
    ]
    concerned = {item.department.id for item in found if _counted(item.before) != _counted(item.after)}
    return [item for item in found if item.department.id in concerned and item.before != item.after]


def _scores(side: Evaluated) -> dict[tuple[str, str], CriterionScore]:
    return {
        (department.id, name): scores[index]
        for index, department in enumerate(side.departments)
        for name, scores in side.judgement.scores.criteria.items()
    }


def _counted(score: CriterionScore | None) -> object:
    return score and (score.status, score.count, score.hits, score.value)


def _arising(before: World, after: World) -> list[Finding]:
    """Return the findings that the second world has more of; that a supposed cell was put in is none."""
    known = Counter(map(_same, before.facts.findings))
    found = []
    for item in in_order(after.facts.findings):
        if known[_same(item)]:
            known[_same(item)] -= 1
        elif item.code != "correction_applied" or item.row is not None:
            found.append(item)
    return found


def _same(item: Finding) -> tuple[object, ...]:
    return item.code, item.table, item.file, item.sheet, item.row, item.column, item.sentences()
