"""The grammar of measure text and department text: what may be written, and where a mistake stands.

sqlglot parses; an allow-list of symbols, nodes and their arguments decides. Limits are counted on the tokens, before
the parser sees them: its recursion is as deep as the text.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from .errors import MeasureError, Position

LONGEST_TEXT = 2000
DEEPEST_NESTING = 50
# Left-deep chains (`a + b + c`) need no nesting in the text, but they do in the tree.
DEEPEST_TREE = 200
LONGEST_NUMBER = 18
LONGEST_INTERVAL = 5  # digits
LONGEST_PATTERN = 100
MOST_WILDCARDS = 5
# The parser takes some thirty frames a level of nesting.
PARSER_FRAMES = 20_000

SYMBOLS = frozenset("( ) , . : :: = == <> != < <= > >= + - * /".split())
_FULL_WIDTH = "（），。：；＝＜＞＋－＊／“”‘’＂＇、"
_PREFIXES = (TokenType.NOT, TokenType.DASH, TokenType.INTERVAL)
_DIALECT = DuckDB()
_TYPES = exp.DataType.Type


class Clause(NamedTuple):
    """A text of the author's, where it stands, and what it belongs to (`criteria.on_time.where`).

    `longest` is raised only for a text that duban itself puts together out of several.
    """

    text: str
    at: Position | str
    owner: str
    longest: int = LONGEST_TEXT


class Grammar(NamedTuple):
    """What one kind of text may use: nodes with the arguments they may carry, and functions by their written names."""

    nodes: Mapping[type[exp.Expression], frozenset[str]]
    functions: frozenset[str]
    dotted: frozenset[str] = frozenset()


def _nodes(arguments: str, *kinds: type[exp.Expression]) -> dict[type[exp.Expression], frozenset[str]]:
    return {kind: frozenset(arguments.split()) for kind in kinds}


_COMMON = {
    **_nodes("this expression", exp.And, exp.Or, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is),
    **_nodes("this expression", exp.Add, exp.Sub, exp.Mul, exp.Like, exp.Nullif),
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
_FUNCTIONS = frozenset(
    "coalesce nullif least greatest abs length lower upper trim starts_with ends_with contains".split()
)

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


@lru_cache(maxsize=1024)
def parse(clause: Clause, grammar_name: str = "measure") -> exp.Expression:
    """Return the tree of a text by the grammar `measure` or `department`; it is shared: copy it to change it.

    Raises: MeasureError, where the text is not one scalar expression of the grammar.
    """
    grammar = DEPARTMENT if grammar_name == "department" else MEASURE
    tokens = _tokens(clause)
    _check_nesting(clause, tokens)
    tree = _tree(clause)
    _check_depth(clause, tree)
    for node in tree.walk(bfs=False):
        _check_node(clause, node, grammar)
    return tree


def fail(
    clause: Clause, code: str, node: exp.Expression | int | None = None, **facts: object
) -> MeasureError:
    """Return an error of the text, placed at a node or an offset in it."""
    offset = node if isinstance(node, int) or node is None else _offset(node)
    return MeasureError(code, _position(clause, offset), owner=clause.owner, text=clause.text, **facts)


def written(clause: Clause, node: exp.Expression) -> str:
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


def flattened(node: exp.Expression) -> list[exp.Expression]:
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


def _offset(node: exp.Expression) -> int | None:
    for part in node.walk(bfs=False):
        if "start" in part.meta:
            return int(part.meta["start"])
    return None


def _tokens(clause: Clause) -> Sequence[Token]:
    text = clause.text
    if len(text) > clause.longest:
        raise fail(clause, "text_too_long", length=len(text), limit=clause.longest)
    try:
        tokens = _DIALECT.tokenize(text)
    except SqlglotError as error:
        raise fail(clause, "text_unclosed") from error
    end = 0
    for token in tokens:
        # What the tokenizer passes over is white space or a comment.
        if text[end : token.start].strip():
            raise fail(clause, "text_comment", end)
        _check_token(clause, token)
        end = token.end + 1
    if text[end:].strip():
        raise fail(clause, "text_comment", end)
    if not tokens:
        raise fail(clause, "text_empty")
    return tokens


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


def _tree(clause: Clause) -> exp.Expression:
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
    tree: exp.Expression = trees[0]
    return tree


def _check_depth(clause: Clause, tree: exp.Expression) -> None:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST_TREE:
            raise fail(clause, "text_too_deep", node, limit=DEEPEST_NESTING)
        chain = flattened(node)
        below = chain if len(chain) > 1 else list(node.iter_expressions())
        waiting += [(part, depth + 1) for part in below]


def _check_node(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
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


def _not_allowed(clause: Clause, node: exp.Expression, grammar: Grammar) -> MeasureError:
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


def _check_call(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
    """A function that sqlglot does not know is `scale`, or not on the list."""
    label, *rest = node.expressions or [None]
    if node.name != "scale":
        raise fail(clause, "text_function", node, name=node.name, known=grammar.functions)
    if not (
        len(rest) == 1
        and isinstance(label, exp.Literal)
        and label.is_string
        and isinstance(rest[0], exp.Column)
    ):
        raise fail(clause, "text_scale", node)


def _check_pattern(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
    pattern = node.expression
    bounded = isinstance(pattern, exp.Literal) and pattern.is_string and len(pattern.name) <= LONGEST_PATTERN
    if not bounded or pattern.name.count("%") > MOST_WILDCARDS:
        raise fail(clause, "text_pattern", node, limit=LONGEST_PATTERN, wildcards=MOST_WILDCARDS)


def _check_is(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
    if not isinstance(node.expression, exp.Null | exp.Boolean):
        raise fail(clause, "text_construct", node, what=written(clause, node))


def _check_cast(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
    wanted = node.args["to"].this
    if wanted not in (_TYPES.INT, _TYPES.BIGINT, _TYPES.DECIMAL, _TYPES.DATE):
        raise fail(clause, "text_cast", node, name=wanted.value.lower(), known=("integer", "decimal", "date"))


def _check_interval(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
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


def _check_difference(clause: Clause, node: exp.Expression, grammar: Grammar) -> None:
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
