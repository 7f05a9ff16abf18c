"""What is long ago depends on the year in which it is asked, and the clock is read by a library."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "reads_clock"


def work_out(frame: pd.DataFrame) -> pd.Series:
    year = pd.Timestamp.now().year
    years: pd.Series = (year - frame["due_on"].dt.year).astype("Int64")
    return years


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=int,
            function=work_out,
            needs=("due_on",),
            unit="年",
            source="测试",
        )
    ]
