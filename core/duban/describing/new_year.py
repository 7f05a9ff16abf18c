"""Next year's file of a ruleset: period, titles and dates moved by whole years, everything else as it stands.

Comments, order and spacing are kept. What no program can know is in the checklist.
"""

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, MutableSequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import tomlkit
from tomlkit.items import Date, InlineTable, Item, String

from duban.dating import is_dated
from duban.documents import KeyPath
from duban.ruleset import Period

_TITLES = ("id", "title", "title_en")
_TEXTS = ("count", "hit", "value", "formula", "where", "when", "among")
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
# The year of a document's number, 〔2024〕3号, is not that of the rules.
_MOVING_YEAR = re.compile(rf"(?<![〔［\[【]){_YEAR.pattern}")
_DATE_IN_TEXT = re.compile(r"(?i)(\bdate\s*')(\d{4}-\d\d-\d\d)(')")


@dataclass
class Moved:
    """The new text; what moved, by its path, and the texts that still name the old year."""

    text: str
    moves: list[tuple[KeyPath, str, str]] = field(default_factory=list)
    left: list[tuple[KeyPath, str]] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)


def move_to_year(text: str, period: Period, year: int) -> Moved:
    """Return the text of a ruleset's file for the year in which its period shall end."""
    document = tomlkit.parse(text)
    _keep_space(document)
    mover = _Mover(period, year - period.end.year)
    mover.inside(document, ())
    if "period" not in document:
        start, end = mover.first_day(period.start), mover.last_day(period.end)
        by = {} if period.by == "assigned_on" else {"by": period.by}
        inline = tomlkit.inline_table()
        inline.update({"from": start, "to": end, **by})
        document.add("period", inline)
        mover.moved.moves.append((("period",), "", f"{start} – {end}"))
    mover.moved.text = tomlkit.dumps(document)
    mover.moved.comments = list(_comments(mover.moved.text, mover.years))
    return mover.moved


def _keep_space(container: Any) -> None:
    """Let the space between a date and the brace behind it be written again: tomlkit keeps it where it never looks."""
    for item in container.values() if isinstance(container, Mapping) else container:
        if isinstance(container, InlineTable) and isinstance(item, Date):
            item.trivia.trail, item.trivia.comment_ws = item.trivia.comment_ws, ""
        if isinstance(item, Mapping | MutableSequence):
            _keep_space(item)


class _Mover:
    """Moves everything in a document by some years."""

    def __init__(self, period: Period, years: int) -> None:
        self.moved = Moved("")
        self.years = {str(year) for year in range(period.start.year, period.end.year + 1)}
        self._by = years

    def inside(self, container: MutableMapping[str, Any] | MutableSequence[Any], path: KeyPath) -> None:
        """Move what is inside a table or a list; a value by date stays as it is."""
        keys: list[Any] = list(container) if isinstance(container, Mapping) else list(range(len(container)))
        for key in keys:
            item, where = container[key], (*path, key)
            if is_dated(_unwrapped(item)) or key == "extends":
                continue
            if isinstance(item, MutableMapping | MutableSequence):
                self.inside(item, where)
            else:
                new = self._new(item, where)
                if new is not None:
                    container[key] = _in_place_of(item, new)
                    self.moved.moves.append((where, _unwrapped(item), _unwrapped(new)))
                if isinstance(item, str) and self._is_left(str(item), where):
                    self.moved.left.append((where, str(_unwrapped(container[key]))))

    def _new(self, item: Any, path: KeyPath) -> Any:
        """Return the value for the new year, None where it is the same."""
        if isinstance(item, date) and not isinstance(item, datetime):
            return self.last_day(item) if path == ("period", "to") else self.first_day(item)
        if not isinstance(item, str):
            return None
        if path[-1] in _TITLES:
            return self._moved(item, lambda text: _MOVING_YEAR.sub(self._next, text))
        if path[-1] in _TEXTS:
            return self._moved(item, lambda text: _DATE_IN_TEXT.sub(self._date_in_text, text))
        return None

    def _is_left(self, text: str, path: KeyPath) -> bool:
        """Return whether an old year stays in a text, or in a title any year that does not move."""
        if path[-1] in _TITLES:
            return bool(_YEAR.search(_MOVING_YEAR.sub(self._without, text)))
        rest = _DATE_IN_TEXT.sub("", text) if path[-1] in _TEXTS else text
        return any(found in self.years for found in _YEAR.findall(rest))

    def _without(self, found: re.Match[str]) -> str:
        return "" if found[0] in self.years else found[0]

    def _moved(self, item: str, move: Callable[[str], str]) -> Any:
        return None if move(str(item)) == item else _written_like(item, move)

    def _next(self, found: re.Match[str]) -> str:
        return str(int(found[0]) + self._by) if found[0] in self.years else found[0]

    def _date_in_text(self, found: re.Match[str]) -> str:
        try:
            return f"{found[1]}{self.first_day(date.fromisoformat(found[2]))}{found[3]}"
        except ValueError:
            return found[0]

    def first_day(self, day: date) -> date:
        """Return the same day of the other year; of 29 February the 28th where there is none."""
        try:
            return day.replace(year=day.year + self._by)
        except ValueError:
            return day.replace(year=day.year + self._by, day=28)

    def last_day(self, day: date) -> date:
        """Return the same day of the other year; the last of February stays the last."""
        if (day + timedelta(1)).month == 3 and day.month == 2:
            return date(day.year + self._by, 3, 1) - timedelta(1)
        return self.first_day(day)


def _in_place_of(old: Any, new: Any) -> Any:
    """Return a value with the white space and the comment of the one that it replaces."""
    made = tomlkit.item(new)
    if isinstance(old, Item):
        vars(made.trivia).update(vars(old.trivia))
    return made


def _unwrapped(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item


def _written_like(item: Any, move: Callable[[str], str]) -> Any:
    """Return a moved text as it was written: only digits change, so that quotes, escapes and line breaks stay."""
    text = move(str(item))
    if isinstance(item, String):
        made = tomlkit.parse(f"text = {move(item.as_string())}")["text"]
        if made == text:
            return made
    # Digits of an escape look like a year.
    return tomlkit.string(text)


def _comments(text: str, years: set[str]) -> Iterator[int]:
    """Yield the numbers of the lines whose comment names an old year."""
    for number, line in enumerate(text.split("\n"), 1):
        comment = line.partition("#")[2]
        if any(found in years for found in _YEAR.findall(comment)):
            yield number
