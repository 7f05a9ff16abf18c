"""Values of measure text and department text in Chinese words: columns, dates, numbers and what is worked out of them."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar

from sqlglot import exp

from duban.exact import plain
from duban.language.nodes import name_of
from duban.language.text import Node
from duban.measures import ParameterValue
from duban.tables import Column
from duban.terms import ColumnType

# The unit of a column that holds a share: numbers beside it are percentages.
SHARE = "%"
_DAYS = MappingProxyType({"as_of": "统计截止日", "period_from": "评价周期首日", "period_to": "评价周期末日"})
_UNITS = MappingProxyType({"DAY": "天", "WEEK": "周", "MONTH": "个月", "YEAR": "年"})
_OPERATORS: Mapping[type[Node], str] = MappingProxyType(
    {exp.Add: "+", exp.Sub: "−", exp.Mul: "×", exp.Div: "÷"}
)
_PARTS_OF_DATES: Mapping[type[Node], str] = MappingProxyType(
    {exp.Year: "年份", exp.Month: "月份", exp.Day: "日"}
)
# Finds what a name means: a column of a table, or what is known of a department.
Names = Callable[[str], Column | None]


class NoWordsError(Exception):
    """A part of a text that is better shown as it stands."""


def share_in_words(value: Fraction) -> str:
    """Return a share as a percentage."""
    return f"{plain(value * 100)}%"


class ValueWords:
    """Says the values in one tree; `rules` say how each kind of part is said."""

    def __init__(self, names: Names, given: Mapping[str, ParameterValue]) -> None:
        self._names, self._given = names, given

    def of(self, node: Node) -> str:
        """Return a part in words. Raises: NoWordsError."""
        rule = self.rules.get(type(node))
        if rule is None:
            raise NoWordsError
        return rule(self, node)

    def _column_of(self, node: Node) -> Column | None:
        if not isinstance(node.unnest(), exp.Column):
            return None
        found = self._names(name_of(node.unnest()))
        if found is None:
            raise NoWordsError
        return found

    def _column(self, node: Node) -> str:
        column = self._column_of(node)
        return column.title if column else ""

    def _inner(self, node: Node) -> str:
        return self.of(node.this)

    def _beside(self, node: Node, column: Node) -> str:
        """Return a value in the words of the column that it is compared with: its label, its percentage."""
        known = self._column_of(column)
        value = self._value(node.unnest())
        if known is not None and isinstance(value, str):
            return f"“{next(iter(known.labels.get(value, ())), value)}”"
        if known is not None and known.unit == SHARE and isinstance(value, Fraction):
            return share_in_words(value)
        return self.of(node)

    def _value(self, node: Node) -> object:
        if isinstance(node, exp.Literal):
            return node.name if node.is_string else Fraction(node.name)
        return self._given.get(node.name) if isinstance(node, exp.Placeholder) else None

    def _is_date(self, node: Node) -> bool:
        inner = node.unnest()
        if isinstance(inner, exp.Add | exp.Sub) and isinstance(inner.expression, exp.Interval):
            return True
        if isinstance(inner, exp.Placeholder):
            return inner.name in _DAYS or isinstance(self._given.get(inner.name), date)
        if isinstance(inner, exp.Coalesce):
            return self._is_date(inner.this)
        column = self._column_of(inner)
        return isinstance(inner, exp.Cast) or (column is not None and column.type is ColumnType.DATE)

    def _sum(self, node: Node) -> str:
        if isinstance(node.expression, exp.Interval):
            return self._moved(node)
        left, right = self._operand(node.this), self._operand(node.expression)
        return f"{left} {_OPERATORS[type(node)]} {right}"

    def _operand(self, part: Node) -> str:
        """Return a part of a sum; the author's parentheses stay where they mean something."""
        said = self.of(part)
        grouped = isinstance(part, exp.Paren) and isinstance(part.unnest(), exp.Add | exp.Sub)
        return f"（{said}）" if grouped else said

    def _moved(self, node: Node) -> str:
        interval = node.expression
        amount = self._value(interval.this.unnest())
        # The parser makes a text of the number in `interval 3 month`.
        amount = Fraction(amount) if isinstance(amount, str) and amount.isdecimal() else amount
        unit = _UNITS.get(interval.args["unit"].name.upper().removesuffix("S"))
        if unit is None or not isinstance(amount, int | Fraction):
            raise NoWordsError
        start = self.of(node.this)
        if not amount:
            return start
        return f"{start}{'后' if isinstance(node, exp.Add) else '前'} {plain(amount)} {unit}"

    def _difference(self, node: Node) -> str:
        unit = node.args["unit"].name.upper()
        if unit != "DAY":
            raise NoWordsError
        return f"从{self.of(node.expression)}到{self.of(node.this)}的天数"

    def _coalesce(self, node: Node) -> str:
        others = [self.of(part) for part in node.expressions]
        return f"{self.of(node.this)}（没有的按{'、'.join(others)}）"

    def _literal(self, node: Node) -> str:
        return f"“{node.name}”" if node.is_string else plain(Fraction(node.name))

    def _date(self, node: Node) -> str:
        if not isinstance(node.this, exp.Literal):
            raise NoWordsError
        return day_in_words(date.fromisoformat(node.this.name))

    def _placeholder(self, node: Node) -> str:
        if node.name in _DAYS:
            return _DAYS[node.name]
        value = self._given.get(node.name)
        if isinstance(value, date):
            return day_in_words(value)
        if isinstance(value, bool) or value is None:
            raise NoWordsError
        return f"“{value}”" if isinstance(value, str) else plain(Fraction(value))

    def _call(self, node: Node) -> str:
        if node.name != "scale":
            raise NoWordsError
        return f"{self.of(node.expressions[1])}的折算值"

    def _extreme(self, node: Node) -> str:
        inner = node.this.unnest()
        if isinstance(node, exp.Least) and isinstance(inner, exp.Greatest) and len(node.expressions) == 1:
            low, high = self.of(inner.expressions[0]), self.of(node.expressions[0])
            return f"{self.of(inner.this)}（不低于 {low}，不超过 {high}）"
        parts = [self.of(part) for part in (node.this, *node.expressions)]
        return f"{' 与 '.join(parts)} 中{'较大' if isinstance(node, exp.Greatest) else '较小'}的"

    def _case(self, node: Node) -> str:
        parts = [
            f"{_apart(self._branch(node.this, branch.this))}时{self._worth(branch.args['true'])}"
            for branch in node.args["ifs"]
        ]
        default = node.args.get("default")
        rest = "没有" if default is None else self._worth(default)
        return "，".join([*parts, f"否则{rest}"])

    def _branch(self, compared: Node | None, condition: Node) -> str:
        """Return when a branch holds; `case grade when 'a'` compares before it says so."""
        if compared is None:
            return self.of(condition)
        return joined(self.of(compared), "为", self._beside(condition, compared))

    def _worth(self, node: Node) -> str:
        return "没有" if isinstance(node.unnest(), exp.Null) else f"为 {self.of(node)}"

    def _part_of_date(self, node: Node) -> str:
        return f"{self.of(node.this)}的{_PARTS_OF_DATES[type(node)]}"

    def _negative(self, node: Node) -> str:
        return f"−{self._operand(node.this)}"

    def _absolute(self, node: Node) -> str:
        said = self.of(node.this)
        grouped = isinstance(node.this.unnest(), exp.Add | exp.Sub)
        return f"（{said}）的绝对值" if grouped else f"{said}的绝对值"

    rules: ClassVar[Mapping[type[Node], Callable[[Any, Node], str]]] = MappingProxyType(
        {
            exp.Column: _column,
            exp.Paren: _inner,
            exp.Add: _sum,
            exp.Sub: _sum,
            exp.Mul: _sum,
            exp.Div: _sum,
            exp.Neg: _negative,
            exp.Abs: _absolute,
            exp.DateDiff: _difference,
            exp.Coalesce: _coalesce,
            exp.Literal: _literal,
            exp.Cast: _date,
            exp.Placeholder: _placeholder,
            exp.Anonymous: _call,
            exp.Case: _case,
            exp.Greatest: _extreme,
            exp.Least: _extreme,
            exp.Year: _part_of_date,
            exp.Month: _part_of_date,
            exp.Day: _part_of_date,
        }
    )


def joined(left: str, verb: str, right: str) -> str:
    """Return a comparison; a number stands apart from the words before it."""
    apart = right[:1].isdecimal() and not right.endswith("日")
    return f"{left}{verb} {right}" if apart else f"{left}{verb}{right}"


def day_in_words(day: date) -> str:
    """Return a day in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日"


def _apart(text: str) -> str:
    """Return a text before more words: a number at its end stands apart from them."""
    return f"{text} " if text[-1:].isdecimal() else text
