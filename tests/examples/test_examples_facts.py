"""Facts: what a name in an example means, and which figure a stated value is."""

from collections.abc import Callable

import pytest

from duban.errors import DubanError, Problems
from duban.examples.running import Outcome

Trial = Callable[..., list[Outcome]]


def example(facts: str, expect: str) -> str:
    return f'[examples.one]\nsays = "一例"\nfacts."甲局" = {{ {facts} }}\nexpect."甲局" = {{ {expect} }}\n'


def passes(trial: Trial, facts: str, expect: str, *changes: tuple[str, str]) -> bool:
    (outcome,) = trial(example(facts, expect), *changes)
    assert outcome.error is None
    return outcome.passed


def refused(trial: Trial, examples: str) -> list[str]:
    """Return the errors of examples that cannot be run, one line each."""
    with pytest.raises(DubanError) as caught:
        trial(examples)
    errors = caught.value.errors if isinstance(caught.value, Problems) else [caught.value]
    return [error.line() for error in errors]


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        ('on_time = "9/10"', 'points = { on_time = 10.8 }, values = { on_time = "9/10" }, total = 18'),
        ("on_time = 0.9", "points = { on_time = 10.8 }, base = 18"),
        ("on_time = { hits = 9, count = 10 }", "points = { on_time = 10.8 }"),
        ("on_time = { value = 0.9, count = 10 }", "points = { on_time = 10.8 }"),
        # Two cases are fewer than min_cases; the others have to do.
        ('on_time = "2/2", replied = 0.5', 'points = { on_time = "none" }, total = 10'),
        ("on_time = { value = 1, count = 2 }", 'points = { on_time = "none" }, total = "none"'),
        ('on_time = "not_available"', 'points = { on_time = "none" }, status = "not_ranked"'),
        ('on_time = { status = "not_applicable" }, replied = 1', 'total = 20, rank = 1, points = { answered = 4 }'),
        ('criteria.answered = "1/2"', "points = { answered = 2 }, total = 10"),
        ('answered = "1/2"', "points = { answered = 2 }, total = 10"),
        ("\"replied[role = 'co']\" = 0.5", "points = { answered = 2 }, total = 10"),
        # The named criterion comes before the measure.
        ("replied = 1, criteria.answered = 0.5", "points = { answered = 2 }"),
        ("acknowledged = 0.5", 'points = { signing = 2 }, labels = { signing = "nearly" }'),
        ("acknowledged = 0.49", 'labels = { signing = "fail" }, grade = "other"'),
        ("acknowledged = 1, overdue = 3", "total = 18.5, adjustments = { late = -1.5 }, gates = ['overdue']"),
        ("acknowledged = 1, adjustments.late = 9", "total = 18, adjustments = { late = -2 }, gates = ['overdue']"),
        ("acknowledged = 1, adjustments.late = 0", "total = 20, adjustments = { late = 0 }, gates = []"),
        ("on_time = 1, overdue = 1", "not_selected = ['excellent'], rank = 1, grade = 'good'"),
        ("on_time = 1", "selected = ['excellent'], dimensions = { timeliness = 20 }"),
        ("on_time = 1, cases = 10, kind = 'committee'", "group = 'large'"),
        ("on_time = 1, cases = 9, kind = 'committee'", "group = 'regular'"),
        ("on_time = 1, cases = 10", "group = 'regular', status = 'ranked'"),
        ("on_time = 1, has_cases = false", "status = 'exempt', total = 'none', grade = 'none'"),
        # An exact third: the total is published with two places.
        ('on_time = "2/3"', 'total = 13.33, base = "40/3"'),
    ],
)  # fmt: skip
def test_a_stated_value_is_judged_as_if_it_had_been_measured(trial: Trial, facts: str, expect: str) -> None:
    assert passes(trial, facts, expect)


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        ('on_time = "9/10"', "total = 18.1"),
        ('on_time = "9/10"', "points = { on_time = 10.81 }"),
        # The total is rounded, the base is not.
        ('on_time = "2/3"', "base = 13.33"),
        ('on_time = "2/3"', 'total = "40/3"'),
        ("on_time = 1, overdue = 1", "gates = []"),
        ("on_time = 1", "not_selected = ['excellent']"),
        ("acknowledged = 0.5", 'labels = { signing = "none" }'),
    ],
)
def test_what_did_not_come_true_is_a_failure(trial: Trial, facts: str, expect: str) -> None:
    assert not passes(trial, facts, expect)


def test_departments_are_ranked_together_and_a_place_may_be_cut(trial: Trial) -> None:
    (outcome,) = trial(
        """
[examples.three]
says = "一个名额，第二名落选"
facts."甲局" = { on_time = 0.9 }
facts."乙局" = { on_time = 1 }
facts."丙局" = { on_time = 0.1 }
expect."甲局" = { rank = 2, not_selected = "excellent" }
expect."乙局" = { rank = 1, selected = "excellent" }
expect."丙局" = { rank = 3, grade = "other" }
"""
    )
    assert outcome.passed


FORMULA = """
[measures.pooled]
title = "合并比例"
formula = "(hits.on_time + hits.replied) / (count.on_time + count.replied)"
[dimensions.timeliness]"""


