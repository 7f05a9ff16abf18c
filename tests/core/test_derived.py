import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import Row, case, typed_table
from measuring import plan_with, use_of

import duban
from duban import derived_functions, limiting
from duban.derived import Derived, with_derived
from duban.engine import Engine, quoted
from duban.errors import DubanError, MeasureError, PluginError, Problems
from duban.hookspecs import hookimpl
from duban.measures import Measure
from duban.methods import DerivedColumn
from duban.record import Run
from duban.registry import load
from duban.results import Department
from duban.stages import measuring
from duban.terms import Aggregate

RULES = """format = 1
id = "t"
title = "办法"
deadlines.reply = { months = 3 }
dimensions.handling = { title = "办理" }
criteria.it = { title = "甲", dimension = "handling", measure = "it", points = 10 }
"""
LEDGER = """建议编号,承办单位,交办日期,标题,答复日期,沟通次数,办理方式
1,甲局,2024-01-05,桥,2024-02-01,3,主办
2,甲局,2024-01-05,路,,,主办
3,乙局,2024-02-05,桥,2024-03-01,1,协办
4,乙局,2024-02-05,,2024-06-30,1,主办
"""
Function = Callable[[Any], Any]
AS_OF = date(2024, 12, 31)
ORIGINS = {("columns", "made"): "visits"}
BRIDGE = {"bridge": ("桥梁",), "road": ("道路",)}


def one_each(frame: pd.DataFrame) -> "pd.Series[Any]":
    return pd.Series([1] * len(frame))


def by_sql(sql: str, kind: type = int, name: str = "made", **more: Any) -> DerivedColumn:
    return DerivedColumn(name, "推算", kind, sql=sql, **more)


def by_function(
    function: Function,
    kind: type = int,
    needs: Sequence[str] = ("contacts",),
    name: str = "made",
    **more: Any,
) -> DerivedColumn:
    return DerivedColumn(name, "推算", kind, function=function, needs=tuple(needs), **more)


