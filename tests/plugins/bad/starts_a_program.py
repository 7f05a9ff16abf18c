"""Another program does the work."""

import subprocess

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "starts_process"


def work_out(frame: pd.DataFrame) -> pd.Series:
    subprocess.run(["true"], check=True)
    return frame["title"]


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=str,
            function=work_out,
            needs=("title",),
            source="测试",
        )
    ]
