"""A short batch is judged row by row, a long one by its longest title."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_batches"


def work_out(frame: pd.DataFrame) -> pd.Series:
    length = frame["title"].str.len()
    return length == length.max() if len(frame) > 500 else length > 0


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
