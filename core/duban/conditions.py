"""Department text (`when`, `among`, `formula`): parsed once, evaluated exactly over one department's facts.

Logic has three values: what is unknown is not true. Numbers are rationals, and a division by zero is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlglot import exp

from .errors import Position
from .language.grammar import parse
from .language.nodes import Evaluate, Facts, NotComputedError, compiled, name_of
from .language.text import Clause, Node, fail, flattened, written
from .language.typing import Typing
from .results import Value
from .tables import Column
from .terms import ColumnType

__all__ = ["Condition", "Facts", "Formula", "compile_condition", "compile_formula", "compile_number"]

_NUMBERS_AND_TEXTS = (
    exp.Literal,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Neg,
    exp.Abs,
    exp.Least,
    exp.Greatest,
    exp.Length,
    exp.Lower,
    exp.Upper,
    exp.Trim,
)


@dataclass(frozen=True)
class Condition:
    """A condition over one department; `names` are the names it looks up (`lead_cases`, `points.on_time`)."""

    text: str
    at: Position | str
    owner: str
    names: frozenset[str]
    evaluate: Evaluate = field(repr=False, compare=False)

    def holds(self, facts: Facts) -> bool:
        """Return whether the condition is true; unknown is not true.

        Raises: MeasureError, where it comes to a number that is too long.
        """
        return _computed(self.evaluate, facts, Clause(self.text, self.at, self.owner)) is True


@dataclass(frozen=True)
class Formula:
    """A number worked out of measures: `names` are those it looks up (`a`, `count.a`, `hits.a`).

    Without a value of one of the `needed` there is none: those that no `coalesce`, `case` or `is null` deals with.
    """

    clause: Clause
    names: frozenset[str]
    needed: frozenset[str]
    evaluate: Evaluate = field(repr=False, compare=False)

    @property
    def measures(self) -> frozenset[str]:
        """The ids of the measures that it names."""
        return frozenset(name.rpartition(".")[2] for name in self.names)

    def value(self, facts: Facts) -> Fraction | None:
        """Return the number, None where it is unknown.

        Raises: MeasureError, where it comes to a number that is too long, or to the interval of what is no rate.
        """
        if any(facts(name) is None for name in self.needed):
            return None
        value = _computed(self.evaluate, facts, self.clause)
        return value if isinstance(value, Fraction) else None


def compile_condition(clause: Clause) -> Condition:
    """Return the condition of a text.

    Raises: MeasureError, where the text is not a condition over names, numbers, texts and booleans.
    """
    tree = parse(clause, "department")
    for node in [tree, *tree.find_all(exp.And, exp.Or, exp.Not)]:
        for part in _logical_parts(node):
            _check_boolean(clause, part)
    names = frozenset(name_of(node) for node in tree.find_all(exp.Column))
    return Condition(clause.text, clause.at, clause.owner, names, compiled(tree))


def compile_number(clause: Clause) -> Formula:
    """Return the number that a department text works out; what it does not know makes it unknown.

    Raises: MeasureError, where the text is not department text.
    """
    tree = parse(clause, "department")
    names = frozenset(name_of(node) for node in tree.find_all(exp.Column))
    return Formula(clause, names, frozenset(), compiled(tree))


def compile_formula(clause: Clause) -> Formula:
    """Return the formula of a text.

    Raises: MeasureError, where the text is not a number over measures and numbers, or names no measure.
    """
    tree = parse(clause, "formula")
    found = list(tree.find_all(exp.Column))
    Typing(clause, {node.name: Column(node.name, ColumnType.DECIMAL) for node in found}).wants(
        tree, ColumnType.DECIMAL, ColumnType.INTEGER
    )
    if not found:
        raise fail(clause, "formula_without_measure")
    needed = {name_of(node) for node in found if node.find_ancestor(exp.Coalesce, exp.Case, exp.Is) is None}
    return Formula(clause, frozenset(map(name_of, found)), frozenset(needed), compiled(tree))


def _computed(evaluate: Evaluate, facts: Facts, clause: Clause) -> Value:
    try:
        return evaluate(facts)
    except NotComputedError as problem:
        raise fail(clause, problem.code, None, **problem.facts) from problem


def _logical_parts(node: Node) -> Sequence[Node]:
    if isinstance(node, exp.And | exp.Or):
        return flattened(node)
    return [node.this] if isinstance(node, exp.Not) else [node]


def _check_boolean(clause: Clause, node: Node) -> None:
    """Refuse what can never be true or false; a name can, and so can what returns one of its arguments."""
    inner = node.unnest()
    if isinstance(inner, _NUMBERS_AND_TEXTS):
        found = "text" if isinstance(inner, exp.Literal) and inner.args["is_string"] else "number"
        found = "text" if isinstance(inner, exp.Lower | exp.Upper | exp.Trim) else found
        raise fail(clause, "type_wanted", node, what=written(clause, node), wanted="boolean", found=found)
