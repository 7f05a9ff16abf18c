"""The first of a set is another in each process."""

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_hash_seed"


WORDS = {"交通", "教育", "卫生", "住建", "民政", "公安", "文旅", "体育"}


def work_out(frame: pd.DataFrame) -> pd.Series:
    return frame["title"].map(lambda text: next(iter(WORDS)), na_action="ignore")


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
