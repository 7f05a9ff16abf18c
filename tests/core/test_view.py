from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledgers import Row, case, ruleset, typed_table

from duban.added_columns import derived_columns
from duban.engine import Engine
from duban.errors import DubanError, MeasureError, Position, RulesetError
from duban.results import Department
from duban.ruleset import Period, Ruleset
from duban.tables import Column
from duban.terms import ColumnType
from duban.view import View, build_view

AS_OF = date(2024, 12, 31)
YEAR = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})
A_AND_B = [Department("a", "甲局"), Department("b", "乙局")]


def at(path: tuple[str, ...]) -> Position:
    return Position("ruleset.toml " + ".".join(path))


def view_of(
    engine: Engine,
    rows: Sequence[Row],
    rules: Ruleset | None = None,
    period: Period | None = None,
    as_of: date = AS_OF,
    **options: Any,
) -> View:
    relation = typed_table(engine, rows)
    return build_view(engine, {"cases": relation}, A_AND_B, rules or ruleset(), period, as_of, at, **options)


def seen(engine: Engine, view: View, *columns: str) -> list[Any]:
    rows = engine.rows(
        f"SELECT {', '.join(columns)} FROM {view.relations['cases'].name} ORDER BY _file, _row, 1"
    )
    return [row[0] for row in rows] if len(columns) == 1 else rows


def deadlines(rows: Sequence[Row], *columns: str, **rules: Any) -> list[Any]:
    with Engine() as engine:
        view = view_of(engine, rows, ruleset(deadlines=rules))
        return seen(engine, view, *(columns or ("deadline_on",)))


def codes(view: View) -> list[tuple[str, str, object]]:
    return [(item.code, item.value, item.facts.get("count")) for item in view.findings]


def test_events_after_as_of_have_not_happened() -> None:
    late = case(
        1,
        acknowledged_on="2024-07-01",
        contacted_on="2024-07-01",
        replied_on="2024-07-01",
        published_on="2024-07-01",
        commitment_kept_on="2024-07-01",
        commitment_due_on="2024-08-01",
        due_on="2024-08-01",
        extended_to="2024-09-01",
        outcome="resolved",
        answer_rating="satisfied",
        result_rating="satisfied",
        round=2,
        contacts=3,
    )
    early = {**late, "case_id": "2", "replied_on": "2024-06-30", "published_on": "2024-06-30"}
    names = ("acknowledged_on", "contacted_on", "replied_on", "published_on", "commitment_kept_on")
    kept = ("commitment_due_on", "due_on", "extended_to", "contacts")
    follows = ("outcome", "answer_rating", "result_rating", "round")
    with Engine() as engine:
        view = view_of(engine, [late, early], as_of=date(2024, 6, 30))
        first, second = seen(engine, view, *names)
        assert first == (None, None, None, None, None)
        assert second == (None, None, date(2024, 6, 30), date(2024, 6, 30), None)
        assert seen(engine, view, *kept)[0] == (date(2024, 8, 1), date(2024, 8, 1), date(2024, 9, 1), 3)
        # What follows a reply goes with it, and only with it.
        assert seen(engine, view, *follows) == [
            (None, None, None, None),
            ("resolved", "satisfied", "satisfied", 2),
        ]


def test_an_event_on_the_day_itself_has_happened() -> None:
    with Engine() as engine:
        view = view_of(engine, [case(replied_on="2024-06-30")], as_of=date(2024, 6, 30))
        assert seen(engine, view, "replied_on") == [date(2024, 6, 30)]


def test_an_interim_reply_is_no_answer() -> None:
    rows = [
        case(1, replied_on="2024-04-01", reply_kind="interim", outcome="in_progress"),
        case(2, replied_on="2024-04-01", reply_kind="final", outcome="resolved"),
        case(3, replied_on="2024-04-01", reply_kind=None, outcome="resolved"),
    ]
    with Engine() as engine:
        answered = seen(engine, view_of(engine, rows), "replied_on", "outcome")
    day = date(2024, 4, 1)
    assert answered == [(None, "in_progress"), (day, "resolved"), (day, "resolved")]


