"""What is late depends on the day on which it is asked."""

from datetime import date

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "reads_clock"


def work_out(frame: pd.DataFrame) -> pd.Series:
    days: pd.Series = (pd.Timestamp(date.today()) - frame["due_on"]).dt.days.astype("Int64")
    return days


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
            unit="天",
            source="测试",
        )
    ]
