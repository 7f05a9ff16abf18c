"""result.xlsx: the ranking, every point as a formula that can be followed, the rules, and what lies behind them."""

from collections.abc import Sequence
from pathlib import Path

from duban import Reporter, Run


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write `result.xlsx`."""
    # The library is slow to load, and only writing needs it.
    from .writing import write as write_workbook

    return write_workbook(run, folder)


REPORTER = Reporter(id="workbook", title="结果工作簿", write=write, title_en="workbook of the result")
