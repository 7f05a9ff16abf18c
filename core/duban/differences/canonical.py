"""One form for everything that means the same: texts as trees, numbers as rationals, tables without an order.

In a text `and`, `or` and `=` have no order, `a > b` is `b < a`, and `in` with one member is `=`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel
from sqlglot import exp

from duban.language.grammar import parse
from duban.language.nodes import name_of
from duban.language.text import Clause, Node, deep_recursion, flattened

Kind = Literal["measure", "department", "formula"]
# Of equal meaning where they are equal; never shown.
Form = Any
_MIRRORED: Mapping[type[Node], str] = MappingProxyType({exp.GT: "LT", exp.GTE: "LTE"})


def text_form(text: str | None, kind: Kind) -> Form:
    """Return the form of a text, the same however it is spaced, written or bracketed; None stays None.

    Raises: MeasureError, for a text that the grammar refuses.
    """
    if text is None:
        return None
    clause = Clause(text, "", "")
    with deep_recursion(clause):
        return _shape(parse(clause, kind))


def form(value: object, of_text: Callable[[str], Form] = str) -> Form:
    """Return the form of a value of a ruleset; `of_text` gives that of the texts in it."""
    if isinstance(value, BaseModel):
        return form(dict(value), of_text)
    if isinstance(value, Mapping):
        return {key: form(item, of_text) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(form(item, of_text) for item in value)
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    return value


def _shape(node: Node) -> Form:
    """Return a part as nested tuples, without parentheses."""
    node = node.unnest()
    if isinstance(node, exp.Column):
        return "name", name_of(node)
    if isinstance(node, exp.Literal):
        return ("text", node.name) if node.is_string else ("number", Fraction(node.name))
    if isinstance(node, exp.And | exp.Or):
        return _chain(node)
    if isinstance(node, exp.In):
        members = frozenset(map(_shape, node.expressions))
        return (
            ("EQ", members | {_shape(node.this)}) if len(members) == 1 else ("In", _shape(node.this), members)
        )
    if isinstance(node, exp.EQ | exp.NEQ):
        return type(node).__name__, frozenset(map(_shape, (node.this, node.expression)))
    if type(node) in _MIRRORED:
        return _MIRRORED[type(node)], _shape(node.expression), _shape(node.this)
    if isinstance(node, exp.LT | exp.LTE):
        return type(node).__name__, _shape(node.this), _shape(node.expression)
    if isinstance(node, exp.Interval):
        # The parser makes a text of the number in `interval 3 month`.
        return "Interval", node.this.unnest().name, node.text("unit").upper().removesuffix("S")
    return type(node).__name__, *(
        (key, _argument(value)) for key, value in sorted(node.args.items()) if value
    )


def _chain(node: Node) -> Form:
    """Return `a and (b and c)` as `a and b and c`, which means the same in any order."""
    kind = type(node).__name__
    parts = [_shape(part) for part in flattened(node)]
    return kind, frozenset[Form]().union(*(part[1] if part[0] == kind else {part} for part in parts))


def _argument(value: object) -> Form:
    if isinstance(value, exp.Expression):
        return _shape(value)
    return tuple(map(_argument, value)) if isinstance(value, list) else str(value)
