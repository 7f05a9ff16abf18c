"""How long each report takes: 100 departments and 4,000, under the rules of npc-base, 12 cases a department.

python benchmarks/reports.py [departments ...]
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import duban
from duban.registry import installed

HEAD = "建议编号,承办单位,办理方式,交办日期,首次沟通日期,沟通方式,答复日期,办理结果,答复评价,结果评价"
CASES = 12
RATINGS = ("很满意", "满意", "满意", "基本满意", "不满意", "")


def ledger(departments: int) -> Iterator[str]:
    """Yield the lines of a ledger of so many departments, always the same."""
    made = random.Random(2024)
    yield HEAD
    for number in range(departments * CASES):
        start = date(2024, 2, 1) + timedelta(days=made.randrange(60))
        contact, reply = (start + timedelta(days=made.randrange(3, limit)) for limit in (25, 120))
        mode, outcome = made.choice(("面商", "电话")), made.choice("ABC")
        answer, result = made.choice(RATINGS), made.choice(RATINGS)
        department = f"第{number % departments + 1}单位"
        yield f"{number},{department},主办,{start},{contact},{mode},{reply},{outcome},{answer},{result}"


def workspace(folder: Path, departments: int) -> None:
    """Write the workspace."""
    (folder / "cases.csv").write_text("\n".join(ledger(departments)) + "\n", "utf-8")
    text = (
        'title = "基准测试"\nruleset = "npc-base"\nas_of = 2024-12-31\n[tables.cases]\nfile = "cases.csv"\n'
    )
    (folder / "duban.toml").write_text(text, "utf-8")


def measured(departments: int) -> None:
    """Print a line for the run without reports, and one for each report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace(folder, departments)
        started = perf_counter()
        run = duban.run(folder, write=False)
        print(f"| {departments} | (run) | {perf_counter() - started:.2f} | |")
        for reporter in installed().reporters.values():
            place = folder / reporter.id
            place.mkdir()
            started = perf_counter()
            written = reporter.write(run, place)
            size = sum((place / file).stat().st_size for file in written)
            print(f"| {departments} | {reporter.id} | {perf_counter() - started:.2f} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    print("| departments | report | s | MB |\n| --- | --- | --- | --- |")
    for number in [int(text) for text in sys.argv[1:]] or [100, 4000]:
        measured(number)
