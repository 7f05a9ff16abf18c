"""What is wrong with a plugin: a stable code, the thing it is about, a sentence in both languages, an example."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from duban import limiting
from duban.errors import DubanError, PluginError, Problems, one_line
from duban.texts import Language, Text

PLUGIN = "plugin"


@dataclass(frozen=True)
class Fault:
    """One reason to reject a plugin: `subject` is `measures.on_time`, or `plugin` for what concerns the whole.

    `example` is the smallest case that shows it: rows, one a line, then what was answered; or a file and line.
    """

    code: str
    subject: str
    facts: Mapping[str, object] = field(default_factory=dict)
    example: tuple[str, ...] = ()

    def line(self, language: Language = "zh") -> str:
        """Return the subject, the code, what is wrong and what to do, on one line."""
        return PluginError(self.code, self.subject, **self.facts).line(language)

    def shown(self) -> list[str]:
        """Return the example, made fit for a terminal."""
        return [one_line(line) for line in self.example]

    def as_data(self) -> dict[str, Any]:
        """Return the fault as what JSON can hold."""
        facts = {name: _as_data(value) for name, value in self.facts.items()}
        return {"code": self.code, "subject": self.subject, "facts": facts, "example": list(self.example)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Fault":
        """Return the fault that `as_data` described."""
        facts = {
            name: Text(**value) if isinstance(value, Mapping) else value
            for name, value in data["facts"].items()
        }
        return cls(data["code"], data["subject"], facts, tuple(data["example"]))


def _as_data(value: object) -> object:
    if isinstance(value, Text):
        return value._asdict()
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(item) for item in value)
    return str(value)


def told(error: DubanError) -> Text:
    """Return the whole line of an error of duban's own, as a fact of a fault: without a full stop, which follows."""
    zh, en = error.line("zh").removesuffix("。"), error.line("en").removesuffix(".")
    return Text(zh.replace("\n", " "), en.replace("\n", " "))


def each(error: DubanError) -> list[DubanError]:
    """Return the single errors of what may be several."""
    return list(error.errors) if isinstance(error, Problems) else [error]


def reason(problem: BaseException) -> str:
    """Return an exception on one line."""
    return one_line(limiting.reason(problem))
