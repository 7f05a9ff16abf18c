"""The parts of department text as closures: three-valued logic over rationals, texts and booleans."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any

from sqlglot import exp

from duban.exact import plain
from duban.intervals import jeffreys
from duban.results import Value

from .text import Node, flattened

# A thousand digits: longer numbers come only of texts that multiply for its own sake, and would take for ever.
LONGEST_BITS = 4_000
# Looks a name up: an attribute, a measure's key, `points.<criterion>`, `total` …; None is unknown.
Facts = Callable[[str], Value]
Evaluate = Callable[[Facts], Value]


class NotComputedError(ArithmeticError):
    """A part has no value that could be worked out: the code of the error and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def name_of(node: Node) -> str:
    """Return the name that a part looks up, with its prefix."""
    prefix = node.text("table")
    return f"{prefix}.{node.name}" if prefix else node.name


def compiled(node: Node) -> Evaluate:
    """Return the closure that evaluates a part of a department text."""
    return _COMPILERS[type(node)](node)


def _column(node: Node) -> Evaluate:
    name = name_of(node)
    return lambda facts: facts(name)


def _literal(node: Node) -> Evaluate:
    value: Value = node.name if node.args["is_string"] else Fraction(node.name)
    return lambda facts: value


def _boolean(node: Node) -> Evaluate:
    value = bool(node.this)
    return lambda facts: value


def _null(node: Node) -> Evaluate:
    return lambda facts: None


def _inner(node: Node) -> Evaluate:
    return compiled(node.this)


def _all(node: Node) -> Evaluate:
    return _logic([compiled(part) for part in flattened(node)], decides=False)


def _any(node: Node) -> Evaluate:
    return _logic([compiled(part) for part in flattened(node)], decides=True)


def _logic(parts: Sequence[Evaluate], decides: bool) -> Evaluate:
    """`or` is decided by one true part, `and` by one false part; else an unknown part makes it unknown."""

    def evaluate(facts: Facts) -> Value:
        result: Value = not decides
        for part in parts:
            value = part(facts)
            if value is decides:
                return decides
            if not isinstance(value, bool):
                result = None
        return result

    return evaluate


def _not(node: Node) -> Evaluate:
    part = compiled(node.this)

    def evaluate(facts: Facts) -> Value:
        value = part(facts)
        return not value if isinstance(value, bool) else None

    return evaluate


def _compare(test: Callable[[Value, Value], Value]) -> Callable[[Node], Evaluate]:
    def compile_it(node: Node) -> Evaluate:
        left, right = compiled(node.this), compiled(node.expression)
        return lambda facts: test(left(facts), right(facts))

    return compile_it


def _equal(left: Value, right: Value) -> Value:
    """Values of different types are not comparable: a text that looks like a number is no number."""
    return left == right if type(left) is type(right) and left is not None else None


def _unequal(left: Value, right: Value) -> Value:
    return left != right if type(left) is type(right) and left is not None else None


