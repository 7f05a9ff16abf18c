"""Measure text and department text in Chinese words, where every part of it has some; else the text as it stands."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from sqlglot import exp

from duban.errors import DubanError
from duban.exact import plain
from duban.language.grammar import parse
from duban.language.nodes import name_of
from duban.language.text import Clause, Node, flattened
from duban.measures import ParameterValue
from duban.tables import Column
from duban.terms import ColumnType

# The unit of a column that holds a share: numbers beside it are percentages.
SHARE = "%"
_DAYS = MappingProxyType({"as_of": "统计截止日", "period_from": "评价周期首日", "period_to": "评价周期末日"})
_UNITS = MappingProxyType({"DAY": "天", "WEEK": "周", "MONTH": "个月", "YEAR": "年"})
_OF_DATES: Mapping[type[Node], str] = MappingProxyType(
    {exp.LT: "早于", exp.LTE: "不晚于", exp.GT: "晚于", exp.GTE: "不早于"}
)
_OF_NUMBERS: Mapping[type[Node], str] = MappingProxyType(
    {exp.LT: "小于", exp.LTE: "不超过", exp.GT: "大于", exp.GTE: "不少于"}
)
_OPERATORS: Mapping[type[Node], str] = MappingProxyType(
    {exp.Add: "+", exp.Sub: "−", exp.Mul: "×", exp.Div: "÷"}
)
# Finds what a name means: a column of a table, or what is known of a department.
Names = Callable[[str], Column | None]


class _NoWordsError(Exception):
    """A part of a text that is better shown as it stands."""


def in_words(text: str, kind: str, names: Names, given: Mapping[str, ParameterValue] | None = None) -> str:
    """Return a text in Chinese words; `kind` is its grammar, `given` the values of its parameters."""
    try:
        tree = parse(Clause(text, "", ""), kind)
        return _Words(names, given or {}).of(tree)
    except (_NoWordsError, DubanError):
        return filled(text, given or {})


def filled(text: str, given: Mapping[str, ParameterValue]) -> str:
    """Return a text as it stands, its parameters replaced by their values."""

    def value(found: re.Match[str]) -> str:
        known = given.get(found[1])
        return found[0] if known is None else f"'{known}'" if isinstance(known, str) else str(known)

    return re.sub(r"(?<!:):(\w+)", value, text)


def share_in_words(value: Fraction) -> str:
    """Return a share as a percentage."""
    return f"{plain(value * 100)}%"


class _Words:
    """Says one tree."""

    def __init__(self, names: Names, given: Mapping[str, ParameterValue]) -> None:
        self._names, self._given = names, given

    def of(self, node: Node) -> str:
        """Return a part in words. Raises: _NoWordsError."""
        rule = _RULES.get(type(node))
        if rule is None:
            raise _NoWordsError
        return rule(self, node)

    def _column_of(self, node: Node) -> Column | None:
        if not isinstance(node.unnest(), exp.Column):
            return None
        found = self._names(name_of(node.unnest()))
        if found is None:
            raise _NoWordsError
        return found

    def _column(self, node: Node) -> str:
        column = self._column_of(node)
        return column.title if column else ""

    def _inner(self, node: Node) -> str:
        return self.of(node.this)

    def _all(self, node: Node) -> str:
        return "，且".join(self._part(part, exp.Or) for part in flattened(node))

    def _any(self, node: Node) -> str:
        return "，或者".join(self._part(part, exp.And) for part in flattened(node))

    def _part(self, node: Node, other: type[Node]) -> str:
        said = self.of(node)
        return f"（{said}）" if isinstance(node.unnest(), other) else said

    def _not(self, node: Node) -> str:
        inner = node.this.unnest()
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return f"有{self.of(inner.this)}"
        if isinstance(inner, exp.In):
            return self._membership(inner, "不是")
        if isinstance(inner, exp.Column):
            return f"{self._column(inner)}为“否”"
        return f"不符合“{self.of(inner)}”"

    def _is(self, node: Node) -> str:
        if isinstance(node.expression, exp.Null):
            return f"没有{self.of(node.this)}"
        return f"{self.of(node.this)}为“{'是' if node.expression.this else '否'}”"

    def _equal(self, node: Node) -> str:
        return _joined(self.of(node.this), "为", self._beside(node.expression, node.this))

    def _unequal(self, node: Node) -> str:
        return _joined(self.of(node.this), "不是", self._beside(node.expression, node.this))

    def _order(self, node: Node) -> str:
        dates = self._is_date(node.this) or self._is_date(node.expression)
        verb = (_OF_DATES if dates else _OF_NUMBERS)[type(node)]
        return _joined(self.of(node.this), verb, self._beside(node.expression, node.this))

    def _between(self, node: Node) -> str:
        low, high = (self._beside(node.args[end], node.this) for end in ("low", "high"))
        space = " " if low[:1].isdecimal() else ""
        return f"{self.of(node.this)}在{space}{low}{space}到{space}{high}{space}之间"

    def _in(self, node: Node) -> str:
        return self._membership(node, "为")

    def _membership(self, node: Node, verb: str) -> str:
        members = dict.fromkeys(self._beside(part, node.this) for part in node.expressions)
        return f"{self.of(node.this)}{verb}{'或'.join(members)}"

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
            raise _NoWordsError
        start = self.of(node.this)
        if not amount:
            return start
        return f"{start}{'后' if isinstance(node, exp.Add) else '前'} {plain(amount)} {unit}"

    def _difference(self, node: Node) -> str:
        unit = node.args["unit"].name.upper()
        if unit != "DAY":
            raise _NoWordsError
        return f"从{self.of(node.expression)}到{self.of(node.this)}的天数"

    def _coalesce(self, node: Node) -> str:
        others = [self.of(part) for part in node.expressions]
        return f"{self.of(node.this)}（没有的按{'、'.join(others)}）"

    def _literal(self, node: Node) -> str:
        return f"“{node.name}”" if node.is_string else plain(Fraction(node.name))

    def _date(self, node: Node) -> str:
        if not isinstance(node.this, exp.Literal):
            raise _NoWordsError
        return _day(date.fromisoformat(node.this.name))

    def _placeholder(self, node: Node) -> str:
        if node.name in _DAYS:
            return _DAYS[node.name]
        value = self._given.get(node.name)
        if isinstance(value, date):
            return _day(value)
        if isinstance(value, bool) or value is None:
            raise _NoWordsError
        return f"“{value}”" if isinstance(value, str) else plain(Fraction(value))

    def _call(self, node: Node) -> str:
        if node.name != "scale":
            raise _NoWordsError
        return f"{self.of(node.expressions[1])}的折算值"

    def _contains(self, node: Node) -> str:
        return f"{self.of(node.this)}含有{self.of(node.expression)}"

    def _like(self, node: Node) -> str:
        pattern = node.expression.name
        inner = pattern.strip("%")
        if node.args.get("negate") or pattern != f"%{inner}%" or "%" in inner or "_" in inner:
            raise _NoWordsError
        return f"{self.of(node.this)}含有“{inner}”"

    def _extreme(self, node: Node) -> str:
        inner = node.this.unnest()
        if isinstance(node, exp.Least) and isinstance(inner, exp.Greatest) and len(node.expressions) == 1:
            low, high = self.of(inner.expressions[0]), self.of(node.expressions[0])
            return f"{self.of(inner.this)}（不低于 {low}，不超过 {high}）"
        parts = [self.of(part) for part in (node.this, *node.expressions)]
        return f"{' 与 '.join(parts)} 中{'较大' if isinstance(node, exp.Greatest) else '较小'}的"

    def _case(self, node: Node) -> str:
        default = node.args.get("default")
        if node.this is not None or default is None:
            raise _NoWordsError
        parts = [f"{self.of(branch.this)}时为 {self.of(branch.args['true'])}" for branch in node.args["ifs"]]
        return f"{'，'.join(parts)}，否则为 {self.of(default)}"

    def _year(self, node: Node) -> str:
        return f"{self.of(node.this)}的年份"

    def _true(self, node: Node) -> str:
        return "全部" if node.this else "没有"


def _joined(left: str, verb: str, right: str) -> str:
    """Return a comparison; a number stands apart from the words before it."""
    apart = right[:1].isdecimal() and not right.endswith("日")
    return f"{left}{verb} {right}" if apart else f"{left}{verb}{right}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


_Rule = Callable[[_Words, Node], str]
_RULES: Mapping[type[Node], _Rule] = MappingProxyType(
    {
        exp.Column: _Words._column,
        exp.Paren: _Words._inner,
        exp.And: _Words._all,
        exp.Or: _Words._any,
        exp.Not: _Words._not,
        exp.Is: _Words._is,
        exp.EQ: _Words._equal,
        exp.NEQ: _Words._unequal,
        exp.LT: _Words._order,
        exp.LTE: _Words._order,
        exp.GT: _Words._order,
        exp.GTE: _Words._order,
        exp.Between: _Words._between,
        exp.In: _Words._in,
        exp.Add: _Words._sum,
        exp.Sub: _Words._sum,
        exp.Mul: _Words._sum,
        exp.Div: _Words._sum,
        exp.DateDiff: _Words._difference,
        exp.Coalesce: _Words._coalesce,
        exp.Literal: _Words._literal,
        exp.Cast: _Words._date,
        exp.Placeholder: _Words._placeholder,
        exp.Anonymous: _Words._call,
        exp.Contains: _Words._contains,
        exp.Like: _Words._like,
        exp.Boolean: _Words._true,
        exp.Case: _Words._case,
        exp.Greatest: _Words._extreme,
        exp.Least: _Words._extreme,
        exp.Year: _Words._year,
    }
)
