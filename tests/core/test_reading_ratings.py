from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duban.engine import Engine
from duban.errors import Position
from duban.findings import Finding
from duban.relations import Ledger
from duban.ruleset import Ruleset
from duban.stages.reading import read
from duban.tables import TABLES
from duban.workspace import OpenedWorkspace, Workspace

AS_OF = date(2024, 12, 31)
HEADING = "建议编号,承办单位,代表,阶段,评价,评价日期,轮次,评价内容,作废\n"
ONE_CASE = "建议编号,承办单位,交办日期,领衔代表,答复日期\n1,市公安局,2024-01-05,张三,2024-03-01\n"
NO_LEAD = "建议编号,承办单位,交办日期,答复日期\n1,市公安局,2024-01-05,2024-03-01\n"


class Bench:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.engines: list[Engine] = []

    def read(self, tables: Mapping[str, str], **rules: Any) -> Ledger:
        for name, text in tables.items():
            (self.path / f"{name}.csv").write_text(text, "utf-8")
        sources = {name: {"file": f"{name}.csv"} for name in tables}
        workspace = Workspace.model_validate({"title": "t", "ruleset": "r", "tables": sources})
        paths = {name: [self.path / f"{name}.csv"] for name in tables}
        self.engines.append(Engine([path for (path,) in paths.values()]))
        ruleset = Ruleset.model_validate({"format": 1, "id": "r", "title": "r", **rules})
        opened = OpenedWorkspace(folder=self.path, workspace=workspace)
        at = Position("duban.toml")
        return read(self.engines[-1], opened, ruleset, TABLES, paths, lambda key: at, AS_OF)

    def column(self, ledger: Ledger, *names: str) -> list[tuple[object, ...]]:
        chosen = ", ".join(names)
        return self.engines[-1].rows(f"SELECT {chosen} FROM {ledger.relations['cases'].name} ORDER BY _row")

    def answer(
        self, rows: str, cases: str = ONE_CASE, scale: Mapping[str, Any] | None = None, **rule: Any
    ) -> object:
        """The answer rating of the first case."""
        scales = {"scales": {"rating": scale}} if scale else {}
        self.ledger = self.read(
            {"cases": cases, "ratings": HEADING + rows}, ratings={"answer": rule}, **scales
        )
        return self.column(self.ledger, "answer_rating")[0][0]

    def told(self, code: str) -> list[Finding]:
        return [item for item in self.ledger.findings if item.code == code]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path)
    yield opened
    for engine in opened.engines:
        engine.close()


def rows(*ratings: str, deputies: str = "张李王赵钱") -> str:
    return "".join(
        f"1,市公安局,{deputy}三,答复,{rating},,,,\n"
        for deputy, rating in zip(deputies, ratings, strict=False)
    )


def test_the_lead_deputys_rating_holds(bench: Bench) -> None:
    assert bench.answer(rows("满意", "不满意", "不满意")) == "satisfied"
    (item,) = bench.told("ratings_not_of_lead")
    assert item.facts["count"] == 2
    assert bench.ledger.relations["cases"].available >= {"answer_rating", "round"}
    assert "result_rating" not in bench.ledger.relations["cases"].available


def test_a_lead_deputy_who_says_nothing_leaves_the_case_unrated(bench: Bench) -> None:
    assert bench.answer(rows("满意", deputies="李")) is None
    assert bench.told("lead_deputy_unknown") == []


def test_without_a_lead_deputy_a_single_rater_holds(bench: Bench) -> None:
    assert bench.answer(rows("基本满意", deputies="李"), NO_LEAD) == "basically_satisfied"


def test_without_a_lead_deputy_several_raters_are_a_finding(bench: Bench) -> None:
    assert bench.answer(rows("满意", "不满意"), NO_LEAD) is None
    (item,) = bench.told("lead_deputy_unknown")
    assert (item.value, item.row, item.column) == ("1", 2, "代表")


def test_a_nameless_single_rating_is_the_lead_deputys(bench: Bench) -> None:
    assert bench.answer("1,市公安局,,答复,满意,,,,\n") == "satisfied"


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (("满意", "满意", "不满意"), "satisfied"),
        (("满意", "不满意"), "dissatisfied"),  # a tie goes to the worse
        (("很满意", "满意", "满意", "很满意", "不满意"), "satisfied"),
        (("很满意",), "very_satisfied"),
    ],
)
def test_majority(bench: Bench, ratings: tuple[str, ...], expected: str) -> None:
    assert bench.answer(rows(*ratings), policy="majority") == expected


