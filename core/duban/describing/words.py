"""Measure text and department text in Chinese words, where every part of it has some; else the text as it stands."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from duban.errors import DubanError
from duban.language.grammar import parse
from duban.language.text import Clause, Node, flattened
from duban.measures import ParameterValue

from .value_words import Names, NoWordsError, ValueWords, joined

_OF_DATES: Mapping[type[Node], str] = MappingProxyType(
    {exp.LT: "早于", exp.LTE: "不晚于", exp.GT: "晚于", exp.GTE: "不早于"}
)
_OF_NUMBERS: Mapping[type[Node], str] = MappingProxyType(
    {exp.LT: "小于", exp.LTE: "不超过", exp.GT: "大于", exp.GTE: "不少于"}
)


def in_words(text: str, kind: str, names: Names, given: Mapping[str, ParameterValue] | None = None) -> str:
    """Return a text in Chinese words; `kind` is its grammar, `given` the values of its parameters."""
    try:
        tree = parse(Clause(text, "", ""), kind)
        return _Words(names, given or {}).of(tree)
    except (NoWordsError, DubanError):
        return filled(text, given or {})


def filled(text: str, given: Mapping[str, ParameterValue]) -> str:
    """Return a text as it stands, its parameters replaced by their values."""

    def value(found: re.Match[str]) -> str:
        known = given.get(found[1])
        return found[0] if known is None else f"'{known}'" if isinstance(known, str) else str(known)

    return re.sub(r"(?<!:):(\w+)", value, text)


class _Words(ValueWords):
    """Says one tree."""

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
        return joined(self.of(node.this), "为", self._beside(node.expression, node.this))

    def _unequal(self, node: Node) -> str:
        return joined(self.of(node.this), "不是", self._beside(node.expression, node.this))

    def _order(self, node: Node) -> str:
        dates = self._is_date(node.this) or self._is_date(node.expression)
        verb = (_OF_DATES if dates else _OF_NUMBERS)[type(node)]
        return joined(self.of(node.this), verb, self._beside(node.expression, node.this))

    def _between(self, node: Node) -> str:
        low, high = (self._beside(node.args[end], node.this) for end in ("low", "high"))
        space = " " if low[:1].isdecimal() else ""
        return f"{self.of(node.this)}在{space}{low}{space}到{space}{high}{space}之间"

    def _in(self, node: Node) -> str:
        return self._membership(node, "为")

    def _membership(self, node: Node, verb: str) -> str:
        members = dict.fromkeys(self._beside(part, node.this) for part in node.expressions)
        return f"{self.of(node.this)}{verb}{'或'.join(members)}"

    def _contains(self, node: Node) -> str:
        return f"{self.of(node.this)}含有{self.of(node.expression)}"

    def _starts(self, node: Node) -> str:
        return f"{self.of(node.this)}以{self.of(node.expression)}开头"

    def _ends(self, node: Node) -> str:
        return f"{self.of(node.this)}以{self.of(node.expression)}结尾"

    def _like(self, node: Node) -> str:
        pattern = node.expression.name
        inner = pattern.strip("%")
        if node.args.get("negate") or pattern != f"%{inner}%" or "%" in inner or "_" in inner:
            raise NoWordsError
        return f"{self.of(node.this)}含有“{inner}”"

    def _true(self, node: Node) -> str:
        return "全部" if node.this else "没有"

    rules = MappingProxyType(
        {
            **ValueWords.rules,
            exp.And: _all,
            exp.Or: _any,
            exp.Not: _not,
            exp.Is: _is,
            exp.EQ: _equal,
            exp.NEQ: _unequal,
            exp.LT: _order,
            exp.LTE: _order,
            exp.GT: _order,
            exp.GTE: _order,
            exp.Between: _between,
            exp.In: _in,
            exp.Contains: _contains,
            exp.StartsWith: _starts,
            exp.EndsWith: _ends,
            exp.Like: _like,
            exp.Boolean: _true,
        }
    )
