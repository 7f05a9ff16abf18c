from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import Row, case, ruleset, typed_table

import duban
import duban_checks
from duban.engine import Engine
from duban.errors import MeasureError, WorkspaceError
from duban.findings import Finding, finding
from duban.methods import Check
from duban.relations import Relation
from duban.ruleset import Period, Ruleset
from duban.stages.checking import Checked, check, known_codes
from duban.tables import known_tables
from duban.terms import Action, Severity
from duban.texts import Text

AS_OF = date(2024, 12, 31)
YEAR = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})
DEADLINE = {"reply": {"months": 3, "extended_months": 6}}


def checked(
    engine: Engine,
    rows: Sequence[Row],
    actions: Mapping[str, Action] | None = None,
    checks: Sequence[Check] = (),
    findings: Sequence[Finding] = (),
    rules: Ruleset | None = None,
    period: Period | None = None,
    **options: Any,
) -> Checked:
    relation = typed_table(engine, rows, **options)
    rules = rules or ruleset(deadlines=DEADLINE)
    return check(engine, {"cases": relation}, checks, findings, actions or {}, rules, period, AS_OF)


def places(result: Checked) -> list[tuple[str, int | None]]:
    return [(item.code, item.row) for item in result.findings]


def found(rows: Sequence[Row], **options: Any) -> list[tuple[str, int | None]]:
    with Engine() as engine:
        return places(checked(engine, rows, **options))


def left(engine: Engine, relation: Relation) -> list[str]:
    return [row[0] for row in engine.rows(f"SELECT case_id FROM {relation.name} ORDER BY _file, _row")]


def own_check(identity: str = "long_title", offends: str = "role = 'co'", **more: Any) -> Check:
    text = Text("值 {value} 状态 {state}", "value {value} state {state}")
    return Check(identity, Text("题", "title"), offends, more.pop("column", "role"), text, text, **more)


def test_a_clean_ledger_has_no_findings_and_stays_the_same_relation() -> None:
    with Engine() as engine:
        result = checked(engine, [case(1), case(2)], checks=duban_checks.register_checks())
        assert (result.findings, result.stopped, result.excluded) == ([], False, 0)
        assert result.relations["cases"].name == "cases"


def test_a_finding_names_file_sheet_row_column_and_value() -> None:
    files = [("甲.xlsx", "一"), ("乙.xlsx", "二")]
    rows = [case(1, role="lead"), case(2, role="co", state="active", _file=1, _row=77)]
    with Engine() as engine:
        (item,) = checked(engine, rows, checks=[own_check()], files=files).findings
    assert (item.file, item.sheet, item.row, item.column, item.value) == (
        "乙.xlsx",
        "二",
        77,
        "办理方式",
        "协办",  # as a ledger writes it, not as the table keeps it
    )
    assert item.severity is Severity.ERROR
    assert item.sentences("zh")[0] == "值 协办 状态 ?"


def test_the_columns_that_a_check_reads_are_facts_of_its_sentence() -> None:
    with Engine() as engine:
        one = own_check(offends="role = 'co' and state = 'active'")
        (item,) = checked(engine, [case(role="co", state="active")], checks=[one]).findings
    assert item.sentences("en")[0] == "value 协办 state 正常"


def test_rows_that_do_not_count_are_left_alone_unless_a_check_wants_them() -> None:
    rows = [
        case(1, role="co", state="withdrawn"),
        case(2, role="co", state="active", assigned_on="2020-01-01"),
        case(3, role="co", state="active"),
    ]
    assert found(rows, checks=[own_check()], period=YEAR) == [("long_title", 4)]
    assert found(rows, checks=[own_check(counted_only=False)], period=YEAR) == [
        ("long_title", 2),
        ("long_title", 3),
        ("long_title", 4),
    ]


def test_a_check_over_a_column_that_the_ledger_lacks_is_left_out() -> None:
    assert found([case()], checks=[own_check()]) == []


def test_a_check_that_asks_for_a_period_needs_one() -> None:
    one = own_check(offends="assigned_on = :period_from", column="assigned_on")
    rows = [case(assigned_on="2024-01-01")]
    assert found(rows, checks=[one]) == []
    assert found(rows, checks=[one], period=YEAR) == [("long_title", 2)]


