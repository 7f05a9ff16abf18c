"""The report is written beside the folder that it was given."""

from collections.abc import Sequence
from pathlib import Path

from duban import Reporter, Run, hookimpl

EXPECTED = "writes_file"


def write(run: Run, folder: Path) -> Sequence[str]:
    (folder.parent / "summary.txt").write_text(run.title, "utf-8")
    return []


@hookimpl
def register_reporters() -> list[Reporter]:
    return [Reporter("bad_report", "测试报告", write, title_en="A report")]
