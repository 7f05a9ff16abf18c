"""One text of an author's: where it stands, how long and how deep it may be, and its sqlglot tree.

Limits are counted on the tokens, before the parser sees them: its recursion is as deep as the text.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from duban.errors import MeasureError, Position

LONGEST_TEXT = 2000
DEEPEST_NESTING = 50
# Left-deep chains (`a + b + c`) need no nesting in the text, but they do in the tree.
DEEPEST_TREE = 200
LONGEST_NUMBER = 18
LONGEST_INTERVAL = 5  # digits
# The parser takes some thirty frames a level of nesting.
PARSER_FRAMES = 20_000

SYMBOLS = frozenset(
    ["(", ")", ",", ".", ":", "::", "=", "==", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"]
)
_FULL_WIDTH = "（），。：；＝＜＞＋－＊／“”‘’＂＇、"
_PREFIXES = (TokenType.NOT, TokenType.DASH, TokenType.INTERVAL)
_DIALECT = DuckDB()

Node = exp.Expr


class Clause(NamedTuple):
    """A text of the author's, where it stands, and what it belongs to (`criteria.on_time.where`).

    `longest` is raised only for a text that duban itself puts together out of several.
    """

    text: str
    at: Position | str
    owner: str
    longest: int = LONGEST_TEXT


def tree_of(clause: Clause) -> Node:
    """Return the tree of a text within the limits, whatever its nodes.

    Raises: MeasureError, where the text is empty, too long or too deep, or no single expression.
    """
    _check_nesting(clause, _tokens(clause))
    tree = _tree(clause)
    _check_depth(clause, tree)
    return tree


def fail(clause: Clause, code: str, node: Node | int | None = None, **facts: object) -> MeasureError:
    """Return an error of the text, placed at a node or an offset in it."""
    offset = node if isinstance(node, int) or node is None else _offset(node)
    return MeasureError(code, _position(clause, offset), owner=clause.owner, text=clause.text, **facts)


def place_of(clause: Clause, name: str) -> Position | str:
    """Return where a name stands first in the text."""
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", clause.text)
    return _position(clause, found.start() if found else None)


def written(clause: Clause, node: Node) -> str:
    """Return how the author wrote a node, as far as the places of its parts are known."""
    spans = [part.meta for part in node.walk() if "start" in part.meta]
    if not spans:
        return clause.text
    return clause.text[min(span["start"] for span in spans) : max(span["end"] for span in spans) + 1]


@contextmanager
def deep_recursion(clause: Clause) -> Iterator[None]:
    """Let sqlglot recurse as deep as a text within the limits needs.

    Raises: MeasureError, where even that is not enough.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, PARSER_FRAMES))
    try:
        yield
    except RecursionError as error:
        raise fail(clause, "text_too_deep", limit=DEEPEST_NESTING) from error
    finally:
        sys.setrecursionlimit(before)


def flattened(node: Node) -> list[Node]:
    """Return the operands of a chain of `and`, or of `or`, in the order of the text; of anything else itself."""
    kind, found, waiting = type(node), [], [node]
    while waiting:
        part = waiting.pop()
        if type(part) is kind and isinstance(part, exp.And | exp.Or):
            waiting += [part.expression, part.this]
        else:
            found.append(part)
    return found


def _position(clause: Clause, offset: int | None) -> Position | str:
    """Return the place in the file; the value's own place where the text has several lines or no file."""
    at = clause.at
    if isinstance(at, str) or at.column is None or offset is None or "\n" in clause.text:
        return at
    # The value begins with its opening quote.
    return at._replace(column=at.column + 1 + offset)


def _offset(node: Node) -> int | None:
    for part in node.walk(bfs=False):
        if "start" in part.meta:
            return int(part.meta["start"])
    return None


def _tokens(clause: Clause) -> Sequence[Token]:
    text = clause.text
    if len(text) > clause.longest:
        raise fail(clause, "expression_too_long", length=len(text), limit=clause.longest)
    try:
        tokens = _DIALECT.tokenize(text)
    except SqlglotError as error:
        raise fail(clause, "text_unclosed") from error
    end = 0
    for token in tokens:
        _check_gap(clause, end, token.start)
        _check_token(clause, token)
        end = token.end + 1
    _check_gap(clause, end, len(text))
    if not tokens:
        raise fail(clause, "text_empty")
    return tokens


def _check_gap(clause: Clause, start: int, end: int) -> None:
    """What the tokenizer passes over is white space or a comment."""
    gap = clause.text[start:end]
    if gap.strip():
        raise fail(clause, "text_comment", start + len(gap) - len(gap.lstrip()))


def _check_token(clause: Clause, token: Token) -> None:
    kind, text = token.token_type, token.text
    if kind in (TokenType.STRING, TokenType.IDENTIFIER) or text in SYMBOLS:
        return
    if kind is TokenType.SEMICOLON:
        raise fail(clause, "text_several_statements", token.start)
    if kind is TokenType.NUMBER:
        if not re.fullmatch(r"\d*\.?\d+", text) or len(text) > LONGEST_NUMBER:
            raise fail(clause, "text_number", token.start, number=text, limit=LONGEST_NUMBER)
        return
    wide = next((place for place, char in enumerate(text) if char in _FULL_WIDTH), None)
    if wide is not None:
        raise fail(clause, "text_full_width", token.start + wide, symbol=text[wide])
    if not re.fullmatch(r"\w+", text) or clause.text[token.start : token.end + 1] != text:
        raise fail(clause, "text_symbol", token.start, symbol=clause.text[token.start : token.end + 1])


def _check_nesting(clause: Clause, tokens: Sequence[Token]) -> None:
    """Count open parentheses and `case`, and the `not`, minus signs and the like that stand in a row."""
    depth = run = 0
    for token in tokens:
        kind = token.token_type
        run = run + 1 if kind in _PREFIXES else 0
        depth += kind in (TokenType.L_PAREN, TokenType.CASE)
        depth -= kind in (TokenType.R_PAREN, TokenType.END)
        if depth + run > DEEPEST_NESTING:
            raise fail(clause, "text_too_deep", token.start, limit=DEEPEST_NESTING)


def _tree(clause: Clause) -> Node:
    try:
        with deep_recursion(clause):
            trees = _DIALECT.parse(clause.text)
    except SqlglotError as error:
        places: Sequence[dict[str, Any]] = getattr(error, "errors", ())
        near = str(places[0].get("highlight") or "") if places else ""
        # sqlglot's column is the end of the token.
        end = places[0].get("col") if places else None
        lines = clause.text.count("\n")
        offset = end - len(near) if isinstance(end, int) and not lines else None
        raise fail(clause, "text_syntax", offset, near=near or clause.text) from error
    if len(trees) != 1 or trees[0] is None:
        raise fail(clause, "text_several_statements" if len(trees) > 1 else "text_empty")
    tree: Node = trees[0]
    return tree


def _check_depth(clause: Clause, tree: Node) -> None:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST_TREE:
            raise fail(clause, "text_too_deep", node, limit=DEEPEST_NESTING)
        chain = flattened(node)
        below = chain if len(chain) > 1 else list(node.iter_expressions())
        waiting += [(part, depth + 1) for part in below]
