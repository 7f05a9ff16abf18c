from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from duban.engine import Engine
from duban.errors import MeasureError, Position, Problems
from duban.language.text import LONGEST_TEXT
from duban.sql import Clause, Rendered, Scope, Wanted, check_types, render
from duban.tables import CASES, Column
from duban.terms import ColumnType

COLUMNS = {
    **CASES.columns,
    "deadline_on": Column("deadline_on", ColumnType.DATE),
    "amount": Column("amount", ColumnType.DECIMAL),
    "牵头 单位": Column("牵头 单位", ColumnType.TEXT),
}
BINDINGS = {
    "as_of": date(2024, 1, 31),
    "period_from": None,
    "grace_days": 0,
    "more_days": 5,
    "less_days": -2,
    "half": Decimal("0.5"),
    "accept": "satisfied",
    "quote": "it's",
    "flag": True,
}
SCALES = {
    "thirds": {"satisfied": Fraction(1, 3)},
    "signed": {"satisfied": Fraction(1), "dissatisfied": Fraction(-1, 4)},
}
SCOPE = Scope(COLUMNS, BINDINGS, SCALES)


@pytest.fixture(scope="module")
def typing_engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def clause(text: str) -> Clause:
    return Clause(text, Position("ruleset.toml", 3, 9), "criteria.on_time.where")


def rendered(text: str) -> str:
    return render(clause(text), SCOPE).sql


def error_of(text: str) -> MeasureError:
    with pytest.raises(MeasureError) as caught:
        render(clause(text), SCOPE)
    assert caught.value.line("zh")
    assert caught.value.line("en")
    return caught.value


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("role = 'lead'", """"role" = 'lead'"""),
        ("round = 1", '"round" = 1'),
        # A short list is spelled out: the engine is faster with it.
        ("role in ('lead', 'separate', 'lead')", """("role" = 'lead' OR "role" = 'separate')"""),
        ("role not in ('lead')", """NOT "role" = 'lead'"""),
        ("contacts in (1, 2, 3, 4, 5, 6, 7, 8, 9)", '"contacts" IN (1, 2, 3, 4, 5, 6, 7, 8, 9)'),
        ("not key_supervised", 'NOT "key_supervised"'),
        ("\"牵头 单位\" = '市公安局'", """"牵头 单位" = '市公安局'"""),
        ("牵头 is null", None),
        # A date plus days stays a date; no days at all need no sum.
        ("replied_on <= deadline_on + interval (:grace_days) day", '"replied_on" <= "deadline_on"'),
        ("replied_on <= deadline_on + interval (:more_days) day", '"replied_on" <= "deadline_on" + 5'),
        ("replied_on <= deadline_on + interval (:less_days) day", '"replied_on" <= "deadline_on" + (-2)'),
        ("replied_on <= deadline_on - interval 1 week", '"replied_on" <= "deadline_on" - 7'),
        (
            "replied_on <= assigned_on + interval 3 month",
            '"replied_on" <= CAST("assigned_on" + INTERVAL (3) MONTH AS DATE)',
        ),
        ("replied_on <= :as_of", """"replied_on" <= CAST('2024-01-31' AS DATE)"""),
        # A parameter is a literal, whatever it holds.
        ("title = :quote", """"title" = 'it''s'"""),
        ("key_supervised = :flag", '"key_supervised" = TRUE'),
        ("amount > :half", '"amount" > 0.5'),
        ("date_diff('day', assigned_on, replied_on)", """DATE_DIFF('DAY', "assigned_on", "replied_on")"""),
        (
            "scale('signed', answer_rating)",
            """CASE "answer_rating" WHEN 'satisfied' THEN 1.00 WHEN 'dissatisfied' THEN (-0.25) END""",
        ),
        (
            "scale('rating', answer_rating)",
            (
                """CASE "answer_rating" WHEN 'very_satisfied' THEN 1.0 WHEN 'satisfied' THEN 1.0"""
                """ WHEN 'basically_satisfied' THEN 0.6 WHEN 'dissatisfied' THEN 0.0 END"""
            ),
        ),
    ],
)
def test_the_checked_tree_is_rendered_with_quoted_names_and_typed_literals(
    text: str, sql: str | None
) -> None:
    if sql is None:
        assert error_of(text).code == "column_unknown"
    else:
        assert rendered(text) == sql


def test_a_rating_that_the_rulesets_scale_leaves_out_keeps_its_default() -> None:
    scope = SCOPE._replace(scales={"rating": {"basically_satisfied": Fraction(1, 2)}})
    assert render(clause("scale('rating', answer_rating)"), scope).sql == (
        """CASE "answer_rating" WHEN 'very_satisfied' THEN 1.0 WHEN 'satisfied' THEN 1.0"""
        """ WHEN 'basically_satisfied' THEN 0.5 WHEN 'dissatisfied' THEN 0.0 END"""
    )


