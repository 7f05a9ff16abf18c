"""What hangs on one case or one rater, in words and as data."""

from collections.abc import Iterator, Sequence
from typing import Any

from duban.results import Department
from duban.ruleset import Ruleset
from duban.texts import Language, phrase

from .leaving import WithoutOne
from .raters import MOST_RATERS, Untried, WithoutRater

MOST_CASES = 20


class Telling:
    """Tells what leaving one out does, in one language; `inside` says of each list whether the department is on it."""

    def __init__(self, ruleset: Ruleset, inside: dict[str, bool], language: Language) -> None:
        self._ruleset, self._inside, self._language = ruleset, inside, language

    def lines(self, case: WithoutOne, raters: Sequence[WithoutRater | Untried]) -> Iterator[tuple[int, str]]:
        """Yield depth and text of each line."""
        if case.cases:
            yield 0, self._range(case)
            for selection, cases in case.deciding.items():
                yield 1, self._deciding(selection, cases)
        tried = [one for one in raters if isinstance(one, WithoutRater)]
        moving = [one for one in tried if any(one.enters.values()) or any(one.leaves.values())]
        for one in moving:
            for selection in one.enters:
                if one.enters[selection] or one.leaves[selection]:
                    yield 0, self._rater(one, selection)
        if tried and not moving:
            yield 0, self._say("raters_none", count=len(tried))
        for left in raters:
            if isinstance(left, Untried):
                yield 0, self._say(f"raters_{left.cause}", count=left.raters, limit=MOST_RATERS)

    def _say(self, key: str, /, **facts: object) -> str:
        return phrase(f"margins.{key}", self._language, **facts)

    def _range(self, case: WithoutOne) -> str:
        if case.low is None:
            return self._say("without_case_unranked")
        code = "without_case_same" if case.low == case.high else "without_case"
        return self._say(code, cases=case.cases, low=case.low, high=case.high)

    def _deciding(self, selection: str, cases: Sequence[str]) -> str:
        name = self._list(selection)
        if not cases:
            return self._say("deciding_none", list=name)
        shown = self._say("comma").join(cases[:MOST_CASES]) + (" …" if len(cases) > MOST_CASES else "")
        code = "deciding_inside" if self._inside[selection] else "deciding_outside"
        return self._say(code, list=name, count=len(cases), cases=shown)

    def _rater(self, one: WithoutRater, selection: str) -> str:
        sides = (("rater_enters", one.enters[selection]), ("rater_leaves", one.leaves[selection]))
        moves = [self._say(code, names=self._names(names)) for code, names in sides if names]
        facts = {"list": self._list(selection), "moves": self._say("comma").join(moves)}
        who = self._say(f"who_{one.table}")
        return self._say("rater_moves", who=who, rater=one.rater, rows=one.rows, **facts)

    def _names(self, departments: Sequence[Department]) -> str:
        return self._say("comma").join(one.name for one in departments)

    def _list(self, selection: str) -> str:
        return self._ruleset.selections[selection].name(self._language)


def as_data(case: WithoutOne, raters: Sequence[WithoutRater | Untried]) -> dict[str, Any]:
    """Return what leaving one out does as data for programs."""
    return {
        "cases": case.cases,
        "rank_low": case.low,
        "rank_high": case.high,
        "deciding_cases": {name: list(cases) for name, cases in case.deciding.items()},
        "raters": [
            {
                "table": one.table,
                "rater": one.rater,
                "rows": one.rows,
                "enters": {name: [item.id for item in found] for name, found in one.enters.items()},
                "leaves": {name: [item.id for item in found] for name, found in one.leaves.items()},
            }
            for one in raters
            if isinstance(one, WithoutRater)
        ],
        "raters_not_tried": [one._asdict() for one in raters if isinstance(one, Untried)],
    }
