"""Texts are encoded as the locale says, which is not the same everywhere."""

import locale

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_locale"


def work_out(frame: pd.DataFrame) -> pd.Series:
    encoding = locale.getpreferredencoding(False)
    return (
        frame["title"]
        .map(lambda text: len(text.encode(encoding, "replace")), na_action="ignore")
        .astype("Int64")
    )


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=int,
            function=work_out,
            needs=("title",),
            unit="字节",
            source="测试",
        )
    ]
