"""From what the command line says to a side."""

from collections.abc import Sequence
from pathlib import Path

from duban.errors import UsageError
from duban.registry import installed
from duban.texts import Language

from .recorded import RESULT, recorded_side
from .sides import Side, workspace_side

SETTINGS = "duban.toml"


def open_side(name: str, disable: Sequence[str] = (), language: Language = "zh") -> Side:
    """Return a workspace (its folder or its `duban.toml`) or a written run (its folder or its `result.json`).

    Raises: UsageError, for anything else; DubanError, where it cannot be loaded.
    """
    path = Path(name)
    file = path / RESULT if path.is_dir() else path
    if path.name == SETTINGS or (path / SETTINGS).is_file():
        return workspace_side(name, disable, language)
    if file.name == RESULT and file.is_file():
        return recorded_side(name, file, disable)
    is_ruleset = path.suffix == ".toml" or name in installed(tuple(disable)).rulesets
    raise UsageError("compare_rulesets" if is_ruleset else "compare_not_a_run", name)
