"""The function needs a column that no table has."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "column_undeclared"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["office_visits"]


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=int,
            function=work_out,
            needs=("office_visits",),
            unit="次",
            source="测试",
        )
    ]
