"""The name of a weekday is in the language that the user has chosen."""

import locale

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "depends_on_locale"


def work_out(frame: pd.DataFrame) -> pd.Series:
    locale.setlocale(locale.LC_ALL, "")
    return frame["due_on"].map(lambda day: f"{day:%A}", na_action="ignore").astype("string")


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_column",
            title="测试列",
            title_en="A column",
            type=str,
            function=work_out,
            needs=("due_on",),
            source="测试",
        )
    ]