def _ordered(test: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def compare(left: Value, right: Value) -> Value:
        comparable = type(left) is type(right) and isinstance(left, Fraction | str)
        return test(left, right) if comparable else None

    return compare


def _in(node: Node) -> Evaluate:
    value = compiled(node.this)
    members = [compiled(part) for part in node.expressions]

    def evaluate(facts: Facts) -> Value:
        wanted = value(facts)
        found = [_equal(wanted, member(facts)) for member in members]
        return True if True in found else None if None in found else False

    return evaluate


def _between(node: Node) -> Evaluate:
    value, low, high = (compiled(node.args[name]) for name in ("this", "low", "high"))
    at_least, at_most = _ordered(ge), _ordered(le)
    return _logic(
        [lambda facts: at_least(value(facts), low(facts)), lambda facts: at_most(value(facts), high(facts))],
        decides=False,
    )


def _is(node: Node) -> Evaluate:
    part = compiled(node.this)
    wanted = None if isinstance(node.expression, exp.Null) else bool(node.expression.this)
    return lambda facts: part(facts) is wanted


def _case(node: Node) -> Evaluate:
    subject = None if node.this is None else compiled(node.this)
    branches = [(compiled(branch.this), compiled(branch.args["true"])) for branch in node.args["ifs"]]
    default = node.args.get("default")
    otherwise = _null(node) if default is None else compiled(default)

    def evaluate(facts: Facts) -> Value:
        for test, result in branches:
            met = test(facts) if subject is None else _equal(subject(facts), test(facts))
            if met is True:
                return result(facts)
        return otherwise(facts)

    return evaluate


def _coalesce(node: Node) -> Evaluate:
    parts = [compiled(part) for part in (node.this, *node.expressions)]
    return lambda facts: next((value for part in parts if (value := part(facts)) is not None), None)


def _nullif(node: Node) -> Evaluate:
    left, right = compiled(node.this), compiled(node.expression)

    def evaluate(facts: Facts) -> Value:
        value = left(facts)
        return None if _equal(value, right(facts)) is True else value

    return evaluate


def _extreme(choose: Callable[[list[Fraction]], Fraction]) -> Callable[[Node], Evaluate]:
    """least, greatest: of the numbers that are known, as in SQL."""

    def compile_it(node: Node) -> Evaluate:
        parts = [compiled(part) for part in (node.this, *node.expressions)]

        def evaluate(facts: Facts) -> Value:
            numbers = [value for part in parts if isinstance(value := part(facts), Fraction)]
            return choose(numbers) if numbers else None

        return evaluate

    return compile_it


def _arithmetic(operation: Callable[[Fraction, Fraction], Value]) -> Callable[[Node], Evaluate]:
    def compile_it(node: Node) -> Evaluate:
        first, second = compiled(node.this), compiled(node.expression)

        def evaluate(facts: Facts) -> Value:
            left, right = first(facts), second(facts)
            if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
                return None
            return _bounded(operation(left, right))

        return evaluate

    return compile_it


def _bounded(value: Value) -> Value:
    if isinstance(value, Fraction) and max(map(int.bit_length, value.as_integer_ratio())) > LONGEST_BITS:
        raise NotComputedError("number_too_long")
    return value


def _rate(node: Node) -> Evaluate:
    """jeffreys_low, jeffreys_high: an end of the interval of a rate, unknown where hits or count are."""
    hits, count = (compiled(part) for part in node.expressions)
    end = ("jeffreys_low", "jeffreys_high").index(node.name)

    def evaluate(facts: Facts) -> Value:
        hit, counted = hits(facts), count(facts)
        if not (isinstance(hit, Fraction) and isinstance(counted, Fraction)):
            return None
        try:
            return jeffreys(_whole(hit), _whole(counted))[end]
        except ValueError as problem:
            said = {"hits": plain(hit), "count": plain(counted)}
            raise NotComputedError("no_rate", name=node.name, **said) from problem

    return evaluate


def _whole(value: Fraction) -> int:
    if value.denominator != 1:
        raise ValueError(f"{value} is no whole number")
    return value.numerator


def _of_number(operation: Callable[[Fraction], Value]) -> Callable[[Node], Evaluate]:
    def compile_it(node: Node) -> Evaluate:
        part = compiled(node.this)
        return lambda facts: operation(value) if isinstance(value := part(facts), Fraction) else None

    return compile_it


def _of_text(operation: Callable[[str], Value]) -> Callable[[Node], Evaluate]:
    def compile_it(node: Node) -> Evaluate:
        part = compiled(node.this)
        return lambda facts: operation(value) if isinstance(value := part(facts), str) else None

    return compile_it


def _of_texts(operation: Callable[[str, str], bool]) -> Callable[[Node], Evaluate]:
    def test(left: Value, right: Value) -> Value:
        return operation(left, right) if isinstance(left, str) and isinstance(right, str) else None

    return _compare(test)


def _like(node: Node) -> Evaluate:
    """Match a pattern: `%` any text, `_` one character. Atomic groups keep it from trying the same text again."""
    first, *rest = [re.escape(part).replace("_", ".") for part in node.expression.name.split("%")]
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    pattern = re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.DOTALL)
    part, wanted = compiled(node.this), not node.args.get("negate")

    def evaluate(facts: Facts) -> Value:
        value = part(facts)
        return (pattern.fullmatch(value) is not None) is wanted if isinstance(value, str) else None

    return evaluate


_COMPILERS: dict[type[Node], Callable[[Node], Evaluate]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Paren: _inner,
    exp.And: _all,
    exp.Or: _any,
    exp.Not: _not,
    exp.EQ: _compare(_equal),
    exp.NEQ: _compare(_unequal),
    exp.LT: _compare(_ordered(lt)),
    exp.LTE: _compare(_ordered(le)),
    exp.GT: _compare(_ordered(gt)),
    exp.GTE: _compare(_ordered(ge)),
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is,
    exp.Like: _like,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Least: _extreme(min),
    exp.Greatest: _extreme(max),
    exp.Add: _arithmetic(lambda left, right: left + right),
    exp.Sub: _arithmetic(lambda left, right: left - right),
    exp.Mul: _arithmetic(lambda left, right: left * right),
    exp.Div: _arithmetic(lambda left, right: left / right if right else None),
    exp.Anonymous: _rate,
    exp.Neg: _of_number(lambda value: -value),
    exp.Abs: _of_number(abs),
    exp.Length: _of_text(lambda value: Fraction(len(value))),
    exp.Lower: _of_text(str.lower),
    exp.Upper: _of_text(str.upper),
    exp.Trim: _of_text(lambda value: value.strip(" ")),
    exp.StartsWith: _of_texts(str.startswith),
    exp.EndsWith: _of_texts(str.endswith),
    exp.Contains: _of_texts(lambda text, part: part in text),
}
