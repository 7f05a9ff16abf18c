"""A day as the clock of this place has it: another east of here."""

import time

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_time_zone"


def work_out(frame: pd.DataFrame) -> pd.Series:
    # Seconds of a day since 1970 as the zone of this computer counts them.
    offset = time.timezone // 3600
    days: pd.Series = frame["due_on"].dt.day.astype("Int64") + offset
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
            unit="日",
            source="测试",
        )
    ]