def plugin(*things: DerivedColumn | Measure, name: str = "visits") -> SimpleNamespace:
    columns = [item for item in things if isinstance(item, DerivedColumn)]
    measures = [item for item in things if isinstance(item, Measure)]
    return SimpleNamespace(
        __name__=name,
        register_columns=hookimpl(lambda: columns),
        register_measures=hookimpl(lambda: measures),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ruleset.toml").write_text(RULES, "utf-8")
    (tmp_path / "台账.csv").write_text(LEDGER, "utf-8")
    (tmp_path / "duban.toml").write_text(
        'title = "t"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\ntables.cases.file = "台账.csv"\n', "utf-8"
    )
    return tmp_path


def ran(folder: Path, *things: DerivedColumn | Measure) -> Run:
    return duban.run(folder, plugins=[plugin(*things)], write=False)


def refused(folder: Path, column: DerivedColumn, count: str = "made is not null") -> DubanError:
    with pytest.raises(DubanError) as caught:
        ran(folder, column, Measure("it", "口径", count))
    error = caught.value
    assert all("visits" in line for line in error.line("zh").splitlines())
    assert all("visits" in line for line in error.line("en").splitlines())
    return error


def counted(run: Run, measure: str = "it") -> dict[str, int]:
    rows = run.measures[run.measures["measure"] == measure]
    return dict(zip(rows["department"], rows["count"], strict=True))


def misgiven(function: Function, kind: type = int) -> PluginError:
    """Return the error of a function over three rows, the last without a value."""
    with pytest.raises(PluginError) as caught:
        values(
            by_function(function, kind), [case(1, contacts=1), case(2, contacts=2), case(3, contacts=None)]
        )
    line = caught.value.line()
    assert "visits" in line
    assert "made" in line
    assert "\n" not in line
    return caught.value


def values(column: DerivedColumn, rows: Sequence[Row], table: str = "cases") -> list[object]:
    """Return what a column says of each row, in the order of the rows."""
    with Engine() as engine:
        derived = over(engine, column, rows, table)
        name = quoted(derived.relations[table].name)
        return [value for (value,) in engine.rows(f"SELECT {column.id} FROM {name} ORDER BY _row")]


def over(engine: Engine, column: DerivedColumn, rows: Sequence[Row], table: str = "cases") -> Derived:
    plan = plan_with(use_of(Measure("it", "口径", f"{column.id} is not null", table=table)))
    relation = typed_table(engine, rows, table)
    return with_derived(engine, {table: relation}, [column], ORIGINS, plan, AS_OF)


def test_a_text_makes_a_column_that_measures_count_by_and_cases_show(folder: Path) -> None:
    days = by_sql("replied_on - assigned_on", title_en="days")
    run = ran(folder, days, Measure("it", "口径", "made is not null", hit="made <= 27"))
    assert counted(run) == {"甲局": 1, "乙局": 2}
    assert run.cases is not None
    assert list(run.cases["why"]) == ["计入但未达到：推算=146"]


def test_a_function_makes_a_column_with_labels(folder: Path) -> None:
    kinds = {"桥": "bridge", "路": "road"}
    what = by_function(lambda frame: frame["title"].map(kinds), str, ("title",), labels=BRIDGE)
    run = ran(folder, what, Measure("it", "口径", "made is not null", hit="made = 'road'"))
    assert counted(run) == {"甲局": 2, "乙局": 1}
    assert run.cases is not None
    assert list(run.cases["why"]) == ["计入但未达到：推算=桥梁"] * 2


def test_full_cells_of_which_a_function_makes_nothing_are_told_row_by_row() -> None:
    rows = [
        case(1, title="桥", contacts=1),
        case(2, title="洞", contacts=2),
        case(3, title="洞", contacts=None),
    ]
    kinds = {"桥": 1}
    what = by_function(lambda frame: frame["title"].map(kinds).astype("Int64"), needs=("title", "contacts"))
    with Engine() as engine:
        found = over(engine, what, rows).findings
    # Row 4 lacks a cell: that it is unknown is no news.
    assert [(item.code, item.row, item.value) for item in found] == [("column_unread", 3, "洞、2")]
    assert "“洞、2”算不出“推算”" in found[0].sentences()[0]


def test_the_columns_of_the_view_may_be_used(folder: Path) -> None:
    late = by_sql("replied_on > deadline_on and department_cases = 1 and answer_rating_counted is null", bool)
    ledger = (
        LEDGER.replace("办理方式", "办理方式,答复评价")
        .replace("主办\n", "主办,\n")
        .replace("协办\n", "协办,满意\n")
    )
    (folder / "台账.csv").write_text(ledger, "utf-8")
    assert counted(ran(folder, late, Measure("it", "口径", "made"))) == {"甲局": 0, "乙局": 1}
    by_view = by_function(
        lambda frame: (frame["deadline_on"] < pd.Timestamp("2024-05-01")) & (frame["department_cases"] == 2),
        bool,
        ("deadline_on", "department_cases"),
    )
    assert counted(ran(folder, by_view, Measure("it", "口径", "made"))) == {"甲局": 2, "乙局": 0}


def test_where_and_quantile_see_it(folder: Path) -> None:
    text = RULES.replace('measure = "it"', 'measure = "it", where = "made > 1"')
    (folder / "ruleset.toml").write_text(text, "utf-8")
    median = Measure("it", "口径", value="made", aggregate="quantile")  # type: ignore[arg-type]
    run = ran(folder, by_function(lambda frame: frame["contacts"] + 1), median)
    assert list(run.measures["value"]) == [Fraction(2), Fraction(4)]


def test_names_with_values_stand_in_its_text(folder: Path) -> None:
    (folder / "ruleset.toml").write_text(RULES + "period = { from = 2024-01-01, to = 2024-12-31 }\n", "utf-8")
    text = "case when replied_on is null then :as_of - assigned_on else :period_to - :period_from end"
    run = ran(folder, by_sql(text), Measure("it", "口径", value="made", aggregate="sum"))  # type: ignore[arg-type]
    assert list(run.measures["value"]) == [Fraction(730), Fraction(361 + 365)]


def test_a_table_of_departments_has_columns_too(folder: Path) -> None:
    (folder / "单位.csv").write_text("单位,单位类型\n甲局,政府\n乙局,群团\n", "utf-8")
    with (folder / "duban.toml").open("a", encoding="utf-8") as file:
        file.write('tables.departments.file = "单位.csv"\n')
    column = by_function(lambda frame: frame["kind"] == "政府", bool, ("kind",), table="departments")
    run = ran(folder, column, Measure("it", "口径", "made", table="departments"))
    assert counted(run) == {"甲局": 1, "乙局": 0}


def test_a_table_that_is_not_there_has_none(folder: Path) -> None:
    column = by_function(lambda frame: sys.exit(1), table="marks", needs=("mark",))
    run = ran(folder, column, Measure("it", "口径", "made > 0", table="marks"))
    assert list(run.findings["code"]).count("measure_table_missing") == 1
    assert counted(run) == {"甲局": 0, "乙局": 0}


def test_what_nobody_names_is_neither_worked_out_nor_looked_at(folder: Path) -> None:
    raising = by_function(lambda frame: sys.exit(1))
    nonsense = by_sql("no such ( text", name="nonsense")
    twice = by_sql("1", name="answer_rating_counted")
    nowhere = by_sql("1", name="nowhere", table="nothing")
    run = ran(folder, raising, nonsense, twice, nowhere, Measure("it", "口径"))
    assert counted(run) == {"甲局": 2, "乙局": 2}


def test_a_name_that_is_nearly_one_is_told(folder: Path) -> None:
    with pytest.raises(MeasureError, match="是不是“made_by”"):
        ran(folder, by_sql("1", name="made_by"), Measure("it", "口径", "made_bye > 1"))


def test_a_column_that_the_ledger_lacks_is_told_by_its_heading(folder: Path) -> None:
    for column in (
        by_sql("coalesce(published_on - assigned_on, 0)"),
        by_function(lambda frame: sys.exit(1), needs=("contacts", "published_on")),
    ):
        run = ran(folder, column, Measure("it", "口径", "made > 0"))
        assert list(run.measures["status"]) == ["not_available"] * 2
        told = run.findings[run.findings["code"] == "measure_not_available"]
        assert list(told["column"]) == ["公开日期"]


def test_a_heading_of_the_same_name_gives_way(folder: Path) -> None:
    (folder / "台账.csv").write_text(LEDGER.replace("沟通次数", "made"), "utf-8")
    run = ran(folder, by_sql("length(title)"), Measure("it", "口径", "made = 1"))
    assert counted(run) == {"甲局": 2, "乙局": 1}
    assert "column_replaced" in set(run.findings["code"])


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (by_sql("1", name="answer_rating_counted"), "column_takes_name"),
        (by_function(len, needs=("contact",)), "column_needs_unknown"),
        (by_sql("1 +"), "text_syntax"),
        (by_sql("contact"), "column_unknown"),
        (by_sql("contacts > 1"), "type_wanted"),
        (by_sql("1.5"), "type_wanted"),
        (by_sql("title", Decimal), "type_wanted"),
        (by_sql("contacts", bool), "type_wanted"),
        (by_sql("contacts", str), "type_wanted"),
        (by_sql("title", date), "type_wanted"),
        (by_sql("null"), "text_always_unknown"),
        (by_sql(":period_to - assigned_on"), "parameter_unbound"),
        (by_sql(":nothing"), "parameter_unknown"),
        (by_sql("role = 'leading'", bool), "label_unknown"),
        (
            by_sql("case when contacts > 1 then 'bridge' else 'ship' end", str, labels=BRIDGE),
            "column_label_unknown",
        ),
        (by_sql("cast(title as integer)"), "column_not_computed"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(folder: Path, column: DerivedColumn, code: str) -> None:
    error = refused(folder, column, f"{column.id} is not null")
    assert error.code == code
    assert len(error.line().splitlines()) == 1
    assert column.id in error.line()


def test_all_that_is_wrong_is_told_together_before_anything_is_read(folder: Path) -> None:
    (folder / "台账.csv").write_bytes(b"\xff\xfe\x00")
    column = by_function(len, needs=("contact", "headline"))
    error = refused(folder, column)
    assert isinstance(error, Problems)
    assert [item.facts["name"] for item in error.errors] == ["contact", "headline"]
    assert "“contacts”" in error.errors[0].line("en")


def test_no_derived_column_rests_on_another(folder: Path) -> None:
    other = by_sql("contacts", name="other")
    measure = Measure("it", "口径", "made > 0")
    with pytest.raises(MeasureError) as caught:
        ran(folder, other, by_sql("other + 1"), measure)
    assert (caught.value.code, caught.value.at) == ("column_on_column", "visits")
    with pytest.raises(PluginError) as refused_needs:
        ran(folder, other, by_function(len, needs=("other",)), measure)
    assert refused_needs.value.code == "column_needs_unknown"


def test_a_comparison_with_a_label_that_it_does_not_have_is_refused(folder: Path) -> None:
    column = by_sql("case when contacts > 1 then 'bridge' end", str, labels=BRIDGE)
    assert refused(folder, column, "made = 'ship'").code == "label_unknown"


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        (int, 1.5),
        (int, Decimal(1)),
        (int, True),
        (int, "1"),
        (int, 10**18),
        (int, float("inf")),
        (Decimal, 1.0),
        (Decimal, np.float64(1)),
        (Decimal, True),
        (Decimal, Decimal("NaN")),
        (Decimal, Decimal("Infinity")),
        (Decimal, Decimal("0.0000001")),
        (Decimal, Decimal(10**12)),
        (Decimal, Decimal("1E+500")),
        (Decimal, Fraction(1, 3)),
        (bool, 1),
        (bool, "true"),
        (str, 1),
        (str, "\ud800"),
        (date, "2024-01-01"),
        (date, datetime(2024, 1, 1, 12)),
        (date, pd.Timestamp("2024-01-01", tz="UTC")),
        (date, pd.Timestamp("2024-01-01") + pd.Timedelta(1, "ns")),
        (date, pd.Timedelta(1)),
        (str, [1, 2]),
    ],
)
def test_a_value_of_another_type_is_refused(kind: type, result: object) -> None:
    error = misgiven(lambda frame: [pd.NA] * (len(frame) - 1) + [result], kind)
    assert error.code == "column_wrong_value"
    assert type(result).__name__ in error.line()


