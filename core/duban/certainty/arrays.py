"""Department text over thousands of drawn worlds at once: the same logic as `conditions`, on arrays of floats.

A part that asks for nothing drawn is evaluated exactly, once a department. Numbers are floats, NaN unknown; texts are
objects, None unknown; logic is 1, 0 and NaN. Two numbers closer than a billionth are equal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from duban.conditions import Condition
from duban.facts import FactTable
from duban.language.grammar import parse
from duban.language.nodes import compiled, name_of
from duban.language.text import Clause, Node, flattened
from duban.results import Value

Array = NDArray[Any]
# What is unknown throughout goes with any kind.
Kind = Literal["number", "text", "logic", "unknown"]
# Draws x departments of one name, or one row for all draws.
Lookup = Callable[[str], Array]
CLOSE = 1e-9


class NotVectorised(Exception):
    """A part asks for something drawn in a way that has no form for arrays."""


class Part(NamedTuple):
    """One part of a text: what it gives, and how."""

    kind: Kind
    evaluate: Callable[[Lookup], Array]


@dataclass(frozen=True)
class Translator:
    """Translates texts: `drawn` says of each name that is drawn whether it is a number or a text.

    `facts` are those of the measured run.
    """

    drawn: Mapping[str, Kind]
    facts: FactTable

    def part(self, clause: Clause, profile: Literal["department", "formula"] = "department") -> Part:
        """Return the text over arrays.

        Raises: NotVectorised, where it asks for something drawn in a way that has no such form.
        """
        return self._part(parse(clause, profile))

    def condition(self, condition: Condition) -> Callable[[Lookup], Array]:
        """Return a condition as logic. Raises: NotVectorised."""
        part = self.part(Clause(condition.text, condition.at, condition.owner))
        return part.evaluate if part.kind == "logic" else lambda world: np.full((1, 1), np.nan)

    def _part(self, node: Node) -> Part:
        names = {name_of(column) for column in node.find_all(exp.Column)}
        if not names & self.drawn.keys():
            return self._constant(node, sorted(names))
        translate = _FORMS.get(type(node))
        if translate is None:
            raise NotVectorised(type(node).__name__)
        return translate(self, node)

    def _constant(self, node: Node, names: Sequence[str]) -> Part:
        """Return a part that depends on nothing drawn, evaluated exactly for every department."""
        evaluate = compiled(node)
        columns = [self.facts.column(name) for name in names]
        rows = zip(*columns, strict=True) if columns else [()] * len(self.facts.departments)
        kind, array = _array([evaluate(dict(zip(names, row, strict=True)).get) for row in rows])
        return Part(kind, lambda world: array)

    def numbers(self, *nodes: Node) -> list[Callable[[Lookup], Array]]:
        """Return parts that must be numbers."""
        return self._all("number", nodes)

    def logic(self, *nodes: Node) -> list[Callable[[Lookup], Array]]:
        """Return parts that must be true or false."""
        return self._all("logic", nodes)

    def alike(self, *nodes: Node) -> tuple[Kind, list[Callable[[Lookup], Array]]]:
        """Return parts that must be of one kind; a part that is always unknown goes with any."""
        parts = [self._part(node) for node in nodes]
        kinds = {part.kind for part in parts} - {"unknown"}
        if len(kinds) > 1:
            raise NotVectorised("kinds")
        if kinds != {"text"}:
            return next(iter(kinds), "unknown"), [part.evaluate for part in parts]
        nothing = texts([None])
        return "text", [part.evaluate if part.kind == "text" else lambda world: nothing for part in parts]

    def _all(self, kind: Kind, nodes: Sequence[Node]) -> list[Callable[[Lookup], Array]]:
        parts = [self._part(node) for node in nodes]
        if any(part.kind not in (kind, "unknown") for part in parts):
            raise NotVectorised(kind)
        return [part.evaluate for part in parts]


def _array(values: Sequence[Value]) -> tuple[Kind, Array]:
    """Return what every department has as one row, and of what kind it is."""
    known = {type(value) for value in values if value is not None}
    if known <= {Fraction}:
        return "number" if known else "unknown", floats(
            [value if isinstance(value, Fraction) else None for value in values]
        )
    if known == {bool}:
        return "logic", np.array([[np.nan if value is None else float(value) for value in values]])
    if known != {str}:
        raise NotVectorised("kinds")
    return "text", texts(values)


def floats(values: Sequence[Fraction | None]) -> NDArray[np.float64]:
    """Return exact numbers as one row of floats, NaN for none."""
    return np.array([[np.nan if value is None else float(value) for value in values]])


def texts(values: Sequence[object]) -> Array:
    """Return texts as one row of objects."""
    row = np.empty((1, len(values)), dtype=object)
    row[0, :] = values
    return row


def _column(self: Translator, node: Node) -> Part:
    name = name_of(node)
    return Part(self.drawn[name], lambda world: world(name))


def _paren(self: Translator, node: Node) -> Part:
    return self._part(node.this)


def _and(self: Translator, node: Node) -> Part:
    parts = self.logic(*flattened(node))

    def evaluate(world: Lookup) -> Array:
        known = [part(world) for part in parts]
        result = known[0]
        for one in known[1:]:
            result = np.where((result == 0) | (one == 0), 0.0, result * one)
        return result

    return Part("logic", evaluate)


def _or(self: Translator, node: Node) -> Part:
    parts = self.logic(*flattened(node))

    def evaluate(world: Lookup) -> Array:
        known = [part(world) for part in parts]
        result = known[0]
        for one in known[1:]:
            result = np.where((result == 1) | (one == 1), 1.0, np.maximum(result, one))
        return result

    return Part("logic", evaluate)


def _not(self: Translator, node: Node) -> Part:
    (part,) = self.logic(node.this)
    return Part("logic", lambda world: 1.0 - part(world))


def _compare(test: Callable[[Array, Array], Array]) -> Callable[[Translator, Node], Part]:
    def translate(self: Translator, node: Node) -> Part:
        left, right = self.numbers(node.this, node.expression)
        return Part("logic", lambda world: _known(test(left(world), right(world)), left(world), right(world)))

    return translate


def _known(found: Array, *numbers: Array) -> Array:
    """Return logic that is unknown where one of the numbers is."""
    result = np.broadcast_to(found, np.broadcast_shapes(found.shape, *(one.shape for one in numbers)))
    unknown = np.isnan(numbers[0])
    for one in numbers[1:]:
        unknown = unknown | np.isnan(one)
    return np.where(unknown, np.nan, result.astype(float))


def _equal(kind: Kind, left: Array, right: Array) -> Array:
    if kind != "text":
        return _known(np.abs(left - right) <= CLOSE, left, right)
    return np.where(_nothing(left) | _nothing(right), np.nan, np.equal(left, right).astype(float))


def _nothing(found: Array) -> Array:
    """Return where there is no text."""
    empty: Array = found == None
    return empty.astype(bool)


def _eq(self: Translator, node: Node) -> Part:
    kind, (left, right) = self.alike(node.this, node.expression)
    return Part("logic", lambda world: _equal(kind, left(world), right(world)))


def _neq(self: Translator, node: Node) -> Part:
    equal = _eq(self, node).evaluate
    return Part("logic", lambda world: 1.0 - equal(world))


def _in(self: Translator, node: Node) -> Part:
    kind, (wanted, *members) = self.alike(node.this, *node.expressions)

    def evaluate(world: Lookup) -> Array:
        value = wanted(world)
        result = _equal(kind, value, members[0](world))
        for member in members[1:]:
            one = _equal(kind, value, member(world))
            result = np.where((result == 1) | (one == 1), 1.0, np.maximum(result, one))
        return result

    return Part("logic", evaluate)


def _between(self: Translator, node: Node) -> Part:
    value, low, high = self.numbers(*(node.args[name] for name in ("this", "low", "high")))

    def evaluate(world: Lookup) -> Array:
        one, least, most = value(world), low(world), high(world)
        return _known((one >= least - CLOSE) & (one <= most + CLOSE), one, least, most)

    return Part("logic", evaluate)


def _is(self: Translator, node: Node) -> Part:
    if not isinstance(node.expression, exp.Null):
        raise NotVectorised("is")
    kind, (part,) = self.alike(node.this)
    if kind == "text":
        return Part("logic", lambda world: _nothing(part(world)).astype(float))
    return Part("logic", lambda world: np.isnan(part(world)).astype(float))


def _case(self: Translator, node: Node) -> Part:
    branches, default = node.args["ifs"], node.args.get("default")
    if node.this is not None or default is None:
        raise NotVectorised("case")
    tests = self.logic(*(branch.this for branch in branches))
    kind, (otherwise, *results) = self.alike(default, *(branch.args["true"] for branch in branches))

    def evaluate(world: Lookup) -> Array:
        value = otherwise(world)
        for test, result in reversed(list(zip(tests, results, strict=True))):
            value = np.where(test(world) == 1, result(world), value)
        return value

    return Part(kind, evaluate)


def _coalesce(self: Translator, node: Node) -> Part:
    parts = self.numbers(node.this, *node.expressions)

    def evaluate(world: Lookup) -> Array:
        value = parts[0](world)
        for part in parts[1:]:
            value = np.where(np.isnan(value), part(world), value)
        return value

    return Part("number", evaluate)


def _nullif(self: Translator, node: Node) -> Part:
    left, right = self.numbers(node.this, node.expression)
    return Part(
        "number",
        lambda world: np.where(_equal("number", left(world), right(world)) == 1, np.nan, left(world)),
    )


def _arithmetic(operation: Callable[..., Array]) -> Callable[[Translator, Node], Part]:
    def translate(self: Translator, node: Node) -> Part:
        left, right = self.numbers(node.this, node.expression)
        return Part("number", lambda world: operation(left(world), right(world)))

    return translate


def _divided(left: Array, right: Array) -> Array:
    """A division by zero is unknown."""
    return left / np.where(right == 0, np.nan, right)


def _extreme(choose: Callable[..., Array]) -> Callable[[Translator, Node], Part]:
    """least, greatest: of the numbers that are known."""

    def translate(self: Translator, node: Node) -> Part:
        parts = self.numbers(node.this, *node.expressions)

        def evaluate(world: Lookup) -> Array:
            value = parts[0](world)
            for part in parts[1:]:
                value = choose(value, part(world))
            return value

        return Part("number", evaluate)

    return translate


def _of_number(operation: Callable[..., Array]) -> Callable[[Translator, Node], Part]:
    def translate(self: Translator, node: Node) -> Part:
        (part,) = self.numbers(node.this)
        return Part("number", lambda world: operation(part(world)))

    return translate


_FORMS: Mapping[type[Node], Callable[[Translator, Node], Part]] = {
    exp.Column: _column,
    exp.Paren: _paren,
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.EQ: _eq,
    exp.NEQ: _neq,
    exp.LT: _compare(lambda left, right: left < right - CLOSE),
    exp.LTE: _compare(lambda left, right: left <= right + CLOSE),
    exp.GT: _compare(lambda left, right: left > right + CLOSE),
    exp.GTE: _compare(lambda left, right: left >= right - CLOSE),
    exp.In: _in,
    exp.Between: _between,
    exp.Is: _is,
    exp.Case: _case,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Add: _arithmetic(np.add),
    exp.Sub: _arithmetic(np.subtract),
    exp.Mul: _arithmetic(np.multiply),
    exp.Div: _arithmetic(_divided),
    exp.Neg: _of_number(np.negative),
    exp.Abs: _of_number(np.abs),
    exp.Least: _extreme(np.fmin),
    exp.Greatest: _extreme(np.fmax),
}
