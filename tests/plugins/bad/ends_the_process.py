"""The function ends the process that runs it."""

import os

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "plugin_died"


def work_out(frame: pd.DataFrame) -> pd.Series:
    os._exit(0)


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
