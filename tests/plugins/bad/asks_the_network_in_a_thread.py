"""The threads of a pool know nothing of who started them."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "reaches_network"


def work_out(frame: pd.DataFrame) -> pd.Series:
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(socket.gethostbyname, ["localhost"]))
    return frame["title"].isin(found).mask(frame["title"].isna())


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