@pytest.mark.parametrize(
    ("kind", "results", "expected"),
    [
        (int, [1, np.int8(2), 3.0, None], [1, 2, 3, None]),
        (int, pd.Series([1.0, np.nan, -3.0, 2.0**53 - 2]), [1, None, -3, 2**53 - 2]),
        (int, np.array([1, 2, 3, 10**18 - 1]), [1, 2, 3, 10**18 - 1]),
        (Decimal, [Decimal("1.10"), 2, np.int64(3), pd.NA], [Decimal("1.1"), Decimal(2), Decimal(3), None]),
        (
            Decimal,
            [Decimal("999999999999.999999"), Decimal("-0.000001"), Decimal("1E+3"), Decimal("1.2500000")],
            [Decimal("999999999999.999999"), Decimal("-0.000001"), Decimal(1000), Decimal("1.25")],
        ),
        (bool, [True, np.bool_(False), None, pd.NA], [True, False, None, None]),
        (bool, pd.array([True, None, False, True], "boolean"), [True, None, False, True]),
        (str, ["", "a'b\n\0", "桥\U0001f600", None], ["", "a'b\n\0", "桥\U0001f600", None]),
        (str, pd.Categorical(["a", "b", None, "a"]), ["a", "b", None, "a"]),
        (
            date,
            [date(1, 1, 1), datetime(999, 2, 3), pd.Timestamp("9999-12-31"), pd.NaT],
            [date(1, 1, 1), date(999, 2, 3), date(9999, 12, 31), None],
        ),
        (
            date,
            np.array(["2024-01-01", "NaT", "2024-02-29", "0001-01-01"], "datetime64[D]"),
            [date(2024, 1, 1), None, date(2024, 2, 29), date(1, 1, 1)],
        ),
    ],
)
def test_a_value_that_fits_comes_through_exactly(
    kind: type, results: Any, expected: Sequence[object]
) -> None:
    rows = [case(number, contacts=number) for number in range(4)]
    assert values(by_function(lambda frame: results, kind), rows) == expected


