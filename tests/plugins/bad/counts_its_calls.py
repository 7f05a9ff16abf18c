"""The answer depends on how often it was asked."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "answer_changes_between_runs"


CALLS: list[int] = []


def work_out(frame: pd.DataFrame) -> pd.Series:
    CALLS.append(len(frame))
    return frame["contacts"] + len(CALLS)


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
