"""Made data of the sports bureau: its cases of earlier years.

The record's six cases are of "recent years together"; the sample takes them as this year's, and made these up beside them.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from duban import Row
from duban_harbin.sports import Earlier

NAME = "市体育局"
# Per year: for each case whether it was answered in time, and whether the deputy was satisfied.
EARLIER: Mapping[int, Sequence[tuple[bool, bool | None]]] = {
    2021: ((True, True), (True, False), (False, True), (True, True), (True, None)),
    2022: ((True, True), (True, True), (True, True), (True, False), (True, True), (True, True)),
}


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the bureau's table; the numbers of the earlier suggestions are drawn."""
    found = []
    for year, answers in EARLIER.items():
        numbers = sorted(random.sample(range(1, 400), len(answers)))
        for number, (in_time, satisfied) in zip(numbers, answers, strict=True):
            found.append(
                Earlier(
                    department=NAME,
                    year=year,
                    earlier_case=f"{year}-{number:03d}",
                    in_time=in_time,
                    satisfied=satisfied,
                )
            )
    return {"sports_earlier": found}
