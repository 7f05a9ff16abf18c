"""Earlier years: who stood where in runs that were written before, from their `result.json`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from .errors import InputError
from .replacing import PUBLIC, edition_of

RESULT = "result.json"


class EarlierPlace(NamedTuple):
    """Where a department stood; rank and total are None where it had none."""

    department: str
    name: str
    group: str | None
    rank: int | None
    total: Fraction | None


@dataclass(frozen=True)
class EarlierRun:
    """The ranking of an earlier run."""

    title: str
    as_of: date
    places: tuple[EarlierPlace, ...]


def earlier_runs(folders: Iterable[Path], edition: str) -> tuple[EarlierRun, ...]:
    """Return the rankings in folders that duban wrote, oldest first; for a public edition only those that are public.

    Raises: InputError, for a folder without a result of duban.
    """
    wanted = [folder for folder in folders if edition != PUBLIC or edition_of(folder) in (PUBLIC, None)]
    return tuple(sorted((_read(folder / RESULT) for folder in wanted), key=lambda run: run.as_of))


def _read(file: Path) -> EarlierRun:
    try:
        found = json.loads(file.read_text("utf-8"), parse_float=Decimal)
        places = tuple(map(_place, found["ranking"]))
        return EarlierRun(str(found["title"]), date.fromisoformat(found["as_of"]), places)
    except OSError as error:
        raise InputError("file_unreadable", str(file), reason=error.strerror) from error
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise InputError("compare_no_result", str(file), reason=type(error).__name__) from error


def _place(row: dict[str, Any]) -> EarlierPlace:
    total, rank = row["total"], row["rank"]
    return EarlierPlace(
        str(row["department"]),
        str(row["name"]),
        row["group"],
        None if rank is None else int(rank),
        None if total is None else Fraction(total),
    )
