from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from duban.engine import Engine, literal, quoted
from duban.errors import Position, Problems, WorkspaceError
from duban.findings import Finding, findings_frame
from duban.relations import Relation, Staged
from duban.ruleset import Ruleset
from duban.stages.reading import read
from duban.stages.reading.columns import Circumstances
from duban.stages.reading.typed import cells_of, type_table
from duban.tables import CASES, TABLES, Table
from duban.terms import ColumnType
from duban.workspace import OpenedWorkspace, Source, Workspace

Cell = str | None


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


def at(key: tuple[str, ...]) -> Position:
    return Position("duban.toml " + ".".join(key))


def staged(
    engine: Engine,
    columns: Mapping[str, Sequence[Cell]],
    name: str = "raw",
    headings: Mapping[str, str] | None = None,
) -> Staged:
    """Text cells as one sheet; the first row of cells is row 2 of the sheet."""
    height = len(next(iter(columns.values())))
    lines = [
        f"({row + 2}, {', '.join('NULL' if cells[row] is None else literal(str(cells[row])) for cells in columns.values())})"
        for row in range(height)
    ]
    physical = [f"c{place}" for place in range(len(columns))]
    engine.run(
        f"CREATE OR REPLACE TABLE {name} AS SELECT CAST(_row AS BIGINT) AS _row, "
        f"{', '.join(f'CAST({column} AS VARCHAR) AS {column}' for column in physical)} "
        f"FROM (VALUES {', '.join(lines)}) AS t(_row, {', '.join(physical)})"
    )
    names = dict(zip(columns, physical, strict=True))
    return Staged(
        f"{name}.csv", "", name, names, {**{column: column for column in columns}, **(headings or {})}
    )


BASE: Mapping[str, Sequence[Cell]] = {
    "case_id": ["1"],
    "department": ["市公安局"],
    "assigned_on": ["2024-01-05"],
}


def typed(
    engine: Engine,
    columns: Mapping[str, Sequence[Cell]],
    table: Table = CASES,
    circumstances: Circumstances | None = None,
    **source: object,
) -> tuple[Relation, list[Finding]]:
    sheet = staged(engine, columns, headings={"assigned_on": "交办日期", "role": "办理方式"})
    settings = Source.model_validate({"file": "raw.csv", **source})
    return type_table(engine, table, [sheet], settings, circumstances or Circumstances({}), at)


def column_of(engine: Engine, relation: Relation, column: str) -> list[object]:
    rows = engine.rows(
        f"SELECT {quoted(column)} FROM {quoted(relation.name)} ORDER BY _file, _row, department"
    )
    return [cell for (cell,) in rows]


def of(column: str, cells: Sequence[Cell]) -> dict[str, Sequence[Cell]]:
    """Cases with one interesting column."""
    count = len(cells)
    filler = {
        "case_id": [str(row) for row in range(count)],
        "department": ["市公安局"] * count,
        "assigned_on": ["2024-01-05"] * count,
    }
    return {**filler, column: cells}


def test_a_clean_row_comes_through(engine: Engine) -> None:
    relation, findings = typed(engine, BASE)
    assert findings == []
    assert engine.rows(f"SELECT _file, _row, case_id, department, assigned_on FROM {relation.name}") == [
        (0, 2, "1", "市公安局", date(2024, 1, 5))
    ]
    assert list(relation.columns) == list(CASES.columns)
    assert relation.available == {"case_id", "department", "assigned_on", "role", "state", "reply_kind"}
    assert relation.files == (("raw.csv", ""),)
    assert relation.headings["assigned_on"] == "交办日期"


def test_every_column_has_the_type_of_its_kind(engine: Engine) -> None:
    relation, _ = typed(engine, BASE)
    types = dict(engine.describe(f"FROM {relation.name}"))
    expected = {
        ColumnType.TEXT: "VARCHAR",
        ColumnType.LABEL: "VARCHAR",
        ColumnType.DATE: "DATE",
        ColumnType.INTEGER: "BIGINT",
        ColumnType.BOOLEAN: "BOOLEAN",
    }
    assert types == {
        "_file": "INTEGER",
        "_row": "BIGINT",
        **{name: expected[column.type] for name, column in CASES.columns.items()},
    }


