"""How a checked tree is rewritten before it is rendered: scales, dates that move, short lists."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from sqlglot import exp

from duban.exact import exact, fixed, plain
from duban.measures import ParameterValue

from .text import LONGEST_INTERVAL, LONGEST_NUMBER, Clause, Node, fail

DEFAULT_SCALES: Mapping[str, Mapping[str, Fraction]] = MappingProxyType(
    {
        "rating": {
            "very_satisfied": Fraction(1),
            "satisfied": Fraction(1),
            "basically_satisfied": Fraction(3, 5),
            "dissatisfied": Fraction(0),
        }
    }
)
SHORT_LIST = 8


def literal_of(value: ParameterValue | date | Fraction) -> Node:
    """Return a value as a typed literal."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("date"))
    number = exact(value)
    digits = exp.Literal.number(plain(abs(number)))
    return exp.Paren(this=exp.Neg(this=digits)) if number < 0 else digits


def scaled(clause: Clause, node: Node, given: Mapping[str, Mapping[str, Fraction]]) -> Node:
    """Return `scale('rating', column)` as a case over the labels, all points with the same number of places.

    Raises: MeasureError, where there is no such scale, or its points do not end as decimals.
    """
    # A rating that the ruleset's scale leaves out keeps its default: it would not be counted otherwise.
    shipped = {scale: {**points, **given.get(scale, {})} for scale, points in DEFAULT_SCALES.items()}
    scales = {**given, **shipped}
    name, column = node.expressions[0].name, node.expressions[1]
    if name not in scales:
        raise fail(clause, "scale_unknown", node, name=name, known=tuple(scales))
    texts = {label: plain(value) for label, value in scales[name].items()}
    for label, value in scales[name].items():
        if Fraction(texts[label]) != value or len(texts[label]) > LONGEST_NUMBER:
            raise fail(clause, "scale_not_decimal", node, name=name, label=label, value=value)
    places = max(len(text.partition(".")[2]) for text in texts.values())
    case = exp.Case(this=column.copy())
    for label, value in scales[name].items():
        points = literal_of(abs(value))
        points.set("this", fixed(abs(value), places))
        signed = exp.Paren(this=exp.Neg(this=points)) if value < 0 else points
        case.append("ifs", exp.If(this=exp.Literal.string(label), true=signed))
    return case


def move_date(clause: Clause, interval: Node) -> None:
    """Write `date ± interval` so that it stays a date: the engine makes a time stamp of it, and is slower with one.

    Raises: MeasureError, where the amount is not a whole number.
    """
    moved = interval.parent
    assert moved is not None
    day = moved.this if moved.expression is interval else moved.expression
    amount, unit = _amount(clause, interval), interval.args["unit"].name.upper().rstrip("S")
    if amount == 0:
        moved.replace(day.copy())
    elif unit in ("DAY", "WEEK"):
        interval.replace(literal_of(amount * (7 if unit == "WEEK" else 1)))
    else:
        interval.set("this", exp.Paren(this=literal_of(amount)))
        moved.replace(exp.Cast(this=moved.copy(), to=exp.DataType.build("date")))


def _amount(clause: Clause, interval: Node) -> int:
    """Return how many days or months an interval has; a parameter may be negative."""
    amount = interval.this.unnest()
    sign = -1 if isinstance(amount, exp.Neg) else 1
    digits = amount.this if sign < 0 else amount
    if (
        not isinstance(digits, exp.Literal)
        or not digits.name.isdecimal()
        or len(digits.name) > LONGEST_INTERVAL
    ):
        raise fail(clause, "text_interval")
    return sign * int(digits.name)


def spell_out(members: Node) -> None:
    """Write a short list as comparisons: the engine compares a dictionary of labels three times as fast."""
    options = list(dict.fromkeys(members.expressions))
    if isinstance(members.this, exp.Column) and 0 < len(options) <= SHORT_LIST:
        equal: list[Node] = [exp.EQ(this=members.this.copy(), expression=option.copy()) for option in options]
        either = equal[0] if len(equal) == 1 else exp.Paren(this=exp.or_(*equal, copy=False, wrap=False))
        members.replace(either)
