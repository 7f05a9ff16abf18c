"""Values that change over the years: `points = [{ from = 2024-01-01, value = 10, basis = "…" }, …]`.

A list of tables with just these keys stands for the last value whose `from` is not after the period's first day.
It is resolved before anything else is checked, so that any number, text or table may be written this way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from .documents import Document, KeyPath
from .errors import Position, RulesetError, raise_all
from .texts import Text

# What these are must be known before the day is.
_UNDATED = ("format", "id", "extends", "period")
_KEYS = {"from", "value", "basis"}


class Chosen(NamedTuple):
    """The entry of a dated value that holds: from which day on, and the sources it rests on."""

    start: date
    basis: tuple[str, ...]


@dataclass(frozen=True)
class Resolved:
    """A document without dated values, with the entry that was chosen for each."""

    document: Document
    chosen: Mapping[KeyPath, Chosen]


def is_dated(value: object) -> bool:
    """Return whether a value is a dated one: `from` is a day, which it is in no other list of tables."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and {"from", "value"} <= item.keys() <= _KEYS for item in value)
        and any(isinstance(item["from"], date) for item in value)
    )


def _looks_dated(value: object) -> bool:
    """Return whether a list is meant as dated values, though something is wrong with it: a day or its text in `from`."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return False
    if any(isinstance(item.get("from"), date) for item in value):
        return True
    return all(item.keys() <= _KEYS and isinstance(item.get("from"), str) for item in value)


def resolve_dates(document: Document, day: date | None) -> Resolved:
    """Return a document as it is on a day, the first of the period; every value keeps the place where it stands.

    Raises: RulesetError or Problems, for two entries of one day, none that holds yet, or no day to go by.
    """
    resolver = _Resolver(document, day)
    values = {
        key: value if key in _UNDATED else resolver.value(value, (key,))
        for key, value in document.values.items()
    }
    raise_all(resolver.errors)
    if not resolver.indices:
        return Resolved(document, {})
    places = replace(document, values=values, starts=resolver.moved_starts(), keys=resolver.moved_keys())
    return Resolved(places, resolver.chosen)


class _Resolver:
    """Resolves one document; `indices` are the chosen entries by their path in the file."""

    def __init__(self, document: Document, day: date | None) -> None:
        self.errors: list[RulesetError] = []
        self.indices: dict[KeyPath, int] = {}
        self.chosen: dict[KeyPath, Chosen] = {}
        self._document, self._day = document, day

    def value(self, value: Any, path: KeyPath) -> Any:
        """Return a value without dated ones in it; `path` is its path in the file."""
        if isinstance(value, dict):
            return {key: self.value(item, (*path, key)) for key, item in value.items()}
        if is_dated(value):
            return self._pick(value, path)
        if _looks_dated(value):
            self._malformed(value, path)
            return None
        if isinstance(value, list):
            return [self.value(item, (*path, number)) for number, item in enumerate(value)]
        return value

    def _pick(self, entries: list[dict[str, Any]], path: KeyPath) -> Any:
        days = self._days(entries, path)
        valid = [number for number, start in enumerate(days) if self._day is not None and start <= self._day]
        if len(days) < len(entries):
            return None
        if not valid:
            code = "dated_no_period" if self._day is None else "dated_too_late"
            self._wrong(code, path, first=min(days), day=self._day)
            return None
        index = max(valid, key=days.__getitem__)
        self.indices[path] = index
        new_path = _new_path(path, self.indices) or path
        self.chosen[new_path] = Chosen(days[index], self._basis(entries[index], (*path, index, "basis")))
        return self.value(entries[index]["value"], (*path, index, "value"))

    def _malformed(self, entries: list[dict[str, Any]], path: KeyPath) -> None:
        for number, entry in enumerate(entries):
            here = (*path, number)
            for key in sorted(entry.keys() - _KEYS):
                place = self._document.key_at((*here, key))
                self.errors.append(RulesetError("unknown_key", place, name=key, known=_KEYS))
            if not isinstance(entry.get("from"), date):
                self._wrong("dated_from", (*here, "from"), value=entry.get("from", "–"))
            if "value" not in entry:
                self._wrong("dated_value", here)

    def _days(self, entries: list[dict[str, Any]], path: KeyPath) -> list[date]:
        days: list[date] = []
        for number, entry in enumerate(entries):
            start, place = entry["from"], (*path, number, "from")
            if not isinstance(start, date) or isinstance(start, datetime):
                self._wrong("dated_from", place, value=start)
            elif start in days:
                self._wrong("dated_twice", place, day=start)
            else:
                days.append(start)
        return days

    def _basis(self, entry: dict[str, Any], path: KeyPath) -> tuple[str, ...]:
        basis = entry.get("basis", [])
        texts = basis if isinstance(basis, list) else [basis]
        if not all(isinstance(text, str) for text in texts):
            self._wrong("wrong_type", path, value=basis, expected=Text("文字", "a text"))
        return tuple(map(str, texts))

    def _wrong(self, code: str, path: KeyPath, **facts: object) -> None:
        name = ".".join(str(part) for part in path if isinstance(part, str))
        self.errors.append(RulesetError(code, self._document.at(path), name=name, **facts))

    def moved_starts(self) -> dict[KeyPath, Position]:
        """Return where each value begins: the chosen one, not its list."""
        return dict(self._moved(self._document.starts))

    def moved_keys(self) -> dict[KeyPath, Position]:
        """Return where each key stands: that of the list, not the word `value` in it."""
        return dict(reversed(self._moved(self._document.keys)))

    def _moved(self, places: Mapping[KeyPath, Position]) -> list[tuple[KeyPath, Position]]:
        """Return the places by their new paths, the shorter of the old paths first."""
        moved = [(_new_path(path, self.indices), places[path]) for path in sorted(places, key=len)]
        return [(new, place) for new, place in moved if new is not None]


def _new_path(path: KeyPath, indices: Mapping[KeyPath, int]) -> KeyPath | None:
    """Return a path without the parts that lead into chosen entries; None inside an entry that was not chosen."""
    new: list[str | int] = []
    number = 0
    while number < len(path):
        new.append(path[number])
        number += 1
        index = indices.get(path[:number])
        if index is not None and number < len(path):
            if path[number : number + 2] != (index, "value"):
                # The entry itself is where its value is.
                return None
            number += 2
    return tuple(new)