def test_a_wrong_check_is_told_by_its_name() -> None:
    with pytest.raises(MeasureError) as caught:
        found([case(role="co")], checks=[own_check(offends="rolle = 'co'")])
    assert "checks.long_title" in caught.value.line("zh")


def test_a_check_that_overflows_is_told_by_its_name() -> None:
    one = own_check(offends="contacts * contacts > 0", column="contacts")
    with pytest.raises(MeasureError) as caught:
        found([case(contacts=2**62)], checks=[one, own_check("other")])
    assert caught.value.code == "check_failed"
    assert caught.value.facts["name"] == "long_title"


def test_checks_of_another_table() -> None:
    one = own_check("low", "mark < 0", column="mark", table="marks")
    with Engine() as engine:
        marks = typed_table(engine, [{"department": "a", "criterion": "x", "mark": -1}], "marks")
        result = check(engine, {"marks": marks}, [one], [], {}, ruleset(), None, AS_OF)
    assert places(result) == [("low", 2)]


def test_errors_stop_and_warnings_do_not() -> None:
    with Engine() as engine:
        assert checked(engine, [case(role="co")], checks=[own_check()]).stopped
        warning = own_check(severity=Severity.WARNING)
        assert not checked(engine, [case(role="co")], checks=[warning]).stopped
        assert checked(engine, [case(role="co")], {"long_title": Action.STOP}, [warning]).stopped
        assert not checked(engine, [case(role="co")], {"long_title": Action.ACCEPT}, [own_check()]).stopped


def test_an_excluded_row_is_left_out_and_counted() -> None:
    rows = [case(1, role="co"), case(2, role="lead"), case(3, role="co")]
    with Engine() as engine:
        result = checked(engine, rows, {"long_title": Action.EXCLUDE}, [own_check()])
        assert left(engine, result.relations["cases"]) == ["2"]
    assert (result.stopped, result.excluded) == (False, 2)
    assert places(result) == [("long_title", 2), ("long_title", 4), ("rows_excluded", None)]
    assert result.findings[-1].facts["count"] == 2
    assert result.findings[-1].value == "long_title"


def test_a_row_left_out_for_one_reason_does_not_stop_the_run_for_another() -> None:
    rows = [case(1, role="co", contacts=-1), case(2, role="lead", contacts=1)]
    two = [own_check("a_negative", "contacts < 0", column="contacts"), own_check("z_role")]
    for code in ("a_negative", "z_role"):
        with Engine() as engine:
            result = checked(engine, rows, {code: Action.EXCLUDE}, two)
            assert not result.stopped
            assert left(engine, result.relations["cases"]) == ["2"]
            assert [item.code for item in result.findings] == [code, "rows_excluded"]


def test_rows_that_reading_found_are_left_out_too() -> None:
    noticed = [
        finding("duplicate_row", table="cases", file="台账.xlsx", sheet="2024", row=3, value="x"),
        finding("duplicate_row", table="cases", file="台账.xlsx", sheet="2024", row=3, value="y"),
    ]
    with Engine() as engine:
        result = checked(
            engine, [case(1), case(2, role="co")], {"duplicate_row": Action.EXCLUDE}, [own_check()], noticed
        )
        assert left(engine, result.relations["cases"]) == ["1"]
    assert (result.stopped, result.excluded) == (False, 1)


def test_all_rows_of_one_finding_are_left_out() -> None:
    noticed = [
        finding(
            "hidden_rows",
            table="cases",
            file="台账.xlsx",
            sheet="2024",
            row=2,
            rows=(3, 5),
            first=2,
            last=5,
            count=3,
        )
    ]
    with Engine() as engine:
        cases = [case(number) for number in range(1, 6)]
        result = checked(engine, cases, {"hidden_rows": Action.EXCLUDE}, findings=noticed)
        # Case 1 stands in row 2.
        assert left(engine, result.relations["cases"]) == ["3", "5"]
    assert result.excluded == 3


