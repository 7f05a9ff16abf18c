"""A rank among the rows that happen to be in the same batch."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_batches"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"].rank(method="min").astype("Int64")


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
            unit="位",
            source="测试",
        )
    ]