def test_text_is_trimmed_narrowed_and_blank_is_null(engine: Engine) -> None:
    relation, findings = typed(engine, of("title", ["\u3000关于１号路 ", "  ", "", None, "ｂ", "x"]))
    assert column_of(engine, relation, "title") == ["关于1号路", None, None, None, "b", "x"]
    assert findings == []


def test_error_cells_are_findings_in_every_kind_of_column(engine: Engine) -> None:
    cells = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#num!", "#1 road"]
    relation, findings = typed(engine, {**of("title", cells), "replied_on": ["#N/A", *["2024-02-01"] * 7]})
    assert column_of(engine, relation, "title") == [*[None] * 7, "#1 road"]
    found = {(item.code, item.column, item.row, item.value) for item in findings}
    assert found == {("error_cell", "title", row + 2, cell) for row, cell in enumerate(cells[:7])} | {
        ("error_cell", "replied_on", 2, "#N/A")
    }
    assert len(findings) == 8
    assert all(item.severity.value == "error" for item in findings)


def test_dates_that_cannot_be_are_findings_with_their_place(engine: Engine) -> None:
    cells = [
        "2024/3/12",
        "45363",
        "2024年3月12日",
        "soon",
        "2024-02-30",
        "1900-01-01",
        " ２０２４－３－１２ ",
        None,
    ]
    relation, findings = typed(engine, of("replied_on", cells))
    twelfth = date(2024, 3, 12)
    assert column_of(engine, relation, "replied_on") == [
        twelfth,
        twelfth,
        twelfth,
        None,
        None,
        None,
        twelfth,
        None,
    ]
    assert [(item.code, item.file, item.row, item.value) for item in findings] == [
        ("unparsable_cell", "raw.csv", 5, "soon"),
        ("impossible_date", "raw.csv", 6, "2024-02-30"),
        ("impossible_date", "raw.csv", 7, "1900-01-01"),
    ]
    message, todo = findings[0].sentences("zh")
    assert "日期" in message
    assert "2024-03-12" in todo


def test_the_heading_is_named_as_written(engine: Engine) -> None:
    _, findings = typed(engine, {**BASE, "assigned_on": ["x"]})
    assert [(item.code, item.column) for item in findings] == [("unparsable_cell", "交办日期")]


def test_labels_in_english_and_chinese(engine: Engine) -> None:
    cells = ["lead", "主办", " 协办", "ＣＯ", "Separate", "分别 办理", "", None]
    relation, findings = typed(engine, of("role", cells))
    assert column_of(engine, relation, "role") == [
        "lead",
        "lead",
        "co",
        "co",
        "separate",
        "separate",
        "lead",
        "lead",
    ]
    assert findings == []


def test_an_unknown_label_is_a_finding_with_the_known_ones_and_stays_unknown(engine: Engine) -> None:
    relation, findings = typed(engine, of("role", ["主办", "主办单位"]))
    assert column_of(engine, relation, "role") == ["lead", None]
    assert [(item.code, item.row, item.column, item.value) for item in findings] == [
        ("unknown_label", 3, "办理方式", "主办单位")
    ]
    assert "协办" in findings[0].sentences("zh")[0]


def test_outcomes_by_the_classes_of_the_ruleset(engine: Engine) -> None:
    cells = ["A", "a", "Ａ", "A类", "ａ 类", "B", "resolved", "D", "类"]
    circumstances = Circumstances({"A": "resolved", "Ｂ类": "planned"})
    relation, findings = typed(engine, of("outcome", cells), circumstances=circumstances)
    assert column_of(engine, relation, "outcome") == [*["resolved"] * 5, "planned", "resolved", None, None]
    assert [(item.code, item.value) for item in findings] == [("unknown_label", "D"), ("unknown_label", "类")]


def test_the_workspace_says_what_a_label_means(engine: Engine) -> None:
    values = {"contact_mode": {"走访": "phone", "微信": "written", "/": ""}}
    relation, findings = typed(engine, of("contact_mode", ["走访", " 微信", "面商", "/"]), values=values)
    assert column_of(engine, relation, "contact_mode") == ["phone", "written", "in_person", None]
    assert findings == []


