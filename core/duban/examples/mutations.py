"""Small changes of the rules, one at a time: each is a slip that somebody could make, and an example should notice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from duban.documents import KeyPath
from duban.exact import plain
from duban.plan import Plan
from duban.registry import Registry
from duban.ruleset import Ruleset
from duban.terms import Aggregate, Missing

from .walking import Leaf, data_of, is_said, leaves, value_at, with_value, without

TEXTS = ("when", "among", "where", "count", "hit", "value", "formula")
# What is counted, not what it is worth: only rows of a ledger can show a change.
_DATA = ("deadlines", "ratings", "scales", "measures", "sheets")
# Titles and ids, what names something else, and what says nothing of the result.
_SAID_ONLY = ("format", "id", "extends", "outcomes", "period", "columns", "incomplete")
# What decides although nobody said it; other defaults change nothing that anybody wrote.
_DEFAULTS = ("missing", "total", "mode", "ties", "within", "cut_tie", "round", "zero_at", "full_at")
_SLIGHTLY = Fraction(1, 10**6)
# What of a criterion decides only where it is scored.
_JUDGING = ("curve", "missing", "min_cases", "small_numbers", "with", "where")
_HUNDREDTH, _TWENTIETH = Fraction(1, 100), Fraction(1, 20)
# Of these one other word is enough.
_ONE_OTHER = ("kind", "policy")
_OTHER_MISSING = {
    Missing.REDISTRIBUTE: Missing.ZERO,
    Missing.ZERO: Missing.REDISTRIBUTE,
    Missing.FULL: Missing.ZERO,
    Missing.GROUP_MEAN: Missing.REDISTRIBUTE,
    Missing.NOT_RANKED: Missing.REDISTRIBUTE,
}
_OTHER_WORDS = {
    ">=": (">",), ">": (">=",), "<=": ("<",), "<": ("<=",), "=": ("<>",), "==": ("<>",), "<>": ("=",), "!=": ("=",),
    "and": ("or",), "or": ("and",),
}  # fmt: skip
_WORDS = re.compile(
    r"'[^']*'|\"[^\"]*\"|[<>]=?|<>|!=|==?|\b(?:and|or)\b|(?<![\w.])\d+(?:\.\d+)?(?![\w.])", re.IGNORECASE
)
_EQUALITY = re.compile(r"\s*([\w.]+)\s*=\s*('[^']*'|\d+)\s*")


@dataclass(frozen=True)
class Mutation:
    """One change: its path, what stood there and what stands there now, in words, and the ruleset's data with it."""

    path: KeyPath
    kind: str
    before: str
    after: str
    data: Any

    @property
    def is_of_data(self) -> bool:
        """Whether it changes what is counted: stated facts cannot notice it."""
        counted = self.path[0] in _DATA and self.path[-1] != "better"
        return counted or (len(self.path) > 2 and self.path[2] in ("with", "where"))


def mutations(ruleset: Ruleset, plan: Plan, registry: Registry) -> Iterator[Mutation]:
    """Return every small change of a ruleset, in the order of its sections; a change may make rules that do not hold."""
    data = data_of(ruleset)
    maker = _Maker(plan, data)
    for leaf in leaves(ruleset, registry):
        decides = leaf.path[0] not in _SAID_ONLY and not maker.without_effect(leaf.path)
        if decides and (leaf.path[-1] in _DEFAULTS or is_said(data, leaf.path)):
            yield from maker.changed(leaf)
    yield from maker.left_out()
    yield from maker.in_other_order()


