"""The typed view against a plain model of it, row by row, and its independence of the order of rows."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import Row, ruleset, typed_table

from duban.engine import Engine
from duban.errors import Position
from duban.results import Department
from duban.ruleset import Period
from duban.view import build_view

AS_OF = date(2024, 6, 30)
PERIOD = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 5, 31)})
RULES = ruleset(
    deadlines={
        "reply": {
            "months": 3,
            "when": "role <> 'co'",
            "volume": [{"over": 1, "days": 10}, {"over": 3, "days": 15}],
        }
    },
    ratings={"answer": {"non_response": "as_satisfied"}},
)
SHOWN = (
    "case_id",
    "replied_on",
    "outcome",
    "answer_rating",
    "answer_rating_counted",
    "deadline_on",
    "department_cases",
)
DAYS = st.dates(date(2023, 12, 20), date(2024, 7, 10))
MAYBE_DAY = st.one_of(st.none(), DAYS)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "department": st.sampled_from("ab"),
            "assigned_on": DAYS,
            "role": st.sampled_from(["lead", "co", "separate"]),
            "state": st.sampled_from([None, "active", "carried_over", "merged"]),
            "extended_to": MAYBE_DAY,
            "due_on": MAYBE_DAY,
            "replied_on": MAYBE_DAY,
            "reply_kind": st.sampled_from([None, "final", "interim"]),
            "outcome": st.sampled_from([None, "resolved"]),
            "answer_rating": st.sampled_from([None, "dissatisfied"]),
        }
    ),
    max_size=8,
)


def months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def modelled(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what the view should show of the rows, worked out one row at a time."""
    counted = [
        row
        for row in rows
        if row["state"] != "merged" and PERIOD.start <= row["assigned_on"] <= min(PERIOD.end, AS_OF)
    ]
    shown = []
    for row in counted:
        handled = sum(other["department"] == row["department"] and other["role"] != "co" for other in counted)
        future = row["replied_on"] is not None and row["replied_on"] > AS_OF
        replied = None if future or row["reply_kind"] == "interim" else row["replied_on"]
        outcome, rating = (None, None) if future else (row["outcome"], row["answer_rating"])
        more = timedelta(days=15 if handled > 3 else 10 if handled > 1 else 0)
        rule = months_later(row["assigned_on"], 3) + more if row["role"] != "co" else None
        silent = rating is None and replied is not None
        due = row["extended_to"] or row["due_on"] or rule
        shown.append(
            (row["case_id"], replied, outcome, rating, "satisfied" if silent else rating, due, handled)
        )
    return sorted(shown)


def viewed(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    with Engine() as engine:
        relation = typed_table(engine, [{**row, **_as_text(row)} for row in rows])
        departments = [Department("a", "a"), Department("b", "b")]
        view = build_view(
            engine,
            {"cases": relation},
            departments,
            RULES,
            PERIOD,
            AS_OF,
            lambda path: Position(".".join(path)),
        )
        counted = engine.rows(f"SELECT {', '.join(SHOWN)} FROM {view.relations['cases'].name} ORDER BY ALL")
        assert {item.id for item in view.departments if item.has_cases} == {
            row["department"] for row in rows if row["case_id"] in {shown[0] for shown in counted}
        }
        left_out = sum(int(str(item.facts["count"])) for item in view.findings)
        assert left_out == len(rows) - len(counted)
        return counted


def _as_text(row: Row) -> dict[str, str]:
    return {name: value.isoformat() for name, value in row.items() if isinstance(value, date)}


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_view_is_what_its_definition_says_in_any_order(rows: list[dict[str, Any]], random: Any) -> None:
    # One row that always counts, so that every column is there.
    first = dict.fromkeys(
        ("extended_to", "due_on", "replied_on", "reply_kind", "outcome", "answer_rating", "state")
    )
    given_rows = [{"department": "a", "assigned_on": date(2024, 3, 31), "role": "lead", **first}, *rows]
    numbered = [{**row, "case_id": str(number)} for number, row in enumerate(given_rows)]
    random.shuffle(numbered)
    assert viewed(numbered) == modelled(numbered)
