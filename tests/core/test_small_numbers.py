from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import department, judged, planned

from duban.intervals import jeffreys
from duban.results import Department, Figure
from duban.ruleset import LowerBound, Shrink
from duban.small_numbers import cautious, judged_values, pooled_rates, shrunk
from duban.terms import Better, Status

RULES = """
[dimensions.d]
[criteria.on_time]
dimension = "d"
measure = "on_time"
points = 100
{choice}
curve = {{ kind = "linear" }}
"""


def rate(hits: int, count: int) -> Figure:
    return Figure(Status.MEASURED, count, hits, Fraction(hits, count))


@st.composite
def rates(draw: st.DrawFn) -> Figure:
    count = draw(st.integers(0, 40))
    hits = draw(st.integers(0, count))
    return rate(hits, count) if count else Figure(Status.NOT_APPLICABLE, 0, 0)


# A department with six cases beside one with sixty-three, and one that misses some.
SIX, SIXTY_THREE, OTHERS = rate(6, 6), rate(63, 63), rate(111, 131)


def people(number: int) -> list[Department]:
    return [department(f"d{index}") for index in range(number)]


def points(choice: str, *figures: Figure) -> list[Fraction | None]:
    return judged(planned(RULES.format(choice=choice)), people(len(figures)), {"on_time": figures}).points(
        "on_time"
    )


def test_without_a_choice_six_cases_are_as_good_as_sixty_three() -> None:
    assert points("", SIX, SIXTY_THREE, OTHERS)[:2] == [100, 100]


def test_six_cases_are_drawn_further_to_the_group_than_sixty_three() -> None:
    choice = 'small_numbers = { kind = "shrink", strength = 10 }'
    # The group answered 180 of 200 in time: 0.9. (6 + 9) / 16 and (63 + 9) / 73.
    assert points(choice, SIX, SIXTY_THREE, OTHERS)[:2] == [Fraction(1500, 16), Fraction(7200, 73)]


def test_six_cases_prove_less_than_sixty_three() -> None:
    choice = 'small_numbers = { kind = "lower_bound", confidence = 0.90 }'
    six, many, _ = points(choice, SIX, SIXTY_THREE, OTHERS)
    # The 5 % points of Beta(6.5, 0.5) and Beta(63.5, 0.5).
    assert [round(float(value or 0), 1) for value in (six, many)] == [73.6, 97.0]


def test_the_value_stays_what_was_measured_and_the_score_says_what_was_judged() -> None:
    plan = planned(RULES.format(choice='small_numbers = { kind = "shrink", strength = 6 }'))
    one, _ = judged(plan, people(2), {"on_time": [rate(6, 6), rate(0, 6)]}).scores.criteria["on_time"]
    assert (one.value, one.hits, one.count, one.judged) == (Fraction(1), 6, 6, Fraction(9, 12))


def test_too_few_cases_come_first() -> None:
    choice = 'min_cases = 7\nsmall_numbers = { kind = "shrink", strength = 10 }'
    assert points(choice, SIX, SIXTY_THREE)[0] is None


def test_each_group_is_its_own_pool() -> None:
    text = RULES.format(choice='small_numbers = { kind = "shrink", strength = 10 }')
    text += '[groups.large]\nwhen = "lead_cases > 9"\n[groups.regular]\n'
    plan, cases = planned(text), [rate(10, 10), rate(0, 10), rate(5, 5)]
    measured = {
        "on_time": cases,
        "lead_cases": [Figure(Status.MEASURED, n, None, Fraction(n)) for n in (10, 10, 5)],
    }
    first, second, alone = judged(plan, people(3), measured).points("on_time")
    assert [first, second, alone] == [75, 25, 100]


def test_a_value_without_cases_is_judged_as_it_stands() -> None:
    stated = Figure(Status.MEASURED, 1, None, Fraction(9, 10))
    assert (
        shrunk(stated, Fraction(10), Fraction(1, 2))
        == cautious(stated, Fraction(1, 2), Better.HIGHER)
        == stated.value
    )


@given(st.lists(rates(), min_size=1, max_size=6), st.fractions(Fraction(1, 10), 50), st.data())
def test_a_shrunk_rate_lies_between_the_own_one_and_the_groups(
    figures: list[Figure], strength: Fraction, data: st.DataObject
) -> None:
    inside = data.draw(st.lists(st.booleans(), min_size=len(figures), max_size=len(figures)))
    pools = [0] * len(figures)
    group = pooled_rates(figures, pools, inside).get(0)
    rule = Shrink(kind="shrink", strength=strength)
    made = judged_values(rule, figures, pools, inside, [Better.HIGHER] * len(figures))
    for figure_, value in zip(figures, made, strict=True):
        if figure_.value is None or group is None:
            assert value == figure_.value
        else:
            assert value is not None
            assert min(figure_.value, group) <= value <= max(figure_.value, group)


@given(rates(), st.fractions(1, 20), st.fractions(1, 20), st.fractions(0, 1))
def test_more_strength_is_nearer_to_the_group(
    one: Figure, low: Fraction, more: Fraction, group: Fraction
) -> None:
    if one.value is not None:
        near, far = (shrunk(one, strength, group) for strength in (low + more, low))
        assert near is not None
        assert far is not None
        assert abs(near - group) <= abs(far - group)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 5))
def test_a_bound_rises_with_hits_and_with_cases_alike(hits: int, misses: int, more: int) -> None:
    confidence = Fraction(9, 10)
    if hits + misses:
        bound = cautious(rate(hits, hits + misses), confidence, Better.HIGHER)
        assert bound is not None
        better = cautious(rate(hits + more, hits + misses + more), confidence, Better.HIGHER)
        worse = cautious(rate(hits, hits + misses + more), confidence, Better.HIGHER)
        assert better is not None
        assert worse is not None
        assert worse <= bound <= better
        assert bound <= Fraction(hits, hits + misses)


def test_where_less_is_better_the_upper_end_counts() -> None:
    rule = LowerBound(kind="lower_bound", confidence=Fraction(9, 10))
    made = judged_values(rule, [rate(1, 6)] * 2, [0, 0], [True, True], [Better.LOWER, Better.HIGHER])
    assert made == list(reversed(jeffreys(1, 6, Fraction(9, 10))))


@pytest.mark.parametrize("strength", ["0", "-1"])
def test_a_strength_is_more_than_nothing(strength: str) -> None:
    with pytest.raises(ValueError, match="strength_not_positive"):
        Shrink(kind="shrink", strength=Fraction(strength))
