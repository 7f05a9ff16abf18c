"""Long columns in few characters: each text once, and where it stands."""

from collections.abc import Mapping
from typing import Any

# Shorter columns stay as they are, which is easier to read.
_SHORT = 100


def packed(data: Any) -> Any:
    """Return data in which each long column that repeats itself is `{"texts": [...], "at": [...]}`."""
    if isinstance(data, Mapping):
        return {key: packed(value) for key, value in data.items()}
    if not isinstance(data, list):
        return data
    if not all(item is None or isinstance(item, str) for item in data):
        return [packed(item) for item in data] if isinstance(data[0], list | Mapping) else data
    places: dict[str | None, int] = {}
    at = [places.setdefault(text, len(places)) for text in data] if len(data) > _SHORT else []
    return {"texts": list(places), "at": at} if at and 2 * len(places) < len(at) else data
