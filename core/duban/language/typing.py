"""The type of a measure text or a formula, and the mistakes that only types show.

The engine would compare a text with a number and fail on some row of the data; here it fails before any is read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlglot import exp

from duban.tables import Column
from duban.terms import ColumnType

from .text import Clause, Node, fail, flattened, written

BOOLEAN, TEXT, DATE = ColumnType.BOOLEAN, ColumnType.TEXT, ColumnType.DATE
INTEGER, DECIMAL, LABEL = ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.LABEL
# The type of a text; None is that of NULL, which fits everywhere.
Kind = ColumnType | None
_NUMBERS = (INTEGER, DECIMAL)


class Typing:
    """Finds the type of every part of one text.

    Raises: MeasureError, from `of`: types that do not fit, a label or a day that does not exist.
    """

    def __init__(self, clause: Clause, columns: Mapping[str, Column]) -> None:
        self._clause = clause
        self._columns = columns
        self._known: dict[int, Kind] = {}

    def of(self, node: Node) -> Kind:
        """Return the type of a part of the text."""
        # Rules ask for a part's type more than once: without memory the work doubles with every level of the tree.
        if id(node) not in self._known:
            self._known[id(node)] = _RULES[type(node)](self, node)
        return self._known[id(node)]

    def wants(self, node: Node, *kinds: ColumnType) -> Kind:
        """Return the type of a part that must be one of these, or unknown."""
        kind = self.of(node)
        if kind is not None and kind not in kinds:
            raise fail(
                self._clause,
                "type_wanted",
                node,
                what=written(self._clause, node),
                wanted=kinds[0],
                found=kind,
            )
        return kind

    def _column(self, node: Node) -> Kind:
        return self._columns[node.name].type

    def _literal(self, node: Node) -> Kind:
        if node.args["is_string"]:
            return TEXT
        return DECIMAL if "." in node.name else INTEGER

    def _logic(self, node: Node) -> Kind:
        for part in flattened(node):
            self.wants(part, BOOLEAN)
        return BOOLEAN

    def _negation(self, node: Node) -> Kind:
        self.wants(node.this, BOOLEAN)
        return BOOLEAN

    def _comparison(self, node: Node) -> Kind:
        ordered = not isinstance(node, exp.EQ | exp.NEQ)
        self._fit([node.this, node.expression], compared=True, ordered=ordered)
        return BOOLEAN

    def _membership(self, node: Node) -> Kind:
        self._fit([node.this, *node.expressions], compared=True)
        return BOOLEAN

    def _between(self, node: Node) -> Kind:
        self._fit([node.this, node.args["low"], node.args["high"]], compared=True, ordered=True)
        return BOOLEAN

    def _test(self, node: Node) -> Kind:
        kind = self.of(node.this)
        if isinstance(node.expression, exp.Boolean) and kind not in (BOOLEAN, None):
            self.wants(node.this, BOOLEAN)
        return BOOLEAN

    def _case(self, node: Node) -> Kind:
        ifs: Sequence[Node] = node.args["ifs"]
        tests = [branch.this for branch in ifs]
        if node.this is None:
            for test in tests:
                self.wants(test, BOOLEAN)
        else:
            self._fit([node.this, *tests], compared=True)
        results = [branch.args["true"] for branch in ifs]
        default = node.args.get("default")
        return self._fit(results if default is None else [*results, default])

    def _alike(self, node: Node) -> Kind:
        """coalesce, nullif, least, greatest: arguments of one type, which is the result's."""
        rest = [node.expression] if isinstance(node, exp.Nullif) else node.expressions
        return self._fit([node.this, *rest])

    def _arithmetic(self, node: Node) -> Kind:
        left, right = node.this, node.expression
        if isinstance(left, exp.Interval) and isinstance(node, exp.Add):
            left, right = right, left
        if isinstance(right, exp.Interval):
            self.wants(left, DATE)
            return DATE
        kinds = [self.of(left), self.of(right)]
        if isinstance(node, exp.Sub) and kinds == [DATE, DATE]:
            return INTEGER
        for part in (left, right):
            self.wants(part, *_NUMBERS)
        return DECIMAL if DECIMAL in kinds else INTEGER

    def _number(self, node: Node) -> Kind:
        return self.wants(node.this, *_NUMBERS)

    def _rate(self, node: Node) -> Kind:
        for part in node.expressions:
            self.wants(part, *_NUMBERS)
        return DECIMAL

    def _text(self, node: Node) -> Kind:
        self.wants(node.this, TEXT, LABEL)
        return TEXT

    def _length(self, node: Node) -> Kind:
        self.wants(node.this, TEXT, LABEL)
        return INTEGER

    def _text_test(self, node: Node) -> Kind:
        self.wants(node.this, TEXT, LABEL)
        self.wants(node.expression, TEXT, LABEL)
        return BOOLEAN

    def _part_of_date(self, node: Node) -> Kind:
        self.wants(node.this, DATE)
        return INTEGER

    def _difference(self, node: Node) -> Kind:
        self.wants(node.expression, DATE)
        self.wants(node.this, DATE)
        return INTEGER

    def _cast(self, node: Node) -> Kind:
        inner, kind = node.this, _CASTS[node.args["to"].this]
        if kind is DATE and isinstance(inner, exp.Literal):
            if not _is_day(inner.name):
                raise fail(self._clause, "date_impossible", inner, value=inner.name)
            return DATE
        self.wants(inner, TEXT, LABEL, *((DATE,) if kind is DATE else _NUMBERS))
        return kind

    def _fit(self, parts: Sequence[Node], compared: bool = False, ordered: bool = False) -> Kind:
        """Return the type that all parts share, integers being decimals where one is."""
        kinds = [self.of(part) for part in parts]
        known = [(part, kind) for part, kind in zip(parts, kinds, strict=True) if kind is not None]
        if compared:
            self._check_nulls(parts, kinds)
            self._check_labels(parts, ordered)
        for part, kind in known[1:]:
            if _family(kind) != _family(known[0][1]):
                raise self._misfit(known[0], (part, kind))
        if not known:
            return None
        return DECIMAL if DECIMAL in kinds else known[0][1]

    def _misfit(self, first: tuple[Node, ColumnType], second: tuple[Node, ColumnType]) -> Exception:
        kinds = {first[1], second[1]}
        literal = next((part for part, _ in (first, second) if isinstance(part, exp.Literal)), None)
        if DATE in kinds and literal is not None and literal.args["is_string"]:
            return fail(self._clause, "date_needed", literal, value=literal.name)
        facts = {"what": written(self._clause, first[0]), "other": written(self._clause, second[0])}
        return fail(self._clause, "type_misfit", second[0], left=first[1], right=second[1], **facts)

    def _check_nulls(self, parts: Sequence[Node], kinds: Sequence[Kind]) -> None:
        null = next((part for part, kind in zip(parts, kinds, strict=True) if kind is None), None)
        if isinstance(null, exp.Null):
            raise fail(self._clause, "null_compared", parts[0])

    def _check_labels(self, parts: Sequence[Node], ordered: bool) -> None:
        """A text literal beside a labelled column must be one of its labels, and labels have no order."""
        columns = [self._columns[part.name] for part in parts if isinstance(part, exp.Column)]
        labelled = [column for column in columns if column.labels]
        if not labelled:
            return
        if ordered:
            raise fail(
                self._clause, "labels_ordered", parts[0], name=labelled[0].name, title=labelled[0].title
            )
        for part in parts:
            if (
                isinstance(part, exp.Literal)
                and part.args["is_string"]
                and part.name not in labelled[0].labels
            ):
                facts = {
                    "column": labelled[0].name,
                    "title": labelled[0].title,
                    "known": tuple(labelled[0].labels),
                }
                raise fail(self._clause, "label_unknown", part, name=part.name, **facts)