def test_what_else_is_wrong_with_an_excluded_row_need_not_be_mended() -> None:
    # A total row at the end has neither department nor date: three findings, and one of them leaves it out.
    place = {"table": "cases", "file": "台账.xlsx", "sheet": "一"}
    blank = [finding("missing_required", **place, row=3, column=name) for name in ("承办单位", "交办日期")]
    noticed = [*blank, finding("total_row", **place, row=3, value="合计")]
    rows = [case(1), {**case(2, _row=3), "department": None, "assigned_on": None}]
    settings, files = {"total_row": Action.EXCLUDE}, [("台账.xlsx", "一")]
    for order in (noticed, noticed[::-1]):
        with Engine() as engine:
            result = checked(engine, rows, settings, findings=order, files=files)
        assert (result.stopped, result.excluded) == (False, 1)
        assert [item.code for item in result.findings] == ["total_row", "rows_excluded"]


def test_a_finding_without_a_row_cannot_be_excluded() -> None:
    with Engine() as engine:
        noticed = [finding("duplicate_row", table="cases", file="台账.xlsx", sheet="2024")]
        assert checked(engine, [case()], {"duplicate_row": Action.EXCLUDE}, findings=noticed).stopped
        elsewhere = [finding("duplicate_row", table="cases", file="别处.xlsx", sheet="2024", row=2)]
        assert checked(engine, [case()], {"duplicate_row": Action.EXCLUDE}, findings=elsewhere).stopped


def test_an_unknown_code_in_the_settings_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WorkspaceError) as caught:
        found(
            [case()], actions={"reply_before_asignment": Action.ACCEPT}, checks=duban_checks.register_checks()
        )
    assert caught.value.code == "unknown_finding_code"
    assert "reply_before_assignment" in caught.value.line("zh")
    assert {"duplicate_case", "long_title"} <= set(known_codes([own_check()]))


def test_duplicates_name_the_row_and_the_first() -> None:
    rows = [
        case(1, role="lead"),
        case(1, role="co"),
        case(1, "b", role="lead"),
        case(1, role="lead", _file=1, _row=9),
        case(1, role=None, _file=1, _row=10),
        case(2, role="lead"),
    ]
    files = [("甲.xlsx", "一"), ("乙.csv", "")]
    with Engine() as engine:
        result = checked(engine, rows, files=files)
    # A blank role is lead.
    assert places(result) == [("duplicate_case", 9), ("duplicate_case", 10)]
    first = result.findings[0]
    assert (first.file, first.facts["first_file"], first.facts["first_row"]) == ("乙.csv", "甲.xlsx 一", 2)
    assert result.stopped


def test_the_first_of_the_duplicates_stays() -> None:
    with Engine() as engine:
        result = checked(engine, [case(1), case(1), case(2), case(1)], {"duplicate_case": Action.EXCLUDE})
        assert left(engine, result.relations["cases"]) == ["1", "2"]
        assert (result.excluded, result.stopped) == (2, False)


def test_only_rows_that_count_are_duplicates() -> None:
    rows = [
        case(1, state="active"),
        case(1, state="reassigned"),
        case(1, state="active", assigned_on="2023-03-01"),
        case(None, state="active"),  # type: ignore[arg-type]
        case(None, state="active"),  # type: ignore[arg-type]
    ]
    assert (
        found([{**row, "case_id": None if row["case_id"] == "None" else "1"} for row in rows], period=YEAR)
        == []
    )


def test_a_table_of_marks_has_a_key_too() -> None:
    row = {"department": "a", "criterion": "x", "judge": "甲"}
    with Engine() as engine:
        marks = typed_table(
            engine, [{**row, "mark": 1}, {**row, "mark": 2}, {**row, "judge": None, "mark": 3}], "marks"
        )
        result = check(engine, {"marks": marks}, [], [], {}, ruleset(), None, AS_OF)
        assert places(result) == [("duplicate_row", 3)]
        # Without judges any number of marks may stand beside each other.
        marks = typed_table(engine, [{"department": "a", "criterion": "x", "mark": 1}] * 2, "marks")
        assert check(engine, {"marks": marks}, [], [], {}, ruleset(), None, AS_OF).findings == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from("ab"), st.sampled_from(["lead", "co"])), max_size=12
    )
)
def test_every_repeated_key_is_found_once_for_each_repetition(keys: list[tuple[int, str, str]]) -> None:
    rows = [case(number, department, role=role) for number, department, role in keys]
    repeated = [place for place in found(rows) if place[0] == "duplicate_case"]
    assert len(repeated) == len(keys) - len(set(keys))