def test_worst(bench: Bench) -> None:
    assert bench.answer(rows("很满意", "基本满意", "满意"), policy="worst") == "basically_satisfied"


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (("满意", "满意"), "satisfied"),
        (
            ("很满意", "很满意", "满意"),
            "very_satisfied",
        ),  # mean 1, which both labels are worth: the one given most
        (("满意", "不满意"), "dissatisfied"),  # (1 + 0) / 2 = 0.5 < 0.6
        (("满意", "基本满意"), "basically_satisfied"),  # 0.8
        (("满意", "基本满意", "基本满意", "基本满意", "不满意"), "dissatisfied"),  # 2.8 / 5 = 0.56
        (("满意", "满意", "满意", "不满意", "不满意"), "basically_satisfied"),  # 3 / 5 = 0.6, exactly
    ],
)
def test_mean_of_the_default_scale(bench: Bench, ratings: tuple[str, ...], expected: str) -> None:
    assert bench.answer(rows(*ratings), policy="mean") == expected


def test_mean_of_the_rulesets_scale_is_exact(bench: Bench) -> None:
    # 0.1 + 0.1 + 0.1 = 0.3 and 0.3 / 3 = 0.1, which binary numbers miss
    scale = {"satisfied": Decimal("0.3"), "basically_satisfied": Decimal("0.1"), "dissatisfied": 0}
    scale["very_satisfied"] = 1
    assert (
        bench.answer(rows("基本满意", "基本满意", "基本满意"), scale=scale, policy="mean")
        == "basically_satisfied"
    )
    assert bench.answer(rows("满意", "不满意", "不满意"), scale=scale, policy="mean") == "basically_satisfied"


def test_the_latest_round_holds_and_is_kept(bench: Bench) -> None:
    text = "1,市公安局,张三,答复,不满意,2024-03-05,1,,\n1,市公安局,张三,答复,满意,2024-05-05,2,,\n"
    assert bench.answer(text) == "satisfied"
    assert bench.column(bench.ledger, "round") == [(2,)]


def test_of_one_deputys_ratings_in_a_round_the_last_holds(bench: Bench) -> None:
    text = "1,市公安局,张三,答复,满意,2024-05-05,1,,\n1,市公安局,张三,答复,不满意,2024-03-05,1,,\n"
    assert bench.answer(text) == "satisfied"
    assert bench.answer(text, policy="majority") == "satisfied"


def test_void_ratings_are_left_out_and_counted(bench: Bench) -> None:
    assert bench.answer("1,市公安局,张三,答复,满意,,,,\n1,市公安局,张三,答复,不满意,,2,,是\n") == "satisfied"
    assert [item.facts["count"] for item in bench.told("ratings_void")] == [1]


def test_ratings_after_the_day_of_evaluation_have_not_happened(bench: Bench) -> None:
    assert bench.answer("1,市公安局,张三,答复,满意,2025-01-01,,,\n") is None
    assert [item.facts["count"] for item in bench.told("ratings_after_as_of")] == [1]
    assert bench.answer("1,市公安局,张三,答复,满意,2024-12-31,,,\n") == "satisfied"


@pytest.mark.parametrize(("late", "expected"), [("accept", "satisfied"), ("exclude", None)])
def test_late_ratings(bench: Bench, late: str, expected: str | None) -> None:
    # Replied on 1 March: with 15 days, 16 March is in time and 17 March is late.
    assert bench.answer("1,市公安局,张三,答复,满意,2024-03-16,,,\n", window_days=15, late=late) == "satisfied"
    assert bench.told("ratings_late") == []
    assert bench.answer("1,市公安局,张三,答复,满意,2024-03-17,,,\n", window_days=15, late=late) == expected
    assert [item.facts["count"] for item in bench.told("ratings_late")] == [1]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("exclude", "very_satisfied"),
        ("neutral", "basically_satisfied"),
        ("as_satisfied", "satisfied"),
        ("as_dissatisfied", "dissatisfied"),
    ],
)
def test_who_is_silent_among_others(bench: Bench, choice: str, expected: str | None) -> None:
    # Of three deputies two say nothing: theirs are the most ratings, unless silence does not count.
    rows = "1,市公安局,张三,答复,很满意,,,,\n1,市公安局,李四,答复,,,,,\n1,市公安局,王五,答复,,,,,\n"
    assert bench.answer(rows, policy="majority", non_response=choice) == expected