def test_rendering_tells_the_columns_the_type_and_the_parts() -> None:
    found = render(clause("role = 'lead' and (contacts > 1 and (title = 'a' or title = 'b'))"), SCOPE)
    assert found.columns == {"role", "contacts", "title"}
    assert found.type is ColumnType.BOOLEAN
    assert [part.sql for part in found.parts] == [
        """"role" = 'lead'""",
        '"contacts" > 1',
        """("title" = 'a' OR "title" = 'b')""",
    ]


@pytest.mark.parametrize(
    ("text", "needs", "given"),
    [
        ("role = 'lead'", {"role"}, set()),
        ("replied_on <= deadline_on", {"replied_on", "deadline_on"}, set()),
        ("key_supervised", {"key_supervised"}, set()),
        ("role in ('lead', 'co')", {"role"}, set()),
        ("contacts > 1 or replied_on < deadline_on", set(), set()),
        ("contacts is not null", {"contacts"}, {"contacts"}),
        ("contacts is null", set(), set()),
        ("contacts > 1 or round is not null or title is not null", set(), {"round", "title"}),
        ("not contacts > 1", set(), set()),
        ("coalesce(contacts, 0) = 0", set(), set()),
    ],
)
def test_a_part_tells_what_it_needs_and_what_makes_it_hold(
    text: str, needs: set[str], given: set[str]
) -> None:
    (part,) = render(clause(text), SCOPE).parts
    assert (set(part.needs), set(part.given)) == (needs, given)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \u3000\n", "text_empty"),
        ("role = 'lead' -- main", "text_comment"),
        ("role /* x */ = 'lead'", "text_comment"),
        ("-- only", "text_comment"),
        ("role = 'lead", "text_unclosed"),
        ('"role = 1', "text_unclosed"),
        ("true; drop table cases", "text_several_statements"),
        ("select 1", "text_construct"),
        ("(select 1) = 1", "text_construct"),
        ("exists (select 1)", "text_construct"),
        ("role in (select 'lead')", "text_construct"),
        ("role in title", "text_construct"),
        ("drop table cases", "text_construct"),
        ("attach 'x'", "text_construct"),
        ("*", "text_construct"),
        ("count(*)", "text_function"),
        ("sum(contacts) over ()", "text_construct"),
        ("max(contacts) > 1", "text_function"),
        ("repeat('a', 1000000000) = 'a'", "text_function"),
        ("repeat('a', 1e9) = 'a'", "text_number"),
        ("read_text('/etc/passwd') = ''", "text_function"),
        ("getenv('HOME') = ''", "text_function"),
        ("concat(title, title) = ''", "text_function"),
        ("lpad(title, 9, 'x') = ''", "text_function"),
        ("replace(title, 'a', 'b') = ''", "text_function"),
        ("current_date > replied_on", "text_function"),
        ("today() > replied_on", "text_function"),
        ("'a' 'b' = title", "text_function"),
        ("if(true, true, false)", "text_function"),
        ("title || title = ''", "text_symbol"),
        ("[1] = [1]", "text_symbol"),
        ("{'a': 1} is null", "text_symbol"),
        ("x -> x", "text_symbol"),
        ("contacts % 2 = 0", "text_symbol"),
        ("title ~ 'x'", "text_symbol"),
        ("$1 = 1", "text_symbol"),
        ("? = 1", "text_symbol"),
        ("@contacts = 1", "text_symbol"),
        ("$$a$$ = title", "text_symbol"),
        ("role ＝ 'lead'", "text_full_width"),
        ("role = ‘lead’", "text_full_width"),
        ("role = 'lead' andd contacts > 1", "text_syntax"),
        ("role = ", "text_syntax"),
        ("contacts > 1 2", "text_syntax"),
        ("case when key_supervised then 1", "text_syntax"),
        ("contacts / 2 > 1", "text_division"),
        ("cases.role = 'lead'", "text_qualified"),
        ("cast(contacts as double) > 1", "text_cast"),
        ("contacts::varchar = '1'", "text_cast"),
        ("timestamp '2024-01-01' > replied_on", "text_cast"),
        ("try_cast(title as integer) = 1", "text_construct"),
        ("title like title", "text_pattern"),
        (f"title like '{'%a' * 6}'", "text_pattern"),
        (f"title like '{'a' * 101}'", "text_pattern"),
        ("title ilike 'a'", "text_construct"),
        ("title like 'a!%' escape '!'", "text_construct"),
        ("contacts between symmetric 3 and 1", "text_construct"),
        ("contacts is distinct from 1", "text_construct"),
        ("lower(title ignore nulls) = ''", "text_construct"),
        ("coalesce(distinct title) = ''", "text_construct"),
        ("replied_on > interval 3 day", "text_interval"),
        ("replied_on + interval 3 hour > :as_of", "text_interval"),
        ("replied_on + interval (contacts) day > :as_of", "text_interval"),
        ("replied_on + interval (:half) day > :as_of", "text_interval"),
        ("replied_on + interval 999999 day > :as_of", "text_interval"),
        ("date_diff('hour', assigned_on, replied_on) > 1", "text_interval"),
        ("contacts > 1e400", "text_number"),
        ("contacts > 1234567890123456789", "text_number"),
        ("repliedon is null", "column_unknown"),
        ("replied_on <= :asof", "parameter_unknown"),
        ("replied_on >= :period_from", "parameter_unbound"),
        ("role = 'leed'", "label_unknown"),
        ("'leed' = role", "label_unknown"),
        ("role in ('lead', 'main')", "label_unknown"),
        ("role <> :accept", "label_unknown"),
        ("case role when 'leed' then true end", "label_unknown"),
        ("role > 'co'", "labels_ordered"),
        ("scale('rating', role) > 1", "label_unknown"),
        ("scale('grade', answer_rating) > 1", "scale_unknown"),
        ("scale('thirds', answer_rating) > 1", "scale_not_decimal"),
        ("scale(answer_rating) > 1", "text_scale"),
        ("replied_on <= '2024-06-30'", "date_needed"),
        ("replied_on between '2024-06-01' and date '2024-06-30'", "date_needed"),
        ("replied_on <= date '2024-02-30'", "date_impossible"),
        ("replied_on <= date '20240630'", "date_impossible"),
        ("role = null", "null_compared"),
        ("role = 3", "type_misfit"),
        ("contacts = 'x'", "type_misfit"),
        ("coalesce(contacts, title) = 1", "type_misfit"),
        ("role and key_supervised", "type_wanted"),
        ("key_supervised and 5", "type_wanted"),
        ("replied_on + 3 > :as_of", "type_wanted"),
        ("contacts + interval 3 day > :as_of", "type_wanted"),
        ("length(contacts) > 1", "type_wanted"),
        ("year(title) = 2024", "type_wanted"),
        ("not contacts", "type_wanted"),
        ("contacts is true", "type_wanted"),
    ],
)
def test_what_is_not_a_scalar_expression_over_the_columns_is_refused(text: str, code: str) -> None:
    assert error_of(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 5000 + "true" + ")" * 5000, "expression_too_long"),
        ("true" + " " * LONGEST_TEXT, "expression_too_long"),
        ("(" * 51 + "true" + ")" * 51, "text_too_deep"),
        ("not " * 400 + "true", "text_too_deep"),
        ("- " * 900 + "1", "text_too_deep"),
        ("case when " * 60 + "true" + " then true end" * 60, "text_too_deep"),
        ("abs(" * 60 + "1" + ")" * 60, "text_too_deep"),
        ("true = not " * 170 + "true", "text_too_deep"),
        ("1" + "+1-1" * 400 + " > 0", "text_too_deep"),
    ],
)
def test_limits_hold_before_the_parser_is_asked(text: str, code: str) -> None:
    assert error_of(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50 + "true" + ")" * 50,
        "not " * 50 + "true",
        "case when " * 50 + "true" + " then true end" * 50,
        " and ".join(["key_supervised"] * 100),
        "key_supervised" + " and true or false" * 100,
    ],
)
def test_texts_within_the_limits_are_read(text: str, typing_engine: Engine) -> None:
    found = render(clause(text), SCOPE)
    check_types(typing_engine, COLUMNS, [(clause(text), found, "boolean")])


