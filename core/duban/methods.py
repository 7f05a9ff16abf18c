"""The shapes that a plugin returns: derived columns, curves, aggregators, checks, reporters, folders with data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from .exact import equation, readable
from .terms import Severity
from .texts import Language, Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from .record import Run

    Floats = NDArray[np.float64]
    Names = NDArray[np.str_]

_COLUMN_TYPES = (int, Decimal, str, bool, date)


class Parameters(BaseModel):
    """Base of a method's parameters: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class NoParameters(Parameters):
    """The parameters of a method that has none."""


class Judged(NamedTuple):
    """What a curve says of one value: points out of the criterion's full points, and a label where it has one."""

    points: Fraction
    label: str | None = None


class Subject(NamedTuple):
    """One department as a curve sees it: its measured value, its group, and a test for department text.

    `name` is known only where points are explained: nobody's points depend on it.
    """

    value: Fraction
    group: str
    holds: Callable[[str], bool]
    name: str = ""


@dataclass(frozen=True)
class Speech:
    """How a rule is said to people: `value` and `step` write a measured value and a difference of two in its unit.

    `condition` puts a department text into words. `written` are numbers that arithmetic shows as they were counted:
    42/46, not 21/23.
    """

    language: Language
    value: Callable[[Fraction], str]
    step: Callable[[Fraction], str]
    condition: Callable[[str], str]
    written: Mapping[Fraction, str] = field(default_factory=dict)

    def say(self, zh: str, en: str, **facts: object) -> str:
        """Return the sentence in the language spoken, with the facts put in for `{name}`."""
        return Text(zh, en).say(self.language, **facts)

    def number(self, value: Fraction) -> str:
        """Return a number as it stands in arithmetic: 0.85, 53/54."""
        return self.written.get(value) or readable(value)

    def equation(self, left: str, points: Fraction) -> str:
        """Return arithmetic with its result: 15 × 0.5 = 7.5."""
        return equation(left, points)


@dataclass(frozen=True)
class Curve:
    """How measured values become points: `judge(subjects, full points, parameters)`, one `Judged` a subject, in order.

    `subjects` are all departments with a measured value. `conditions` names the department texts in the parameters,
    `labels` the labels it may give. `words(parameters, full points, speech)` is the rule as a sentence; without it a
    document shows title and parameters. `worked(subject, subjects, full points, parameters, speech)` is how one
    of the subjects came to its points, with its numbers put in; without it the points stand alone.
    `formula(parameters)` is the rule as a spreadsheet's formula in which `{value}`, `{full}` and the numbers among the
    parameters (`{zero_at}`, `{bands.0.points}`) stand for cells; None where the value alone does not decide.
    A curve that compares departments should also be there in floats, to be drawn thousands of times:
    `many(values, groups, full points, parameters)` returns the points of draws x departments.
    """

    id: str
    title: str
    parameters: type[Parameters]
    judge: Callable[[Sequence[Subject], Fraction, Any], Sequence[Judged]]
    conditions: Callable[[Any], Sequence[str]] = lambda parameters: ()
    labels: Callable[[Any], Sequence[str]] = lambda parameters: ()
    source: str = ""
    title_en: str = ""
    words: Callable[[Any, Fraction, Speech], str] | None = None
    worked: Callable[[Subject, Sequence[Subject], Fraction, Any, Speech], str] | None = None
    formula: Callable[[Any], str | None] = lambda parameters: None
    many: Callable[["Floats", "Names", float, Any], "Floats"] | None = None


def pointwise(
    judge_one: Callable[[Fraction, Fraction, Any], Fraction],
) -> Callable[[Sequence[Subject], Fraction, Any], Sequence[Judged]]:
    """Return the `judge` of a curve that looks at one value alone; each distinct value is judged once."""

    def judge(subjects: Sequence[Subject], full: Fraction, parameters: Any) -> Sequence[Judged]:
        # A pair of integers hashes several times faster than the Fraction itself.
        keys = [subject.value.as_integer_ratio() for subject in subjects]
        known = {key: Judged(judge_one(Fraction(*key), full, parameters)) for key in set(keys)}
        return [known[key] for key in keys]

    return judge


