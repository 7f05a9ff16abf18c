"""Whether what a plugin returns has the shape that it says: every field of its type, every id one that can be written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from .measures import Measure
from .methods import Aggregator, Check, Curve, DataFolder, DerivedColumn, Reporter
from .tables import Column, Table
from .texts import Text

# What each hook returns, in the order of hookspecs.py.
KINDS: Mapping[str, type] = MappingProxyType(
    {
        "rulesets": DataFolder,
        "samples": DataFolder,
        "tables": Table,
        "columns": DerivedColumn,
        "checks": Check,
        "measures": Measure,
        "curves": Curve,
        "aggregators": Aggregator,
        "reporters": Reporter,
    }
)
# Their fields are looked into; of anything else only the type counts.
_VALUES = (*KINDS.values(), Column, Text)
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
# Names in SQL, which knows no capitals, and in which duban's own begin with an underscore.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def misfit(item: Any, kind: str) -> str | None:
    """Return the first field that makes a thing of this kind unusable, None where all are right.

    A subclass is none: its fields might answer differently each time.
    """
    wrong = _wrong_field(item)
    if wrong is None and not (_NAME if kind in ("tables", "columns") else _ID).fullmatch(item.id):
        wrong = "id"
    if wrong is not None:
        return wrong
    if isinstance(item, Table):
        return _wrong_in_table(item)
    own = getattr(item, "misfit", None)
    return str(found) if own is not None and (found := own()) else None


def _wrong_field(item: Any) -> str | None:
    named = ((field.name, field.type) for field in fields(item))
    return next((name for name, wanted in named if not _fits(getattr(item, name), wanted)), None)


def _wrong_in_table(table: Table) -> str | None:
    """Return what is wrong with a table: the names of its columns, or a key that is none of them."""
    right = all(_NAME.fullmatch(name) and column.name == name for name, column in table.columns.items())
    if not table.columns or not right:
        return "columns"
    if table.extends not in (None, "cases"):
        return "extends"
    wanted = {"case_id", "department"} if table.extends else set()
    return None if wanted <= set(table.key) <= set(table.columns) else "key"


def _fits(value: object, wanted: Any) -> bool:
    """Return whether a value is of the type that its field states; one that is not known here fits."""
    kind, inner = get_origin(wanted) or wanted, get_args(wanted)
    if kind in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if kind is Literal:
        return value in inner
    if kind is type:
        return isinstance(value, type) and (not inner or issubclass(value, inner[0]))
    if kind is str or kind in _VALUES:
        # Exactly this type: a subclass may compare, hash and show itself as it likes.
        return type(value) is kind and (kind is str or _parts_fit(value))
    if not isinstance(kind, type):
        return True
    return _holds(value, kind) and _contents_fit(value, inner)


def _holds(value: object, kind: type) -> bool:
    if kind in (Sequence, tuple) and isinstance(value, str):
        return False
    return isinstance(value, kind)


def _parts_fit(value: Any) -> bool:
    if isinstance(value, Text):
        return all(type(part) is str for part in value)
    return _wrong_field(value) is None


def _contents_fit(value: Any, inner: tuple[Any, ...]) -> bool:
    if isinstance(value, Mapping) and len(inner) == 2:
        return all(_fits(key, inner[0]) and _fits(item, inner[1]) for key, item in value.items())
    if isinstance(value, list | tuple) and inner:
        return all(_fits(item, inner[0]) for item in value)
    return True