def test_a_text_that_duban_puts_together_may_be_longer() -> None:
    text = " or ".join(["key_supervised"] * 200)
    assert render(clause(text)._replace(longest=len(text)), SCOPE).type is ColumnType.BOOLEAN


def test_the_work_does_not_double_with_every_term() -> None:
    text = " + ".join(["length(lower(title))"] * 80)
    assert render(clause(text), SCOPE).type is ColumnType.INTEGER


@pytest.mark.parametrize(
    ("text", "column"),
    [
        # The value begins with its quote at column 9, so the first character stands at 10.
        ("rolle = 'lead'", 10),
        ("role = 'leed'", 17),
        ("true and title like title", 19),
        ("key_supervised and getenv('a') = ''", 29),
        ("replied_on <= :asof", 24),
        ("role = 'lead' -- x", 24),
        ("contacts > 1 ; true", 23),
    ],
)
def test_errors_point_at_the_token(text: str, column: int) -> None:
    assert error_of(text).at == Position("ruleset.toml", 3, column)


def test_errors_of_a_text_of_several_lines_point_at_the_value() -> None:
    assert error_of("true\nand rolle = 'lead'").at == Position("ruleset.toml", 3, 9)


def test_errors_name_what_exists() -> None:
    assert "是不是“replied_on”" in error_of("repliedon is null").line("zh")
    assert "是不是“as_of”" in error_of("replied_on < :asof").line("zh")
    assert "是不是“lead”" in error_of("role = 'leed'").line("zh")
    assert "是不是“starts_with”" in error_of("startwith(title, 'a')").line("zh")


