"""Tables that plugins declare, from the file to the figure: read, checked, joined to the cases, and judged as of a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import duban
from duban import Check, Measure, Row, Severity, Text, column, hookimpl, table
from duban.errors import Stopped
from duban.record import Run
from duban.tables import CASES, TABLES, known_tables

HEAD = "建议编号,承办单位,交办日期,办理方式"
SHEET = "建议编号,承办单位,上会日期,人数,级别,已备案"


class Clinic(Row):
    case_id: str = column("建议编号")
    department: str = column("承办单位")
    clinic_met_on: date | None = column("上会日期", event=True)
    clinic_people: int | None = column("人数")
    clinic_level: Literal["high", "low"] | None = column("级别", labels={"high": ["高"], "low": ["低"]})
    clinic_filed: bool | None = column("已备案")


class Event(Row):
    case_id: str | None = column("建议编号")
    department: str = column("承办单位")
    step: str = column("环节")
    happened_on: date | None = column("发生日期", event=True)
    planned_on: date | None = column("计划日期")


CLINIC = table("clinic_cases", "门诊情况", Clinic, extends="cases")
EVENTS = table("clinic_events", "办理过程", Event, key=("case_id", "department", "step"))


class Plugin:
    """What a plugin module would be."""

    __name__ = "plugin"

    def __init__(self, *checks: Check, tables: Sequence[duban.Table] = (CLINIC, EVENTS)) -> None:
        self._checks, self._tables = checks, tables

    @hookimpl
    def register_tables(self) -> Sequence[duban.Table]:
        return self._tables

    @hookimpl
    def register_checks(self) -> Sequence[Check]:
        return self._checks

    @hookimpl
    def register_measures(self) -> list[Measure]:
        return [
            Measure("clinic_people", "人数", value="clinic_people", aggregate="sum"),  # type: ignore[arg-type]
            Measure("clinic_met", "上会率", hit="clinic_met_on is not null"),
            Measure("clinic_steps", "环节数", table="clinic_events", count="happened_on is not null"),
            Measure("clinic_plans", "计划数", table="clinic_events", count="planned_on is not null"),
        ]


RULES = """
format = 1
id = "r"
title = "办法"
[dimensions.all]
title = "全部"
"""
MEASURES = ("clinic_people", "clinic_met", "clinic_steps", "clinic_plans")


def workspace(
    folder: Path, tables: Mapping[str, str], extra: str = "", measures: Sequence[str] = MEASURES
) -> Path:
    criteria = "".join(
        f'[criteria.{name}]\ntitle = "{name}"\ndimension = "all"\nmeasure = "{name}"\npoints = 0\n'
        for name in measures
    )
    (folder / "ruleset.toml").write_text(RULES + criteria, "utf-8")
    sources = ""
    for name, text in tables.items():
        if text:
            (folder / f"{name}.csv").write_text(text + "\n", "utf-8")
        file = f"{name}.csv" if text else f"{name}.parquet"
        sources += f'[tables.{name}]\nfile = "{file}"\n'
    head = 'title = "t"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\n'
    (folder / "duban.toml").write_text(head + extra + sources, "utf-8")
    return folder


def lines(*rows: str) -> str:
    return "\n".join(rows)


def run(
    folder: Path, tables: Mapping[str, str], extra: str = "", plugin: object | None = None, **options: Any
) -> Run:
    measures = options.pop("measures", MEASURES)
    return duban.run(
        workspace(folder, tables, extra, measures), write=False, plugins=[plugin or Plugin()], **options
    )


def checked(
    folder: Path, tables: Mapping[str, str], extra: str = "", plugin: object | None = None
) -> pd.DataFrame:
    return duban.check(workspace(folder, tables, extra), plugins=[plugin or Plugin()]).findings


def value(done: Run, measure: str, department: str = "甲局") -> tuple[str, str]:
    rows = done.measures.query(f"measure == '{measure}' and department == '{department}'")
    (row,) = rows.to_dict("records")
    return str(row["status"]), str(row["value"])


def told(frame: pd.DataFrame, code: str) -> list[dict[str, Any]]:
    rows = frame[frame["code"] == code]
    return [dict(zip(frame.columns, row, strict=True)) for row in rows.itertuples(index=False)]


CASES_TEXT = lines(
    HEAD,
    "1,甲局,2024-03-01,主办",
    "1,甲局,2024-03-01,协办",
    "2,甲局,2024-03-01,主办",
    "3,乙局,2024-03-01,主办",
)


def test_a_sheet_of_a_plugin_gives_the_cases_its_columns_in_every_role(tmp_path: Path) -> None:
    sheet = lines(SHEET, "1,甲局,2024-05-01,7,高,是", "3,乙局,,2,低,否")
    done = run(tmp_path, {"cases": CASES_TEXT, "clinic_cases": sheet})
    assert done.case_count == 4
    assert value(done, "clinic_people") == ("measured", "14")
    assert value(done, "clinic_people", "乙局") == ("measured", "2")
    assert value(done, "clinic_met")[1] == "2/3"
    assert told(done.findings, "measure_not_available") == []


def test_a_measure_names_the_sheet_that_its_column_belongs_in(tmp_path: Path) -> None:
    done = run(tmp_path, {"cases": CASES_TEXT})
    assert value(done, "clinic_people")[0] == "not_available"
    (item, *_) = [
        row for row in told(done.findings, "measure_not_available") if "clinic_people" in row["message"]
    ]
    assert (item["table"], item["column"]) == ("cases", "人数（门诊情况）")
    assert told(done.findings, "measure_table_missing")


def test_a_column_that_the_sheet_lacks_is_not_available(tmp_path: Path) -> None:
    sheet = lines("建议编号,承办单位,人数", "1,甲局,7")
    done = run(tmp_path, {"cases": CASES_TEXT, "clinic_cases": sheet})
    assert value(done, "clinic_people") == ("measured", "14")
    assert value(done, "clinic_met")[0] == "not_available"


def test_the_ledger_itself_may_hold_the_columns(tmp_path: Path) -> None:
    cases = lines(f"{HEAD},人数", "1,甲局,2024-03-01,主办,7", "2,甲局,2024-03-01,主办,")
    assert value(run(tmp_path, {"cases": cases}), "clinic_people") == ("measured", "7")


def test_where_both_have_a_column_the_sheet_holds_and_one_finding_says_so(tmp_path: Path) -> None:
    cases = lines(f"{HEAD},人数,上会日期", "1,甲局,2024-03-01,主办,7,2024-04-01", "2,甲局,2024-03-01,主办,5,")
    sheet = lines("建议编号,承办单位,人数", "1,甲局,1")
    done = run(tmp_path, {"cases": cases, "clinic_cases": sheet})
    assert value(done, "clinic_people") == ("measured", "1")
    assert value(done, "clinic_met")[1] == "1/2"
    (item,) = told(done.findings, "column_replaced")
    assert (item["severity"], item["table"], item["column"], item["value"]) == (
        "warning",
        "cases",
        "人数",
        "门诊情况",
    )
    assert "以“门诊情况”表为准" in item["message"]


def test_two_rows_for_one_case_are_an_error(tmp_path: Path) -> None:
    sheet = lines(SHEET, "1,甲局,2024-05-01,7,高,是", "1,甲局,2024-05-01,8,高,是")
    (item,) = told(checked(tmp_path, {"cases": CASES_TEXT, "clinic_cases": sheet}), "duplicate_row")
    assert (item["severity"], item["table"], item["row"], item["value"]) == (
        "error",
        "clinic_cases",
        3,
        "1 · 甲局",
    )
    with pytest.raises(Stopped):
        run(tmp_path, {"cases": CASES_TEXT, "clinic_cases": sheet})


@pytest.mark.parametrize("action", ["accept", "exclude"])
def test_what_two_rows_agree_on_holds_in_whatever_order(tmp_path: Path, action: str) -> None:
    extra = f'[findings]\nduplicate_row = "{action}"\n'
    rows = ["1,甲局,2024-05-01,7,高,是", "1,甲局,2024-05-01,8,高,是", "1,甲局,,,,", "2,甲局,,3,,"]
    for order in permutations(rows):
        done = run(tmp_path, {"cases": CASES_TEXT, "clinic_cases": lines(SHEET, *order)}, extra)
        assert done.case_count == 4
        assert value(done, "clinic_people")[1] == "3"
        assert value(done, "clinic_met")[1] == "2/3"


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_case_is_doubled_and_the_order_of_rows_says_nothing(data: st.DataObject) -> None:
    from tempfile import TemporaryDirectory

    row = st.tuples(st.sampled_from("1234"), st.sampled_from(["甲局", "乙局"]), st.integers(0, 2))
    rows = data.draw(st.lists(row, max_size=6))
    again = data.draw(st.permutations(rows))
    extra = '[findings]\nduplicate_row = "accept"\nunknown_case = "accept"\nempty_table = "accept"\n'
    seen = []
    for order in (rows, again):
        sheet = lines("建议编号,承办单位,人数", *(f"{case},{name},{people}" for case, name, people in order))
        with TemporaryDirectory() as place:
            done = run(
                Path(place), {"cases": CASES_TEXT, "clinic_cases": sheet}, extra, measures=["clinic_people"]
            )
        assert done.case_count == 4
        seen.append([value(done, "clinic_people", name) for name in ("甲局", "乙局")])
    said = {
        key: {people for *other, people in rows if tuple(other) == key} for key in {item[:2] for item in rows}
    }
    weights = {("1", "甲局"): 2, ("2", "甲局"): 1, ("3", "乙局"): 1}
    for name, (_, total) in zip(("甲局", "乙局"), seen[0], strict=True):
        expected = sum(
            weight * next(iter(said[key]))
            for key, weight in weights.items()
            if key[1] == name and len(said.get(key, ())) == 1
        )
        assert total == str(expected)
    assert seen[0] == seen[1]


def test_a_row_left_out_of_the_sheet_says_nothing_of_its_case(tmp_path: Path) -> None:
    sheet = lines(SHEET, "1,甲局,2024-05-01,7,中,是", "2,甲局,,3,,")
    tables = {"cases": CASES_TEXT, "clinic_cases": sheet}
    (item,) = told(checked(tmp_path, tables), "unknown_label")
    assert (item["file"], item["row"], item["column"], item["value"]) == ("clinic_cases.csv", 2, "级别", "中")
    done = run(tmp_path, tables, '[findings]\nunknown_label = "exclude"\n')
    assert value(done, "clinic_people") == ("measured", "3")


def test_a_plugins_check_of_its_sheet_can_leave_a_row_out(tmp_path: Path) -> None:
    text = Text("题", "title")
    check = Check(
        "many", text, "clinic_people > 5", "clinic_people", text, text, Severity.ERROR, "clinic_cases"
    )
    sheet = lines(SHEET, "1,甲局,,7,,", "2,甲局,,3,,")
    tables = {"cases": CASES_TEXT, "clinic_cases": sheet}
    (item,) = told(checked(tmp_path, tables, plugin=Plugin(check)), "many")
    assert (item["table"], item["row"], item["column"]) == ("clinic_cases", 2, "人数")
    done = run(tmp_path, tables, '[findings]\nmany = "exclude"\n', plugin=Plugin(check))
    assert value(done, "clinic_people") == ("measured", "3")


def test_a_check_of_the_cases_sees_the_columns_of_the_sheet(tmp_path: Path) -> None:
    text = Text("题 {clinic_people}", "title")
    check = Check("many", Text("题", "title"), "clinic_people > 5", "clinic_people", text, text)
    sheet = lines(SHEET, "2,甲局,,7,,")
    tables = {"cases": CASES_TEXT, "clinic_cases": sheet}
    (item,) = told(checked(tmp_path, tables, plugin=Plugin(check)), "many")
    assert (item["table"], item["row"], item["message"]) == ("cases", 4, "题 7")
    # Rows left out of the ledger before and after the sheet is joined to it.
    cases = lines(CASES_TEXT, "3,乙局,不知道,主办")
    extra = '[findings]\nmany = "exclude"\nunparsable_cell = "exclude"\n'
    done = run(tmp_path, {**tables, "cases": cases}, extra, plugin=Plugin(check))
    assert (done.case_count, value(done, "clinic_people")) == (3, ("measured", "0"))


def test_bad_cells_of_a_plugins_table_have_their_place(tmp_path: Path) -> None:
    sheet = lines(SHEET, "1,甲局,五月,七,中,也许", "2,某局,2024-02-30,,,", ",甲局,,,,")
    departments = lines("单位编号", "甲局", "乙局")
    frame = checked(tmp_path, {"cases": CASES_TEXT, "clinic_cases": sheet, "departments": departments})
    mine = frame[(frame["table"] == "clinic_cases") & frame["row"].notna()]
    places = {(row.code, row.row, row.column, row.value) for row in mine.itertuples()}
    assert set(mine["file"]) == {"clinic_cases.csv"}
    assert places == {
        ("unparsable_cell", 2, "上会日期", "五月"),
        ("unparsable_cell", 2, "人数", "七"),
        ("unknown_label", 2, "级别", "中"),
        ("unknown_label", 2, "已备案", "也许"),
        ("unknown_department", 3, "承办单位", "某局"),
        ("impossible_date", 3, "上会日期", "2024-02-30"),
        ("missing_required", 4, "建议编号", ""),
        ("unknown_case", 3, "建议编号", "2"),
    }


def test_a_plugins_table_without_a_required_heading_is_told_and_left_out(tmp_path: Path) -> None:
    frame = checked(tmp_path, {"cases": CASES_TEXT, "clinic_cases": lines("建议编号,人数", "1,7")})
    (item,) = told(frame, "missing_heading")
    assert (item["table"], item["file"], item["column"]) == ("clinic_cases", "clinic_cases.csv", "承办单位")


def test_rows_about_cases_that_the_ledger_lacks_are_findings_in_any_table(tmp_path: Path) -> None:
    events = lines(
        "建议编号,承办单位,环节,发生日期",
        "1,甲局,座谈,2024-04-01",
        "9,甲局,座谈,2024-04-01",
        "1,乙局,座谈,",
        ",甲局,调研,",
    )
    sheet = lines(SHEET, "8,甲局,,7,,")
    frame = checked(tmp_path, {"cases": CASES_TEXT, "clinic_events": events, "clinic_cases": sheet})
    places = [(row["table"], row["row"], row["column"], row["value"]) for row in told(frame, "unknown_case")]
    assert places == [
        ("clinic_cases", 2, "建议编号", "8"),
        ("clinic_events", 3, "建议编号", "9"),
        ("clinic_events", 4, "建议编号", "1"),
    ]


def test_without_a_ledger_nobody_knows_which_cases_there_are(tmp_path: Path) -> None:
    events = lines("建议编号,承办单位,环节,发生日期,计划日期", "9,甲局,座谈,2024-04-01,")
    done = run(tmp_path, {"clinic_events": events}, measures=["clinic_steps"])
    assert value(done, "clinic_steps") == ("measured", "1")


def test_a_table_about_cases_makes_nobody_a_department(tmp_path: Path) -> None:
    events = lines("建议编号,承办单位,环节", "1,丙局,座谈")
    frame = checked(tmp_path, {"cases": CASES_TEXT, "clinic_events": events})
    assert {row["value"] for row in told(frame, "unknown_case")} == {"1"}
    assert [row["table"] for row in told(frame, "department_not_listed")] == ["clinic_events"]


def test_rows_about_cases_that_do_not_count_are_left_out_and_counted(tmp_path: Path) -> None:
    cases = lines(
        f"{HEAD},状态,签收日期",
        "1,甲局,2024-03-01,主办,在办,",
        "2,甲局,2024-03-01,主办,退办,",
        "3,甲局,2023-03-01,主办,在办,",
        "4,甲局,2024-03-01,主办,在办,2024-02-01",
        "5,甲局,2024-03-01,主办,退办,",
        "5,甲局,2024-03-01,协办,在办,",
    )
    rows = [f"{number},甲局,座谈,2024-04-01,2024-03-20" for number in (1, 2, 3, 4, 5)]
    events = lines("建议编号,承办单位,环节,发生日期,计划日期", *rows, ",甲局,调研,2024-04-01,")
    extra = "period = { from = 2024-01-01, to = 2024-12-31 }\n[findings]\nacknowledged_before_assignment = 'exclude'\n"
    done = run(
        tmp_path,
        {"cases": cases, "clinic_events": events, "clinic_cases": lines(SHEET, "2,甲局,,7,,")},
        extra,
    )
    # Cases 2 (returned), 3 (another year) and 4 (left out) do not count; a step of no case does.
    assert value(done, "clinic_steps") == ("measured", "3")
    assert value(done, "clinic_plans") == ("measured", "2")
    assert [(row["table"], row["message"][:3]) for row in told(done.findings, "case_not_counted")] == [
        ("clinic_cases", "1 行"),
        ("clinic_events", "3 行"),
    ]


def test_events_after_the_day_have_not_happened_in_any_table(tmp_path: Path) -> None:
    events = lines(
        "建议编号,承办单位,环节,发生日期,计划日期",
        "1,甲局,座谈,2025-01-01,2025-02-01",
        "2,甲局,座谈,2024-12-31,",
    )
    sheet = lines(SHEET, "1,甲局,2025-01-01,7,,", "2,甲局,2024-12-31,,,")
    tables = {"cases": CASES_TEXT, "clinic_events": events, "clinic_cases": sheet}
    done = run(tmp_path, tables)
    assert value(done, "clinic_steps") == ("measured", "1")
    assert value(done, "clinic_plans") == ("measured", "1")
    assert value(done, "clinic_met")[1] == "1/3"
    assert [
        (row["table"], row["row"], row["column"]) for row in told(done.findings, "event_after_as_of")
    ] == [
        ("clinic_cases", 2, "上会日期"),
        ("clinic_events", 2, "发生日期"),
    ]


def test_events_of_a_plugin_in_the_ledger_itself(tmp_path: Path) -> None:
    cases = lines(
        f"{HEAD},上会日期", "1,甲局,2024-03-01,主办,2025-01-01", "2,甲局,2024-03-01,主办,2024-12-31"
    )
    done = run(tmp_path, {"cases": cases}, measures=["clinic_met"])
    assert value(done, "clinic_met")[1] == "1/2"
    (item,) = told(done.findings, "event_after_as_of")
    assert (item["table"], item["row"], item["column"]) == ("cases", 2, "上会日期")


def test_a_table_with_a_key_of_its_own_repeats_no_row(tmp_path: Path) -> None:
    events = lines("建议编号,承办单位,环节", "1,甲局,座谈", "1,甲局,调研", "1,甲局,座谈")
    (item,) = told(checked(tmp_path, {"cases": CASES_TEXT, "clinic_events": events}), "duplicate_row")
    assert (item["table"], item["row"], item["value"]) == ("clinic_events", 4, "1 · 甲局 · 座谈")


class Twin(Row):
    case_id: str = column("建议编号")
    department: str = column("承办单位")
    twin_level: str | None = column("级 别")
    twin_title: str | None = column("标题", "小标题")


TWIN = table("twin_cases", "另一张表", Twin, extends="cases")


def test_a_heading_that_means_two_columns_means_neither_in_the_ledger(tmp_path: Path) -> None:
    known = known_tables([TWIN, CLINIC])["cases"].columns
    assert (known["clinic_level"].headings, known["twin_level"].headings) == ((), ())
    assert (known["twin_title"].headings, known["title"].headings) == (
        ("小标题",),
        CASES.columns["title"].headings,
    )
    assert known["twin_title"].title_with_sheet == "标题（另一张表）"
    assert [*known][: len(CASES.columns)] == [*CASES.columns]
    cases = lines(f"{HEAD},级别,标题", "1,甲局,2024-03-01,主办,高,某建议")
    text = Text("{title}", "{title}")
    check = Check("named", text, "\"级别\" = '高' and title = '某建议'", "级别", text, text)
    frame = checked(tmp_path, {"cases": cases}, plugin=Plugin(check, tables=(CLINIC, TWIN, EVENTS)))
    assert [row["column"] for row in told(frame, "named")] == ["级别"]


def test_a_plugins_column_never_takes_the_place_of_one_of_the_ledger(tmp_path: Path) -> None:
    class Clash(Row):
        case_id: str = column("建议编号")
        department: str = column("承办单位")
        role: str | None = column("办理方式")

    clash = table("clash", "同名", Clash, extends="cases")
    known = known_tables([clash])["cases"]
    assert known.columns == TABLES["cases"].columns


def test_departments_with_the_same_figures_are_told_whatever_plugins_add(tmp_path: Path) -> None:
    rows = [
        f"{10 * place + number},{name},2024-03-0{number},主办,{place}"
        for place, name in enumerate(("甲局", "乙局"))
        for number in (1, 2, 3)
    ]
    sheet = lines(SHEET, "1,甲局,2024-05-01,7,高,是")
    frame = checked(tmp_path, {"cases": lines(f"{HEAD},人数", *rows), "clinic_cases": sheet})
    (item,) = told(frame, "same_figures")
    assert item["value"] == "乙局、甲局"


def test_a_ledger_in_parquet_is_joined_where_it_lies(tmp_path: Path) -> None:
    cases = "SELECT i::VARCHAR AS case_id, '甲局' AS department, DATE '2024-03-01' AS assigned_on FROM range(3) AS t(i)"
    sheet = "SELECT '1' AS case_id, '甲局' AS department, 5 AS clinic_people"
    for name, query in (("cases", cases), ("clinic_cases", sheet)):
        duckdb.execute(f"COPY ({query}) TO '{tmp_path / name}.parquet' (FORMAT parquet)")
    done = run(tmp_path, {"cases": "", "clinic_cases": ""}, measures=["clinic_people"])
    assert value(done, "clinic_people") == ("measured", "5")


def test_tables_of_several_plugins_are_joined_together(tmp_path: Path) -> None:
    other = SimpleNamespace(__name__="other", register_tables=hookimpl(lambda: [TWIN]))
    health = lines(SHEET, "1,甲局,,7,,")
    twin = lines("建议编号,承办单位,级别", "1,甲局,高", "2,甲局,低")
    text = Text("{twin_level}", "{twin_level}")
    check = Check("both", text, "twin_level = '高' and clinic_people = 7", "twin_level", text, text)
    tables = {"cases": CASES_TEXT, "clinic_cases": health, "twin_cases": twin}
    frame = duban.check(workspace(tmp_path, tables), plugins=[Plugin(check), other]).findings
    assert [row["row"] for row in told(frame, "both")] == [2, 3]
