from collections.abc import Mapping
from fractions import Fraction

import pytest

from duban.conditions import compile_condition, compile_formula
from duban.errors import MeasureError, Position
from duban.results import Value
from duban.sql import Clause

FACTS: Mapping[str, Value] = {
    "lead_cases": Fraction(20),
    "cases": Fraction(0),
    "rate": Fraction(1, 3),
    "system": "政法",
    "code": "12",
    "tall": "A_b%c",
    "listed": True,
    "exempt": False,
    "points.on_time": Fraction(15),
    "label.quality": "好",
    "总件数": Fraction(7),
}


def holds(text: str, **facts: Value) -> bool:
    known = {**FACTS, **facts}
    return compile_condition(Clause(text, "test", "gates.x.when")).holds(known.get)


@pytest.mark.parametrize(
    "text",
    [
        "lead_cases >= 20",
        "lead_cases between 20 and 21 and lead_cases not between 21 and 22",
        # Exact: a third times three is one, which no float of this size would promise.
        "rate * 3 = 1",
        "rate + rate + rate = 1 and lead_cases / 3 * 3 = 20",
        "points.on_time > 14.999",
        "label.quality = '好'",
        '总件数 = 7 and "总件数" = 7',
        "system in ('政法', '经济') and system not in ('文教')",
        "system is not null and nobody is null",
        "listed and not exempt",
        "listed is true and exempt is false and exempt is not true",
        "nobody is not true",
        "case when lead_cases > 30 then false when listed then true end",
        "case system when '政法' then 1 else 2 end = 1",
        "coalesce(nobody, 3) = 3",
        "nullif(cases, 0) is null and nullif(lead_cases, 0) = 20",
        "greatest(cases, lead_cases, nobody) = 20 and least(cases, lead_cases) = 0",
        "abs(cases - lead_cases) = 20 and -lead_cases = -20",
        "length(system) = 2 and lower(tall) = 'a_b%c' and upper(tall) = 'A_B%C' and trim(' x ') = 'x'",
        "starts_with(system, '政') and ends_with(system, '法') and contains(tall, '_b')",
        "system like '政%' and system like '%法' and system like '__' and system like '政法'",
        "system not like '法%' and system not like '_' and tall like '%b%'",
        "1 < 2 and 'a' < 'b' and 'a' <> 'b' and listed <> exempt",
    ],
)
def test_conditions_that_hold(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "lead_cases > 20",
        "nobody > 3",
        "not nobody > 3",
        "nobody = nobody",
        # A text that looks like a number is no number.
        "code = 12",
        "not code = 12",
        "code > 11",
        "code in (12, 13)",
        "lead_cases / cases > 0",
        "not lead_cases / cases > 0",
        "cases / cases = 1",
        "system + 1 = 1",
        "listed > exempt",
        "lead_cases",
        "nobody and listed",
        "exempt or nobody",
        "nobody not in ('a')",
        "system not in ('a', nobody)",
        "lead_cases like '2%'",
        "nobody like '%'",
        "length(lead_cases) = 2",
        "abs(system) = 1",
        "case when nobody then true end",
        "'a' = 1",
        "null",
    ],
)
def test_what_is_unknown_or_false_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "holds_"),
    [
        ("nobody > 3 or listed", True),
        ("listed or nobody > 3", True),
        ("not (nobody > 3 and exempt)", True),
        ("not (exempt and nobody > 3)", True),
        ("nobody > 3 and listed", False),
        ("system in (nobody, '政法')", True),
    ],
)
def test_an_unknown_part_gives_way_where_the_others_decide(text: str, holds_: bool) -> None:
    assert holds(text) is holds_


def test_names_are_those_that_are_looked_up() -> None:
    condition = compile_condition(
        Clause("lead_cases > 1 and points.on_time >= 3 or label.quality = 'a' and 总件数 > 1", "test", "x")
    )
    assert condition.names == {"lead_cases", "points.on_time", "label.quality", "总件数"}
    assert condition.owner == "x"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lead_cases + 1", "type_wanted"),
        ("'a'", "type_wanted"),
        ("listed and 1", "type_wanted"),
        ("not lower(system)", "type_wanted"),
        ("(lead_cases - 1) or listed", "type_wanted"),
        ("point.on_time > 1", "text_prefix"),
        ("a.b.c > 1", "text_prefix"),
        ("cast(code as integer) = 12", "text_construct"),
        ("year(code) = 12", "text_function"),
        ("scale('rating', code) = 1", "text_function"),
        (":as_of > 1", "text_construct"),
        ("lead_cases > (select 1)", "text_construct"),
        ("lead_cases >= 20 -- large", "text_comment"),
        ("repeat(code, 9) = ''", "text_function"),
        ("(" * 51 + "listed" + ")" * 51, "text_too_deep"),
        ("lead_cases >", "text_syntax"),
        ("", "text_empty"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, code: str) -> None:
    with pytest.raises(MeasureError) as caught:
        compile_condition(Clause(text, Position("ruleset.toml", 1, 1), "gates.x.when"))
    assert caught.value.code == code
    assert caught.value.line("zh")


@pytest.mark.parametrize(
    "text",
    [
        "not " * 50 + "listed",
        "(" * 50 + "listed" + ")" * 50,
        "lead_cases" + " + 1" * 180 + " > 1",
        " or ".join(["listed"] * 190),
        f"system like '{'%a' * 5}'",
    ],
)
def test_texts_within_the_limits_are_evaluated_without_deep_recursion(text: str) -> None:
    condition = compile_condition(Clause(text, "test", "x"))
    assert condition.holds({**FACTS, "system": "a" * 5000}.get) is True


def test_a_pattern_is_matched_without_trying_the_same_text_again() -> None:
    # With backtracking, five wildcards over this text take hours.
    assert not holds("system like '%a%a%a%a%a'", system="a" * 3000 + "b")
    assert holds("system like '%a%a%a%a%b'", system="a" * 3000 + "b")


def test_a_pattern_ends_where_the_text_ends() -> None:
    assert holds("system like 'a%ab'", system="aab")
    assert not holds("system like 'ab%ab'", system="ab")
    assert holds("system like '%ab'", system="abab")
    assert holds("system like 'a%'", system="a\nb")
    assert not holds("system like 'a.'", system="ab")


def test_numbers_that_only_grow_are_stopped_at_once() -> None:
    condition = compile_condition(Clause(" * ".join(["rate"] * 190) + " > 0", "test", "gates.x.when"))
    assert condition.holds({"rate": Fraction(1, 3)}.get)
    with pytest.raises(MeasureError) as caught:
        condition.holds({"rate": Fraction(10**38, 7)}.get)
    assert (caught.value.code, caught.value.at) == ("number_too_long", "test")


@pytest.mark.parametrize(
    ("text", "names", "needed"),
    [
        ("a + count.b", "a count.b", "a count.b"),
        ("coalesce(a, b) + c", "a b c", "c"),
        ("case when a is null then b else c end", "a b c", ""),
        ("least(a, coalesce(b, 0))", "a b", "a"),
        ("hits.a / nullif(a, 0)", "a hits.a", "a hits.a"),
    ],
)
def test_a_formula_knows_what_it_cannot_do_without(text: str, names: str, needed: str) -> None:
    formula = compile_formula(Clause(text, "test", "measures.x.formula"))
    assert (formula.names, formula.needed) == (frozenset(names.split()), frozenset(needed.split()))
    assert formula.measures == {name.split(".")[-1] for name in names.split()}
