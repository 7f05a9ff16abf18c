"""One value a row was asked for; rows without a title are left out."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "column_wrong_result"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["title"].dropna()


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
