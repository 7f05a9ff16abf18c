"""One csv file a table; the cases of a very large ledger as Parquet, because no spreadsheet opens them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duban import Reporter, Run, write_csv

if TYPE_CHECKING:
    import pandas as pd


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write every table that the run made."""
    names = []
    for table, frame in run.tables().items():
        large = table == "cases" and run.is_large
        name = f"{table}.parquet" if large else f"{table}.csv"
        (_write_parquet if large else write_csv)(frame, folder / name)
        names.append(name)
    return names


def _write_parquet(frame: "pd.DataFrame", path: Path) -> None:
    import duckdb

    with duckdb.connect(":memory:") as engine:
        engine.register("incoming", frame)
        engine.sql("SELECT * FROM incoming").write_parquet(str(path))


REPORTER = Reporter(id="csv", title="CSV 表格", write=write, title_en="csv tables")
