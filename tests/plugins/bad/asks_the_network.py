"""A name is looked up on the network."""

import socket

import pandas as pd

from duban import DerivedColumn, hookimpl

EXPECTED = "reaches_network"


def work_out(frame: pd.DataFrame) -> pd.Series:
    socket.getaddrinfo("localhost", 80)
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
