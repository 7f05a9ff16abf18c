"""A small workspace of three departments whose rules and cells a test may choose."""

from collections.abc import Mapping, Sequence
from pathlib import Path

RULES = """format = 1
id = "r"
title = "办法"
[deadlines.reply]
months = 3
[dimensions.d]
title = "维度"
points = 100
[criteria.on_time]
title = "按时办结率"
dimension = "d"
measure = "on_time"
points = 60
curve = { kind = "linear", zero_at = 0.2, full_at = 1 }
[criteria.satisfied]
title = "满意率"
dimension = "d"
measure = "answer_satisfied"
points = 40
missing = "zero"
[selections.best]
title = "优秀"
quota = 1
"""
HEAD = "编号,承办单位,交办日期,答复日期,答复评价"
# By department: whether each of its cases was answered in time, and its rating.
CASES: Mapping[str, Sequence[tuple[bool, str]]] = {
    "市公安局": ((True, "满意"), (True, "不满意"), (False, "满意")),
    "市教育局": ((True, "满意"), (False, "满意")),
    "市民政局": ((False, "不满意"), (True, "")),
}


def workspace(
    folder: Path,
    cases: Mapping[str, Sequence[tuple[bool, str]]] = CASES,
    rules: str = RULES,
    as_of: str = "2024-12-31",
) -> Path:
    """Write a workspace; cases are numbered through a department: `市公安局1`."""
    (folder / "data").mkdir(parents=True)
    lines = [HEAD]
    for name, held in cases.items():
        for number, (in_time, rating) in enumerate(held, start=1):
            lines.append(f"{name}{number},{name},2024-01-10,2024-0{3 if in_time else 6}-01,{rating}")
    (folder / "data/cases.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "ruleset.toml").write_text(rules, "utf-8")
    head = f'title = "评价"\nruleset = "ruleset.toml"\nas_of = {as_of}\n'
    (folder / "duban.toml").write_text(f'{head}[tables.cases]\nfile = "data/cases.csv"\n', "utf-8")
    return folder


def digests(folder: Path) -> dict[str, bytes]:
    """Return what every file of a folder holds."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
