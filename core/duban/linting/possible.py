"""What a department text can come to, when of each name only the possible values are known.

The answer holds too much rather than too little: what it leaves out cannot be.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial, reduce
from itertools import product
from typing import NamedTuple, TypeAlias

from sqlglot import exp

from duban.language.nodes import name_of
from duban.language.text import Node, flattened

from . import spans
from .spans import EVERY, NOT_NEGATIVE, SHARES, Span


class OtherText(NamedTuple):
    """Any text but these."""

    than: frozenset[str] = frozenset()


# One kind of value: a range of numbers, a text, texts that are not told apart, true or false, or unknown.
Atom: TypeAlias = Span | str | OtherText | bool | None
Values: TypeAlias = frozenset[Atom]
UNKNOWN: Values = frozenset([None])
ANYTHING: Values = frozenset([EVERY, OtherText(), True, False, None])
_ANSWERS: Values = frozenset([True, False])
_Test: TypeAlias = Callable[[Span, Span], spans.Truth]


def outcomes(node: Node, facts: Mapping[str, Values]) -> Values:
    """Return the values that a part of a department text can have."""
    return _PARTS[type(node)](node, facts)


def _column(node: Node, facts: Mapping[str, Values]) -> Values:
    return facts[name_of(node)]


def _literal(node: Node, facts: Mapping[str, Values]) -> Values:
    return frozenset([node.name if node.args["is_string"] else spans.point(Fraction(node.name))])


def _boolean(node: Node, facts: Mapping[str, Values]) -> Values:
    return frozenset([bool(node.this)])


def _null(node: Node, facts: Mapping[str, Values]) -> Values:
    return UNKNOWN


def _inner(node: Node, facts: Mapping[str, Values]) -> Values:
    return outcomes(node.this, facts)


def _joined(parts: Iterable[Atom], decides: bool) -> Atom:
    """`or` is decided by one true part, `and` by one false part; else an unknown part makes it unknown."""
    known = {part if isinstance(part, bool) else None for part in parts}
    return decides if decides in known else None if None in known else not decides


_all, _any = partial(_joined, decides=False), partial(_joined, decides=True)


def _chain(join: Callable[[Iterable[Atom]], Atom]) -> Callable[[Node, Mapping[str, Values]], Values]:
    def evaluate(node: Node, facts: Mapping[str, Values]) -> Values:
        parts = [outcomes(part, facts) for part in flattened(node)]
        return reduce(lambda left, right: frozenset(map(join, product(left, right))), parts, parts[0])

    return evaluate


def _not(node: Node, facts: Mapping[str, Values]) -> Values:
    return frozenset(not one if isinstance(one, bool) else None for one in outcomes(node.this, facts))


def _compared(left: Atom, right: Atom, test: _Test) -> Values:
    if isinstance(left, Span) and isinstance(right, Span):
        return frozenset(test(left, right))
    return _ANSWERS if _is_text(left) and _is_text(right) else UNKNOWN


def _is_text(value: Atom) -> bool:
    return isinstance(value, str | OtherText)


def _equal(left: Atom, right: Atom) -> Values:
    if isinstance(left, bool) and isinstance(right, bool):
        return frozenset([left is right])
    if isinstance(left, str) and isinstance(right, str):
        return frozenset([left == right])
    for text, others in ((left, right), (right, left)):
        if isinstance(text, str) and isinstance(others, OtherText) and text in others.than:
            return frozenset([False])
    return _compared(left, right, spans.equal)


def _pairs(left: Values, right: Values, test: Callable[[Atom, Atom], Values]) -> Values:
    return frozenset(answer for pair in product(left, right) for answer in test(*pair))


def _equality(node: Node, facts: Mapping[str, Values]) -> Values:
    return _pairs(outcomes(node.this, facts), outcomes(node.expression, facts), _equal)


def _inequality(node: Node, facts: Mapping[str, Values]) -> Values:
    return frozenset(not one if isinstance(one, bool) else None for one in _equality(node, facts))


def _order(test: _Test) -> Callable[[Node, Mapping[str, Values]], Values]:
    def evaluate(node: Node, facts: Mapping[str, Values]) -> Values:
        left, right = outcomes(node.this, facts), outcomes(node.expression, facts)
        return _pairs(left, right, lambda one, other: _compared(one, other, test))

    return evaluate


def _in(node: Node, facts: Mapping[str, Values]) -> Values:
    wanted = outcomes(node.this, facts)
    answers = [_pairs(wanted, outcomes(part, facts), _equal) for part in node.expressions]
    return reduce(lambda left, right: frozenset(map(_any, product(left, right))), answers)


def _between(node: Node, facts: Mapping[str, Values]) -> Values:
    value, low, high = (outcomes(node.args[name], facts) for name in ("this", "low", "high"))
    above = _pairs(low, value, lambda one, other: _compared(one, other, spans.at_most))
    below = _pairs(value, high, lambda one, other: _compared(one, other, spans.at_most))
    return frozenset(map(_all, product(above, below)))


def _is(node: Node, facts: Mapping[str, Values]) -> Values:
    wanted = None if isinstance(node.expression, exp.Null) else bool(node.expression.this)
    return frozenset(one is wanted for one in outcomes(node.this, facts))


def _case(node: Node, facts: Mapping[str, Values]) -> Values:
    default = node.args.get("default")
    found = set(UNKNOWN if default is None else outcomes(default, facts))
    for branch in node.args["ifs"]:
        found |= outcomes(branch.args["true"], facts)
    return frozenset(found)


def _coalesce(node: Node, facts: Mapping[str, Values]) -> Values:
    found: set[Atom] = set()
    for part in (node.this, *node.expressions):
        values = outcomes(part, facts)
        found |= values - UNKNOWN
        if None not in values:
            return frozenset(found)
    return frozenset(found) | UNKNOWN


def _nullif(node: Node, facts: Mapping[str, Values]) -> Values:
    return outcomes(node.this, facts) | UNKNOWN


def _extreme(node: Node, facts: Mapping[str, Values]) -> Values:
    parts = [outcomes(part, facts) for part in (node.this, *node.expressions)]
    numbers = [one for part in parts for one in part if isinstance(one, Span)]
    unknown = all(any(not isinstance(one, Span) for one in part) for part in parts)
    found: set[Atom] = {reduce(spans.hull, numbers)} if numbers else set()
    return frozenset(found | UNKNOWN if unknown else found)


def _arithmetic(operation: Callable[[Span, Span], Span]) -> Callable[[Node, Mapping[str, Values]], Values]:
    def one(left: Atom, right: Atom) -> Values:
        numbers = isinstance(left, Span) and isinstance(right, Span)
        return frozenset([operation(left, right)]) if numbers else UNKNOWN  # type: ignore[arg-type]

    return lambda node, facts: _pairs(outcomes(node.this, facts), outcomes(node.expression, facts), one)


def _quotient(left: Atom, right: Atom) -> Values:
    if not (isinstance(left, Span) and isinstance(right, Span)):
        return UNKNOWN
    span, by_zero = spans.divide(left, right)
    return frozenset([span, None] if by_zero else [span])


def _division(node: Node, facts: Mapping[str, Values]) -> Values:
    return _pairs(outcomes(node.this, facts), outcomes(node.expression, facts), _quotient)


def _of_number(operation: Callable[[Span], Span]) -> Callable[[Node, Mapping[str, Values]], Values]:
    return lambda node, facts: frozenset(
        operation(one) if isinstance(one, Span) else None for one in outcomes(node.this, facts)
    )


def _of_text(result: Values) -> Callable[[Node, Mapping[str, Values]], Values]:
    def evaluate(node: Node, facts: Mapping[str, Values]) -> Values:
        values = outcomes(node.this, facts)
        known = result if any(map(_is_text, values)) else frozenset()
        return known | UNKNOWN if not all(map(_is_text, values)) else known

    return evaluate


def _rate(node: Node, facts: Mapping[str, Values]) -> Values:
    return frozenset([SHARES, None])


# These are looked at by what they are part of.
_WITHIN = (exp.Identifier, exp.If)
_texts = _of_text(frozenset([OtherText()]))
_answers = _of_text(_ANSWERS)
_PARTS: Mapping[type[Node], Callable[[Node, Mapping[str, Values]], Values]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Paren: _inner,
    exp.And: _chain(_all),
    exp.Or: _chain(_any),
    exp.Not: _not,
    exp.EQ: _equality,
    exp.NEQ: _inequality,
    exp.LT: _order(spans.less),
    exp.LTE: _order(spans.at_most),
    exp.GT: _order(spans.swapped(spans.less)),
    exp.GTE: _order(spans.swapped(spans.at_most)),
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Least: _extreme,
    exp.Greatest: _extreme,
    exp.Add: _arithmetic(spans.add),
    exp.Sub: _arithmetic(lambda left, right: spans.add(left, spans.negative(right))),
    exp.Mul: _arithmetic(spans.multiply),
    exp.Div: _division,
    exp.Neg: _of_number(spans.negative),
    exp.Abs: _of_number(spans.absolute),
    exp.Length: _of_text(frozenset([NOT_NEGATIVE])),
    exp.Lower: _texts,
    exp.Upper: _texts,
    exp.Trim: _texts,
    exp.Like: _answers,
    exp.StartsWith: _answers,
    exp.EndsWith: _answers,
    exp.Contains: _answers,
    exp.Anonymous: _rate,
}


def is_readable(tree: Node) -> bool:
    """Return whether a part of a measure text says nothing that a department text cannot say, as days reckoned with."""
    return all(type(node) in _PARTS or isinstance(node, _WITHIN) for node in tree.walk()) and not tree.find(
        exp.Anonymous
    )
