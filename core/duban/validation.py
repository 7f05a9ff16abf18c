"""Pydantic's errors, told to a clerk: one sentence each, with line and column."""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .documents import KeyPath
from .errors import DubanError, Position, raise_all
from .texts import Text, codes

Model = TypeVar("Model", bound=BaseModel)
_TABLE, _LIST, _WHOLE = Text("一张表", "a table"), Text("列表", "a list"), Text("整数", "an integer")
_DATE, _TEXT, _FLAG = Text("日期", "a date"), Text("文字", "a text"), Text("true 或 false", "true or false")
_EXPECTED = {
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _FLAG,
    "date_type": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_parsing": _DATE,
    "mapping_type": _TABLE,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "tuple_type": _LIST,
    "list_type": _LIST,
}
_RANGES = {"greater_than_equal": "≥", "greater_than": ">", "less_than_equal": "≤", "less_than": "<"}
_LIMITS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "min_length": "≥", "max_length": "≤"}


def validated(
    model: type[Model],
    values: Mapping[str, Any],
    at: Callable[[KeyPath], Position],
    key_at: Callable[[KeyPath], Position],
    error: type[DubanError],
    base: KeyPath = (),
) -> Model:
    """Return the values as a model; `base` is the path of the values inside their document.

    Raises: `error`, or Problems with one `error` for each value that does not fit.
    """
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        told = []
        for item in problem.errors(include_url=False):
            path = _real_path(values, item["loc"], item["type"])
            told.append(_described(model, item, path, error, at, key_at, base))
        raise_all(sorted(told, key=lambda one: one.at if isinstance(one.at, Position) else Position("")))
        raise


def _real_path(values: Any, loc: Sequence[str | int], kind: str) -> KeyPath:
    """Return the path in the document: the parts of pydantic's that name unions are left out."""
    path: list[str | int] = []
    here = values
    for number, part in enumerate(loc):
        inside = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if inside or (isinstance(here, Mapping) and part in here):
            here = here[part]
        elif not (kind == "missing" and number == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _described(
    model: type[BaseModel],
    item: Any,
    path: KeyPath,
    error: type[DubanError],
    at: Callable[[KeyPath], Position],
    key_at: Callable[[KeyPath], Position],
    base: KeyPath,
) -> DubanError:
    kind, value = item["type"], item["input"]
    name = ".".join(str(part) for part in (*base, *path))
    last = str(path[-1]) if path else name
    place, context = at((*base, *path)), item.get("ctx", {})
    if kind == "extra_forbidden":
        return error("unknown_key", key_at((*base, *path)), name=last, known=_known_keys(model, path[:-1]))
    if kind == "missing":
        return error("missing_key", key_at((*base, *path[:-1])), name=name)
    if kind in ("enum", "literal_error"):
        choices = str(context.get("expected", "")).replace(" or ", ", ")
        return error("wrong_choice", place, name=name, value=_written(value), choices=choices)
    if kind == "string_pattern_mismatch":
        return error("bad_id", key_at((*base, *path)), value=value)
    if kind in ("string_too_long", "string_too_short", "too_short"):
        limits = {sign: context[key] for key, sign in _LIMITS.items() if key in context}
        return error(
            "text_too_long", place, name=name, expected=" ".join(f"{s} {v}" for s, v in limits.items())
        )
    if kind in _RANGES or kind == "finite_number":
        limits = {sign: context[key] for key, sign in _LIMITS.items() if key in context}
        expected = " ".join(f"{s} {v}" for s, v in limits.items())
        return error("number_out_of_range", place, name=name, value=value, expected=expected)
    if kind == "value_error":
        return _own_error(error, str(context.get("error", item["msg"])), place, name, value)
    return error(
        "wrong_type", place, name=name, value=_written(value), expected=_EXPECTED.get(kind, item["msg"])
    )


def _written(value: object) -> str:
    """Return a value much as it stands in the file."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ … }"
    return "[ … ]" if isinstance(value, list) else str(value)


def _own_error(error: type[DubanError], code: str, place: Position, name: str, value: object) -> DubanError:
    """Return the error for a code that a validator of ours raised, or a general one for any other sentence."""
    if code in codes("errors"):
        return error(code, place, name=name, value=_written(value), expected="±10³⁰")
    return error("wrong_value", place, name=name, value=_written(value), reason=code)


def _known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys that the model at a path knows, as they are written in TOML."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)
    fields = [item for found in _models(annotation) for item in found.model_fields.items()]
    return sorted({field.alias or name for name, field in fields})


def _below(annotation: Any, part: str | int) -> Any:
    options: list[Any] = []
    for found in _models(annotation):
        for name, field in found.model_fields.items():
            if part in (name, field.alias):
                options.append(field.annotation)
    for inner in _flat(annotation):
        arguments = typing.get_args(inner)
        if not isinstance(inner, type) and arguments and typing.get_origin(inner) is not typing.Literal:
            options.append(arguments[-1] if typing.get_origin(inner) is not tuple else arguments[0])
    return typing.Union[tuple(options)] if options else Any  # noqa: UP007


def _flat(annotation: Any) -> list[Any]:
    """Return the members of a union, the annotation itself where it is none; `Annotated` is looked through."""
    if hasattr(annotation, "__metadata__"):
        return _flat(annotation.__origin__)
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [member for item in typing.get_args(annotation) for member in _flat(item)]
    return [annotation]


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [item for item in _flat(annotation) if isinstance(item, type) and issubclass(item, BaseModel)]
