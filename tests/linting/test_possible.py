"""What cannot be, by the lints, never is: made-up conditions held against made-up facts."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from duban.conditions import compile_condition
from duban.language.text import Clause
from duban.linting.cells import Range, can_fail, can_hold, never_first, together
from duban.linting.possible import ANYTHING, OtherText
from duban.linting.spans import EVERY, NOT_NEGATIVE, SHARES, Span, pieces, point, whole_part

HALVES = st.integers(-4, 8).map(lambda number: Fraction(number, 2))
RANGES = {
    "rate": Range(frozenset([SHARES, None])),
    "cases": Range(frozenset([NOT_NEGATIVE, None]), whole=True),
    "mean": Range(frozenset([EVERY, None])),
    "grade": Range(frozenset(["a", "b", None])),
    "kind": Range(ANYTHING),
    "name": Range(frozenset([OtherText()])),
}
FACTS = st.fixed_dictionaries(
    {
        "rate": st.none() | st.integers(0, 4).map(lambda number: Fraction(number, 4)),
        "cases": st.none() | st.integers(0, 5).map(Fraction),
        "mean": st.none() | HALVES,
        "grade": st.sampled_from([None, "a", "b"]),
        "kind": st.sampled_from([None, "a", "b", "c", True, False]) | HALVES,
        "name": st.sampled_from(["a", "b", "c"]),
    }
)
LITERALS = st.sampled_from(["0", "0.5", "1", "2", "3", "-1", "-0.5"])
WORDS = st.sampled_from(["'a'", "'b'"])
NUMBERS = st.recursive(
    st.sampled_from(["rate", "cases", "mean", "kind"]) | LITERALS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds(
            "{}({}, {})".format, st.sampled_from(["least", "greatest", "coalesce", "nullif"]), inner, inner
        ),
        st.builds("abs({})".format, inner),
        st.builds("(- {})".format, inner),
        st.builds("case when {} > 0 then {} else {} end".format, inner, inner, inner),
    ),
    max_leaves=4,
)
TEXTS = st.sampled_from(["grade", "kind", "name"]) | WORDS
CONDITIONS = st.recursive(
    st.one_of(
        st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), NUMBERS),
        st.builds("{} {} {}".format, TEXTS, st.sampled_from(["=", "<>", "<"]), TEXTS),
        st.builds("{} between {} and {}".format, NUMBERS, LITERALS, NUMBERS),
        st.builds("{} in ({}, {})".format, NUMBERS, LITERALS, LITERALS),
        st.builds("{} in ({}, {})".format, TEXTS, WORDS, WORDS),
        st.builds("{} is null".format, NUMBERS | TEXTS),
        st.builds("length({}) > {}".format, TEXTS, LITERALS),
        st.builds("starts_with({}, {})".format, TEXTS, WORDS),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=4,
)
SETTINGS = settings(max_examples=60, deadline=None)


def holds(text: str, facts: dict[str, Any]) -> bool:
    return compile_condition(Clause(text, "", "")).holds(facts.get)


@SETTINGS
@given(CONDITIONS, st.lists(FACTS, min_size=1, max_size=12))
def test_what_can_never_hold_holds_for_nobody(text: str, everybody: list[dict[str, Any]]) -> None:
    answers = {holds(text, facts) for facts in everybody}
    assert True not in answers or can_hold(text, RANGES.__getitem__)
    known = [facts for facts in everybody if None not in facts.values()]
    assert all(holds(text, facts) for facts in known) or can_fail(text, RANGES.__getitem__)


@SETTINGS
@given(st.lists(CONDITIONS, min_size=2, max_size=3), st.lists(FACTS, min_size=1, max_size=12))
def test_what_is_never_the_first_is_first_for_nobody(
    texts: list[str], everybody: list[dict[str, Any]]
) -> None:
    rows = [tuple(holds(text, facts) for text in texts) for facts in everybody]
    first = {row.index(True) for row in rows if True in row}
    assert first.isdisjoint(never_first(texts, RANGES.__getitem__))
    assert set(rows) <= together(texts, RANGES.__getitem__)


ENDS = st.none() | HALVES


@given(ENDS, ENDS, st.booleans(), st.booleans(), st.lists(HALVES, max_size=4))
def test_the_pieces_of_a_range_are_the_range(
    low: Fraction | None, high: Fraction | None, low_open: bool, high_open: bool, marks: list[Fraction]
) -> None:
    span = Span(low, high, low_open, high_open)
    cut = pieces(span, marks)
    for quarter in range(-20, 40):
        number = Fraction(quarter, 4)
        assert sum(piece.has(number) for piece in cut) == span.has(number)
        whole = [whole_part(piece) for piece in cut]
        if number.denominator == 1:
            assert sum(piece is not None and piece.has(number) for piece in whole) == span.has(number)
    assert all(point(mark) in cut for mark in marks if span.has(mark))