POOLED = (
    ("[dimensions.timeliness]", FORMULA),
    ('measure = "replied"\nwhere = "role = \'co\'"', 'measure = "pooled"'),
)


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        ('on_time = "2/4", replied = "4/4"', 'values = { pooled = "6/8" }'),
        ("pooled = 0.2, on_time = 1", "values = { pooled = 0.2 }"),
        ('on_time = "1/4"', "values = { pooled = 0.25 }"),
    ],
)
def test_a_formula_is_worked_out_unless_it_is_stated(trial: Trial, facts: str, expect: str) -> None:
    assert passes(trial, facts, expect, *POOLED)


def test_a_formula_over_counts_wants_them_stated(trial: Trial) -> None:
    with pytest.raises(DubanError, match="example_needs_count"):
        passes(trial, "on_time = 0.5, replied = 1", "rank = 1", *POOLED)


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ("on_tme = 1", "example_unknown_fact", "是不是“on_time”"),
        ("criteria.on_tme = 1", "example_unknown_fact", "是不是“on_time”"),
        ("met = 1", "example_unknown_fact", "“met”"),
        ('on_time = "x"', "example_number", "x"),
        ('on_time = "1/0"', "example_number", "1/0"),
        ("on_time = 2024-01-01", "example_number", "2024-01-01"),
        ("on_time = true", "example_number", "True"),
        ("on_time = { value = 1, hits = 3 }", "example_value_form", "hits"),
        ("on_time = { }", "example_value_form", "value"),
        ("on_time = { hits = 4, count = 3 }", "example_hits_above_count", "hits"),
        ("on_time = { status = 'failed' }", "wrong_choice", "status"),
        ("on_time = { valeu = 1 }", "unknown_key", "是不是“value”"),
        ("\"replied[role = 'co']\" = 1, answered = 0", "example_fact_twice", "answered"),
    ],
)
def test_a_slip_in_the_facts_is_told_with_its_place(trial: Trial, facts: str, code: str, words: str) -> None:
    (line,) = refused(trial, example(facts, "rank = 1"))
    assert line.startswith("examples.toml:3:")
    assert f"[{code}]" in line
    assert words in line


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("totl = 1", "是不是“total”"),
        ("grade = 'god'", "是不是“good”"),
        ("group = 'larg'", "是不是“large”"),
        ("status = 'first'", "status"),
        ("points = { on_tme = 1 }", "是不是“on_time”"),
        ("labels = { on_tme = 'x' }", "是不是“on_time”"),
        ("adjustments = { lat = 1 }", "是不是“late”"),
        ("dimensions = { time = 1 }", "timeliness"),
        ("values = { on_tme = 1 }", "是不是“on_time”"),
        ("gates = ['overdu']", "是不是“overdue”"),
        ("selected = ['exellent']", "是不是“excellent”"),
        ("total = 'x'", "x"),
        ("rank = 1.5", "rank"),
    ],
)
def test_a_slip_in_what_is_expected_is_told_with_its_place(trial: Trial, expect: str, words: str) -> None:
    (line,) = refused(trial, example("on_time = 1", expect))
    assert line.startswith("examples.toml:4:")
    assert words in line


def test_slips_are_told_together_in_the_order_of_the_file(trial: Trial) -> None:
    text = example("on_tme = 1, answered = 'x'", "grade = 'god'").replace('expect."甲局"', 'expect."乙局"')
    lines = refused(trial, text)
    assert [line.split(":")[1] for line in lines] == ["3", "3", "4", "4"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing_key"),
        ("[examples]", "text_too_long"),
        ('[examples.a]\nsays = "x"\nexpect."甲局" = { rank = 1 }', "example_needs_one_form"),
        ('[examples.a]\nsays = "x"\nfacts."甲局" = { }', "missing_key"),
        (
            '[examples.a]\nsays = "x"\nfacts."甲局" = { on_time = 1 }\nexpect."甲局" = { points = {} }',
            "example_expects_nothing",
        ),
        (
            '[examples.a]\nsays = "x"\nfacts."甲局" = { on_time = 1 }\nexpect."甲局" = { status = "x" }',
            "wrong_choice",
        ),
        ('[examples."甲"]\nsays = "x"', "bad_id"),
        ("[examples.a\n", "toml_syntax"),
        ("examples = 1", "wrong_type"),
    ],
)
def test_a_file_that_is_no_list_of_examples_is_refused(trial: Trial, text: str, code: str) -> None:
    assert any(f"[{code}]" in line for line in refused(trial, text))


def test_choices_are_listed_and_the_length_of_a_table_is_no_text(trial: Trial) -> None:
    (choices,) = refused(trial, example("on_time = 1", "status = 'x'"))
    assert "可选：'ranked', 'not_ranked', 'exempt'。" in choices
    (empty,) = refused(trial, "[examples]")
    assert "“examples”的长度不合要求" in empty


def test_no_gate_is_something_to_expect(trial: Trial) -> None:
    (outcome,) = trial(example("on_time = 1", "gates = []"))
    assert outcome.passed
