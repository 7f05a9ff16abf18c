"""Right, though it does much that looks wrong: files of its own, a log, a memory of pure answers, temporary files."""

import logging
import zipfile
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from duban import (
    Curve,
    DerivedColumn,
    NoParameters,
    Reporter,
    Run,
    hookimpl,
    pointwise,
    square_root,
)

SOURCE = "测试"


@lru_cache
def words() -> list[str]:
    # pandas asks how many processors there are.
    return list(pd.read_csv(Path(__file__).parent / "words.csv")["word"])


def about_traffic(frame: pd.DataFrame) -> pd.Series:
    logging.getLogger(__name__).error("%s rows", len(frame))
    return frame["title"].str.contains("|".join([*words(), "now|today"]))


def second_half(frame: pd.DataFrame) -> pd.Series:
    # Imported late, and with data of its own.
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    return frame["assigned_on"].map(
        lambda day: datetime(day.year, day.month, day.day, tzinfo=zone).month > 6, na_action="ignore"
    )


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="unusual_traffic",
            title="交通类",
            title_en="About traffic",
            type=bool,
            function=about_traffic,
            needs=("title",),
            source=SOURCE,
        ),
        DerivedColumn(
            id="unusual_second_half",
            title="下半年交办",
            title_en="Assigned in the second half",
            type=bool,
            function=second_half,
            needs=("assigned_on",),
            source=SOURCE,
        ),
    ]


def root(value: Fraction, full: Fraction, parameters: NoParameters) -> Fraction:
    return full * square_root(min(max(value, Fraction(0)), Fraction(1)))


@hookimpl
def register_curves() -> list[Curve]:
    return [Curve("unusual_root", "平方根", NoParameters, pointwise(root), title_en="Root", source=SOURCE)]


def write(run: Run, folder: Path) -> Sequence[str]:
    with TemporaryDirectory() as name:
        page = Path(name) / "page.txt"
        page.write_text(f"{datetime.now()}: {len(run.ranking)}", "utf-8")
        with zipfile.ZipFile(folder / "pages.zip", "w") as pages:
            pages.write(page, page.name)
    return ["pages.zip"]


@hookimpl
def register_reporters() -> list[Reporter]:
    return [Reporter("unusual_pages", "压缩包", write, title_en="Archive")]
