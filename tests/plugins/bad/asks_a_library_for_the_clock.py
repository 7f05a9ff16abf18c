"""What is sent today depends on the day, which a library of Python's asks for."""

import email.utils

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "reads_clock"


def work_out(frame: pd.DataFrame) -> pd.Series:
    day = email.utils.formatdate()[:16]
    return frame["title"].str.contains(day, regex=False)


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=bool,
            function=work_out,
            needs=("title",),
            source="测试",
        )
    ]
