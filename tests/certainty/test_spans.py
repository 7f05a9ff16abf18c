"""The ranks that spans leave, held against looking at every pair."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from duban.certainty.spans import Span, best_and_worst

ENDS = st.integers(0, 6).map(Fraction)


@st.composite
def a_span(draw: st.DrawFn) -> Span:
    """Draw a span of a department that may be ranked, and may be open."""
    low, high = sorted(draw(st.tuples(ENDS, ENDS)))
    ever = draw(st.booleans())
    always = ever and draw(st.booleans())
    rank = draw(st.integers(1, 9)) if always else draw(st.none() | st.integers(1, 9)) if ever else None
    if draw(st.integers(0, 4)) == 0:
        return Span(None, None, ever, False, rank, False)
    return Span(low, high, ever, always, rank, low == high and draw(st.booleans()))


def by_pairs(mine: Span, others: list[Span], dense: bool) -> tuple[int | None, int | None]:
    """Return the best and the worst rank by looking at each of the others."""
    if mine.rank is None or mine.low is None or mine.high is None:
        return None, None
    ahead = possibly = 0
    for theirs in others:
        if mine.settled and theirs.settled and theirs.always:
            before = (theirs.rank or 0) < mine.rank
            ahead, possibly = ahead + before, possibly + before
            continue
        ahead += theirs.always and theirs.low is not None and theirs.low > mine.high
        possibly += theirs.ever and (theirs.high is None or theirs.high >= mine.low)
    return 1 + (min(1, ahead) if dense else ahead), 1 + possibly


@given(st.lists(st.tuples(a_span(), st.sampled_from("ab")), max_size=9), st.booleans())
def test_ranks_are_those_of_looking_at_every_pair(made: list[tuple[Span, str]], dense: bool) -> None:
    spans, scopes = [span for span, _ in made], [scope for _, scope in made]
    expected = [
        by_pairs(
            span,
            [other for at, (other, theirs) in enumerate(made) if at != place and theirs == scope],
            dense,
        )
        for place, (span, scope) in enumerate(made)
    ]
    assert best_and_worst(spans, scopes, dense) == expected
