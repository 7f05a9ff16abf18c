"""A small workspace whose ledger is corrected, and what a run leaves of it."""

import csv
from collections.abc import Sequence
from pathlib import Path

HEADINGS = ["建议编号", "承办单位", "交办日期", "办理方式", "答复日期", "答复评价", "备注一"]
ROWS = [
    ["2023-01", "市教育局", "2023-03-01", "主办", "2023-05-30", "满意", "x"],
    ["2023-01", "市水务局", "2023-03-01", "协办", "2023-05-30", "", "y"],
    ["2023-02", "市教育局", "2023-03-01", "", "2023/7/30", "不满意", ""],
    ["2023-03", "市水务局", "2023-03-01", "主办", "", "", "=1+1"],
]
TEACHER = {"case_id": "2023-02", "department": "市教育局"}
TOML = """title = "测试"
ruleset = "rules.toml"
as_of = 2024-01-31
[tables.cases]
file = ["a.csv"]
"""
RULES = """format = 1
id = "t"
title = "测试办法"
[deadlines.reply]
months = 3
[dimensions.all]
title = "全部"
points = 100
[criteria.on_time]
title = "按时"
dimension = "all"
measure = "on_time"
points = 60
curve = { kind = "linear", zero_at = 0, full_at = 1 }
missing = "zero"
[criteria.rated]
title = "满意"
dimension = "all"
measure = "answer_satisfied"
points = 40
curve = { kind = "linear", zero_at = 0, full_at = 1 }
missing = "zero"
[ranking]
[selections.best]
title = "优秀"
quota = 1
"""


def workspace(folder: Path, rows: Sequence[Sequence[str]] = ROWS, toml: str = TOML) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "duban.toml").write_text(toml, "utf-8")
    (folder / "rules.toml").write_text(RULES, "utf-8")
    with (folder / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return folder


def changed(row: int, column: str, value: str) -> list[list[str]]:
    rows = [list(cells) for cells in ROWS]
    rows[row][HEADINGS.index(column)] = value
    return rows


def outputs(folder: Path) -> dict[str, bytes]:
    """Return the files that say nothing of how the ledger came to be."""
    kept = [path for path in folder.glob("*.csv") if path.name != "findings.csv"]
    return {path.name: path.read_bytes() for path in kept}
