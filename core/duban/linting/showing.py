"""A broken law as an example for `examples.toml`: the facts, and what the rules make of them now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duban.documents import KeyPath
from duban.examples.models import NONE
from duban.examples.writing import written_example
from duban.texts import Language, phrase


@dataclass(frozen=True)
class Shown:
    """The facts of some departments and what comes of them, by name; `id` is the example's."""

    id: str
    facts: Mapping[str, Any]
    expect: Mapping[str, Mapping[str, Any]]

    def toml(self, says: str, language: Language) -> str:
        """Return the example as it could stand in the file."""
        expect = {
            name: {key: NONE if value is None else value for key, value in found.items()}
            for name, found in self.expect.items()
        }
        return written_example(self.id, says, phrase("linting.note", language), self.facts, expect)


def id_of(code: str, path: KeyPath) -> str:
    """Return an id for the example of a law: each rule is told once."""
    return "_".join((code, *map(str, path)))[:64]
