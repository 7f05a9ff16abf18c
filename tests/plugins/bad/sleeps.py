"""A single answer takes longer than anybody waits."""

import time

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "plugin_slow"


def work_out(frame: pd.DataFrame) -> pd.Series:
    time.sleep(60)
    return frame["title"]


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=str,
            function=work_out,
            needs=("title",),
            source="测试",
        )
    ]
