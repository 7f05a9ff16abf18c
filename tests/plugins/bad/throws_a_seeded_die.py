"""Chance once, when the module is imported: the same in one process, another in the next."""

import random

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "answer_changes_between_runs"


LUCK = random.randrange(10**6)


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["contacts"] + LUCK


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
