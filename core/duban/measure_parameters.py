"""The parameters that a ruleset gives a measure with `with = { … }`, checked against what the measure declares."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .documents import KeyPath
from .exact import exact, plain
from .measures import Measure, Parameter, ParameterValue
from .texts import Text

# Notes an error: its code, the path in the ruleset, facts for the sentence.
Wrong = Callable[..., None]
_TYPE_NAMES = {
    int: Text("整数", "an integer"),
    Decimal: Text("数", "a number"),
    str: Text("文字", "a text"),
    bool: Text("true 或 false", "true or false"),
    datetime.date: Text("日期", "a date"),
}


def given_parameters(
    measure: Measure, given: Mapping[str, Any], path: KeyPath, wrong: Wrong
) -> dict[str, ParameterValue]:
    """Return every parameter with its value, given or default; what does not fit is noted and left out."""
    for name in given:
        if name not in measure.parameters:
            wrong("unknown_parameter", (*path, name), name=name, known=list(measure.parameters))
    values: dict[str, ParameterValue] = {}
    for name, parameter in measure.parameters.items():
        value = given.get(name, parameter.default)
        if value is None:
            wrong("missing_key", path, name=f"with.{name}")
        elif _fits(parameter, value, (*path, name), wrong):
            values[name] = value
    return values


def use_key(measure: Measure, parameters: Mapping[str, ParameterValue], where: str | None) -> str:
    """Return the key of a measure use: its id, what was given beside the defaults, and its filter."""
    changed = [
        f"{name}={_shown(value, '')}"
        for name, value in sorted(parameters.items())
        if value != measure.parameters[name].default
    ]
    key = measure.id + (f"({', '.join(changed)})" if changed else "")
    return f"{key}[{where}]" if where is not None else key


def _fits(parameter: Parameter, value: Any, path: KeyPath, wrong: Wrong) -> bool:
    name = str(path[-1])
    kinds = (int, Decimal) if parameter.type is Decimal else (parameter.type,)
    if type(value) not in kinds:
        wrong("wrong_type", path, name=name, value=value, expected=_TYPE_NAMES[parameter.type])
    elif parameter.choices and value not in parameter.choices:
        wrong("wrong_choice", path, name=name, value=value, choices=", ".join(parameter.choices))
    elif not _in_range(parameter, value):
        limits = f"{_shown(parameter.at_least, '-∞')} … {_shown(parameter.at_most, '∞')}"
        wrong("number_out_of_range", path, name=name, value=value, expected=limits)
    else:
        return True
    return False


def _in_range(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return True
    try:
        number = exact(value)
    except ValueError:
        return False
    lowest, highest = parameter.at_least, parameter.at_most
    return (lowest is None or number >= exact(lowest)) and (highest is None or number <= exact(highest))


def _shown(value: object, nothing: str) -> str:
    return nothing if value is None else plain(exact(value)) if isinstance(value, Decimal) else str(value)
