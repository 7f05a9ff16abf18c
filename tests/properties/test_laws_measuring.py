"""Laws of measuring: figures are those of a slow count in plain Python, and the order of rows changes nothing."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import Row
from measuring import AS_OF, SHIPPED, figures_of, ledger, plan_with, use_of

from duban.engine import Engine
from duban.errors import MeasureError
from duban.measures import Measure
from duban.results import Department, Figure
from duban.sql import Clause, Scope, render
from duban.stages.measuring import measure
from duban.tables import OUTCOMES, RATINGS
from duban.terms import Aggregate, Status

FIRST = date(2024, 10, 1)
DAYS = st.none() | st.integers(0, 120).map(lambda days: FIRST + timedelta(days))
RATING = st.none() | st.sampled_from(list(RATINGS))
GOOD = ("very_satisfied", "satisfied")
SCALE = {
    "very_satisfied": Fraction(1),
    "satisfied": Fraction(1),
    "basically_satisfied": Fraction(3, 5),
    "dissatisfied": Fraction(0),
}
Case = dict[str, Any]
LEDGERS = st.lists(
    st.fixed_dictionaries(
        {
            "department": st.sampled_from(["a", "b", "丙"]),
            "assigned_on": st.integers(0, 30).map(lambda days: FIRST + timedelta(days)),
            "role": st.sampled_from(["lead", "co", "separate"]),
            "deadline_on": DAYS,
            "replied_on": DAYS,
            "acknowledged_on": DAYS,
            "contacted_on": DAYS,
            "contact_mode": st.none() | st.sampled_from(["in_person", "phone", "written", "none"]),
            "contacts": st.none() | st.integers(0, 5),
            "outcome": st.none() | st.sampled_from(list(OUTCOMES)),
            "answer_rating": RATING,
            "result_rating": RATING,
            "round": st.none() | st.integers(1, 3),
            "commitment_due_on": DAYS,
            "commitment_kept_on": DAYS,
            "key_supervised": st.none() | st.booleans(),
        }
    ),
    max_size=14,
)


def late(row: Case) -> bool:
    due, replied = row["deadline_on"], row["replied_on"]
    return bool(due and (replied > due if replied else due < AS_OF))


def within(row: Case, event: str, days: int) -> bool:
    return bool(row[event] and row[event] <= row["assigned_on"] + timedelta(days))


def due(row: Case, deadline: str, event: str) -> bool:
    return bool(row[deadline] and (row[deadline] <= AS_OF or row[event]))


def kept(row: Case, deadline: str, event: str) -> bool:
    return bool(row[event] and row[event] <= row[deadline])


# The measures once more, without SQL: what counts, and what hits or what it is worth.
SHARES: dict[str, tuple[Callable[[Case], Any], Callable[[Case], Any]]] = {
    "on_time": (
        lambda r: due(r, "deadline_on", "replied_on"),
        lambda r: kept(r, "deadline_on", "replied_on"),
    ),
    "replied": (lambda r: True, lambda r: r["replied_on"]),
    "acknowledged": (lambda r: True, lambda r: within(r, "acknowledged_on", 7)),
    "contacted": (lambda r: True, lambda r: r["contact_mode"] not in (None, "none")),
    "met": (lambda r: True, lambda r: r["contact_mode"] == "in_person"),
    "contacted_within": (lambda r: True, lambda r: within(r, "contacted_on", 20)),
    "answer_satisfied": (lambda r: r["answer_rating"], lambda r: r["answer_rating"] in GOOD),
    "first_round_satisfied": (
        lambda r: r["answer_rating"] and r["round"],
        lambda r: r["answer_rating"] in GOOD and r["round"] == 1,
    ),
    "response_rate": (lambda r: r["replied_on"], lambda r: r["answer_rating"]),
    "resolved": (lambda r: r["outcome"], lambda r: r["outcome"] == "resolved"),
    "result_satisfied": (lambda r: r["result_rating"], lambda r: r["result_rating"] in GOOD),
    "answer_to_result": (
        lambda r: r["answer_rating"] in GOOD and r["result_rating"],
        lambda r: r["result_rating"] in GOOD,
    ),
    "unverified": (lambda r: r["answer_rating"] in GOOD, lambda r: r["result_rating"] is None),
    "commitments_kept": (
        lambda r: due(r, "commitment_due_on", "commitment_kept_on"),
        lambda r: kept(r, "commitment_due_on", "commitment_kept_on"),
    ),
}
NUMBERS: dict[str, Callable[[Case], Any]] = {
    "overdue": late,
    "answer_dissatisfied": lambda r: r["answer_rating"] == "dissatisfied",
    "result_dissatisfied": lambda r: r["result_rating"] == "dissatisfied",
    "slipped": lambda r: r["answer_rating"] in GOOD and r["result_rating"] == "dissatisfied",
    "recovered": lambda r: r["answer_rating"] == "dissatisfied" and r["result_rating"] in GOOD,
    "cases": lambda r: True,
    "lead_cases": lambda r: r["role"] == "lead",
    "co_cases": lambda r: r["role"] == "co",
    "key_cases": lambda r: r["key_supervised"],
}
WORTHS: dict[str, Callable[[Case], Fraction | int | None]] = {
    "overdue_days": lambda r: ((r["replied_on"] or AS_OF) - r["deadline_on"]).days if late(r) else None,
    "handling_days": lambda r: (r["replied_on"] - r["assigned_on"]).days if r["replied_on"] else None,
    "contacts_per_case": lambda r: r["contacts"],
    "answer_score": lambda r: SCALE.get(r["answer_rating"]),
    "result_score": lambda r: SCALE.get(r["result_rating"]),
}


def slow_share(rows: Sequence[Case], name: str) -> Figure:
    counts, hits = SHARES[name]
    counted = [row for row in rows if counts(row)]
    hit = sum(1 for row in counted if hits(row))
    if not counted:
        return Figure(Status.NOT_APPLICABLE, 0, 0)
    return Figure(Status.MEASURED, len(counted), hit, Fraction(hit, len(counted)))


def slow_value(rows: Sequence[Case], name: str) -> Figure:
    worths = sorted(worth for row in rows if (worth := WORTHS[name](row)) is not None)
    kind = SHIPPED[name].kind
    if not worths and kind is not Aggregate.SUM:
        return Figure(Status.NOT_APPLICABLE)
    total = Fraction(sum(worths))
    if kind is Aggregate.MEAN:
        total /= len(worths)
    if kind is Aggregate.QUANTILE:
        # The median as the inverse of the distribution function: the lower one of an even number.
        total = Fraction(worths[(len(worths) - 1) // 2])
    return Figure(Status.MEASURED, len(worths), None, total)


def slow(rows: Sequence[Case], name: str) -> Figure:
    """Return the figure of one department's rows."""
    if name in SHARES:
        return slow_share(rows, name)
    if name in WORTHS:
        return slow_value(rows, name)
    number = sum(1 for row in rows if NUMBERS[name](row))
    return Figure(Status.MEASURED, number, None, Fraction(number))