def figures(department: str, first: int, title: str = "") -> list[Row]:
    """Return three cases of a department, answered on different days."""
    return [
        case(
            first + number,
            department,
            replied_on=f"2024-04-0{number + 1}",
            title=f"{title}{number}",
            role="lead",
        )
        for number in range(3)
    ]


def test_the_same_figures_under_two_names() -> None:
    rows = [*figures("市公安局", 1, "甲"), *reversed(figures("公安局", 10, "乙")), *figures("教育局", 20)[:2]]
    with Engine() as engine:
        (item,) = checked(engine, rows).findings
    assert (item.code, item.value, item.facts["cases"]) == ("same_figures", "公安局、市公安局", 3)
    assert item.severity is Severity.WARNING


def test_departments_that_differ_in_one_cell_do_not_have_the_same_figures() -> None:
    other = figures("b", 10)
    other[1] = {**other[1], "outcome": "resolved"}
    assert found([*figures("a", 1), *other]) == []
    # Same number of cases and same sums of days, yet other days.
    moved = [
        {**row, "replied_on": day}
        for row, day in zip(other, ("2024-04-02", "2024-04-02", "2024-04-02"), strict=True)
    ]
    assert found([*figures("a", 1), *moved]) == []


def test_two_cases_or_cases_all_alike_say_nothing() -> None:
    assert found([*figures("a", 1)[:2], *figures("b", 10)[:2]]) == []
    assert found([case(number, department) for number, department in enumerate("aaabbb")]) == []


def test_several_sets_of_departments_with_the_same_figures() -> None:
    rows = [*figures("a", 1), *figures("b", 10), *figures("c", 20)]
    later = [{**row, "assigned_on": "2024-03-02"} for row in [*figures("d", 30), *figures("e", 40)]]
    with Engine() as engine:
        values = [item.value for item in checked(engine, [*rows, *later]).findings]
    assert values == ["a、b、c", "d、e"]


def test_each_event_after_as_of_is_a_warning_and_a_deadline_never() -> None:
    later = "2025-01-01"
    row = case(
        acknowledged_on=later,
        contacted_on=later,
        replied_on=later,
        published_on=later,
        commitment_kept_on=later,
        due_on=later,
        commitment_due_on=later,
    )
    with Engine() as engine:
        result = checked(engine, [row, case(2, replied_on="2024-12-31")])
    assert [item.code for item in result.findings] == ["event_after_as_of"] * 5
    assert [item.column for item in result.findings] == sorted(
        ["签收日期", "首次沟通日期", "答复日期", "公开日期", "兑现日期"]
    )
    assert {item.value for item in result.findings} == {later}
    assert not result.stopped


def test_extensions_beyond_the_limit() -> None:
    # 31 August + 6 months = 28 February 2025, which may still be granted.
    rows = [
        case(1, assigned_on="2024-08-31", extended_to="2025-02-28"),
        case(2, assigned_on="2024-08-31", extended_to="2025-03-01"),
        case(3, extended_to=None),
    ]
    assert found(rows) == [("extension_too_long", 3)]
    assert found(rows, rules=ruleset(deadlines={"reply": {"months": 3}})) == []


def test_cases_without_a_deadline() -> None:
    rows = [
        case(1, role="lead", due_on=None),
        case(2, role="co", due_on=None),
        case(3, role="co", due_on="2024-06-01"),
    ]
    lead_only = ruleset(deadlines={"reply": {"months": 3, "when": "role = 'lead'"}})
    assert found(rows, rules=lead_only) == [("no_deadline", 3)]
    assert found(rows, rules=ruleset()) == [("no_deadline", 2), ("no_deadline", 3)]
    assert found(rows, rules=ruleset(deadlines={"reply": {"date": date(2024, 6, 30)}})) == []


