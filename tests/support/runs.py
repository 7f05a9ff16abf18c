"""A small finished run by hand: two departments, exact numbers, and whatever texts a test wants in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from duban.findings import findings_frame
from duban.frames import (
    ADJUSTMENTS,
    CASES,
    CRITERIA,
    DIMENSIONS,
    MEASURES,
    RANKING,
    SELECTIONS,
    TWO_STAGE,
    table,
)
from duban.record import Run
from duban.ruleset import Ruleset

RULES = {
    "format": 1,
    "id": "small",
    "title": "小办法",
    "title_en": "A small ruleset",
    "dimensions": {"timeliness": {"title": "办理时效", "title_en": "Timeliness"}},
    "groups": {"all": {"title": "全部单位", "title_en": "All departments"}},
    "grades": {"good": {"title": "良好", "title_en": "Good"}},
    "selections": {"excellent": {"title": "优秀承办单位", "title_en": "Excellent departments"}},
}


def small_run(name: str = "市教育局", **changes: object) -> Run:
    """Return a run in which one department is ranked and chosen, and one has no case."""
    run = Run(
        title="2024年度评价",
        ruleset=Ruleset.model_validate(RULES),
        as_of=date(2024, 12, 31),
        language="zh",
        ranking=table(
            RANKING,
            [
                (
                    "all",
                    1,
                    "D1",
                    name,
                    Fraction(171, 2),
                    Fraction(256, 3),
                    Fraction(0),
                    "good",
                    True,
                    "ranked",
                    "入选",
                ),
                ("all", None, "D2", "市档案局", None, None, Fraction(0), None, False, "exempt", "没有承办件"),
            ],
        ),
        selections=table(SELECTIONS, [("excellent", 1, "D1", name, Fraction(171, 2), "入选")]),
        criteria=table(
            CRITERIA,
            [
                (
                    "D1",
                    "on_time",
                    "timeliness",
                    "measured",
                    3,
                    2,
                    Fraction(2, 3),
                    Fraction(256, 3),
                    Fraction(100),
                    "好",
                )
            ],
        ),
        dimensions=table(DIMENSIONS, [("D1", "timeliness", Fraction(256, 3), Fraction(100))]),
        measures=table(MEASURES, [("D1", "on_time", "measured", 3, 2, Fraction(2, 3))]),
        two_stage=table(
            TWO_STAGE, [("D1", "satisfied", "no_response", 2), ("D1", "no_response", "no_response", 1)]
        ),
        adjustments=table(ADJUSTMENTS, [("D1", "overdue", 1, Fraction(-1, 2), "", "逾期一件")]),
        cases=table(CASES, [("D1", "0012", "on_time", "逾期")]),
        findings=findings_frame([]),
        manifest=MANIFEST,
        case_count=3,
    )
    return replace(run, **changes)  # type: ignore[arg-type]


def ruled_run(name: str = "市教育局", items: Sequence[str] = ("on_time",), **changes: object) -> Run:
    """Return the small run under rules that have its criteria."""
    rule = {
        "title": "按时办结率",
        "title_en": "On time",
        "dimension": "timeliness",
        "measure": "on_time",
        "points": 100,
        "curve": {"kind": "linear", "full_at": 1},
    }
    rules = {**RULES, "criteria": dict.fromkeys(items, rule)}
    return small_run(name, **{"ruleset": Ruleset.model_validate(rules), **changes})


def large_run(departments: int, criteria: int = 10) -> Run:
    """Return a run of so many departments, all ranked, with three cases each, of which one counts against them."""
    items = [f"item_{number}" for number in range(criteria)]
    totals = {f"D{number}": Fraction(1000 * (number + 1), 7 * departments) for number in range(departments)}
    names = {name: f"第{name[1:]}局" for name in totals}
    best_first = list(enumerate(reversed(totals.items()), start=1))
    nothing, full = Fraction(0), Fraction(150)
    return ruled_run(
        items=items,
        ranking=table(
            RANKING,
            [
                ("all", rank, name, names[name], total, total, nothing, None, False, "ranked", "")
                for rank, (name, total) in best_first
            ],
        ),
        selections=table(SELECTIONS, []),
        criteria=table(
            CRITERIA,
            [
                (name, item, "timeliness", "measured", 7, 3, Fraction(3, 7), total / place, full, None)
                for name, total in totals.items()
                for place, item in enumerate(items, start=1)
            ],
        ),
        dimensions=table(DIMENSIONS, [(name, "timeliness", total, full) for name, total in totals.items()]),
        measures=table(MEASURES, []),
        two_stage=table(TWO_STAGE, [(name, "satisfied", "dissatisfied", 3) for name in totals]),
        adjustments=table(ADJUSTMENTS, []),
        cases=table(CASES, [(name, f"{name}-1", items[0], "逾期") for name in totals]),
    )


MANIFEST: Mapping[str, Any] = {
    "as_of": "2024-12-31",
    "non_response": {"answer": "exclude", "result": "as_satisfied"},
    "responses": {"answer": {"rated": 2, "cases": 3}, "result": {"rated": 0, "cases": 3}},
}


def some_findings(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    """Return a table of findings: severity, code, row and value of each."""
    frame = findings_frame([])
    values = [
        (severity, code, "cases", "台账.xlsx", "2023", row, "答复日期", value, f"“{value}”不对", "请改正")
        for severity, code, row, value in rows
    ]
    return pd.DataFrame(values, columns=frame.columns).astype({"row": "Int64"})
