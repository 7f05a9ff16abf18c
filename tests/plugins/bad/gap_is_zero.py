"""Unknown is taken for zero."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "unknown_is_answered"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"].fillna(0)


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=int,
            function=work_out,
            needs=("contacts",),
            unit="次",
            source="测试",
        )
    ]