def test_rows_left_out_are_counted_in_findings() -> None:
    rows = [
        case(1),
        case(2, state="withdrawn"),
        case(3, state="withdrawn", assigned_on="2023-01-01"),
        case(4, state="merged"),
        case(5, state="carried_over"),
        case(6, assigned_on="2023-12-31"),
        case(7, assigned_on="2024-11-01"),
    ]
    with Engine() as engine:
        view = view_of(engine, rows, period=YEAR, as_of=date(2024, 10, 31))
        assert seen(engine, view, "case_id") == ["1", "5"]
    # Each row once, under its first reason: the state comes before the period.
    assert codes(view) == [
        ("state_not_counted", "并案", 1),
        ("state_not_counted", "撤回", 2),
        ("assigned_after_as_of", "", 1),
        ("outside_period", "", 1),
    ]
    assert {item.file for item in view.findings} == {"台账.xlsx"}
    assert all(
        "?" not in part for item in view.findings for part in item.sentences("zh") + item.sentences("en")
    )


def test_both_ends_of_the_period_are_in_it() -> None:
    rows = [
        case(number, assigned_on=day) for number, day in enumerate(("2023-12-31", "2024-01-01", "2024-12-31"))
    ]
    with Engine() as engine:
        assert seen(engine, view_of(engine, rows, period=YEAR), "case_id") == ["1", "2"]


def test_a_period_by_another_column_leaves_out_blanks() -> None:
    period = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31), "by": "replied_on"})
    rows = [
        case(1, assigned_on="2023-11-01", replied_on="2024-01-05"),
        case(2, replied_on=None),
        case(3, replied_on="2024-07-01"),
    ]
    with Engine() as engine:
        view = view_of(engine, rows, period=period, as_of=date(2024, 6, 30))
        # The third reply has not happened by the end of June.
        assert seen(engine, view, "case_id") == ["1"]
    assert codes(view) == [("outside_period", "", 2)]


def test_a_period_by_a_column_that_the_ledger_lacks_is_an_error() -> None:
    period = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31), "by": "replied_on"})
    with Engine() as engine, pytest.raises(RulesetError) as caught:
        view_of(engine, [case()], period=period)
    assert caught.value.code == "period_column_missing"


@pytest.mark.parametrize(
    ("assigned", "months", "due"),
    [
        ("2024-01-31", 3, date(2024, 4, 30)),
        ("2023-11-30", 3, date(2024, 2, 29)),
        ("2022-11-30", 3, date(2023, 2, 28)),
        ("2024-08-31", 6, date(2025, 2, 28)),
        ("2024-02-29", 12, date(2025, 2, 28)),
        ("2024-03-15", 3, date(2024, 6, 15)),
        ("2024-03-15", 0, date(2024, 3, 15)),
    ],
)
def test_calendar_months_are_clamped_to_the_months_end(assigned: str, months: int, due: date) -> None:
    assert deadlines([case(assigned_on=assigned)], reply={"months": months}) == [due]


def test_days_and_a_fixed_date() -> None:
    assert deadlines([case(assigned_on="2024-02-20")], reply={"days": 15}) == [date(2024, 3, 6)]
    assert deadlines([case()], reply={"date": date(2024, 6, 30)}) == [date(2024, 6, 30)]


def test_working_days_over_the_spring_festival_of_2024() -> None:
    # After Thursday 8 February: 9; the holiday; the make-up Sunday 18; 19, 20. After the holiday Monday 12: 18 to 22.
    rows = [case(1, assigned_on="2024-02-08"), case(2, assigned_on="2024-02-12")]
    assert deadlines(rows, reply={"working_days": 4}) == [date(2024, 2, 20), date(2024, 2, 21)]
    assert deadlines(rows, reply={"working_days": 0}) == [date(2024, 2, 8), date(2024, 2, 12)]


def test_several_clocks_of_working_days_share_one_calendar() -> None:
    rows = [case(1, assigned_on="2024-02-08", contacted_on="2024-09-27"), case(2, contacted_on=None)]
    # After Friday 27 September: Sunday 29 is worked, 30, then the National Day holiday until 7 October.
    found = deadlines(
        rows,
        "deadline_on",
        "confirm_deadline_on",
        reply={"working_days": 1},
        confirm={"working_days": 3, "from": "contacted_on"},
    )
    assert found == [(date(2024, 2, 9), date(2024, 10, 8)), (date(2024, 3, 4), None)]


def test_an_unknown_calendar_year_stops_and_a_workspace_may_add_it(tmp_path: Path) -> None:
    rows, rules = [case(assigned_on="2026-12-30")], ruleset(deadlines={"reply": {"working_days": 2}})
    with Engine() as engine:
        with pytest.raises(RulesetError) as caught:
            view_of(engine, rows, rules, as_of=date(2027, 1, 31))
        assert caught.value.code == "unknown_calendar_year"
        (tmp_path / "2027.toml").write_text("year = 2027\nholidays = [2027-01-01]\n", "utf-8")
        view = view_of(engine, rows, rules, as_of=date(2027, 1, 31), calendar_folder=tmp_path)
        # 31 December; Friday 1 January is off; Monday 4 January.
        assert seen(engine, view, "deadline_on") == [date(2027, 1, 4)]


