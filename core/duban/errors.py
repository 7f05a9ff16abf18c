"""What can go wrong, as exceptions with a stable code.

    DubanError                exit code 2
    ├── UsageError            the command line, or the call, is wrong
    ├── RulesetError          a ruleset cannot be loaded
    ├── WorkspaceError        a workspace cannot be loaded
    ├── InputError            a data file cannot be opened or read
    ├── MeasureError          a measure or a condition cannot be evaluated
    ├── PluginError           a plugin registers something wrong, or raises
    ├── OutputError           the results cannot be written
    ├── Problems              several of these at once
    └── Stopped               exit code 1: findings stopped the run

The sentences live in `wording/`; an error carries its code, its place and the facts for the sentence.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from .texts import Language, Text, entry

SHOWN_NAMES = 12
SHOWN_CHARACTERS = 200


class Position(NamedTuple):
    """A place in a text file; line and column count from 1, as editors do."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class DubanError(Exception):
    """A fault that a user can mend: a stable code, a place, and facts for the sentence."""

    exit_code = 2

    def __init__(self, code: str, at: Position | str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.facts = facts

    def line(self, language: Language = "zh") -> str:
        """Return the whole error on one line: place, code, what is wrong, what exists, what to do."""
        place = f"{self.at}: " if self.at else ""
        known = hint(self.facts.get("name"), self.facts.get("known"), language)
        sentences = _sentences((self.what(language), known, self._say("do_", language)), language)
        return one_line(f"{place}[{self.code}] {sentences}")

    def what(self, language: Language = "zh") -> str:
        """Return what is wrong, without where, what exists and what to do."""
        return one_line(self._say("", language))

    def _say(self, part: str, language: Language) -> str:
        wording = entry("errors", self.code)
        facts = {name: shown(_said(value, language)) for name, value in self.facts.items()}
        return Text(wording[f"{part}zh"], wording[f"{part}en"]).say(language, **facts)

    def __str__(self) -> str:
        return self.line("zh")


class UsageError(DubanError):
    """The command line or the call is wrong."""


class RulesetError(DubanError):
    """A ruleset cannot be loaded."""


class WorkspaceError(DubanError):
    """A workspace cannot be loaded."""


class InputError(DubanError):
    """A data file cannot be opened or read."""


class MeasureError(DubanError):
    """A measure text or a condition is not what duban can evaluate."""


class PluginError(DubanError):
    """A plugin registers something wrong, or raises."""


class OutputError(DubanError):
    """The results cannot be written."""


class Stopped(DubanError):
    """Findings stopped the run; `out/` is as it was. `findings` is their table."""

    exit_code = 1

    def __init__(self, at: str, number: int, findings: Any, code: str = "stopped") -> None:
        super().__init__(code, at, number=number)
        self.findings = findings


class Problems(DubanError):
    """Several errors of the same loading, reported together; never empty."""

    def __init__(self, errors: Sequence[DubanError]) -> None:
        super().__init__("problems")
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for error in self.errors)

    def line(self, language: Language = "zh") -> str:
        """Return one line an error."""
        return "\n".join(error.line(language) for error in self.errors)


def raise_all(errors: Sequence[DubanError]) -> None:
    """Raise what was collected: nothing, the one error, or `Problems`."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise Problems(errors)


def hint(name: object, known: object, language: Language = "zh") -> str:
    """Return "did you mean" and what exists, for a name that was not found among the known ones."""
    if known is None or isinstance(known, str) or not isinstance(known, Iterable):
        return ""
    names = sorted(str(item) for item in known)
    close = get_close_matches(str(name), names, n=1, cutoff=0.6)
    listed = ("、" if language == "zh" else ", ").join(names[:SHOWN_NAMES])
    listed += " …" if len(names) > SHOWN_NAMES else ""
    if language == "zh":
        meant = f"是不是“{close[0]}”？" if close else ""
        return f"{meant}现有：{listed or '（无）'}"
    meant = f"did you mean “{close[0]}”? " if close else ""
    return f"{meant}known: {listed or '(none)'}"


def _said(value: object, language: Language) -> object:
    return value.say(language) if isinstance(value, Text) else value


def _sentences(parts: Iterable[str], language: Language) -> str:
    """Return the parts that say something as sentences, each with its stop; a question has its own."""
    stop, space = ("。", "") if language == "zh" else (".", " ")
    said = [part.strip() for part in parts if part.strip()]
    return space.join(part if part.endswith(("？", "?")) else part + stop for part in said)


def shown(value: object) -> str:
    """Return a value for a message: one line, printable, of bounded length."""
    # A plugin's text may be of any length.
    text = one_line(str(value)[: SHOWN_CHARACTERS + 1])
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, which could forge terminal output."""
    return "".join(char if char.isprintable() else " " for char in text)