def test_the_workspace_replaces_texts_and_dates_too(engine: Engine) -> None:
    columns = {**of("replied_on", ["未答复", "2024-02-01"]), "category": ["城建", "城 建"]}
    values = {
        "replied_on": {"未答复": ""},
        "category": {"城建": "城市建设"},
        "department": {"市公安局": "公安"},
    }
    relation, findings = typed(engine, columns, values=values)
    assert column_of(engine, relation, "replied_on") == [None, date(2024, 2, 1)]
    assert column_of(engine, relation, "category") == ["城市建设", "城市建设"]
    assert column_of(engine, relation, "department") == ["公安", "公安"]
    assert findings == []


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ({"values": {"role": {"主": "leader"}}}, "value_not_of_column"),
        ({"values": {"key_supervised": {"重点": "maybe"}}}, "value_not_of_column"),
        ({"values": {"replied_on": {"未": "never"}}}, "value_not_of_column"),
        ({"values": {"rolle": {"主": "lead"}}}, "unknown_source_column"),
        ({"values": {"role": {"Ａ": "lead", "a": "co"}}}, "label_mapped_twice"),
        ({"split": {"departement": "、"}}, "unknown_source_column"),
        ({"split": {"assigned_on": "、"}}, "split_needs_text"),
    ],
)
def test_a_workspace_that_maps_wrongly(engine: Engine, source: dict[str, Any], code: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        typed(engine, BASE, **source)
    assert caught.value.code == code
    assert "duban.toml tables.cases." in caught.value.line("zh")


def test_several_wrong_mappings_are_told_together(engine: Engine) -> None:
    with pytest.raises(Problems) as caught:
        typed(engine, BASE, values={"role": {"主": "leader"}}, split={"x": "、"})
    assert len(caught.value.errors) == 2


def test_defaults_fill_blanks_and_missing_columns(engine: Engine) -> None:
    relation, _ = typed(engine, of("state", ["", "退办", None]))
    assert column_of(engine, relation, "state") == ["active", "returned", "active"]
    assert column_of(engine, relation, "role") == ["lead"] * 3
    assert column_of(engine, relation, "reply_kind") == ["final"] * 3


def test_blank_required_cells(engine: Engine) -> None:
    columns: dict[str, Sequence[Cell]] = {
        "case_id": ["1", " ", None],
        "department": ["", "a", "b"],
        "assigned_on": ["x", None, "2024-01-01"],
    }
    relation, findings = typed(engine, columns)
    assert engine.one(f"SELECT count(*) FROM {relation.name}") == (3,)
    assert sorted((item.code, item.row, item.value) for item in findings) == [
        ("missing_required", 2, ""),
        ("missing_required", 3, ""),
        ("missing_required", 3, " "),
        ("missing_required", 4, ""),
        ("unparsable_cell", 2, "x"),
    ]


def test_numbers_and_booleans(engine: Engine) -> None:
    columns = {**of("contacts", ["1", "２", "1,000", ""]), "key_supervised": ["是", "×", "或许", None]}
    relation, findings = typed(engine, columns)
    assert column_of(engine, relation, "contacts") == [1, 2, None, None]
    assert column_of(engine, relation, "key_supervised") == [True, False, None, None]
    assert sorted((item.code, item.value) for item in findings) == [
        ("unknown_label", "或许"),
        ("unparsable_cell", "1,000"),
    ]


def test_marks_are_exact(engine: Engine) -> None:
    columns = {
        "department": ["a", "b"],
        "criterion": ["c", "c"],
        "judge": ["j", "k"],
        "mark": ["95.50", "0.1234567"],
    }
    relation, findings = typed(engine, columns, TABLES["marks"])
    assert column_of(engine, relation, "mark") == [Decimal("95.500000"), None]
    assert [item.code for item in findings] == ["number_out_of_range"]


@pytest.mark.parametrize(
    ("cells", "kind", "sql", "values"),
    [
        (["1", "-20", " ３ ", ""], ColumnType.INTEGER, "BIGINT", [1, -20, 3, None]),
        (
            ["1.5", "-20.25", "3"],
            ColumnType.DECIMAL,
            "DECIMAL(4,2)",
            [Decimal("1.50"), Decimal("-20.25"), Decimal("3.00")],
        ),
        (["0.1234567890123", "1"], ColumnType.DECIMAL, "DECIMAL(14,13)", None),
        (["007", "8"], ColumnType.TEXT, "VARCHAR", ["007", "8"]),
        (["1,000"], ColumnType.TEXT, "VARCHAR", ["1,000"]),
        (["1" * 19], ColumnType.TEXT, "VARCHAR", ["1" * 19]),
        (["1" * 39 + ".5"], ColumnType.TEXT, "VARCHAR", ["1" * 39 + ".5"]),
        (["2024-01-01", "2024年1月2日"], ColumnType.DATE, "DATE", [date(2024, 1, 1), date(2024, 1, 2)]),
        (["2024-01-01", "2024-02-30"], ColumnType.TEXT, "VARCHAR", ["2024-01-01", "2024-02-30"]),
        (["a", "1"], ColumnType.TEXT, "VARCHAR", ["a", "1"]),
        (["", None], ColumnType.TEXT, "VARCHAR", [None, None]),
    ],
)
def test_unknown_columns_are_typed_by_content(
    engine: Engine, cells: list[Cell], kind: ColumnType, sql: str, values: list[object] | None
) -> None:
    relation, findings = typed(engine, of("加班 时长", cells))
    assert relation.columns["加班 时长"].type is kind
    assert dict(engine.describe(f"FROM {relation.name}"))["加班 时长"] == sql
    assert values is None or column_of(engine, relation, "加班 时长") == values
    assert "加班 时长" in relation.available
    assert findings == []


def test_an_error_cell_does_not_make_a_number_column_text(engine: Engine) -> None:
    relation, findings = typed(engine, of("分数", ["1", "#N/A", "3"]))
    assert column_of(engine, relation, "分数") == [1, None, 3]
    assert [(item.code, item.column, item.row) for item in findings] == [("error_cell", "分数", 3)]


def test_headings_that_the_engine_cannot_tell_apart(engine: Engine) -> None:
    columns = {**BASE, "Foo": ["1"], "foo": ["2"], "_row": ["3"], "ROLE": ["4"]}
    relation, findings = typed(engine, columns)
    assert column_of(engine, relation, "Foo") == [1]
    assert column_of(engine, relation, "foo_2") == [2]
    assert column_of(engine, relation, "_row_2") == [3]
    assert column_of(engine, relation, "ROLE_2") == [4]
    assert [item.code for item in findings] == ["heading_renamed"] * 3


def test_hostile_text_is_only_text(engine: Engine) -> None:
    names = ["'; DROP TABLE raw; --", '"<script>alert(1)</script>"', "=cmd|' /C calc'!A0", "a{b}%s"]
    relation, findings = typed(
        engine, {**of("x", names), "department": names, '"; DROP TABLE raw; --': names}
    )
    assert column_of(engine, relation, "department") == sorted(names, key=names.index)
    assert column_of(engine, relation, '"; DROP TABLE raw; --') == names
    assert findings == []


@pytest.mark.parametrize(
    ("separator", "cell", "pieces"),
    [
        ("、", "市公安局、 市民政局 ，x、、", ["市公安局", "市民政局 ，x"]),
        (" ", "市公安局 市民政局\u3000\t市教育局 ", ["市公安局", "市教育局", "市民政局"]),
        ("||", "a||b|c", ["a", "b|c"]),
        (".", "a.b", ["a", "b"]),
        ("、", "市公安局", ["市公安局"]),
    ],
)
def test_a_cell_that_names_several_departments(
    engine: Engine, separator: str, cell: str, pieces: list[str]
) -> None:
    relation, findings = typed(engine, {**BASE, "department": [cell]}, split={"department": separator})
    assert sorted(str(name) for name in column_of(engine, relation, "department")) == sorted(pieces)
    assert {row for (row,) in engine.rows(f"SELECT _row FROM {relation.name}")} == {2}
    assert findings == []


def test_a_cell_of_separators_only_is_blank(engine: Engine) -> None:
    relation, findings = typed(engine, {**BASE, "department": ["、、"]}, split={"department": "、"})
    assert column_of(engine, relation, "department") == [None]
    assert [(item.code, item.value) for item in findings] == [("missing_required", "、、")]


def test_several_files_with_different_columns_become_one_table(engine: Engine) -> None:
    one = staged(engine, {**BASE, "role": ["协办"], "extra": ["1"]}, "one", {"role": "办理方式"})
    two = staged(engine, {**BASE, "extra": ["2.5"], "role": ["?"]}, "two", {"role": "承办方式"})
    three = staged(engine, BASE, "three")
    relation, findings = type_table(
        engine, CASES, [one, two, three], Source(file=("x",)), Circumstances({}), at
    )
    assert column_of(engine, relation, "extra") == [Decimal("1.0"), Decimal("2.5"), None]
    assert column_of(engine, relation, "role") == ["co", None, "lead"]
    assert [(item.file, item.column) for item in findings] == [("two.csv", "承办方式")]
    assert relation.files == (("one.csv", ""), ("two.csv", ""), ("three.csv", ""))


def test_many_bad_cells_are_listed_up_to_a_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.stages.reading.typed.LISTED_CELLS", 5)
    _, findings = typed(engine, of("replied_on", ["x"] * 8))
    assert [item.code for item in findings] == [*["unparsable_cell"] * 5, "too_many_bad_cells"]


def test_every_finding_can_be_said(engine: Engine) -> None:
    columns = {
        **of("replied_on", ["x", "2024-02-30", "#N/A"]),
        "role": ["?", "", ""],
        "contacts": ["9" * 30, "1", "a"],
    }
    _, findings = typed(engine, columns)
    said = (
        findings_frame(findings, "zh")["message"].tolist()
        + findings_frame(findings, "en")["message"].tolist()
    )
    assert [text for text in said if "?" in text] == [text for text in said if "“?”" in text]


# Parquet: native types, in place.


def parquet(
    engine: Engine, table: pa.Table, columns: Mapping[str, str] | None = None, name: str = "pq"
) -> Staged:
    path = engine.spill / f"{name}.parquet"
    pq.write_table(table, path)
    names = list(table.column_names)
    selected = ", ".join(f"{quoted(column)} AS c{place}" for place, column in enumerate(names))
    engine.run(
        f"CREATE OR REPLACE VIEW {name} AS SELECT file_row_number + 1 AS _row, {selected} "
        f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
    )
    physical = {(columns or {}).get(column, column): f"c{place}" for place, column in enumerate(names)}
    return Staged(f"{name}.parquet", "", name, physical, {column: column for column in physical}, typed=True)


def typed_parquet(engine: Engine, columns: Mapping[str, pa.Array]) -> tuple[Relation, list[Finding]]:
    height = len(next(iter(columns.values()))) if columns else 1
    base = {
        "case_id": pa.array([str(row) for row in range(height)]),
        "department": pa.array(["a"] * height),
        "assigned_on": pa.array([date(2024, 1, 1)] * height),
    }
    sheet = parquet(engine, pa.table({**base, **columns}))
    return type_table(engine, CASES, [sheet], Source(file=("x",)), Circumstances({"A": "resolved"}), at)


def is_in_place(engine: Engine, relation: Relation) -> bool:
    stored = literal(cells_of(relation.name))
    return not engine.rows(f"SELECT 1 FROM duckdb_tables() WHERE table_name = {stored}")


def test_parquet_stays_in_place(engine: Engine) -> None:
    relation, findings = typed_parquet(
        engine,
        {
            "replied_on": pa.array([date(2024, 2, 1), None]),
            "role": pa.array(["lead", "co"]),
            "published_on": pa.array([pa.scalar(0).as_py(), None], pa.timestamp("us")),
        },
    )
    assert is_in_place(engine, relation)
    assert column_of(engine, relation, "replied_on") == [date(2024, 2, 1), None]
    assert column_of(engine, relation, "role") == ["lead", "co"]
    assert column_of(engine, relation, "published_on") == [date(1970, 1, 1), None]
    assert findings == []
    (sql,) = engine.one(f"SELECT sql FROM duckdb_views() WHERE view_name = {literal(relation.name)}")
    assert "JOIN" not in sql
    assert "coalesce" not in sql.lower()


def test_parquet_with_chinese_labels_and_text_dates(engine: Engine) -> None:
    relation, findings = typed_parquet(
        engine,
        {
            "role": pa.array(["主办", "协办", None, "乱"]),
            "replied_on": pa.array(["2024/3/12", "45363", "x", None]),
            "outcome": pa.array(["A类", "a", None, ""]),
            "title": pa.array([" 甲 ", "乙", "#N/A", None]),
        },
    )
    twelfth = date(2024, 3, 12)
    assert column_of(engine, relation, "role") == ["lead", "co", "lead", None]
    assert column_of(engine, relation, "replied_on") == [twelfth, twelfth, None, None]
    assert column_of(engine, relation, "outcome") == ["resolved", "resolved", None, None]
    assert column_of(engine, relation, "title") == ["甲", "乙", None, None]
    assert sorted((item.code, item.row) for item in findings) == [
        ("error_cell", 3),
        ("unknown_label", 4),
        ("unparsable_cell", 3),
    ]


def test_parquet_numbers_of_every_kind(engine: Engine) -> None:
    relation, findings = typed_parquet(
        engine,
        {
            "contacts": pa.array([1.0, None, 2.5]),  # pandas stores whole numbers with gaps as floats
            "round": pa.array([1, 2, None], pa.int16()),
            "previous_case": pa.array([12.0, float("nan"), None]),
            "key_supervised": pa.array([True, False, None]),
            "ratio": pa.array([0.5, 0.25, None]),
            "price": pa.array([Decimal("1.10"), None, None]),
            "flag": pa.array([True, None, False]),
            "big": pa.array([2**63, 1, None], pa.uint64()),
            "when": pa.array([date(2024, 1, 1), None, None]),
        },
    )
    assert column_of(engine, relation, "contacts") == [1, None, None]
    assert column_of(engine, relation, "round") == [1, 2, None]
    assert column_of(engine, relation, "previous_case") == ["12", None, None]
    assert column_of(engine, relation, "key_supervised") == [True, False, None]
    assert column_of(engine, relation, "price") == [Decimal("1.10"), None, None]
    assert column_of(engine, relation, "big") == [2**63, 1, None]
    kinds = {name: relation.columns[name].type for name in ("ratio", "price", "flag", "big", "when")}
    assert kinds == {
        "ratio": ColumnType.FLOAT,
        "price": ColumnType.DECIMAL,
        "flag": ColumnType.BOOLEAN,
        "big": ColumnType.INTEGER,
        "when": ColumnType.DATE,
    }
    assert [(item.code, item.value) for item in findings] == [("unparsable_cell", "2.5")]


def test_parquet_columns_that_no_expression_could_use_are_left_out_aloud(engine: Engine) -> None:
    relation, findings = typed_parquet(engine, {"tags": pa.array([["a"], ["b"]])})
    assert "tags" not in relation.columns
    assert [(item.code, item.column) for item in findings] == [("column_type_not_supported", "tags")]


def test_parquet_days_out_of_range_and_blanks_in_required_columns(engine: Engine) -> None:
    relation, findings = typed_parquet(
        engine,
        {
            "assigned_on": pa.array([date(1900, 1, 1), None, date(2024, 1, 1)]),
            "case_id": pa.array(["1", "2", " "]),
        },
    )
    assert column_of(engine, relation, "assigned_on") == [None, None, date(2024, 1, 1)]
    assert sorted((item.code, item.row) for item in findings) == [
        ("impossible_date", 1),
        ("missing_required", 2),
        ("missing_required", 3),
    ]


def test_points_in_time_with_a_zone_become_days_in_china(engine: Engine) -> None:
    instant = pa.array([1_710_172_800_000_000], pa.timestamp("us", tz="UTC"))  # 2024-03-11 16:00 UTC
    relation, findings = typed_parquet(engine, {"replied_on": instant})
    assert column_of(engine, relation, "replied_on") == [date(2024, 3, 12)]
    assert [item.code for item in findings] == ["zoned_dates"]


def test_parquet_files_of_different_types_are_read_as_text(engine: Engine) -> None:
    base = {"case_id": [1], "department": ["a"]}
    one = parquet(engine, pa.table({**base, "assigned_on": [date(2024, 1, 1)], "x": [1.0]}), name="p1")
    two = parquet(engine, pa.table({**base, "assigned_on": ["2024年1月2日"], "x": ["2"]}), name="p2")
    relation, findings = type_table(engine, CASES, [one, two], Source(file=("x",)), Circumstances({}), at)
    assert column_of(engine, relation, "assigned_on") == [date(2024, 1, 1), date(2024, 1, 2)]
    assert column_of(engine, relation, "case_id") == ["1", "1"]
    assert column_of(engine, relation, "x") == [1, 2]
    assert not is_in_place(engine, relation)
    assert findings == []


def test_parquet_files_with_other_columns_and_other_numbers_stay_in_place(engine: Engine) -> None:
    base = {"case_id": ["1"], "department": ["a"], "assigned_on": [date(2024, 1, 1)]}
    one = parquet(engine, pa.table({**base, "x": pa.array([1], pa.int16())}), name="p1")
    two = parquet(
        engine,
        pa.table({**base, "x": pa.array([2], pa.int64()), "replied_on": [date(2024, 2, 1)]}),
        name="p2",
    )
    three = parquet(engine, pa.table(base), name="p3")
    relation, findings = type_table(
        engine, CASES, [one, two, three], Source(file=("x",)), Circumstances({}), at
    )
    assert is_in_place(engine, relation)
    assert column_of(engine, relation, "x") == [1, 2, None]
    assert column_of(engine, relation, "replied_on") == [None, date(2024, 2, 1), None]
    assert findings == []


# The whole of reading, from files.


def ledger_of(folder: Path, tables: Mapping[str, Mapping[str, object]], as_of: date = date(2024, 12, 31)):  # type: ignore[no-untyped-def]
    workspace = Workspace.model_validate({"title": "t", "ruleset": "r", "tables": tables})
    opened = OpenedWorkspace(folder=folder, workspace=workspace)
    paths = {name: [folder / str(source["file"])] for name, source in tables.items()}
    ruleset = Ruleset.model_validate({"format": 1, "id": "r", "title": "r"})
    engine = Engine([path for found in paths.values() for path in found])
    return engine, read(engine, opened, ruleset, TABLES, paths, at, as_of)


def test_from_csv_to_ledger(tmp_path: Path) -> None:
    (tmp_path / "台账.csv").write_text(
        "建议编号,承办单位,交办日期,办理方式,答复日期\n1,市公安局,2024-01-05,主办,2024/2/1\n2,公安,2024.1.6,协办,\n",
        "utf-8-sig",
    )
    (tmp_path / "单位.csv").write_text("单位编号,单位名称,别名\ngaj,市公安局,公安|公安局\n", "gb18030")
    engine, ledger = ledger_of(tmp_path, {"cases": {"file": "台账.csv"}, "departments": {"file": "单位.csv"}})
    with engine:
        cases = ledger.relations["cases"]
        assert column_of(engine, cases, "department") == ["gaj", "gaj"]
        assert column_of(engine, cases, "replied_on") == [date(2024, 2, 1), None]
        assert [(item.id, item.name) for item in ledger.departments] == [("gaj", "市公安局")]
        left = {name for (name,) in engine.rows("SELECT table_name FROM duckdb_tables()")}
        assert left == {"cases_typed_cells", "departments_typed_cells", "department_names"}


def test_a_table_without_a_required_heading_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("建议编号,承办单位\n1,市公安局\n", "utf-8")
    engine, ledger = ledger_of(tmp_path, {"cases": {"file": "a.csv"}})
    with engine:
        assert ledger.relations == {}
        assert ledger.departments == []
        assert any(item.severity.value == "error" for item in ledger.findings)
