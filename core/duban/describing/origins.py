"""Where each value of a ruleset stands, and which values of its parents it overrides."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duban.documents import Document, KeyPath
from duban.errors import Position
from duban.loading import BY_ID, BY_KEY, ONE_OF, OWN, LoadedRuleset
from duban.texts import Language, phrase

from .page import Page, Row, Table

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass
class _Stated:
    """A value as one file states it; `value` is None where it is dropped."""

    path: KeyPath
    value: Any
    at: Position
    overrides: "list[_Stated]" = field(default_factory=list)


def origins_page(loaded: LoadedRuleset, language: Language = "zh") -> Page:
    """Return a table with every value of the resolved ruleset: its key, file and line, and what it takes the place of."""

    def say(key: str, **facts: object) -> str:
        return phrase(f"describing.{key}", language, **facts)

    def shown(stated: _Stated) -> str:
        return say("origin_dropped") if stated.value is None else written(stated.value)

    rows = [
        Row(
            (
                dotted(stated.path),
                shown(stated),
                _place(stated.at),
                "\n".join(
                    say(
                        "origin_overridden",
                        value=f"{_called(item, stated)}{shown(item)}",
                        place=_place(item.at),
                    )
                    for item in stated.overrides
                ),
            )
        )
        for stated in _stated(loaded)
    ]
    head = tuple(say(f"head_{key}") for key in ("key", "value", "place", "overrides"))
    title = say("origin_title", title=loaded.ruleset.name(language))
    return Page(title, (Table(head, tuple(rows), (26, 30, 20, 24)),), language)


def _called(item: _Stated, by: _Stated) -> str:
    """Return what an overridden value is called where its key is another: one dropped with its thing, a rival's."""
    below = item.path[len(by.path) :] or item.path[-1:]
    return "" if item.path == by.path else f"{dotted(below)} = "


def _place(at: Position) -> str:
    return f"{at.file}:{at.line}"


def _stated(loaded: LoadedRuleset) -> list[_Stated]:
    """Return what holds in the end, in the order in which the files state it, the eldest first."""
    found: dict[KeyPath, _Stated] = {}
    for document in reversed(loaded.documents):
        for path in [path for path in found if path[0] in OWN]:
            del found[path]
        for path, value in _units(document):
            _state(found, document, path, value)
    return list(found.values())


def _units(document: Document) -> Iterator[tuple[KeyPath, Any]]:
    """Yield what a child may change by itself: a key of a thing, a key of a section, a whole value."""
    for section, value in document.values.items():
        if section in BY_KEY and isinstance(value, dict):
            yield from (((section, key), item) for key, item in value.items())
        elif section in BY_ID and isinstance(value, dict):
            for name, thing in value.items():
                if isinstance(thing, dict) and "drop" not in thing:
                    yield from (((section, name, key), item) for key, item in thing.items())
                else:
                    yield (section, name), None if isinstance(thing, dict) else thing
        else:
            yield (section,), value


def _state(found: dict[KeyPath, _Stated], document: Document, path: KeyPath, value: Any) -> None:
    """Let a value take the place of the same key's, of a rival's, or of all that stood below it."""
    rivals = ONE_OF.get(str(path[0]), ()) if len(path) == 3 else ()
    gone = [
        old
        for old in found
        if old[: len(path)] == path
        or old == path[: len(old)]
        or (
            path[-1] in rivals
            and old[:-1] == path[:-1]
            and old[-1] in rivals
            and _elsewhere(found, old, document)
        )
    ]
    overrides = [item for old in gone for item in (found[old], *found[old].overrides)]
    for item in overrides:
        item.overrides = []
    for old in gone:
        if old != path:
            del found[old]
    found[path] = _Stated(path, value, document.at(path), overrides)


def _elsewhere(found: Mapping[KeyPath, _Stated], path: KeyPath, document: Document) -> bool:
    return found[path].at.file != document.file


def dotted(path: KeyPath) -> str:
    """Return a path as TOML writes it: keys that are no bare ones in quotes."""
    return ".".join(str(part) if _BARE.fullmatch(str(part)) else written(str(part)) for part in path)


def written(value: Any) -> str:
    """Return a value much as TOML writes it, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{dotted((key,))} = {written(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return value.isoformat() if isinstance(value, date) else str(value)