def test_the_ledgers_dates_come_before_the_rule_for_the_reply_only() -> None:
    rows = [
        case(1, due_on="2024-05-01", extended_to="2024-08-01"),
        case(2, due_on="2024-05-01"),
        case(3, extended_to=None),
    ]
    found = deadlines(rows, "deadline_on", "contact_deadline_on", reply={"months": 3}, contact={"days": 10})
    eleventh = date(2024, 3, 11)
    assert found == [(date(2024, 8, 1), eleventh), (date(2024, 5, 1), eleventh), (date(2024, 6, 1), eleventh)]


def test_a_rule_holds_only_where_its_condition_does() -> None:
    rows = [case(1, role="lead"), case(2, role="co")]
    rules = {"reply": {"months": 3, "when": "role = 'lead'"}, "opinion": {"days": 30, "when": "role = 'co'"}}
    found = deadlines(rows, "deadline_on", "opinion_deadline_on", **rules)
    assert found == [(date(2024, 6, 1), None), (None, date(2024, 3, 31))]


@pytest.mark.parametrize(
    ("cases", "due"),
    [
        (19, date(2024, 6, 1)),
        (20, date(2024, 6, 11)),
        (49, date(2024, 6, 11)),
        (50, date(2024, 6, 16)),
    ],
)
def test_departments_with_many_cases_have_longer(cases: int, due: date) -> None:
    # 20 or more: 10 days; 50 or more: 15 days. Co-handled and withdrawn cases do not add to the volume.
    handled = [case(number, role="lead" if number % 2 else "separate") for number in range(cases)]
    others = [case(f"c{number}", role="co") for number in range(3)]
    gone = [case(f"w{number}", role="lead", state="withdrawn") for number in range(5)]
    steps = [{"over": 49, "days": 15}, {"over": 19, "days": 10}]
    rows = [*handled, *others, *gone, case("b1", "b", role="lead")]
    found = deadlines(
        rows, "department", "deadline_on", "department_cases", reply={"months": 3, "volume": steps}
    )
    assert set(found) == {("a", due, cases), ("b", date(2024, 6, 1), 1)}


def test_a_clock_starts_from_the_first_of_its_dates_that_is_known() -> None:
    rows = [case(1, session_closed_on="2024-02-10"), case(2, assigned_on="2024-06-03")]
    start = ["session_closed_on", "assigned_on"]
    assert deadlines(rows, reply={"from": start, "months": 3}) == [date(2024, 5, 10), date(2024, 9, 3)]
    # 9 and 18 to 20 February 2024 are working days, the days between the Spring Festival; so are 20 to 23.
    rows = [case(1, session_closed_on="2024-02-08"), case(2, assigned_on="2024-02-19")]
    found = deadlines(rows, reply={"from": start, "working_days": 4})
    assert found == [date(2024, 2, 20), date(2024, 2, 23)]


def test_a_ledger_that_does_not_say_when_the_session_closed_has_no_such_clock() -> None:
    with Engine() as engine:
        rules = ruleset(deadlines={"reply": {"from": ["session_closed_on", "assigned_on"], "months": 3}})
        view = view_of(engine, [case()], rules)
        assert "deadline_on" not in view.relations["cases"].available


def test_a_deadline_is_available_where_the_ledger_has_what_it_rests_on() -> None:
    rules = ruleset(
        deadlines={
            "contact": {"days": 10, "from": "contacted_on"},
            "fixed": {"date": date(2024, 6, 30)},
            "lead": {"days": 5, "when": "role = 'lead'"},
        }
    )
    with Engine() as engine:
        available = view_of(engine, [case()], rules).relations["cases"].available
        assert "fixed_deadline_on" in available
        assert not {"deadline_on", "contact_deadline_on", "lead_deadline_on"} & available
        assert "deadline_on" in view_of(engine, [case(due_on="2024-05-01")]).relations["cases"].available
        assert derived_columns(rules).keys() == {
            "department_cases",
            "deadline_on",
            "contact_deadline_on",
            "fixed_deadline_on",
            "lead_deadline_on",
            "answer_rating_counted",
            "result_rating_counted",
        }