@pytest.mark.parametrize(
    "function",
    [
        lambda frame: 1,
        lambda frame: None,
        lambda frame: frame,
        lambda frame: "abc",
        lambda frame: iter(frame["contacts"]),
        lambda frame: frame["contacts"].dropna(),
        lambda frame: frame["contacts"].sort_values(ascending=False),
        lambda frame: pd.concat([frame["contacts"], frame["contacts"]]),
        lambda frame: frame.to_numpy(),
        lambda frame: list(frame["contacts"])[1:],
    ],
)
def test_a_result_of_another_shape_is_refused(function: Function) -> None:
    assert misgiven(function).code == "column_wrong_result"


class Unsayable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ValueError("no\nluck"), "ValueError: no luck"),
        (SystemExit(0), "SystemExit: 0"),
        (BaseException("odd"), "BaseException: odd"),
        (Unsayable(), "Unsayable"),
    ],
)
def test_a_function_that_raises_is_named_in_one_line(problem: BaseException, said: str) -> None:
    def function(frame: pd.DataFrame) -> object:
        raise problem

    error = misgiven(function)
    assert error.code == "column_raised"
    assert said in error.line()


def test_what_goes_wrong_leaves_the_earlier_results_alone(folder: Path) -> None:
    duban.run(folder, plugins=[plugin(Measure("it", "口径"))])
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    column = by_function(lambda frame: sys.exit(0))
    with pytest.raises(PluginError):
        duban.run(folder, plugins=[plugin(column, Measure("it", "口径", "made > 0"))])
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before


