"""The ways onto a list and off it in words, and as data."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from duban.errors import UsageError
from duban.exact import fixed, plain
from duban.ruleset import Ruleset
from duban.tables import CASES
from duban.texts import Language, phrase

from .ledger import KINDS
from .paths import Change, ChangeSet, Way

# Of many kinds of change the first bring most.
MOST_GAINS = 5


def efforts_of(said: Sequence[str]) -> dict[str, int]:
    """Return what each kind of change takes, from texts like `replied_on=3`.

    Raises: UsageError.
    """
    found: dict[str, int] = {}
    for text in said:
        kind, _, number = text.partition("=")
        if kind not in KINDS:
            raise UsageError("effort_kind_unknown", name=kind, known=list(KINDS))
        if not number.isdecimal() or not 0 < int(number) <= MOST_EFFORT:
            raise UsageError("effort_number", text=text, most=MOST_EFFORT)
        found[kind] = int(number)
    return found


MOST_EFFORT = 1000


class Teller:
    """Tells ways in one language."""

    def __init__(self, ruleset: Ruleset, efforts: Mapping[str, int], language: Language) -> None:
        self._ruleset, self._efforts, self._language = ruleset, efforts, language

    def say(self, key: str, /, **facts: object) -> str:
        """Return a phrase about margins."""
        return phrase(f"margins.{key}", self._language, **facts)

    def heading(self) -> str:
        """Return what an effort is made of."""
        parts = [f"{self._kind(kind)} {self._efforts.get(kind, 1)}" for kind in KINDS]
        return self.say("efforts", efforts=self.say("comma").join(parts))

    def lines(self, way: Way, rival: Way | None = None) -> Iterator[tuple[int, str]]:
        """Yield depth and text of each line about one list."""
        yield 0, self._verdict(way)
        for number, found in enumerate(way.sets, start=1):
            yield 1, self._standing(found, number if len(way.sets) > 1 else 0)
            for changes in _alike(found.changes):
                yield 2, self._change(changes)
        if way.gains:
            yield 1, self.say("gains")
            for gain in way.gains[:MOST_GAINS]:
                said = {"kinds": self._kinds(gain.kinds), "cases": gain.cases, "effort": gain.effort}
                yield 2, self.say("gain", points=fixed(gain.points, 2), **said)
        if rival is not None and rival.effort is not None:
            code = "rival" if rival.exact else "rival_at_most"
            yield 1, self.say(code, name=rival.department.name, effort=rival.effort)

    def _verdict(self, way: Way) -> str:
        name = self._ruleset.selections[way.selection].name(self._language)
        side = "off" if way.inside else "onto"
        turned = "better" if way.better else "worse"
        facts = {"name": way.department.name, "list": name, "effort": way.effort, "below": way.below}
        if way.effort is not None:
            return self.say(f"{side}_{turned}{'' if way.exact else '_at_most'}", **facts)
        if way.cause:
            return self.say(f"never_{side}_{turned}", cause=self.say(f"cause_{way.cause}"), **facts)
        return self.say(f"unknown_{side}_{turned}", **facts)

    def _standing(self, found: ChangeSet, number: int) -> str:
        total = "—" if found.total is None else plain(found.total)
        facts = {"total": total, "rank": found.rank, "number": number}
        return self.say("set_of_several" if number else "set", **facts)

    def _change(self, changes: Sequence[Change]) -> str:
        (first, *_) = changes
        cases = self.say("comma").join(change.case_id for change in changes)
        said = {"cases": cases, "kinds": self._kinds(first.kinds), "cells": self._cells(first)}
        text = self.say("change" if len(changes) == 1 else "changes", **said)
        return text + (self.say("alike", alike=first.alike) if first.alike > len(changes) else "")

    def _kinds(self, kinds: Sequence[str]) -> str:
        return self.say("and").join(self._kind(kind) for kind in kinds)

    def _kind(self, kind: str) -> str:
        return self.say(f"kind_{kind}")

    def _cells(self, change: Change) -> str:
        """Return the cells of a change as they would stand in the ledger."""
        told = []
        for edit in change.edits:
            column = CASES.columns[edit.column]
            words = column.labels.get(edit.new, ())
            value = words[0] if words and self._language == "zh" else edit.new
            title = column.title if self._language == "zh" else column.name
            told.append(f"{title}={value or self.say('blank')}")
        return self.say("comma").join(told)


def _alike(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the changes that one line can tell: of the same kinds, with the same cells."""

    def shown(change: Change) -> tuple[object, ...]:
        return (change.kinds, change.alike, tuple((edit.column, edit.new) for edit in change.edits))

    for _, alike in groupby(sorted(changes, key=lambda one: (shown(one), one.case_id)), key=shown):
        yield list(alike)


def as_data(way: Way, rival: Way | None = None) -> dict[str, Any]:
    """Return a way as data for programs; points are exact decimals or fractions."""
    made: dict[str, Any] = {
        "selection": way.selection,
        "inside": way.inside,
        "better": way.better,
        "effort": way.effort,
        "exact": way.exact,
        "none_up_to": way.below,
        "cause": way.cause or None,
        "sets": [_set_as_data(item) for item in way.sets],
        "gains": [
            {
                "kinds": list(gain.kinds),
                "cases": gain.cases,
                "points": str(gain.points),
                "effort": gain.effort,
            }
            for gain in way.gains
        ],
    }
    if rival is not None:
        facts = {"department": rival.department.id, "effort": rival.effort, "exact": rival.exact}
        made["rival"] = facts
    return made


def _set_as_data(item: ChangeSet) -> dict[str, Any]:
    changes = [
        {
            "case_id": change.case_id,
            "kinds": list(change.kinds),
            "alike": change.alike,
            "cells": {edit.column: edit.new for edit in change.edits},
        }
        for change in item.changes
    ]
    total = None if item.total is None else _number(item.total)
    return {"effort": item.effort, "total": total, "rank": item.rank, "changes": changes}


def _number(value: Fraction) -> str:
    return plain(value)