@pytest.mark.parametrize(
    ("rule", "counted"),
    [
        ("exclude", [None, None, "dissatisfied"]),
        ("neutral", ["basically_satisfied", None, "dissatisfied"]),
        ("as_satisfied", ["satisfied", None, "dissatisfied"]),
        ("as_dissatisfied", ["dissatisfied", None, "dissatisfied"]),
    ],
)
def test_silence_on_an_answered_case_counts_as_the_ruleset_says(rule: str, counted: list[str | None]) -> None:
    rows = [
        case(1, replied_on="2024-05-01", answer_rating=None, result_rating=None),
        case(2, replied_on=None, answer_rating=None, result_rating=None),
        case(3, replied_on="2024-05-01", answer_rating="dissatisfied", result_rating="dissatisfied"),
    ]
    for stage in ("answer", "result"):
        with Engine() as engine:
            view = view_of(engine, rows, ruleset(ratings={stage: {"non_response": rule}}))
            assert seen(engine, view, f"{stage}_rating_counted") == counted
            other = {"answer": "result", "result": "answer"}[stage]
            assert seen(engine, view, f"{other}_rating_counted") == [None, None, "dissatisfied"]


def test_departments_know_whether_they_have_a_counted_case() -> None:
    with Engine() as engine:
        view = view_of(engine, [case(1, "a"), case(2, "b", state="returned")])
        assert [item.has_cases for item in view.departments] == [True, False]
        assert [
            item.has_cases for item in build_view(engine, {}, A_AND_B, ruleset(), None, AS_OF, at).departments
        ]


def test_rows_of_departments_that_nobody_knows_are_left_out_with_a_finding() -> None:
    with Engine() as engine:
        contacts = typed_table(
            engine,
            [
                {"case_id": "1", "department": "a", "contacted_on": "2024-03-02"},
                {"case_id": "1", "department": "z", "contacted_on": "2024-03-02"},
            ],
            "contacts",
        )
        cases = typed_table(engine, [case(1), case(2, "z"), case(3, None)])  # type: ignore[arg-type]
        relations = {"cases": cases, "contacts": contacts}
        view = build_view(engine, relations, A_AND_B, ruleset(), None, AS_OF, at)
        assert seen(engine, view, "case_id") == ["1"]
        assert engine.rows(f"SELECT department FROM {view.relations['contacts'].name}") == [("a",)]
    assert [(item.code, item.table, item.facts["count"]) for item in view.findings] == [
        ("department_not_listed", "cases", 2),
        ("department_not_listed", "contacts", 1),
    ]


def test_other_tables_pass_unchanged() -> None:
    with Engine() as engine:
        marks = typed_table(engine, [{"department": "a", "criterion": "x", "mark": 1}], "marks")
        view = build_view(engine, {"marks": marks}, A_AND_B, ruleset(), None, AS_OF, at)
        assert view.relations["marks"] is marks


def test_a_column_of_the_file_keeps_its_values_and_never_hides_a_derived_one() -> None:
    extra = {
        "区域": Column("区域", ColumnType.TEXT),
        "deadline_on": Column("deadline_on", ColumnType.TEXT),
    }
    with Engine() as engine:
        relation = typed_table(engine, [case(区域="东", deadline_on="x")], extra=extra)
        rules = ruleset(deadlines={"reply": {"days": 1}})
        view = build_view(engine, {"cases": relation}, A_AND_B, rules, None, AS_OF, at)
        assert seen(engine, view, '"区域"', "deadline_on") == [("东", date(2024, 3, 2))]
    assert [(item.code, item.value) for item in view.findings] == [("column_replaced", "deadline_on")]


@pytest.mark.parametrize("text", ["rolle = 'lead'", "role = 'chief'", "replied_on", "role = "])
def test_a_wrong_condition_is_told_with_its_place(text: str) -> None:
    rules = ruleset(deadlines={"reply": {"days": 1, "when": text}})
    with Engine() as engine, pytest.raises(DubanError) as caught:
        view_of(engine, [case(role="lead", replied_on=None)], rules)
    assert isinstance(caught.value, MeasureError)
    assert "deadlines.reply.when" in caught.value.line("zh")


def test_an_empty_ledger_has_an_empty_view() -> None:
    with Engine() as engine:
        relation = typed_table(engine, [case()])
        engine.run("DELETE FROM cases")
        rules = ruleset(deadlines={"reply": {"working_days": 5}})
        view = build_view(engine, {"cases": relation}, A_AND_B, rules, YEAR, AS_OF, at)
        assert seen(engine, view, "deadline_on") == []
        assert not any(item.has_cases for item in view.departments)
    assert view.findings == []
