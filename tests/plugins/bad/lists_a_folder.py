"""It looks which files there are on this computer."""

from pathlib import Path

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "opens_file"


def work_out(frame: pd.DataFrame) -> pd.Series:
    names = [path.name for path in Path("/etc").iterdir()]
    return frame["title"].isin(names).mask(frame["title"].isna())


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
