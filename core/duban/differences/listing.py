"""A comparison as data for programs; every number is a text, exact, a fraction where no decimal ends."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from duban.describing.opening import Opened
from duban.errors import Position
from duban.exact import plain

from .comparing import Comparison, Tested
from .meaning import Change
from .parts import Part
from .standpoints import Move, Standpoint
from .telling import Narrator, Told


def as_data(both: Comparison, tested: Tested | None, narrator: Narrator) -> dict[str, Any]:
    """Return everything that is found; `backtest` is None where there is no ledger."""
    return {
        "old": _ruleset(both.old, narrator),
        "new": _ruleset(both.new, narrator),
        "same_meaning": not both.in_meaning,
        "changes": [_change(told) for told in narrator.told(both.found)],
        "backtest": None if tested is None else _backtest(tested, narrator),
    }


def _ruleset(opened: Opened, narrator: Narrator) -> dict[str, Any]:
    rules = opened.loaded.ruleset
    return {"id": rules.id, "title": rules.name(narrator.language), "file": opened.loaded.file}


def _change(told: Told) -> dict[str, Any]:
    return {
        **_named(told.change),
        "words_only": told.change.is_worded,
        "title": told.title,
        "says": told.says,
        "old": told.old,
        "new": told.new,
        "old_at": _place(told.old_at),
        "new_at": _place(told.new_at),
    }


def _named(change: Change) -> dict[str, Any]:
    return {"kind": change.kind, "section": change.section, "id": change.id, "field": change.field}


def _place(at: Position | None) -> dict[str, Any] | None:
    return None if at is None else at._asdict()


def _backtest(tested: Tested, narrator: Narrator) -> dict[str, Any]:
    made = tested.made
    return {
        "as_of": tested.as_of.isoformat(),
        "period": None if tested.period is None else tested.period.model_dump(mode="json", by_alias=True),
        "method": made.split.method,
        "evaluations": made.split.evaluations,
        "parts": [
            {
                **_part(part),
                "title": narrator.title(part),
                "changes": [_named(change) for change in changes],
            }
            for part, changes in tested.parts.changes.items()
        ],
        "departments": [move_as_data(move) for move in made.moves],
    }


def _part(part: Part) -> dict[str, str]:
    return {"section": part[0], "id": part[1]}


def move_as_data(move: Move) -> dict[str, Any]:
    """Return a move with its parts."""
    return {
        "id": move.department.id,
        "name": move.department.name,
        "before": _standpoint(move.before),
        "after": _standpoint(move.after),
        "parts": [
            {
                **_part(part),
                "total": exact_text(total),
                "rank": exact_text(move.rank[part]),
                "lists": {name: exact_text(shares[part]) for name, shares in move.lists.items()},
            }
            for part, total in move.total.items()
        ],
    }


def _standpoint(at: Standpoint) -> Mapping[str, Any]:
    total = None if at.total is None else exact_text(at.total)
    return {**at._asdict(), "total": total, "lists": sorted(at.lists)}


def exact_text(value: Fraction) -> str:
    """Return a decimal where it ends, else a fraction: 0.5, 2/3."""
    decimal = plain(value)
    return decimal if Fraction(decimal) == value else str(value)
