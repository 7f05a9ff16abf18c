"""What department text compares: the mistakes that would make a condition silently never hold."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from sqlglot import exp

from duban.terms import ColumnType

from .grammar import parse
from .nodes import name_of
from .text import Clause, Node, fail, written

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between)
_CONDITIONS = (*_COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.Like)
_NUMBERS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs, exp.Length)
_TEXTS = (exp.Lower, exp.Upper, exp.Trim)


class Meaning(NamedTuple):
    """What a name in department text stands for: its type, and the only values that it can have where they are known."""

    type: ColumnType
    title: str = ""
    values: Collection[str] | None = None


# The meaning of a name; None where only the data can tell.
Meanings = Callable[[str], Meaning | None]


def check_comparisons(clause: Clause, meanings: Meanings) -> None:
    """Check every comparison of a department text.

    Raises: MeasureError, for a comparison with null, of different types, or with a value that the name cannot have.
    """
    for node in parse(clause, "department").find_all(*_COMPARISONS):
        operands = [part.unnest() for part in _operands(node)]
        if any(isinstance(part, exp.Null) for part in operands):
            raise fail(clause, "null_compared", operands[0])
        _check_types(clause, operands, meanings)
        for part in operands:
            if isinstance(part, exp.Column):
                _check_values(clause, part, operands, meanings(name_of(part)))


def check_number(clause: Clause, meanings: Meanings) -> None:
    """Check that a department text comes to a number, as far as that shows without the data.

    Raises: MeasureError, for a text or a condition.
    """
    for part in _results(parse(clause, "department").unnest()):
        found = ColumnType.BOOLEAN if isinstance(part, _CONDITIONS) else _type(part, meanings)
        if found not in (None, ColumnType.DECIMAL):
            what = written(clause, part)
            raise fail(clause, "type_wanted", part, what=what, wanted=ColumnType.DECIMAL, found=found)


def _results(node: Node) -> Sequence[Node]:
    """Return the parts of which one is the value."""
    if isinstance(node, exp.Case):
        branches = [branch.args["true"] for branch in node.args["ifs"]]
        chosen = [*branches, *filter(None, [node.args.get("default")])]
    elif isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        chosen = [node.this, *node.expressions]
    else:
        return [node]
    return [part for one in chosen for part in _results(one.unnest())]


def _operands(node: Node) -> Sequence[Node]:
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [node.this, *node.expressions] if isinstance(node, exp.In) else [node.this, node.expression]


def _check_types(clause: Clause, operands: Sequence[Node], meanings: Meanings) -> None:
    typed = [(part, kind) for part in operands if (kind := _type(part, meanings)) is not None]
    for part, kind in typed[1:]:
        first, wanted = typed[0]
        if kind is not wanted:
            facts = {"what": written(clause, first), "other": written(clause, part)}
            raise fail(clause, "type_misfit", part, left=wanted, right=kind, **facts)


def _type(node: Node, meanings: Meanings) -> ColumnType | None:
    if isinstance(node, exp.Column):
        meaning = meanings(name_of(node))
        return None if meaning is None else meaning.type
    if isinstance(node, exp.Literal):
        return ColumnType.TEXT if node.args["is_string"] else ColumnType.DECIMAL
    if isinstance(node, exp.Boolean):
        return ColumnType.BOOLEAN
    return (
        ColumnType.DECIMAL
        if isinstance(node, _NUMBERS)
        else ColumnType.TEXT
        if isinstance(node, _TEXTS)
        else None
    )


def _check_values(clause: Clause, column: Node, operands: Sequence[Node], meaning: Meaning | None) -> None:
    if meaning is None or meaning.values is None:
        return
    for part in operands:
        if isinstance(part, exp.Literal) and part.name not in meaning.values:
            facts = {"column": name_of(column), "title": meaning.title, "known": sorted(meaning.values)}
            raise fail(clause, "label_unknown", part, name=part.name, **facts)