def as_rows(cases: Sequence[Case]) -> list[Row]:
    """Return cases as rows of a ledger: dates as texts, numbered."""
    return [
        {"case_id": str(number)}
        | {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in row.items()}
        for number, row in enumerate(cases)
    ]


NAMES = sorted(set(SHIPPED) - {"faults", "mark"})
USES = [use_of(name) for name in NAMES]
SLOWLY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_slow_count_knows_every_shipped_measure() -> None:
    assert set(NAMES) == {*SHARES, *NUMBERS, *WORTHS}


@SLOWLY
@given(LEDGERS.filter(bool))
def test_every_measure_is_what_a_slow_count_says(cases: list[Case]) -> None:
    found = figures_of(as_rows(cases), *USES)
    for name in NAMES:
        for department, figure in found[name].items():
            assert figure == slow([row for row in cases if row["department"] == department], name), name


@SLOWLY
@given(LEDGERS.filter(bool), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_uses_changes_nothing(cases: list[Case], random: Any) -> None:
    shuffled_cases, shuffled_uses = list(cases), list(USES)
    random.shuffle(shuffled_cases)
    random.shuffle(shuffled_uses)
    assert figures_of(as_rows(shuffled_cases), *shuffled_uses) == figures_of(as_rows(cases), *USES)


@SLOWLY
@given(LEDGERS.filter(bool), LEDGERS)
def test_another_departments_cases_change_nothing(cases: list[Case], others: list[Case]) -> None:
    elsewhere = [{**row, "department": "elsewhere"} for row in others]
    alone, together = figures_of(as_rows(cases), *USES), figures_of(as_rows([*cases, *elsewhere]), *USES)
    for name in NAMES:
        assert {key: together[name][key] for key in alone[name]} == alone[name]


@SLOWLY
@given(LEDGERS.filter(bool), LEDGERS.filter(bool))
def test_counters_merge(first: list[Case], second: list[Case]) -> None:
    """Counts and hits of two ledgers add up to those of both."""
    parts = [figures_of(as_rows(cases), *USES) for cases in (first, second)]
    whole = figures_of(as_rows([*first, *second]), *USES)
    for name in NAMES:
        for department, figure in whole[name].items():
            found = [part[name][department] for part in parts if department in part[name]]
            assert figure.count == sum(part.count for part in found)
            assert (figure.hits or 0) == sum(part.hits or 0 for part in found)


CONDITIONS = st.recursive(
    st.sampled_from(
        [
            "role = 'lead'",
            "contacts > 2",
            "key_supervised",
            "round is null",
            "replied_on <= deadline_on",
            "true",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: "({} {} {})".format(*parts)
        ),
    ),
    max_leaves=6,
)


@SLOWLY
@given(LEDGERS.filter(bool), CONDITIONS, CONDITIONS)
def test_a_hit_counts_and_meets_both_conditions(cases: list[Case], count: str, hit: str) -> None:
    """Against the engine's own reading of the author's text, row by row."""
    item = Measure("m", "m", count, hit)
    with Engine() as engine:
        relation = ledger(engine, as_rows(cases))
        (figure,) = measure(
            engine, {"cases": relation}, plan_with(use_of(item)), [Department("a", "a")], AS_OF
        ).figures["m"]
        rows = engine.rows(f"SELECT ({count}), ({hit}) FROM cases WHERE department = 'a'")
    assert figure.count == sum(1 for counted, _ in rows if counted)
    assert figure.hits == sum(1 for counted, hits in rows if counted and hits)


def answer(text: str) -> str:
    """Return the SQL of a text, or the sentence that refuses it."""
    try:
        return render(Clause(text, "test", "m.count"), Scope({})).sql
    except MeasureError as error:
        return error.line("zh")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    assert answer(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "'x'",
                "1",
                "(",
                ")",
                ",",
                ".",
                ":p",
                "=",
                "and",
                "or",
                "not",
                "case",
                "when",
                "then",
                "end",
                "in",
                "-",
                "+",
                "*",
                "interval",
                "date",
            ]
        )
    )
)
def test_any_sentence_of_words_is_read_or_refused_with_a_sentence(words: list[str]) -> None:
    assert answer(" ".join(words))