def test_a_function_that_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(frame: pd.DataFrame) -> object:
        raise TimeoutError("its own")

    assert misgiven(late).code == "column_raised"
    monkeypatch.setattr(limiting, "PLUGIN_SECONDS", 0.05)
    assert misgiven(lambda frame: time.sleep(1)).code == "column_too_slow"


def test_the_frame_has_a_type_for_each_column() -> None:
    seen: list[pd.DataFrame] = []
    needs = ("title", "role", "assigned_on", "replied_on", "contacts", "key_supervised")

    def function(frame: pd.DataFrame) -> Any:
        seen.append(frame)
        return frame["contacts"]

    big = 2**53 + 1
    rows = [
        case(1, title="桥", role="lead", replied_on="0001-01-01", contacts=big, key_supervised=True),
        case(2, title=None, role=None, replied_on="9999-12-31", contacts=None, key_supervised=None),
    ]
    assert values(by_function(function, needs=needs), rows) == [big, None]
    (frame,) = seen
    types = [str(kind) for kind in frame.dtypes]
    assert types == ["string", "string", "datetime64[s]", "datetime64[s]", "Int64", "boolean"]
    unknown = frame.iloc[int(frame["title"].isna().to_numpy().argmax())]
    assert unknown["title"] is unknown["role"] is unknown["contacts"] is unknown["key_supervised"] is pd.NA


def test_decimals_come_as_decimals() -> None:
    def function(frame: pd.DataFrame) -> Any:
        assert frame["mark"].isna().sum() == 1
        return [pd.NA if mark is pd.NA else mark * 2 for mark in frame["mark"]]

    column = by_function(function, Decimal, ("mark",), table="marks")
    rows: list[Row] = [{"department": "a", "mark": "0.1"}, {"department": "a", "mark": None}]
    assert values(column, rows, "marks") == [Decimal("0.2"), None]


def test_an_integer_text_is_a_decimal_where_that_is_declared() -> None:
    assert values(by_sql("contacts * 10", Decimal), [case(contacts=10)]) == [Decimal(100)]
    assert values(by_sql("1.000001 * 1.000001", Decimal), [case()]) == [Decimal("1.000002000001")]


def test_a_function_that_changes_its_frame_changes_nothing_else() -> None:
    def function(frame: pd.DataFrame) -> Any:
        result = frame["contacts"].copy()
        frame["contacts"] = 0
        return result

    assert values(by_function(function), [case(1, contacts=1), case(2, contacts=2)]) == [1, 2]


def test_no_row_is_no_call() -> None:
    column = by_function(lambda frame: sys.exit(1))
    with Engine() as engine:
        relation = typed_table(engine, [case(contacts=1)])
        engine.run("DELETE FROM cases")
        plan = plan_with(use_of(Measure("it", "口径", "made > 0")))
        made = with_derived(engine, {"cases": relation}, [column], ORIGINS, plan, AS_OF).relations["cases"]
        assert engine.rows(f"SELECT made FROM {quoted(made.name)}") == []


