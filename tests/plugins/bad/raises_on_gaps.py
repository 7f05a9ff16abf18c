"""The function stumbles over a row of which nothing is known."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "column_raised"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["title"].map(lambda text: text.strip())


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
