"""The values of a ruleset by path: as validated, defaults included; and a ruleset again with one of them changed."""

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from pydantic import BaseModel

from duban.documents import KeyPath
from duban.registry import Registry
from duban.ruleset import Choice, Ruleset


class Leaf(NamedTuple):
    """One value that is no table or list: its path, and the words it may be where there is a choice."""

    path: KeyPath
    value: Any
    choices: Sequence[Any] = ()


def leaves(ruleset: Ruleset, registry: Registry) -> Iterator[Leaf]:
    """Return every value of a ruleset, parameters of its methods with their defaults included."""
    return _Walk(registry).model(ruleset, ())


class _Walk:
    """Goes through models, tables and lists in their order."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def model(self, model: BaseModel, path: KeyPath) -> Iterator[Leaf]:
        for name, field in type(model).model_fields.items():
            yield from self._value(getattr(model, name), (*path, field.alias or name), field.annotation)

    def _value(self, value: Any, path: KeyPath, annotation: Any) -> Iterator[Leaf]:
        if isinstance(value, Choice):
            yield from self._method(value, path)
        elif isinstance(value, BaseModel):
            yield from self.model(value, path)
        elif isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._value(item, (*path, name), _below(annotation))
        elif isinstance(value, list | tuple):
            for number, item in enumerate(value):
                yield from self._value(item, (*path, number), _below(annotation))
        elif value is not None:
            yield Leaf(path, value, _choices(annotation))

    def _method(self, choice: Choice, path: KeyPath) -> Iterator[Leaf]:
        """Return the parameters of a curve, or the kind and parameters of an aggregator."""
        curve = self._registry.curves.get(choice.kind) if path[-1] == "curve" else None
        aggregator = self._registry.aggregators.get(choice.kind) if path[-1] == "aggregate" else None
        if aggregator is not None:
            yield Leaf((*path, "kind"), choice.kind, list(self._registry.aggregators))
        method = curve or aggregator
        if method is not None:
            yield from self.model(method.parameters.model_validate(choice.parameters), path)


def data_of(value: Any) -> Any:
    """Return what was said of a model as it could be validated again; defaults that nobody said are left out."""
    if isinstance(value, Choice):
        return {"kind": value.kind, **value.parameters}
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        said = [name for name in fields if name in value.model_fields_set]
        return {fields[name].alias or name: data_of(getattr(value, name)) for name in said}
    if isinstance(value, Mapping):
        return {name: data_of(item) for name, item in value.items()}
    return [data_of(item) for item in value] if isinstance(value, list | tuple) else value


def with_value(data: Any, path: KeyPath, value: Any) -> Any:
    """Return the data with the value at a path; tables on the way that nobody wrote are made."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        return [
            with_value(item, rest, value) if number == first else item for number, item in enumerate(data)
        ]
    known = data if isinstance(data, Mapping) else {}
    return {**known, first: with_value(known.get(first, {}), rest, value)}


def without(data: Any, path: KeyPath) -> Any:
    """Return the data without what stands at a path."""
    first, rest = path[0], path[1:]
    if not rest and isinstance(data, list):
        return [item for number, item in enumerate(data) if number != first]
    if not rest:
        return {name: item for name, item in data.items() if name != first}
    return with_value(data, (first,), without(data[first], rest))


def value_at(data: Any, path: KeyPath) -> Any:
    """Return what stands at a path of data."""
    for part in path:
        data = data[part]
    return data


def is_said(data: Any, path: KeyPath) -> bool:
    """Return whether something stands at a path of data."""
    try:
        value_at(data, path)
    except (LookupError, TypeError):
        return False
    return True


def _below(annotation: Any) -> Any:
    """Return the annotation of the items of a table or list."""
    for inner in _flat(annotation):
        arguments = typing.get_args(inner)
        if arguments and typing.get_origin(inner) is not typing.Literal:
            return arguments[0] if typing.get_origin(inner) is tuple else arguments[-1]
    return Any


def _choices(annotation: Any) -> list[Any]:
    found: list[Any] = []
    for inner in _flat(annotation):
        if typing.get_origin(inner) is typing.Literal:
            found += typing.get_args(inner)
        elif isinstance(inner, type) and issubclass(inner, Enum):
            found += list(inner)
    return found


def _flat(annotation: Any) -> list[Any]:
    """Return the members of a union; `Annotated` is looked through."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _flat(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [member for item in typing.get_args(annotation) for member in _flat(item)]
    return [annotation]