class _Maker:
    """Makes the mutations of one ruleset."""

    def __init__(self, plan: Plan, data: Any) -> None:
        self._data, self._has_points = data, plan.has_points
        self._criteria = {item.id: item for item in plan.criteria}

    def without_effect(self, path: KeyPath) -> bool:
        """Return whether a value decides nothing, as the curve of a criterion that is shown, not scored."""
        if path == ("ranking", "within") and not self._data.get("groups"):
            return True
        if path[-1] == "better" and path[1] not in self._tie_breaks():
            return True
        if path[0] in ("ranking", "rounding", "selections"):
            return self._changes_no_list(path)
        criterion = self._criteria.get(str(path[1])) if path[0] == "criteria" else None
        if criterion is None or criterion.rule.points or criterion.curve.labels:
            return False
        return len(path) == 2 or path[2] in _JUDGING

    def _changes_no_list(self, path: KeyPath) -> bool:
        """Return whether a value of the ranking, rounding or a list changes neither totals nor ranks nor who is chosen."""
        if path[0] == "selections":
            return path[-1] == "ordered"
        rounds_anything = path == ("rounding", "mode") and bool(self._data.get("conversions"))
        return not (self._has_points or rounds_anything)

    def changed(self, leaf: Leaf) -> Iterator[Mutation]:
        """Return the changes of one value."""
        key, value = leaf.path[-1], leaf.value
        if key == "missing" or (len(leaf.path) > 2 and leaf.path[2] == "missing"):
            yield self._put(leaf, "choice", _OTHER_MISSING[Missing(value)])
        elif isinstance(value, bool):
            yield self._put(leaf, "choice", not value)
        elif leaf.choices:
            others = [item for item in leaf.choices if item != value]
            yield from (
                self._put(leaf, "choice", item) for item in others[: 1 if key in _ONE_OTHER else None]
            )
        elif isinstance(value, int | Decimal | Fraction):
            yield from self._numbers(leaf)
        elif isinstance(value, date):
            yield from (self._put(leaf, "date", value + timedelta(days=step)) for step in (-1, 1))
        elif isinstance(value, str) and key in TEXTS:
            yield from (self._put(leaf, "text", text) for text in other_texts(value))

    def _numbers(self, leaf: Leaf) -> Iterator[Mutation]:
        key, number = leaf.path[-1], Fraction(leaf.value)
        step = self._step(leaf.path, number)
        if key == "at_least" and "quota" not in leaf.path:
            yield self._put(leaf, "strict", _alike(number + _SLIGHTLY, leaf.value), f"> {plain(number)}", "≥")
            yield self._put(leaf, "number", _alike(number - step, leaf.value))
        elif key == "at_most" and "quota" not in leaf.path:
            yield self._put(leaf, "strict", _alike(number - _SLIGHTLY, leaf.value), f"< {plain(number)}", "≤")
            yield self._put(leaf, "number", _alike(number + step, leaf.value))
        elif number or key not in ("min_cases", "at_least"):
            yield from (self._put(leaf, "number", _alike(number + by, leaf.value)) for by in (-step, step))

    def _step(self, path: KeyPath, number: Fraction) -> Fraction:
        """Return by how much a number is changed: shares by a hundredth, whole numbers by one, others at their last place."""
        if path[-1] in ("share", "confidence"):
            return _TWENTIETH
        if path[0] == "criteria" and path[2] == "curve" and path[-1] != "points":
            criterion = self._criteria[str(path[1])]
            uses = [use for use in (criterion.use, *criterion.by_department.values()) if use is not None]
            if number <= 1 and any(use.measure.kind is Aggregate.SHARE for use in uses):
                return _HUNDREDTH
        places = len(plain(number).partition(".")[2])
        return Fraction(1, 10**places)

    def _put(self, leaf: Leaf, kind: str, value: Any, after: str = "", sign: str = "") -> Mutation:
        before = f"{sign} {_said(leaf.value)}".strip()
        data = with_value(self._data, leaf.path, value)
        return Mutation(leaf.path, kind, before, after or _said(value), data)

    def left_out(self) -> Iterator[Mutation]:
        """Return the ruleset without each criterion, adjustment, gate, filter, choice for small numbers and tie-break."""
        paths: list[KeyPath] = [
            (section, name)
            for section in ("criteria", "adjustments", "gates")
            for name in self._data.get(section, {})
        ]
        filters = [
            (section, name, "where")
            for section in ("criteria", "adjustments")
            for name, item in self._data.get(section, {}).items()
            if "where" in item
        ]
        filters += [
            ("criteria", name, "small_numbers")
            for name, item in self._data.get("criteria", {}).items()
            if item.get("small_numbers")
        ]
        ties = [("ranking", "tie_break", number) for number in range(len(self._tie_breaks()))]
        for path in (path for path in (*paths, *filters, *ties) if not self.without_effect(path)):
            said = value_at(self._data, path)
            before = _said(said) if isinstance(said, str) else str(path[-1])
            yield Mutation(path, "left_out", before, "", without(self._data, path))

    def in_other_order(self) -> Iterator[Mutation]:
        """Return the ruleset with neighbours exchanged, where order decides: grades, tie-breaks, bands."""
        grades = list(self._data.get("grades", {}).items())
        for number, (first, second) in enumerate(pairwise(grades)):
            if _never_both(first[1].get("when"), second[1].get("when")):
                continue
            swapped = dict([*grades[:number], second, first, *grades[number + 2 :]])
            yield self._swapped(("grades", first[0]), first[0], second[0], ("grades",), swapped)
        yield from self._list_swapped(("ranking", "tie_break"), self._tie_breaks())
        for name, criterion in self._data.get("criteria", {}).items():
            bands = (criterion.get("curve") or {}).get("bands", [])
            yield from self._list_swapped(("criteria", name, "curve", "bands"), bands)

    def _tie_breaks(self) -> Sequence[str]:
        return list(self._data.get("ranking", {}).get("tie_break", []))

    def _list_swapped(self, path: KeyPath, items: Sequence[Any]) -> Iterator[Mutation]:
        for number in range(len(items) - 1):
            swapped = [*items[:number], items[number + 1], items[number], *items[number + 2 :]]
            names = [
                str(item) if isinstance(item, str) else str(place + 1) for place, item in enumerate(items)
            ]
            yield self._swapped((*path, number), names[number], names[number + 1], path, swapped)

    def _swapped(self, place: KeyPath, first: str, second: str, path: KeyPath, value: Any) -> Mutation:
        data = with_value(self._data, path, value)
        return Mutation(place, "order", f"{first}, {second}", f"{second}, {first}", data)


def _never_both(first: str | None, second: str | None) -> bool:
    """Return whether two conditions want one name to be two different things: their order decides nothing."""
    one, other = (_EQUALITY.fullmatch(text or "") for text in (first, second))
    return one is not None and other is not None and one[1] == other[1] and one[2] != other[2]


def other_texts(text: str) -> Iterator[str]:
    """Return the text with one comparison, `and`/`or` or number changed."""
    for found in _WORDS.finditer(text):
        word = found.group().lower()
        for other in _OTHER_WORDS.get(word, ()) or _other_numbers(word):
            yield text[: found.start()] + other + text[found.end() :]


def _other_numbers(word: str) -> Sequence[str]:
    if not word[0].isdigit():
        return ()
    places = len(word.partition(".")[2])
    number, step = Fraction(word), Fraction(1, 10**places)
    return [plain(number + by) for by in (-step, step) if number + by >= 0]


def _alike(number: Fraction, like: Any) -> Any:
    """Return a number of the type of another: a parameter of a measure is an integer or a decimal."""
    if isinstance(like, int) and number.denominator == 1:
        return int(number)
    return Decimal(plain(number)) if isinstance(like, Decimal) else number


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return plain(Fraction(value)) if isinstance(value, int | Decimal | Fraction) else str(value)
