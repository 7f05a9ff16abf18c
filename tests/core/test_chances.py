from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.chances import chance_of_so_many


@st.composite
def drawn(draw: st.DrawFn) -> tuple[int, int, int, int]:
    total = draw(st.integers(0, 40))
    count, all_hits = draw(st.integers(0, total)), draw(st.integers(0, total))
    hits = draw(st.integers(max(0, count + all_hits - total), min(count, all_hits)))
    return hits, count, all_hits, total


@given(drawn())
def test_the_chance_is_the_tail_of_the_hypergeometric_distribution(given: tuple[int, int, int, int]) -> None:
    hits, count, all_hits, total = given
    ways = sum(
        comb(all_hits, number) * comb(total - all_hits, count - number)
        for number in range(hits, min(count, all_hits) + 1)
    )
    assert abs(chance_of_so_many(*given) - Fraction(ways, comb(total, count))) < Fraction(1, 10**50)


def test_tea_with_milk() -> None:
    """Fisher's lady: all four cups of eight found; and three of the four."""
    assert round(chance_of_so_many(4, 4, 4, 8), 50) == round(Fraction(1, 70), 50)
    assert round(chance_of_so_many(3, 4, 4, 8), 50) == round(Fraction(17, 70), 50)


def test_a_large_ledger_takes_no_time() -> None:
    assert 0 < chance_of_so_many(5_600, 100_000, 50_000, 1_000_000) < Fraction(1, 10**19)


@pytest.mark.parametrize("given", [(3, 2, 3, 9), (0, 5, 5, 9), (1, 2, 0, 9), (1, 10, 5, 9), (-1, 2, 2, 9)])
def test_counts_that_cannot_be_are_refused(given: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="no chance"):
        chance_of_so_many(*given)
