"""A share as a binary number, which no decimal is."""

from decimal import Decimal

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "column_wrong_value"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"] / 3


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=Decimal,
            function=work_out,
            needs=("contacts",),
            unit="次",
            source="测试",
        )
    ]
