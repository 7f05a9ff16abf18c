"""Questions to department texts: can one hold, can it fail, and of several which can be the first that holds.

The values of each name are cut where the texts compare it, so that a text sees one case at a time. A text that compares
names with numbers and words only is answered exactly; where it reckons with several names, an answer may be "perhaps".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from sqlglot import exp

from duban.language.grammar import parse
from duban.language.nodes import name_of
from duban.language.text import Clause, Node

from .possible import UNKNOWN, Atom, OtherText, Values, outcomes
from .spans import Span, pieces, whole_part

MOST_CELLS = 4_000
# Numbers stand compared with names in these.
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Between)


class Range(NamedTuple):
    """The values that a name can have; the numbers among them are whole ones, or any."""

    values: Values
    whole: bool = False


Ranges = Callable[[str], Range]
Cell = Mapping[str, Values]


def tree_of(text: str) -> Node:
    """Return the tree of a department text that the rules were resolved with."""
    return parse(Clause(text, "", "", longest=max(len(text), 1)), "department")


def can_hold(text: str, ranges: Ranges) -> bool:
    """Return whether the text can be true for anybody."""
    return any(True in found for (found,) in _answers([text], ranges))


def can_fail(text: str, ranges: Ranges) -> bool:
    """Return whether the text can be anything but true for somebody of whom everything is known."""

    def known(name: str) -> Range:
        found = ranges(name)
        return Range(found.values - UNKNOWN or found.values, found.whole)

    return any(found != {True} for (found,) in _answers([text], known))


def never_first(texts: Sequence[str], ranges: Ranges) -> list[int]:
    """Return the indices of the texts that are never the first that holds."""
    waiting = set(range(len(texts)))
    for found in _answers(texts, ranges):
        for index, answers in enumerate(found):
            if True in answers:
                waiting.discard(index)
            if answers == {True}:
                break
    return sorted(waiting)


def together(texts: Sequence[str], ranges: Ranges) -> set[tuple[bool, ...]]:
    """Return what the texts can say at once: for each whether it holds."""
    found: set[tuple[bool, ...]] = set()
    for answers in _answers(texts, ranges):
        found |= set(product(*({answer is True for answer in values} for values in answers)))
    return found


def along(texts: Sequence[str], name: str, ranges: Ranges) -> list[tuple[Span, bool]]:
    """Return the pieces into which texts cut the numbers of a name, in order, with whether any text can hold there.

    Nothing where a text asks for another name too.
    """
    trees = [tree_of(text) for text in texts]
    if any(name_of(column) != name for tree in trees for column in tree.find_all(exp.Column)):
        return []
    found = [
        (one, any(True in outcomes(tree, cell) for tree in trees))
        for cell in _cells(trees, ranges)
        for one in cell.get(name, ())
        if isinstance(one, Span)
    ]
    return sorted(found, key=lambda item: (item[0].low is not None, item[0].low or 0, item[0].low_open))


def _answers(texts: Sequence[str], ranges: Ranges) -> Iterator[list[Values]]:
    return answers([tree_of(text) for text in texts], ranges)


def answers(trees: Sequence[Node], ranges: Ranges, most: int = MOST_CELLS) -> Iterator[list[Values]]:
    """Return what several texts can come to at once, for each combination of the cut values, at `most` so many."""
    for cell in _cells(trees, ranges, most):
        yield [outcomes(tree, cell) for tree in trees]


def _cells(trees: Sequence[Node], ranges: Ranges, most: int = MOST_CELLS) -> Iterator[Cell]:
    """Return every combination of the cut values; names with the most cuts stay whole where there are too many."""
    numbers, words = compared_with(trees)
    choices = {
        name: _cut(ranges(name), numbers[name], words[name])
        for tree in trees
        for name in map(name_of, tree.find_all(exp.Column))
    }
    while prod(map(len, choices.values())) > most:
        widest = max(choices, key=lambda name: len(choices[name]))
        choices[widest] = [ranges(widest).values]
    for combination in product(*choices.values()):
        yield dict(zip(choices, combination, strict=True))


def compared_with(trees: Iterable[Node]) -> tuple[Mapping[str, set[Fraction]], Mapping[str, set[str]]]:
    """Return the numbers and words that stand in comparisons with each name."""
    numbers: dict[str, set[Fraction]] = {}
    words: dict[str, set[str]] = {}
    for tree in trees:
        for column in tree.find_all(exp.Column):
            numbers.setdefault(name_of(column), set())
            words.setdefault(name_of(column), set())
        for node in tree.find_all(*_COMPARISONS):
            literals = list(node.find_all(exp.Literal))
            for name in map(name_of, node.find_all(exp.Column)):
                words[name] |= {part.name for part in literals if part.args["is_string"]}
                found = {Fraction(part.name) for part in literals if not part.args["is_string"]}
                numbers[name] |= found | {-number for number in found}
    return numbers, words


def compares(column: Node) -> bool:
    """Return whether a name is compared as it stands, with nothing reckoned before."""
    above = column.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    return isinstance(above, (*_COMPARISONS, exp.Is))


def _cut(known: Range, numbers: Iterable[Fraction], words: Iterable[str]) -> list[Values]:
    told_apart: list[Atom] = []
    for one in known.values:
        if isinstance(one, Span):
            cut: list[Span | None] = [*pieces(one, list(numbers))]
            if known.whole:
                cut = [whole_part(span) for span in cut if span is not None]
            told_apart += [span for span in cut if span is not None]
        elif isinstance(one, OtherText):
            told_apart += [*sorted(words), OtherText(frozenset(words))]
        else:
            told_apart.append(one)
    return [frozenset([one]) for one in told_apart]
