"""The report names a file that it did not write."""

from collections.abc import Sequence
from pathlib import Path

from duban import Reporter, Run, hookimpl

EXPECTED = "report_not_written"


def write(run: Run, folder: Path) -> Sequence[str]:
    return ["summary.txt"]


@hookimpl
def register_reporters() -> list[Reporter]:
    return [Reporter("bad_report", "测试报告", write, title_en="A report")]
