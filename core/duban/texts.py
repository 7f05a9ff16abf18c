"""Every sentence that a user reads, in Chinese and English, kept as data in `wording/*.toml`.

A wording file holds `[errors.<code>]` and `[findings.<code>]` (keys `zh`, `en`: what is wrong; `do_zh`, `do_en`:
what to do; for findings also `severity`, `title_zh`, `title_en`) and `[phrases.<key>]` (`zh`, `en`).
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]
# Braces around anything but a name are braces: TOML has them too.
_FACT = re.compile(r"\{([A-Za-z_]\w*)\}")


class Text(NamedTuple):
    """One sentence in both languages; `{name}` marks a fact that is put in."""

    zh: str
    en: str

    def say(self, language: Language = "zh", **facts: object) -> str:
        """Return the sentence in one language with the facts put in."""
        template = self.zh if language == "zh" else self.en
        return _FACT.sub(lambda found: _put(found, facts), template) if facts else template


def _put(found: re.Match[str], facts: Mapping[str, object]) -> str:
    """Return a fact; one that is missing shows as `?`, because a message must never fail."""
    return str(facts.get(found[1], "?"))


def entry(kind: str, code: str) -> Mapping[str, str]:
    """Return the wording of one error, finding or phrase.

    Raises: KeyError, for a code that no wording file has.
    """
    return _all(kind)[code]


def codes(kind: str) -> list[str]:
    """Return every known code of a kind (`errors`, `findings`, `phrases`), sorted."""
    return sorted(_all(kind))


def phrase(key: str, language: Language = "zh", **facts: object) -> str:
    """Return a short text by its key `file.key`; only that wording file is read."""
    stem, name = key.split(".", 1)
    wording = _file(stem)["phrases"][name]
    return Text(wording["zh"], wording["en"]).say(language, **facts)


@cache
def _file(stem: str) -> Mapping[str, Any]:
    return tomllib.loads((files("duban") / "wording" / f"{stem}.toml").read_text("utf-8"))


@cache
def _all(kind: str) -> Mapping[str, Mapping[str, str]]:
    folder = files("duban") / "wording"
    stems = sorted(
        item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")
    )
    found: dict[str, Mapping[str, str]] = {}
    for stem in stems:
        for code, wording in _file(stem).get(kind, {}).items():
            if kind != "phrases" and code in found:
                raise ValueError(f"{kind}.{code} stands in two wording files")
            found[code] = wording
    return found
