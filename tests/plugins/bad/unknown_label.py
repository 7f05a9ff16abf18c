"""A text that is none of the declared labels."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "column_label_unknown"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"].map(lambda number: "many" if number > 2 else "few", na_action="ignore")


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=str,
            function=work_out,
            needs=("contacts",),
            labels={"few": ("少",)},
            source="测试",
        )
    ]
