"""Values put into the rules from outside the files: `criteria.on_time.points=20`.

What a ruleset that extends this one could say of one key, said on the command line; below a key (a curve, a quota) a
single value may be set too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli

from .documents import Document, KeyPath, decimal_of
from .errors import Position, RulesetError

# Ids that mean something although the file does not name them.
ALWAYS_THERE: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("reply",),
    "ratings": ("answer", "result"),
    "scales": ("rating",),
}
# What a ruleset is put together from cannot be said once it is.
FIXED = ("format", "extends")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s.="']+))\s*([.=])""")
# A text that begins so is meant as TOML; any other that is none stands for itself.
_OPENS = ("[", "{", '"', "'")


@dataclass(frozen=True)
class Override:
    """One value and the path of the key that it is put at; `text` is what somebody wrote."""

    text: str
    path: tuple[str, ...]
    value: Any

    @property
    def at(self) -> Position:
        """Where it stands, for messages."""
        return Position(f"--set {self.text}")

    @property
    def name(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)

    def document(self, values: Mapping[str, Any], depth: int, by_id: bool) -> Document:
        """Return what it says as a document that changes one key of the rules `values`.

        `depth` is the length of the path of such a key; what is deeper takes the key's other values along.

        Raises: RulesetError, for a path that leads nowhere.
        """
        if self.path[0] in FIXED:
            raise RulesetError("override_fixed", self.at, name=self.path[0])
        if by_id and len(self.path) > 2:
            self._check_id(values)
        key, value = self.path, self.value
        if len(key) > depth:
            key = self.path[:depth]
            value = self._inside(_found(values, key), self.path[depth:])
        places = dict.fromkeys(_paths(value, key), self.at)
        dropped = by_id and self.path[2:] == ("drop",)
        keys = {self.path[:2]: self.at, **places} if dropped else places
        return Document(self.at.file, _nested(key, value), keys, places)

    def _check_id(self, values: Mapping[str, Any]) -> None:
        section, name = self.path[:2]
        things = values.get(section, {})
        known = [*things, *ALWAYS_THERE.get(section, ())] if isinstance(things, dict) else []
        if name not in known:
            raise RulesetError("override_unknown", self.at, name=name, section=section, known=known)

    def _inside(self, value: Any, rest: KeyPath) -> Any:
        """Return a value in which the part at the rest of the path is this one's."""
        if not rest:
            return self.value
        step = rest[0]
        if isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            at = int(step)
            return [*value[:at], self._inside(value[at], rest[1:]), *value[at + 1 :]]
        if value is None or isinstance(value, dict):
            inner = value or {}
            return {**inner, str(step): self._inside(inner.get(step), rest[1:])}
        raise RulesetError("override_no_table", self.at, name=self.name, key=step)


def read_override(text: str) -> Override:
    """Read `key.key=value`: keys bare or in quotes, the value as in TOML; what is no TOML at all is a text.

    Raises: RulesetError.
    """
    path, rest = _path(text)
    return Override(text, path, _value(rest.strip(), text))


def _path(text: str) -> tuple[tuple[str, ...], str]:
    """Return the keys before the sign of equality, and what follows it."""
    path: list[str] = []
    place, sign = 0, "."
    while sign == ".":
        found = _KEY.match(text, place)
        if found is None:
            raise RulesetError("override_form", Position(f"--set {text}"))
        path.append(next(key for key in found.groups()[:3] if key is not None))
        place, sign = found.end(), found[4]
    return tuple(path), text[place:]


def _value(written: str, text: str) -> Any:
    at = Position(f"--set {text}")
    if not written:
        raise RulesetError("override_form", at)
    try:
        read = tomli.loads(f"value = {written}", parse_float=decimal_of)
    except (ValueError, RecursionError) as problem:
        if written.startswith(_OPENS):
            raise RulesetError("override_value", at, reason=str(problem)) from None
        return written
    # With a line break in it the text could hold more than a value.
    return read["value"] if len(read) == 1 else written


def _found(values: Any, path: KeyPath) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _nested(path: KeyPath, value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return dict(value)


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the path of a value and of everything in it."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))
