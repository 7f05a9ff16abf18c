"""The answer is left to chance."""

import uuid

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "answer_changes_between_runs"


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"] + uuid.uuid4().int % 1000


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