def test_a_ledger_without_any_deadline_is_one_finding() -> None:
    with Engine() as engine:
        (item,) = checked(engine, [case(1), case(2)], rules=ruleset()).findings
    assert (item.code, item.row, item.facts["count"]) == ("no_deadline", None, 2)
    assert "2 件" in item.sentences("zh")[0]


def test_a_deadline_that_starts_from_an_event_after_as_of_is_none() -> None:
    rules = ruleset(deadlines={"reply": {"months": 1, "from": "acknowledged_on"}})
    rows = [case(1, acknowledged_on="2025-01-02"), case(2, acknowledged_on="2024-04-01")]
    assert ("no_deadline", 2) in found(rows, rules=rules)
    assert ("no_deadline", 3) not in found(rows, rules=rules)


def test_the_order_of_the_checks_changes_nothing() -> None:
    rows = [case(1, role="co", contacts=-1), case(2, role="co"), case(2, role="co")]
    several = [*duban_checks.register_checks(), own_check()]
    actions = {"duplicate_case": Action.EXCLUDE, "negative_contacts": Action.EXCLUDE}
    results = []
    for order in (several, several[::-1]):
        with Engine() as engine:
            result = checked(engine, rows, actions, order)
            results.append((result.findings, left(engine, result.relations["cases"]), result.stopped))
    assert results[0] == results[1]


def test_very_many_rows_are_listed_up_to_a_limit_and_all_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.stages.checking.rows.LISTED_ROWS", 2)
    monkeypatch.setattr("duban.stages.checking.sets.LISTED_ROWS", 2)
    rows = [*(case(number, role="co") for number in range(5)), *(case(9, role="lead") for _ in range(5))]
    actions = {"long_title": Action.EXCLUDE, "duplicate_case": Action.EXCLUDE}
    with Engine() as engine:
        result = checked(engine, rows, actions, [own_check()])
        assert left(engine, result.relations["cases"]) == ["9"]
    assert (result.excluded, result.stopped) == (9, False)
    assert places(result) == [
        ("duplicate_case", 8),
        ("duplicate_case", 9),
        ("long_title", 2),
        ("long_title", 3),
        ("duplicate_case", None),
        ("long_title", None),
        ("rows_excluded", None),
    ]
    assert [item.facts["count"] for item in result.findings[-3:]] == [2, 3, 9]
    assert "另有 3 行" in result.findings[-2].sentences("zh")[0]


def test_duplicates_are_found_in_several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.stages.checking.sets.ROWS_A_PASS", 3)
    rows = [case(number % 7, role="lead") for number in range(11)]
    assert found(rows) == [("duplicate_case", row) for row in (9, 10, 11, 12)]


class Visit(duban.Row):
    case_id: str = duban.column("建议编号")
    department: str = duban.column("承办单位")
    clinic_visited_on: date | None = duban.column("走访日期", event=True)


def test_a_sheet_is_joined_by_a_view_over_what_is_there() -> None:
    visits = duban.table("clinic_visits", "走访", Visit, extends="cases")
    known = known_tables([visits])["cases"]
    with Engine() as engine:
        cases = replace(typed_table(engine, [case(1), case(2)], extra=known.columns), declared=known)
        engine.run(
            "CREATE TABLE visits AS SELECT 0 AS _file, 2 AS _row, '1' AS case_id, 'a' AS department, DATE '2024-04-01' AS clinic_visited_on"
        )
        sheet = Relation(
            "visits",
            "clinic_visits",
            visits.columns,
            frozenset(visits.columns),
            [("走访.csv", "")],
            declared=visits,
        )
        given = {"cases": cases, "clinic_visits": sheet}
        joined = check(engine, given, [], [], {}, ruleset(deadlines=DEADLINE), None, AS_OF).relations["cases"]
        views = {name for (name,) in engine.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal")}
        assert joined.name in views
        assert joined.available == cases.available | {"clinic_visited_on"}
        seen = engine.rows(f"SELECT case_id, clinic_visited_on FROM {joined.name} ORDER BY ALL")
    assert seen == [("1", date(2024, 4, 1)), ("2", None)]
