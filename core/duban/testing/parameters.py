"""Parameters worth trying: of measures at the ends of what they may be, of curves and aggregators from their models."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from duban.measures import Measure, Parameter, ParameterValue

# Where a parameter has no default, and a model no examples.
_PLAIN: Mapping[Any, tuple[Any, ...]] = {
    Fraction: (Fraction(1), Fraction(1, 2), Fraction(3), Fraction(0), Fraction(10)),
    Decimal: (Decimal(1), Decimal("0.5"), Decimal(10)),
    int: (1, 2, 10, 0),
    str: ("value >= 1", "甲"),
    bool: (True, False),
    date: (date(2024, 1, 1),),
}
_MOST = 12


def settings(measure: Measure) -> list[dict[str, ParameterValue]]:
    """Return what a ruleset may say after `with`: the defaults, then each parameter at its ends, one at a time."""
    needed = {
        name: _choices(parameter)[0]
        for name, parameter in measure.parameters.items()
        if parameter.default is None
    }
    found = [needed]
    for name, parameter in measure.parameters.items():
        found += [{**needed, name: value} for value in _choices(parameter)]
    return [item for number, item in enumerate(found) if item not in found[:number]]


def _choices(parameter: Parameter) -> list[ParameterValue]:
    if parameter.choices:
        return list(parameter.choices)
    ends = [end for end in (parameter.at_least, parameter.at_most) if end is not None]
    if parameter.type in (int, Decimal):
        inside = [value for value in _PLAIN[parameter.type] if _inside(parameter, value)]
        return [parameter.type(end) for end in ends] or inside
    return list(_PLAIN[parameter.type])


def _inside(parameter: Parameter, value: int | Decimal) -> bool:
    lowest, highest = parameter.at_least, parameter.at_most
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def instances(model: type[BaseModel]) -> Iterator[Any]:
    """Yield parameters of a curve or an aggregator: the plainest, then one field changed at a time."""
    tried = 0
    for given in _givens(model):
        try:
            made = model.model_validate(given)
        except ValidationError:
            continue
        yield made
        tried += 1
        if tried == _MOST:
            return


def _givens(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    fields = model.model_fields.items()
    choices = {field.alias or name: list(_of_field(field)) for name, field in fields}
    required = [field.alias or name for name, field in fields if field.is_required()]
    for number in range(max(map(len, choices.values()), default=1)):
        needed = {name: choices[name][number % len(choices[name])] for name in required if choices[name]}
        yield needed
    for name, several in choices.items():
        for value in several:
            yield {**needed, name: value}


def _of_field(field: FieldInfo) -> Iterator[Any]:
    yield from field.examples or ()
    yield from _of(field.annotation)


def _of(annotation: Any) -> Iterator[Any]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _of(inner[0])
    elif origin is Literal:
        yield from inner
    elif origin in (Union, UnionType):
        for one in inner:
            yield from [None] if one is NoneType else _of(one)
    elif origin in (tuple, list) and inner:
        for value in _of(inner[0]):
            yield [value]
    elif origin is not None and issubclass(origin, Mapping) and len(inner) == 2:
        for value in _of(inner[1]):
            yield {"甲": value}
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _givens(annotation)
    else:
        yield from _PLAIN.get(annotation, ())
