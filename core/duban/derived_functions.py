"""Functions of plugins that work columns out: called with each combination of values once, batch by batch, and checked.

Nothing that a plugin does here ends in a traceback or in a wrong value: what does not fit is an error that names it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from . import limiting
from .cells import is_missing
from .engine import Engine, quoted
from .errors import PluginError
from .methods import DerivedColumn
from .relations import SQL_TYPES, Relation
from .rows import COLUMN_TYPES
from .tables import Column
from .terms import ColumnType
from .texts import Text

BATCH_ROWS = 100_000
# The column with the results in the table that `evaluate` stores; no table has a column of this name.
RESULT = "_result"
# What the engine's numbers hold: DECIMAL(18, 6), and whole numbers of 18 digits.
PLACES, WHOLE_DIGITS, DIGITS = 6, 12, 18
_EXACT_FLOAT = 2**53
_SERIES = (list, tuple, pd.Series, np.ndarray, pd.api.extensions.ExtensionArray)
_WANTED = {
    int: Text("整数，最多 18 位", "a whole number of at most 18 digits"),
    Decimal: Text(
        "Decimal 或整数，整数部分最多 12 位，小数最多 6 位（float 不精确，请用 Decimal）",
        "a Decimal or an int with at most 12 digits before the point and 6 after it (a float is inexact: use Decimal)",
    ),
    str: Text("文字", "a text"),
    bool: Text("True 或 False", "True or False"),
    date: Text("不带时刻的日期", "a date without a time"),
}
_DTYPES: Mapping[ColumnType, Any] = {
    ColumnType.TEXT: pd.StringDtype("python"),
    ColumnType.LABEL: pd.StringDtype("python"),
    # Days of all years from 1 to 9999.
    ColumnType.DATE: "datetime64[s]",
    ColumnType.INTEGER: "Int64",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DECIMAL: "object",
}


def evaluate(engine: Engine, relation: Relation, column: DerivedColumn, plugin: str, store: str) -> None:
    """Store the results of a column's function: the table `store` has its `needs` and `RESULT`, a row a combination.

    Raises: PluginError, where the function raises, is too slow, or gives what does not fit.
    """
    combinations, results = f"{store}_combinations", f"{store}_results"
    needs = ", ".join(quoted(name) for name in column.needs)
    engine.run(
        f"CREATE OR REPLACE TABLE {quoted(combinations)} AS "
        f"SELECT * FROM (SELECT DISTINCT {needs} FROM {quoted(relation.name)}) ORDER BY ALL"
    )
    kind = SQL_TYPES[COLUMN_TYPES[column.type]]
    engine.run(f"CREATE OR REPLACE TABLE {quoted(results)} (number BIGINT, {RESULT} {kind})")
    (count,) = engine.one(f"SELECT count(*) FROM {quoted(combinations)}")
    described = [relation.columns[name] for name in column.needs]
    for start in range(0, count, BATCH_ROWS):
        rows = engine.rows(
            f"SELECT {needs} FROM {quoted(combinations)} "
            f"WHERE rowid >= {start} AND rowid < {start + BATCH_ROWS} ORDER BY rowid"
        )
        texts = answers_of(column, plugin, frame_of(rows, described))
        numbers = range(start, start + len(texts))
        engine.put(
            "incoming_results", pd.DataFrame({"number": numbers, "text": pd.Series(texts, dtype="object")})
        )
        engine.run(f"INSERT INTO {quoted(results)} SELECT number, CAST(text AS {kind}) FROM incoming_results")
    engine.run(
        f"CREATE OR REPLACE TABLE {quoted(store)} AS SELECT {needs}, {RESULT} "
        f"FROM {quoted(combinations)} AS c JOIN {quoted(results)} AS r ON c.rowid = r.number"
    )
    engine.run(f"DROP TABLE {quoted(combinations)}")
    engine.run(f"DROP TABLE {quoted(results)}")


def frame_of(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows as the frame that a function gets: a type of its own for each column, NA for what is unknown."""
    return pd.DataFrame(
        {
            column.name: pd.Series(
                [pd.NA if value is None else value for value in values], dtype=_DTYPES[column.type]
            )
            for column, values in zip(columns, zip(*rows, strict=True), strict=True)
        }
    )


