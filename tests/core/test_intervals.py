from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban import jeffreys
from duban.exact import plain

# scipy 1.17.1: beta.ppf(0.025, hits + 0.5, count - hits + 0.5) and beta.ppf(0.975, …), twelve digits;
# 25 and 50 of 200 are also those of the R package RSurveillance, binom.jeffreys.
REFERENCE = [
    (0, 1, "0", "0.85325368369"),
    (1, 1, "0.14674631631", "1"),
    (1, 2, "0.0608302759201", "0.93916972408"),
    (0, 10, "0", "0.217196267509"),
    (3, 10, "0.0926945939382", "0.605818318149"),
    (9, 10, "0.618685228933", "0.988988326237"),
    (25, 200, "0.084627434045", "0.17612597453"),
    (50, 200, "0.193872680412", "0.313302662893"),
    (497, 500, "0.984075181793", "0.998307325958"),
    (1, 1000, "0.000107918804681", "0.00466445880879"),
    (500, 1000, "0.469047712699", "0.530952287301"),
    (4321, 5000, "0.854494611428", "0.873483900276"),
    (1, 1_000_000, "0.000000107897662465", "0.00000467419204673"),
    (500_000, 1_000_000, "0.499020019194", "0.500979980806"),
]
# mpmath 1.4.1 at 50 digits: Newton steps on betainc(regularized=True).
TO_THE_LAST_PLACE = [
    (3, 10, 0, "0.092694593938153162464349762045"),
    (25, 200, 1, "0.176125974529734294746368203451"),
    (4321, 5000, 0, "0.854494611427999734482752216297"),
    (1, 1_000_000, 1, "0.000004674192046729829547135637"),
]
COUNTS = st.integers(1, 300)


@pytest.mark.parametrize(("hits", "count", "low", "high"), REFERENCE)
def test_the_ends_are_those_of_scipy(hits: int, count: int, low: str, high: str) -> None:
    for found, wanted in zip(jeffreys(hits, count), (Fraction(low), Fraction(high)), strict=True):
        assert abs(found - wanted) <= wanted * Fraction(1, 10**11)


@pytest.mark.parametrize(("hits", "count", "end", "wanted"), TO_THE_LAST_PLACE)
def test_all_thirty_places_are_right(hits: int, count: int, end: int, wanted: str) -> None:
    assert plain(jeffreys(hits, count)[end]) == wanted


def test_of_no_cases_nothing_is_known() -> None:
    assert jeffreys(0, 0) == (Fraction(0), Fraction(1))


@settings(deadline=None)
@given(COUNTS)
def test_more_hits_move_both_ends_up(count: int) -> None:
    ends = [jeffreys(hits, count) for hits in range(0, count + 1, max(1, count // 10))]
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(ends))


@settings(deadline=None)
@given(COUNTS, st.data())
def test_the_rate_lies_inside_and_misses_mirror_hits(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    low, high = jeffreys(hits, count)
    assert 0 <= low <= Fraction(hits, count) <= high <= 1
    assert jeffreys(count - hits, count) == (1 - high, 1 - low)


@settings(deadline=None)
@given(COUNTS, st.integers(2, 9), st.data())
def test_more_cases_at_the_same_rate_know_more(count: int, times: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    few, many = jeffreys(hits, count), jeffreys(times * hits, times * count)
    assert many[1] - many[0] < few[1] - few[0]


@settings(deadline=None)
@given(COUNTS, st.data())
def test_to_be_surer_is_to_say_less(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    sure, surer = (jeffreys(hits, count, Fraction(share, 1000)) for share in (900, 999))
    assert surer[0] <= sure[0] <= sure[1] <= surer[1]


@pytest.mark.parametrize("confidence", [Fraction(1, 1000), Fraction(1, 2), Fraction(999_999, 1_000_000)])
@pytest.mark.parametrize(("hits", "count"), [(1, 1), (1, 2), (1, 6), (29, 30), (70_000_000, 100_000_000)])
def test_the_edges_of_what_is_allowed_end(hits: int, count: int, confidence: Fraction) -> None:
    low, high = jeffreys(hits, count, confidence)
    assert 0 < low < high <= 1


@pytest.mark.parametrize(
    ("hits", "count", "confidence"),
    [(-1, 3, "0.95"), (4, 3, "0.95"), (1, 10**8 + 1, "0.95"), (1, 3, "0"), (1, 3, "1"), (0, -1, "0.95")],
)
def test_what_is_no_rate_is_refused(hits: int, count: int, confidence: str) -> None:
    with pytest.raises(ValueError, match="no interval"):
        jeffreys(hits, count, Fraction(confidence))