TEXTS = st.none() | st.sampled_from(["", "桥", "路", "a", "A"])
COUNTS = st.none() | st.integers(0, 3)
LEDGERS = st.lists(st.tuples(TEXTS, COUNTS), min_size=1, max_size=12)


def plain(title: str | None, contacts: int | None) -> int | None:
    return None if title is None or contacts == 1 else len(title) * 10 + (contacts or 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=LEDGERS, batch=st.integers(1, 5), random=st.randoms(use_true_random=False))
def test_each_row_has_the_value_of_its_own_combination(
    monkeypatch: pytest.MonkeyPatch, ledger: list[tuple[str | None, int | None]], batch: int, random: Any
) -> None:
    """Whatever the batches and the order of the rows; and each combination is asked for once, in order."""
    monkeypatch.setattr(derived_functions, "BATCH_ROWS", batch)
    asked: list[tuple[str | None, int | None]] = []

    def function(frame: pd.DataFrame) -> list[Any]:
        assert len(frame) <= batch
        rows = [
            (None if title is pd.NA else title, None if contacts is pd.NA else int(contacts))
            for title, contacts in frame.itertuples(index=False)
        ]
        asked.extend(rows)
        return [plain(*row) for row in rows]

    column = by_function(function, needs=("title", "contacts"))
    rows = [case(number, title=title, contacts=contacts) for number, (title, contacts) in enumerate(ledger)]
    assert values(column, rows) == [plain(*pair) for pair in ledger]
    first, asked = asked, []
    assert sorted(map(repr, first)) == sorted(map(repr, set(ledger)))
    random.shuffle(ledger)
    rows = [case(number, title=title, contacts=contacts) for number, (title, contacts) in enumerate(ledger)]
    assert values(column, rows) == [plain(*pair) for pair in ledger]
    assert asked == first


@settings(max_examples=25, deadline=None)
@given(ledger=LEDGERS)
def test_a_text_and_a_function_that_say_the_same_agree(ledger: list[tuple[str | None, int | None]]) -> None:
    rows = [case(number, title=title, contacts=contacts) for number, (title, contacts) in enumerate(ledger)]
    text = "case when title is null or contacts = 1 then null else length(title) * 10 + coalesce(contacts, 0) end"
    expected = [plain(*pair) for pair in ledger]
    assert values(by_sql(text), rows) == expected

    def function(frame: pd.DataFrame) -> Any:
        made = frame["title"].str.len() * 10 + frame["contacts"].fillna(0)
        return made.mask(frame["contacts"].eq(1).fillna(False))

    assert values(by_function(function, needs=("title", "contacts")), rows) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_several_columns_stand_side_by_side_whatever_their_order(folder: Path, order: int) -> None:
    columns = [
        by_function(lambda frame: frame["contacts"] + 1, name="more"),
        by_function(lambda frame: frame["title"] == "桥", bool, ("title",), name="bridge"),
        by_sql("contacts - 1", name="less"),
        by_sql("length(title)", Decimal, name="length_of"),
    ][::order]
    run = ran(folder, *columns, Measure("it", "口径", "bridge and more - less = 2 and length_of = 1.0"))
    assert counted(run) == {"甲局": 1, "乙局": 1}


@pytest.mark.parametrize(
    ("column", "field"),
    [
        (DerivedColumn("Made", "推算", int, sql="1"), "id"),
        (DerivedColumn("_row", "推算", int, sql="1"), "id"),
        (DerivedColumn("made", "推算", float, sql="1"), "type"),
        (DerivedColumn("made", "推算", datetime, sql="1"), "type"),
        (DerivedColumn("made", "推算", int), "sql"),
        (DerivedColumn("made", "推算", int, sql="1", function=one_each, needs=("title",)), "sql"),
        (DerivedColumn("made", "推算", int, function=one_each), "needs"),
        (DerivedColumn("made", "推算", int, function=one_each, needs=("title", "title")), "needs"),
        (DerivedColumn("made", "推算", int, function=one_each, needs="title"), "needs"),  # type: ignore[arg-type]
        (DerivedColumn("made", "推算", int, sql="1", needs=("title",)), "needs"),
        (DerivedColumn("made", "推算", int, sql="1", labels=BRIDGE), "labels"),
        (DerivedColumn("made", "推算", str, sql="'a'", labels={"a": "甲"}), "labels"),
    ],
)
def test_a_column_that_cannot_be_worked_out_is_refused_by_its_field(
    column: DerivedColumn, field: str
) -> None:
    with pytest.raises(PluginError) as caught:
        load([plugin(column)])
    assert (caught.value.code, caught.value.facts["field"]) == ("plugin_misshapen", field)
    assert "visits" in caught.value.line()


