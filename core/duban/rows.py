"""Tables as a plugin declares them: a pydantic model whose fields are the columns, with their Chinese headings."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from .tables import Column, Table
from .terms import ColumnType

COLUMN_TYPES = {
    str: ColumnType.TEXT,
    datetime.date: ColumnType.DATE,
    int: ColumnType.INTEGER,
    Decimal: ColumnType.DECIMAL,
    bool: ColumnType.BOOLEAN,
}


class Row(BaseModel):
    """One row of a plugin's table: each field is a column, made by `column(…)`.

    The types are str, date, int, Decimal, bool, and `Literal[…]` for labels; one that may be None need not be filled in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def column(
    *headings: str,
    title_en: str = "",
    unit: str = "",
    labels: Mapping[str, Sequence[str]] = MappingProxyType({}),
    event: bool = False,
) -> Any:
    """Return a field of a `Row`: the headings that mean it, its Chinese title first.

    `labels` are the Chinese words of each label; `event` marks the date of what happens, unknown while it lies after `as_of`.
    """
    known = {"headings": headings, "title_en": title_en, "unit": unit, "labels": labels, "event": event}
    return Field(default=None, title=headings[0] if headings else None, json_schema_extra={"column": known})  # type: ignore[dict-item]


def table(
    id: str,
    title: str,
    row: type[Row],
    *,
    key: tuple[str, ...] = (),
    title_en: str = "",
    source: str = "",
    extends: Literal["cases"] | None = None,
) -> Table:
    """Return the table whose rows are of this model; `key` names the columns that no two rows share.

    `extends="cases"` makes its columns columns of the cases; its key is then `case_id` and `department`.

    Raises: ValueError, for a field of a type that no cell has, or a key that is no column.
    """
    columns = {name: _column(name, field) for name, field in row.model_fields.items()}
    key = ("case_id", "department") if extends else key
    missing = [name for name in key if name not in columns]
    if missing:
        raise ValueError(f"table {id}: no column {', '.join(missing)} for its key")
    return Table(id, title, MappingProxyType(columns), key, title_en, source, extends)


def _column(name: str, field: FieldInfo) -> Column:
    kind, optional = _plain(field.annotation)
    extra = field.json_schema_extra
    known: Any = extra.get("column", {}) if isinstance(extra, dict) else {}
    words = known.get("labels", {})
    if get_origin(kind) is Literal:
        kind, labels = ColumnType.LABEL, {label: tuple(words.get(label, ())) for label in get_args(kind)}
    elif kind in COLUMN_TYPES and not words:
        kind, labels = COLUMN_TYPES[kind], {}
    else:
        raise ValueError(f"column {name}: {field.annotation} is not str, date, int, Decimal, bool or Literal")
    return Column(
        name,
        kind,
        tuple(known.get("headings", ())),
        MappingProxyType(labels),
        required=not optional,
        unit=known.get("unit", ""),
        event=known.get("event", False),
        title_en=known.get("title_en", ""),
    )


def _plain(annotation: Any) -> tuple[Any, bool]:
    """Return the type of a field without `None`, and whether it may be None."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return (kinds[0] if len(kinds) == 1 else annotation), len(kinds) < len(get_args(annotation))
