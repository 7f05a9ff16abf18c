"""Writes an example as TOML, as it could stand in `examples.toml`."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from duban.exact import plain

from .models import Stated
from .walking import data_of


def written_example(
    id: str, says: str, note: str, facts: Mapping[str, Any], expect: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return an example with a comment above it."""
    lines = [f"# {note}", f"[examples.{id}]", f"says = {_written(says)}"]
    lines += [f'facts."{name}" = {_written(stated)}' for name, stated in facts.items()]
    lines += [f'expect."{name}" = {_written(wanted)}' for name, wanted in expect.items()]
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, Stated):
        return _written(data_of(value))
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_written(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{ }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Fraction):
        text = plain(value)
        return text if Fraction(text) == value else f'"{Fraction(value)}"'
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(name: str) -> str:
    """Return a key, quoted where TOML wants it: that of a measure with a filter, say."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _written(name)