def answers_of(column: DerivedColumn, plugin: str, frame: pd.DataFrame) -> list[str | None]:
    """Return what a function gives for one batch as texts that the engine reads back without loss."""
    values = _values(column, plugin, _called(column, plugin, frame), len(frame))
    write = _WRITERS[column.type]
    texts: list[str | None] = []
    for value in values:
        if is_missing(value):
            texts.append(None)
            continue
        text = write(value)
        if text is None:
            raise _misfit(column, plugin, value)
        if column.labels and text not in column.labels:
            known = list(column.labels)
            raise PluginError("column_label_unknown", plugin=plugin, column=column.id, name=text, known=known)
        texts.append(text)
    return texts


def _called(column: DerivedColumn, plugin: str, frame: pd.DataFrame) -> object:
    function: Any = column.function
    try:
        return limiting.within(limiting.PLUGIN_SECONDS, lambda: function(frame.copy()))
    except limiting.TooSlow as problem:
        seconds = f"{limiting.PLUGIN_SECONDS:g}"
        raise PluginError("column_too_slow", plugin=plugin, column=column.id, seconds=seconds) from problem
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        reason = limiting.reason(problem)
        raise PluginError("column_raised", plugin=plugin, column=column.id, reason=reason) from problem


def _values(column: DerivedColumn, plugin: str, result: object, rows: int) -> list[Any]:
    """Return the values one by one; a Series in another order than its frame would give each row another's value."""
    if isinstance(result, pd.Series) and not result.index.equals(pd.RangeIndex(rows)):
        came = Text("索引与输入不同的 Series", "a Series whose index is not that of the frame")
    elif isinstance(result, _SERIES) and getattr(result, "ndim", 1) == 1:
        values = list(result) if isinstance(result, list | tuple) else pd.Series(result).tolist()
        if len(values) == rows:
            return values
        came = Text(f"{len(values)} 个值", f"{len(values)} values")
    else:
        came = Text(type(result).__name__, type(result).__name__)
    raise PluginError("column_wrong_result", plugin=plugin, column=column.id, value=came, rows=rows)


def _misfit(column: DerivedColumn, plugin: str, value: object) -> PluginError:
    kind, wanted = type(value).__name__, _WANTED[column.type]
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - the object is the plugin's, and so is what it says of itself
        text = kind
    return PluginError(
        "column_wrong_value", plugin=plugin, column=column.id, value=text, kind=kind, wanted=wanted
    )


def _whole(value: object) -> str | None:
    """An integer; also a whole float, for a column of integers with NA becomes one in pandas."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, Integral):
        return None
    return str(int(value)) if abs(int(value)) < 10**DIGITS else None


def _decimal(value: object) -> str | None:
    if isinstance(value, Integral) and not isinstance(value, bool):
        value = Decimal(int(value))
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    text = f"{value:f}"
    digits, _, places = text.lstrip("-").partition(".")
    fits = len(digits.lstrip("0")) <= WHOLE_DIGITS and len(places.rstrip("0")) <= PLACES
    return text if fits else None


def _truth(value: object) -> str | None:
    return str(bool(value)).lower() if isinstance(value, bool | np.bool_) else None


def _text(value: object) -> str | None:
    """A text that can be written to a file: half of a pair of surrogates cannot."""
    if not isinstance(value, str) or any("\ud800" <= char <= "\udfff" for char in value):
        return None
    # A member of an enumeration of texts is the text.
    return str.__str__(value)


def _day(value: object) -> str | None:
    if not isinstance(value, date):
        return None
    if not isinstance(value, datetime):
        return value.isoformat()
    day = value.date()
    return day.isoformat() if value == datetime.combine(day, time()) else None


_WRITERS: Mapping[type, Callable[[object], str | None]] = {
    int: _whole,
    Decimal: _decimal,
    str: _text,
    bool: _truth,
    date: _day,
}
