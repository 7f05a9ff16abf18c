"""The grammar of measure text and department text: an allow-list of nodes, of their arguments, and of functions."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlglot import exp

from duban.errors import MeasureError

from .text import LONGEST_INTERVAL, Clause, Node, fail, tree_of, written

LONGEST_PATTERN = 100
MOST_WILDCARDS = 5
_TYPES = exp.DataType.Type


class Grammar(NamedTuple):
    """What one kind of text may use: nodes with the arguments they may carry, and functions by their written names."""

    nodes: Mapping[type[Node], frozenset[str]]
    functions: frozenset[str]
    dotted: frozenset[str] = frozenset()


def _nodes(arguments: str, *kinds: type[Node]) -> dict[type[Node], frozenset[str]]:
    return {kind: frozenset(arguments.split()) for kind in kinds}


_COMMON = {
    **_nodes("this expression", exp.And, exp.Or, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is),
    **_nodes("this expression", exp.Add, exp.Sub, exp.Mul, exp.Nullif),
    **_nodes("this expression negate", exp.Like),
    **_nodes("this expression", exp.StartsWith, exp.EndsWith, exp.Contains),
    **_nodes("this", exp.Paren, exp.Not, exp.Neg, exp.Abs, exp.Length, exp.Lower, exp.Upper, exp.Trim),
    **_nodes("this expressions ignore_nulls", exp.In, exp.Coalesce, exp.Greatest, exp.Least),
    **_nodes("this low high", exp.Between),
    **_nodes("this ifs default", exp.Case),
    **_nodes("this true", exp.If),
    **_nodes("this is_string", exp.Literal),
    **_nodes("this", exp.Boolean, exp.Column),
    **_nodes("this quoted", exp.Identifier),
    **_nodes("", exp.Null),
}
_CHOICES = frozenset({"coalesce", "nullif", "least", "greatest"})
_TEXT_FUNCTIONS = frozenset({"length", "lower", "upper", "trim", "starts_with", "ends_with", "contains"})
_FUNCTIONS = _CHOICES | _TEXT_FUNCTIONS | {"abs"}

MEASURE = Grammar(
    nodes=_COMMON
    | _nodes("this", exp.Year, exp.Month, exp.Day, exp.Placeholder, exp.DataTypeParam, exp.Var)
    | _nodes("this expression unit date_part_boundary", exp.DateDiff)
    | _nodes("this to _type", exp.Cast)
    | _nodes("this expressions", exp.DataType, exp.Anonymous)
    | _nodes("this unit", exp.Interval),
    functions=_FUNCTIONS | {"year", "month", "day", "date_diff", "cast", "scale"},
)
DEPARTMENT = Grammar(
    nodes=_COMMON | _nodes("this expression typed safe", exp.Div) | _nodes("this table", exp.Column),
    functions=_FUNCTIONS,
    dotted=frozenset({"points", "label"}),
)
_OF_TEXTS = (exp.Like, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Length, exp.Lower, exp.Upper, exp.Trim)
FORMULA = Grammar(
    nodes={kind: arguments for kind, arguments in DEPARTMENT.nodes.items() if kind not in _OF_TEXTS}
    | _nodes("this expressions", exp.Anonymous),
    functions=_CHOICES | {"abs", "jeffreys_low", "jeffreys_high"},
    dotted=frozenset({"count", "hits"}),
)
_GRAMMARS = {"measure": MEASURE, "department": DEPARTMENT, "formula": FORMULA}


@lru_cache(maxsize=4096)
def parse(clause: Clause, kind: Literal["measure", "department", "formula"] = "measure") -> Node:
    """Return the tree of a text by one of the grammars; it is shared: copy it to change it.

    Raises: MeasureError, where the text is not one scalar expression of the grammar.
    """
    tree = tree_of(clause)
    for node in tree.walk(bfs=False):
        _check_node(clause, node, _GRAMMARS[kind])
    return tree


def _check_node(clause: Clause, node: Node, grammar: Grammar) -> None:
    arguments = grammar.nodes.get(type(node))
    if isinstance(node, exp.Alias):
        raise fail(clause, "text_syntax", node.args["alias"], near=node.alias)
    if arguments is None or (isinstance(node, exp.If) and not isinstance(node.parent, exp.Case)):
        raise _not_allowed(clause, node, grammar)
    extra = [name for name, value in node.args.items() if value and name not in arguments]
    if isinstance(node, exp.Column) and (extra or node.table):
        _check_dotted(clause, node, grammar)
    elif extra:
        raise fail(clause, "text_construct", node, what=written(clause, node))
    check = _CHECKS.get(type(node))
    if check is not None:
        check(clause, node, grammar)


def _not_allowed(clause: Clause, node: Node, grammar: Grammar) -> MeasureError:
    if isinstance(node, exp.Div):
        return fail(clause, "text_division", node)
    if isinstance(node, exp.Func) and not isinstance(node, exp.Exists | exp.Cast):
        # A keyword function (`extract`, `current_date`) has no place of its own.
        own = node.meta
        name = clause.text[own["start"] : own["end"] + 1] if "start" in own else node.sql_name().lower()
        return fail(clause, "text_function", node, name=name, known=grammar.functions)
    return fail(clause, "text_construct", node, what=written(clause, node))


def _check_dotted(clause: Clause, node: exp.Column, grammar: Grammar) -> None:
    if not grammar.dotted:
        raise fail(clause, "text_qualified", node, name=node.name)
    if node.args.get("db") or node.table not in grammar.dotted:
        raise fail(clause, "text_prefix", node.args["table"], name=node.table, known=grammar.dotted)


def _check_call(clause: Clause, node: Node, grammar: Grammar) -> None:
    """A function that sqlglot does not know is `scale`, the interval of a rate, or not on the list."""
    if node.name not in grammar.functions:
        raise fail(clause, "text_function", node, name=node.name, known=grammar.functions)
    if node.name == "scale":
        _check_scale(clause, node)
    elif len(node.expressions) != 2:
        raise fail(clause, "text_rate", node, name=node.name)


def _check_scale(clause: Clause, node: Node) -> None:
    label, *rest = node.expressions or [None]
    if not (
        len(rest) == 1
        and isinstance(label, exp.Literal)
        and label.is_string
        and isinstance(rest[0], exp.Column)
    ):
        raise fail(clause, "text_scale", node)


def _check_pattern(clause: Clause, node: Node, grammar: Grammar) -> None:
    pattern = node.expression
    bounded = isinstance(pattern, exp.Literal) and pattern.is_string and len(pattern.name) <= LONGEST_PATTERN
    if not bounded or pattern.name.count("%") > MOST_WILDCARDS:
        raise fail(clause, "text_pattern", node, limit=LONGEST_PATTERN, wildcards=MOST_WILDCARDS)


def _check_is(clause: Clause, node: Node, grammar: Grammar) -> None:
    if not isinstance(node.expression, exp.Null | exp.Boolean):
        raise fail(clause, "text_construct", node, what=written(clause, node))


def _check_cast(clause: Clause, node: Node, grammar: Grammar) -> None:
    wanted = node.args["to"].this
    if wanted not in (_TYPES.INT, _TYPES.BIGINT, _TYPES.DECIMAL, _TYPES.DATE):
        raise fail(clause, "text_cast", node, name=wanted.value.lower(), known=("integer", "decimal", "date"))


def _check_interval(clause: Clause, node: Node, grammar: Grammar) -> None:
    unit = node.args.get("unit")
    amount = node.this.unnest() if node.this is not None else None
    whole = isinstance(amount, exp.Placeholder) or (
        isinstance(amount, exp.Literal) and amount.name.isdecimal() and len(amount.name) <= LONGEST_INTERVAL
    )
    units = {"DAY", "DAYS", "WEEK", "WEEKS", "MONTH", "MONTHS", "YEAR", "YEARS"}
    if (
        not whole
        or unit is None
        or unit.name.upper() not in units
        or not isinstance(node.parent, exp.Add | exp.Sub)
    ):
        raise fail(clause, "text_interval", node)


def _check_difference(clause: Clause, node: Node, grammar: Grammar) -> None:
    unit = node.args.get("unit")
    if unit is None or unit.name.upper() not in ("DAY", "MONTH", "YEAR"):
        raise fail(clause, "text_interval", node)


_CHECKS = {
    exp.Anonymous: _check_call,
    exp.Cast: _check_cast,
    exp.DateDiff: _check_difference,
    exp.Interval: _check_interval,
    exp.Is: _check_is,
    exp.Like: _check_pattern,
}
