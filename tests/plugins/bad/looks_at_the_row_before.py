"""What stands in the row before fills the gap."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_order"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"].ffill()


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=int,
            function=work_out,
            needs=("contacts", "round"),
            unit="次",
            source="测试",
        )
    ]