@pytest.mark.parametrize("choice", ["exclude", "neutral", "as_satisfied", "as_dissatisfied"])
@pytest.mark.parametrize("policy", ["lead_deputy", "majority", "worst", "mean"])
def test_a_blank_rating_alone_is_no_response(bench: Bench, choice: str, policy: str) -> None:
    # Else the response rate would count it, and two_stage.csv would show a rating that nobody gave.
    assert bench.answer("1,市公安局,张三,答复,,,,,\n", policy=policy, non_response=choice) is None


def test_a_facet_of_several(bench: Bench) -> None:
    text = "1,市公安局,张三,答复,满意,,,办理态度,\n1,市公安局,张三,答复,不满意,,,办理结果,\n"
    assert bench.answer(text, facet="办理态度") == "satisfied"
    assert bench.answer(text) == "dissatisfied"
    assert len(bench.told("ratings_of_several_facets")) == 1
    assert bench.answer(text, facet="其他") is None
    assert len(bench.told("rating_facet_unknown")) == 1


def test_ratings_win_over_the_ledger_with_a_finding(bench: Bench) -> None:
    cases = "建议编号,承办单位,交办日期,答复评价,结果评价\n1,市公安局,2024-01-05,满意,满意\n2,市公安局,2024-01-05,不满意,满意\n"
    text = "1,市公安局,张三,答复,基本满意,,,,\n1,市公安局,张三,结果,满意,,,,\n"
    bench.answer(text, cases)
    assert bench.column(bench.ledger, "answer_rating", "result_rating") == [
        ("basically_satisfied", "satisfied"),
        ("dissatisfied", "satisfied"),
    ]
    (item,) = bench.told("rating_differs")
    assert (item.table, item.row, item.column, item.value, item.facts["rating"]) == (
        "cases",
        2,
        "答复评价",
        "满意",
        "基本满意",
    )


def test_ratings_of_unknown_cases(bench: Bench) -> None:
    bench.answer(rows("满意") + "9,市公安局,张三,答复,满意,,,,\n1,市民政局,张三,答复,满意,,,,\n")
    assert [(item.row, item.value, item.severity.value) for item in bench.told("unknown_case")] == [
        (3, "9", "error"),
        (4, "1", "error"),
    ]
    assert [item.id for item in bench.ledger.departments] == ["市公安局"]


def test_the_order_of_rows_changes_nothing(bench: Bench) -> None:
    lines = rows("满意", "不满意", "很满意", "基本满意").splitlines(keepends=True)
    lines += ["1,市公安局,张三,答复,不满意,,,,\n"]
    for policy in ("lead_deputy", "majority", "mean", "worst"):
        forward = bench.answer("".join(lines), policy=policy)
        assert bench.answer("".join(reversed(lines)), policy=policy) == forward


CONTACTS = "建议编号,承办单位,沟通日期,沟通方式\n"


def test_contacts_become_columns_that_the_ledger_lacks(bench: Bench) -> None:
    cases = NO_LEAD + "2,市公安局,2024-01-06,\n3,市公安局,2024-01-06,\n4,市公安局,2024-01-06,\n"
    contacts = CONTACTS + (
        "1,市公安局,2024-02-02,电话\n1,市公安局,2024-01-20,书面\n1,市公安局,2025-02-02,面商\n"
        "2,市公安局,2024-02-03,未沟通\n3,市公安局,2024-02-04,\n"
    )
    bench.ledger = bench.read({"cases": cases, "contacts": contacts})
    assert bench.column(bench.ledger, "contacted_on", "contacts", "contact_mode") == [
        (date(2024, 1, 20), 2, "phone"),
        (None, 0, "none"),
        (date(2024, 2, 4), 1, None),
        (None, 0, "none"),
    ]
    assert bench.ledger.relations["cases"].available >= {"contacted_on", "contacts", "contact_mode"}
    assert [item.facts["count"] for item in bench.told("contacts_after_as_of")] == [1]


def test_contacts_do_not_overrule_the_ledger(bench: Bench) -> None:
    cases = "建议编号,承办单位,交办日期,沟通方式\n1,市公安局,2024-01-05,面商\n"
    contacts = CONTACTS + "1,市公安局,2024-02-02,电话\n8,市公安局,2024-02-02,电话\n"
    bench.ledger = bench.read({"cases": cases, "contacts": contacts})
    assert bench.column(bench.ledger, "contact_mode", "contacts") == [("in_person", 1)]
    assert [item.facts["columns"] for item in bench.told("contacts_not_used")] == ["沟通方式"]
    assert [item.value for item in bench.told("unknown_case")] == ["8"]
