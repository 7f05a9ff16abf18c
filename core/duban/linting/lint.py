"""One thing noticed about a ruleset: a stable code, the place in the file, and facts for the sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from duban.documents import KeyPath
from duban.errors import Position, hint, one_line, shown
from duban.exact import plain
from duban.terms import Severity
from duban.texts import Language, Text, entry

from .showing import Shown


@dataclass(frozen=True)
class Lint:
    """One thing noticed at a path of the ruleset; the sentences stand in the wording, by the code.

    `example` is an example for `examples.toml` that shows it, where one was found.
    """

    code: str
    path: KeyPath
    facts: Mapping[str, object] = field(default_factory=dict)
    example: Shown | None = None

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return Severity(entry("lints", self.code)["severity"])

    def message(self, language: Language) -> str:
        """Return what is wrong, without where and what to do."""
        return self._say("", language)

    def todo(self, language: Language) -> str:
        """Return what to do."""
        return self._say("do_", language)

    def line(self, at: Position, language: Language) -> str:
        """Return the whole of it on one line: place, code, path, what is wrong, what exists, what to do."""
        stop, space = ("。", "") if language == "zh" else (".", " ")
        known = hint(self.facts.get("name"), self.facts.get("known"), language)
        parts = [part for part in (self.message(language), known, self.todo(language)) if part]
        said = space.join(f"{part}{stop}" for part in parts)
        path = f"{dotted(self.path)}{':' if space else '：'}{space}" if self.path else ""
        return one_line(f"{at}: [{self.code}] {path}{said}")

    def _say(self, part: str, language: Language) -> str:
        wording = entry("lints", self.code)
        facts = {name: shown(_written(value, language)) for name, value in self.facts.items()}
        return Text(wording[f"{part}zh"], wording[f"{part}en"]).say(language, **facts)


def dotted(path: KeyPath) -> str:
    """Return a path as it is written in TOML."""
    return ".".join(str(part) for part in path)


def _written(value: object, language: Language) -> object:
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, Fraction):
        return plain(value, 6)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ("、" if language == "zh" else ", ").join(map(str, value))
    return value
