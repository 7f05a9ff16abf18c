"""Department text (`when`, `among`): parsed once, evaluated exactly over one department's facts.

Logic has three values: what is unknown is not true. Numbers are rationals, and a division by zero is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from .errors import Position
from .language.grammar import parse
from .language.nodes import Evaluate, Facts, compiled, name_of
from .language.text import Clause, Node, fail, flattened, written

__all__ = ["Condition", "Facts", "compile_condition"]

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
        """Return whether the condition is true; unknown is not true."""
        return self.evaluate(facts) is True


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