@dataclass(frozen=True)
class Aggregator:
    """How shares of parts become the share of the whole: `combine(shares, weights, parameters)`.

    Shares and weights are of the available parts, never empty, in no particular order; weights are positive. `formula`
    is the same as a spreadsheet's formula over the ranges `{shares}`, `{points}` and `{weights}`, in which what is not
    available is an empty text and a weight of 0; None where there is none. `many` is the same in floats, to be drawn
    thousands of times: one array a part, draws x departments; a department has a part in all draws or in none, and NaN
    where it has none.
    """

    id: str
    title: str
    combine: Callable[[Sequence[Fraction], Sequence[Fraction], Any], Fraction]
    parameters: type[Parameters] = NoParameters
    source: str = ""
    title_en: str = ""
    formula: str | None = None
    many: Callable[[Sequence["Floats"], Sequence["float | Floats"], Any], "Floats"] | None = None


@dataclass(frozen=True)
class DerivedColumn:
    """A column worked out from the others of its row: by an SQL text, or by a pandas function batch by batch.

    `id` is its name in measure text; `sql` may name any column of its table but no other derived one. `function` gets a
    frame with just the columns `needs`, each combination of values once and in order, in batches of any size: texts and
    labels as `string`, dates as `datetime64[s]`, integers as `Int64`, booleans as `boolean`, decimals as Decimal objects;
    unknown is NA. It returns one value a row in the same order, a Series (with the frame's index), an array or a list, NA
    for unknown. `type` is int, Decimal (12 digits before the point and 6 after it, never a float), str, bool or date;
    a str with `labels` has only these.
    """

    id: str
    title: str
    type: type
    sql: str | None = None
    function: Callable[["pd.DataFrame"], "pd.Series[Any]"] | None = None
    needs: tuple[str, ...] = ()
    table: str = "cases"
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: str = ""
    source: str = ""
    title_en: str = ""

    def misfit(self) -> str | None:
        """Return the first field that no column of a plugin can have, None where all are right."""
        fits = {
            "type": self.type in _COLUMN_TYPES,
            "sql": (self.sql is None) is not (self.function is None),
            "needs": bool(self.needs) is (self.function is not None)
            and len(set(self.needs)) == len(self.needs),
            "labels": self.type is str or not self.labels,
        }
        return next((name for name, right in fits.items() if not right), None)


@dataclass(frozen=True)
class Together:
    """When rows of one department that offend are told, all in one finding: too many to be chance.

    `among` is an SQL condition for the rows that could offend. Told is a department in which at least `least` rows offend, at
    least the `share` of those that could, where chance alone, spreading all offending rows over all departments' rows, would
    do that to any department with a probability of at most `chance`; None compares with nobody. `same` names a column: only
    rows that have one value of it, the department's most frequent, offend together.
    """

    among: str = "true"
    least: int = 5
    share: Fraction = Fraction(1, 2)
    chance: Fraction | None = Fraction(1, 1000)
    same: str | None = None


@dataclass(frozen=True)
class Check:
    """A row of a table that offends: an SQL condition over the columns of the table as read.

    `id` is the finding's code, `column` the column that the finding names. The condition may use `:as_of`,
    `:period_from`, `:period_to`. A check over a column that the table lacks is left out. With `by_department` the rows
    are those that measures see, with the deadlines, and the finding is of a department: its sentences may say `{value}` (its
    name), `{hits}`, `{count}`, `{percent}`, `{others}` (the percentage elsewhere), `{one_in}` (chance: one in so many) and
    `{same}`.
    """

    id: str
    title: Text
    offends: str
    column: str
    message: Text
    action: Text
    severity: Severity = Severity.ERROR
    table: str = "cases"
    # Rows outside the period or with a state that is not counted are left alone, unless a check says otherwise.
    counted_only: bool = True
    by_department: Together | None = None


@dataclass(frozen=True)
class Reporter:
    """Writes files of a finished run into an empty folder: `write(run, folder)`, returns the names of all of them.

    The tables of `run` are its own copies. The files move to the output folder, where no two may have one name.
    """

    id: str
    title: str
    write: Callable[["Run", Path], Sequence[str]]
    title_en: str = ""
    # The kinds of documents for which an office may give a template of its own: `run.report.templates`.
    templates: Sequence[str] = ()


@dataclass(frozen=True)
class DataFolder:
    """A shipped ruleset or sample: its id and the folder that holds its files."""

    id: str
    folder: Traversable
    facts: Mapping[str, str] = field(default_factory=dict)
