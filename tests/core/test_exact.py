from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.exact import exact, fixed, geometric_mean, logarithm, plain, power, rounded, square_root


@pytest.mark.parametrize(
    "value", [True, "1", 1.5, None, Decimal("nan"), Decimal("inf"), Decimal("1e31"), 10**31]
)
def test_what_is_no_exact_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(value)


def test_a_tiny_exponent_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(ValueError, match="number_out_of_range"):
        exact(Decimal("1e-999999999"))
    with pytest.raises(ValueError, match="number_out_of_range"):
        exact(Decimal("0e-999999999"))


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**9), max_value=10**9),
    st.integers(0, 6),
)
def test_half_up_is_away_from_zero_as_in_decimal(number: Decimal, places: int) -> None:
    expected = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert rounded(Fraction(number), places) == Fraction(expected)


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("2.345", "half_up", "2.35"),
        ("-2.345", "half_up", "-2.35"),
        ("2.345", "half_even", "2.34"),
        ("2.355", "half_even", "2.36"),
        ("2.349", "down", "2.34"),
        ("-2.349", "down", "-2.34"),
    ],
)
def test_rounding_modes(value: str, mode: str, expected: str) -> None:
    assert plain(rounded(Fraction(value), 2, mode)) == expected  # type: ignore[arg-type]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_plain_decimals_read_back_exactly(number: Decimal) -> None:
    assert Fraction(plain(Fraction(number))) == Fraction(number)


def test_plain_has_no_exponent_and_no_trailing_zero() -> None:
    assert [plain(Fraction(1, 4)), plain(Fraction(100)), plain(None), plain(Fraction(-1, 8))] == [
        "0.25",
        "100",
        "",
        "-0.125",
    ]
    assert plain(Fraction(1, 3)) == "0." + "3" * 30
    assert plain(Fraction(-1, 10**40)) == "0"


def test_fixed_keeps_the_places_that_the_ruleset_says() -> None:
    assert [fixed(Fraction(85), 2), fixed(Fraction(-1, 3), 2), fixed(Fraction(5, 2), 0)] == [
        "85.00",
        "-0.33",
        "3",
    ]


def test_irrational_steps_have_thirty_places() -> None:
    # OEIS A002193 and A002392, the first thirty decimals, rounded half-up.
    assert plain(square_root(Fraction(2))) == "1.41421356237309504880168872421"
    assert plain(logarithm(Fraction(10))) == "2.302585092994045684017991454684"
    assert power(Fraction(8), Fraction(1, 3)) == 2


@given(st.integers(1, 10**4), st.integers(1, 10**4), st.integers(1, 3))
def test_a_root_that_is_a_fraction_is_that_fraction(above: int, below: int, weight: int) -> None:
    # A third to 30 places would be a little less, and turn a tie when it is rounded.
    share = Fraction(above, below)
    assert square_root(share**2) == share
    assert geometric_mean([share], [Fraction(weight)]) == share
    assert geometric_mean([share**2, Fraction(1)], [Fraction(weight)] * 2) == share


def test_a_geometric_mean_of_equal_shares_is_the_share_and_of_a_zero_zero() -> None:
    assert geometric_mean([Fraction(1), Fraction(1)], [Fraction(1), Fraction(2)]) == 1
    assert geometric_mean([Fraction(1), Fraction(0)], [Fraction(1), Fraction(2)]) == 0
    assert geometric_mean([Fraction(1, 4), Fraction(1)], [Fraction(1), Fraction(1)]) == Fraction(1, 2)