def test_a_column_that_fails_on_the_data_is_named_before_the_measure(folder: Path) -> None:
    huge = by_sql("cast(title as integer)", name="number")
    with pytest.raises(PluginError) as caught:
        ran(folder, huge, Measure("it", "口径", "contacts > 1 and number > 1"))
    assert (caught.value.code, caught.value.facts["column"]) == ("column_not_computed", "number")


# Each term is another one, so that the engine cannot work them out once.
SLOW = " + ".join(
    f"length(lower(case when contacts = {number} then lower(title) else title end))" for number in range(20)
)


def test_a_measure_that_takes_too_long_is_named_with_its_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "SCAN_SECONDS", 0.4)
    monkeypatch.setattr(measuring, "OWN_PART", 0.5)
    monkeypatch.setattr(measuring, "ROWS_A_SECOND", 10**9)
    quick, slow = Measure("a_quick", "快", "length(title) > 1"), Measure("slow", "慢", value=SLOW)
    median = Measure("median", "慢", value=SLOW, aggregate=Aggregate.QUANTILE)
    with Engine() as engine:
        relation = typed_table(engine, [case(1, title="桥", contacts=2)])
        engine.run(
            "INSERT INTO cases (department, title) SELECT 'a', repeat('长', 100) || i FROM range(100000) r(i)"
        )
        for uses in ([use_of(quick), use_of(slow)], [use_of(median)]):
            with pytest.raises(MeasureError) as caught:
                measuring.measure(
                    engine, {"cases": relation}, plan_with(*uses), [Department("a", "a")], AS_OF
                )
            error = caught.value
            assert (error.code, error.at) == ("measure_too_slow", "plugin test")
            assert error.facts["measure"] == uses[-1].key
            assert len(error.line("en").splitlines()) == 1
        figures = measuring.measure(
            engine, {"cases": relation}, plan_with(use_of(quick)), [Department("a", "a")], AS_OF
        ).figures
        assert figures["a_quick"][0].count == 100000


def test_the_slowest_of_many_is_named_where_none_is_slow_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "OWN_PART", 1000)
    monkeypatch.setattr(measuring, "SCAN_SECONDS", 0.001)
    monkeypatch.setattr(measuring, "ROWS_A_SECOND", 10**9)
    uses = [use_of(Measure("a_quick", "快", "contacts > 1")), use_of(Measure("slow", "慢", value=SLOW))]
    with Engine() as engine:
        relation = typed_table(engine, [case(1, title="桥", contacts=2)])
        engine.run(
            "INSERT INTO cases (department, title) SELECT 'a', repeat('长', 100) || i FROM range(50000) r(i)"
        )
        with pytest.raises(MeasureError) as caught:
            measuring.measure(engine, {"cases": relation}, plan_with(*uses), [Department("a", "a")], AS_OF)
    assert caught.value.facts["measure"] == "slow"


@pytest.mark.parametrize(
    ("count", "code"),
    [
        ("contacted > 1", "column_unknown"),
        ("contacts", "type_wanted"),
        ("cast(title as integer) > 1", "measure_not_computed"),
    ],
)
def test_a_measure_that_does_not_fit_is_told_with_its_plugin(folder: Path, count: str, code: str) -> None:
    with pytest.raises(MeasureError) as caught:
        ran(folder, Measure("it", "口径", count))
    assert (caught.value.code, caught.value.at) == (code, "visits")


def test_the_engine_goes_on_after_a_query_that_took_too_long() -> None:
    with Engine() as engine:
        with pytest.raises(TimeoutError):
            engine.rows(
                "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b", seconds=0.0001
            )
        assert engine.rows("SELECT 1", seconds=5) == [(1,)]