def checked(engine: Engine, text: str, wanted: Wanted) -> None:
    check_types(engine, COLUMNS, [(clause(text), render(clause(text), SCOPE), wanted)])


@pytest.mark.parametrize(
    ("text", "wanted", "code"),
    [
        ("contacts", "boolean", "type_wanted"),
        ("title", "number", "type_wanted"),
        ("key_supervised", "number", "type_wanted"),
        ("replied_on", "number", "type_wanted"),
        ("null", "number", "text_always_unknown"),
        ("null", "boolean", "text_always_unknown"),
    ],
)
def test_a_text_of_the_wrong_type_is_refused(
    typing_engine: Engine, text: str, wanted: Wanted, code: str
) -> None:
    with pytest.raises(MeasureError) as caught:
        checked(typing_engine, text, wanted)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "contacts",
        "contacts * 2 + 1",
        "amount * 1.5",
        "replied_on - assigned_on",
        "year(replied_on) * 12 + month(replied_on)",
        "greatest(contacts, 0.5)",
        "cast(title as decimal(10, 2))",
        "case when key_supervised then 1 else 0 end",
        "-abs(contacts)",
        "length(trim(title))",
        "nullif(contacts, 0)",
        "scale('rating', answer_rating) * 100",
    ],
)
def test_integers_and_decimals_are_values(typing_engine: Engine, text: str) -> None:
    checked(typing_engine, text, "number")


def test_a_float_is_refused_with_the_way_out(typing_engine: Engine) -> None:
    floating = Rendered("sqrt(contacts)", frozenset({"contacts"}), ColumnType.DECIMAL, ())
    with pytest.raises(MeasureError) as caught:
        check_types(typing_engine, COLUMNS, [(clause("sqrt(contacts)"), floating, "number")])
    assert caught.value.code == "value_is_float"
    assert "比率" in caught.value.line("zh")


def test_what_the_engine_cannot_bind_is_one_line_for_each_text(typing_engine: Engine) -> None:
    broken = Rendered("no_such_function(contacts)", frozenset({"contacts"}), ColumnType.DECIMAL, ())
    with pytest.raises(Problems) as caught:
        check_types(typing_engine, COLUMNS, [(clause(f"c{number}"), broken, "number") for number in range(2)])
    assert [error.code for error in caught.value.errors] == ["text_unbindable"] * 2
    assert len(caught.value.line("zh").splitlines()) == 2


def test_the_recursion_limit_is_put_back() -> None:
    import sys

    before = sys.getrecursionlimit()
    rendered("(" * 50 + "true" + ")" * 50)
    assert sys.getrecursionlimit() == before


def test_rendered_texts_mean_what_the_author_wrote(typing_engine: Engine) -> None:
    row: dict[str, Any] = {
        "contacts": "2",
        "title": "'修路'",
        "role": "'lead'",
        "replied_on": "DATE '2024-02-29'",
    }
    one = f"(SELECT {', '.join(f'{value} AS {name}' for name, value in row.items())})"
    holds = [
        "role = 'lead' or contacts > 5 and title = 'x'",
        "not role = 'co' and contacts between 1 and 3",
        "title not like '%桥%' and not title not like '修%' and contacts not in (1, 3)",
        "(role = 'co' or contacts = 2) and title like '修%'",
        "contacts - 1 - 1 = 0",
        "2 - (1 - 1) = contacts",
        "replied_on + interval 1 year = date '2025-02-28'",
        "replied_on - interval 1 month = date '2024-01-29'",
        "interval 1 day + replied_on = date '2024-03-01'",
        "day(replied_on) = 29 and date_diff('day', date '2024-02-01', replied_on) = 28",
        "contacts = cast('2' as integer) and contains(title, '路')",
        "case role when 'lead' then contacts else 0 end = 2",
        "coalesce(nullif(contacts, 2), 7) = 7",
    ]
    for text in holds:
        assert typing_engine.one(f"SELECT ({rendered(text)}) FROM {one}") == (True,), text


def test_a_chinese_heading_is_told_the_name_of_its_column() -> None:
    with pytest.raises(MeasureError) as caught:
        render(Clause("承办单位 is null", Position("r.toml", 1, 1), "x"), Scope(CASES.columns))
    assert caught.value.facts["known"] == ["department"]
