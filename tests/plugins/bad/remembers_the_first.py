"""What it was asked first decides every later answer."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "answer_changes_between_runs"


SEEN: list[int] = []


def work_out(frame: pd.DataFrame) -> pd.Series:
    SEEN.extend(frame["contacts"].dropna())
    return frame["contacts"] - (max(SEEN) if SEEN else 0)


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