def _family(kind: ColumnType) -> ColumnType:
    return {INTEGER: DECIMAL, LABEL: TEXT}.get(kind, kind)


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


_TYPES = exp.DataType.Type
_CASTS = {_TYPES.INT: INTEGER, _TYPES.BIGINT: INTEGER, _TYPES.DECIMAL: DECIMAL, _TYPES.DATE: DATE}


def _rules(
    rule: Callable[[Typing, Node], Kind], *kinds: type[Node]
) -> dict[type[Node], Callable[[Typing, Node], Kind]]:
    return dict.fromkeys(kinds, rule)


_RULES = {
    **_rules(Typing._column, exp.Column),
    **_rules(Typing._literal, exp.Literal),
    **_rules(lambda typing, node: BOOLEAN, exp.Boolean),
    **_rules(lambda typing, node: None, exp.Null),
    **_rules(lambda typing, node: typing.of(node.this), exp.Paren),
    **_rules(Typing._logic, exp.And, exp.Or),
    **_rules(Typing._negation, exp.Not),
    **_rules(Typing._comparison, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE),
    **_rules(Typing._membership, exp.In),
    **_rules(Typing._between, exp.Between),
    **_rules(Typing._test, exp.Is),
    **_rules(Typing._case, exp.Case),
    **_rules(Typing._alike, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least),
    **_rules(Typing._arithmetic, exp.Add, exp.Sub, exp.Mul, exp.Div),
    **_rules(Typing._number, exp.Neg, exp.Abs),
    # In measure text only `scale` is one, which is spelled out before.
    **_rules(Typing._rate, exp.Anonymous),
    **_rules(Typing._text, exp.Lower, exp.Upper, exp.Trim),
    **_rules(Typing._length, exp.Length),
    **_rules(Typing._text_test, exp.Like, exp.StartsWith, exp.EndsWith, exp.Contains),
    **_rules(Typing._part_of_date, exp.Year, exp.Month, exp.Day),
    **_rules(Typing._difference, exp.DateDiff),
    **_rules(Typing._cast, exp.Cast),
}
