import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from duban import run
from duban.engine import Engine
from duban.errors import Position
from duban.findings import Finding
from duban.relations import Ledger
from duban.ruleset import Ruleset
from duban.stages.reading import read
from duban.stages.reading.similar import Nearest, similar_pairs
from duban.tables import TABLES
from duban.terms import Severity
from duban.workspace import OpenedWorkspace, Workspace

CASES = "建议编号,承办单位,交办日期\n"


class Folder:
    """A workspace that is read from texts; the engine stays open until the test ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engines: list[Engine] = []

    def read(self, tables: Mapping[str, str], **cases: object) -> Ledger:
        sources: dict[str, dict[str, object]] = {}
        for name, text in tables.items():
            (self.path / f"{name}.csv").write_text(text, "utf-8")
            sources[name] = {"file": f"{name}.csv", **(cases if name == "cases" else {})}
        workspace = Workspace.model_validate({"title": "t", "ruleset": "r", "tables": sources})
        paths = {name: [self.path / f"{name}.csv"] for name in tables}
        self.engines.append(Engine([path for (path,) in paths.values()]))
        opened = OpenedWorkspace(folder=self.path, workspace=workspace)
        ruleset = Ruleset.model_validate({"format": 1, "id": "r", "title": "r"})
        at = Position("duban.toml")
        return read(self.engines[-1], opened, ruleset, TABLES, paths, lambda key: at, date(2024, 12, 31))

    def departments_of_cases(self, ledger: Ledger) -> list[str]:
        rows = self.engines[-1].rows(
            f"SELECT department FROM {ledger.relations['cases'].name} ORDER BY _row, 1"
        )
        return [name for (name,) in rows]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    opened = Folder(tmp_path)
    yield opened
    for engine in opened.engines:
        engine.close()


def told(ledger: Ledger, code: str) -> list[Finding]:
    return [item for item in ledger.findings if item.code == code]


def lines(names: Sequence[str]) -> str:
    return CASES + "".join(f"{row},{name},2024-01-05\n" for row, name in enumerate(names))


LISTED = "单位编号,单位名称,单位类型,别名,人口\ngaj,市公安局,政府,公安 局|市局,100\nmzj,市民政局,政府,,20.5\nx,,,民政（社工）,\n"


def test_ids_names_and_aliases_mean_the_department(folder: Folder) -> None:
    names = ["gaj", "ｇａｊ", "市公安局", "市 公安局", "公安局", "市局", "市民政局", "x", "民政(社工)"]
    ledger = folder.read({"cases": lines(names), "departments": LISTED})
    assert folder.departments_of_cases(ledger) == ["gaj"] * 6 + ["mzj", "x", "x"]
    assert told(ledger, "unknown_department") == []


def test_departments_carry_name_and_attributes_exactly(folder: Folder) -> None:
    ledger = folder.read({"cases": lines(["gaj"]), "departments": LISTED})
    assert [(item.id, item.name) for item in ledger.departments] == [
        ("gaj", "市公安局"),
        ("mzj", "市民政局"),
        ("x", "x"),
    ]
    assert dict(ledger.departments[1].attributes) == {"kind": "政府", "人口": Fraction(41, 2)}
    assert ledger.departments[2].attributes["人口"] is None


def test_a_department_that_nobody_knows_is_an_error_with_the_nearest(folder: Folder) -> None:
    ledger = folder.read({"cases": lines(["市公安局", "市公安"]), "departments": LISTED})
    (item,) = told(ledger, "unknown_department")
    assert (item.severity, item.row, item.column, item.value) == (Severity.ERROR, 3, "承办单位", "市公安")
    assert "市公安局" in item.sentences("zh")[0]
    assert folder.departments_of_cases(ledger) == ["gaj", "市公安"]


def test_pieces_of_a_cell_are_resolved_one_by_one(folder: Folder) -> None:
    ledger = folder.read(
        {"cases": lines(["市公安局、民政局 、mzj"]), "departments": LISTED}, split={"department": "、"}
    )
    assert folder.departments_of_cases(ledger) == ["gaj", "mzj", "民政局"]
    assert [item.value for item in told(ledger, "unknown_department")] == ["民政局"]


def test_every_table_with_departments_is_resolved(folder: Folder) -> None:
    marks = "承办单位,评分项,得分\n公安局,创新,5\n谁,创新,4\n"
    ledger = folder.read({"marks": marks, "departments": LISTED})
    rows = folder.engines[-1].rows(f"SELECT department FROM {ledger.relations['marks'].name} ORDER BY _row")
    assert rows == [("gaj",), ("谁",)]
    assert [(item.table, item.value) for item in told(ledger, "unknown_department")] == [("marks", "谁")]


def test_a_name_of_two_departments_and_a_department_listed_twice(folder: Folder) -> None:
    departments = "单位编号,单位名称,别名\na,甲局,总局\nb,乙局,总局|甲 局\na,丙局,\n"
    ledger = folder.read({"departments": departments})
    assert sorted(
        (item.value, item.facts["first"], item.facts["second"])
        for item in told(ledger, "duplicate_department")
    ) == [
        ("总局", "a", "b"),
        ("甲 局", "a", "b"),
    ]
    (twice,) = told(ledger, "repeated_department")
    assert (twice.row, twice.value, twice.facts["first"], twice.severity) == (4, "a", 2, Severity.ERROR)
    assert [item.id for item in ledger.departments] == ["a", "b"]


def test_the_mark_between_aliases_may_have_full_width(folder: Folder) -> None:
    listed = "单位编号,单位名称,别名\nD1,市文旅局,文化局｜旅游局|体育局\n"
    rows = "1,旅游局,2024-01-05\n2,文化局,2024-01-05\n3,体育局,2024-01-05\n"
    ledger = folder.read({"departments": listed, "cases": CASES + rows})
    assert folder.departments_of_cases(ledger) == ["D1", "D1", "D1"]


def test_an_id_holds_before_a_name_and_a_name_before_an_alias(folder: Folder) -> None:
    departments = "单位编号,单位名称,别名\na,b,c\nb,c,\nc,z,\n"
    ledger = folder.read({"cases": lines(["a", "b", "c", "z"]), "departments": departments})
    assert folder.departments_of_cases(ledger) == ["a", "b", "c", "c"]
    assert {item.value for item in told(ledger, "duplicate_department")} == {"b", "c"}


def test_without_a_table_each_distinct_name_is_a_department(folder: Folder) -> None:
    ledger = folder.read({"cases": lines(["市公安局", " 市民政局", "市公安局"])})
    assert [(item.id, item.name) for item in ledger.departments] == [
        ("市公安局", "市公安局"),
        ("市民政局", "市民政局"),
    ]
    assert all(item.has_cases for item in ledger.departments)


def test_without_cases_departments_come_from_their_table(folder: Folder) -> None:
    ledger = folder.read({"departments": LISTED})
    assert [item.id for item in ledger.departments] == ["gaj", "mzj", "x"]


def test_names_that_look_alike_are_listed_once(folder: Folder) -> None:
    names = ["市公安局", "哈尔滨市公安局", "市民政局", "市民攻局", "市教育局"]
    ledger = folder.read({"cases": lines(names)})
    (item,) = told(ledger, "near_duplicate_departments")
    assert item.severity is Severity.INFO
    assert item.facts["pairs"] == "哈尔滨市公安局 / 市公安局；市民攻局 / 市民政局"
    assert item.facts["count"] == 2


def test_alike_names_in_the_table_are_a_warning(folder: Folder) -> None:
    ledger = folder.read({"departments": "单位编号,单位名称\na,市公安局\nb,哈尔滨市公安局\n"})
    assert [item.severity for item in told(ledger, "near_duplicate_departments")] == [Severity.WARNING]


def test_many_pairs_are_told_in_several_findings(folder: Folder) -> None:
    names = [f"{chr(0x4E00 + 50 * place)}县自然资源和规划管理委员会" for place in range(12)]
    names += [f"某省{name}" for name in names[:8]]
    ledger = folder.read({"cases": lines(names)})
    items = told(ledger, "near_duplicate_departments")
    assert len(items) > 1
    assert all(len(str(item.facts["pairs"])) <= 200 for item in items)


def test_hostile_names_are_only_names(folder: Folder) -> None:
    names = ["<b>局</b>", "=1+1", "a'; DROP TABLE x; --", "{value}"]
    departments = "单位编号,单位名称,别名\n" + "".join(f'{row},"{name}",\n' for row, name in enumerate(names))
    ledger = folder.read(
        {
            "cases": CASES + "".join(f'{row},"{name}",2024-01-05\n' for row, name in enumerate(names)),
            "departments": departments,
        }
    )
    assert folder.departments_of_cases(ledger) == ["0", "1", "2", "3"]
    assert [item.name for item in ledger.departments] == names


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["市公安局", "哈尔滨市公安局"], [("哈尔滨市公安局", "市公安局")]),
        (["市公安局", "市 公安局"], [("市 公安局", "市公安局")]),
        (["南岗区政府", "南冈区政府"], [("南冈区政府", "南岗区政府")]),
        # 7 of 8 and 7 characters agree: 14 / 15
        (["市住房城乡建设局", "市住房和城乡建设局"], [("市住房和城乡建设局", "市住房城乡建设局")]),
        (["市公安局", "市教育局"], []),
        (["第一分局", "第二分局"], []),
        (["单位1", "单位2", "单位12"], []),
        (["局", "市局"], []),
        ([], []),
    ],
)
def test_what_looks_alike(names: list[str], pairs: list[tuple[str, str]]) -> None:
    assert similar_pairs(names) == pairs
    assert similar_pairs(names[::-1]) == pairs


def test_many_names_are_looked_through_in_seconds() -> None:
    names = [f"第{number}中心小学" for number in range(20_000)] + ["市公安局", "省市公安局"]
    start = time.monotonic()
    assert ("市公安局", "省市公安局") in similar_pairs(names)
    assert time.monotonic() - start < 10


def test_the_nearest_names() -> None:
    nearest = Nearest(["市公安局", "市民政局", "省公安厅"])
    assert nearest("市公安分局")[0] == "市公安局"
    assert nearest("xyz") == ()


def test_a_list_that_has_only_names_uses_them_as_ids(tmp_path: Path) -> None:
    (tmp_path / "单位.csv").write_text("单位名称,单位类型,别名\n市公安局,政府,公安局|市局\n", "utf-8")
    (tmp_path / "台账.csv").write_text("编号,承办单位,交办日期\n1,市局,2024-03-01\n", "utf-8")
    (tmp_path / "duban.toml").write_text(
        'title = "x"\nruleset = "npc-base"\nas_of = 2024-12-31\n'
        '[tables.cases]\nfile = "台账.csv"\n[tables.departments]\nfile = "单位.csv"\n',
        "utf-8",
    )
    ranking = run(tmp_path, write=False).ranking
    assert ranking[["department", "name"]].to_numpy().tolist() == [["市公安局", "市公安局"]]
