"""What stands behind the ranking: how sure it is, answer → result, the rates with their limits, earlier years."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duban import Run, Text, is_missing

from .numbers import fixed, percent, whole, wholes

RATINGS = {
    "very_satisfied": Text("很满意", "very satisfied"),
    "satisfied": Text("满意", "satisfied"),
    "basically_satisfied": Text("基本满意", "basically satisfied"),
    "dissatisfied": Text("不满意", "dissatisfied"),
    "no_response": Text("未评价", "no response"),
}
# Of a rate: what the funnel draws and says.
_SHOWN = ("value", "low", "high", "group_rate", "limit_low", "limit_high")


def certainty(run: Run, places: Mapping[str, int]) -> dict[str, Any] | None:
    """Return everybody's interval of ranks and, list by list, chance and verdict; None where nothing was drawn."""
    if run.certainty is None or not len(run.certainty.frame):
        return None
    frame, empty = run.certainty.frame, [None] * len(places)
    found: dict[str, Any] = {"low": list(empty), "high": list(empty), "lists": []}
    for name in run.ruleset.selections:
        own = frame[frame["selection"] == name]
        order = [places[item] for item in own["department"]]
        chance = _placed(order, map(percent, own["probability"]), len(places))
        verdict = _placed(order, own["verdict"], len(places))
        found["lists"].append({"chance": chance, "verdict": verdict})
    for department, low, high in zip(frame["department"], frame["rank_low"], frame["rank_high"], strict=True):
        found["low"][places[department]], found["high"][places[department]] = whole(low), whole(high)
    return found


def _placed(order: Sequence[int], values: Iterable[Any], number: int) -> list[Any]:
    cells: list[Any] = [None] * number
    for place, value in zip(order, values, strict=True):
        cells[place] = None if is_missing(value) else value
    return cells


def flow(run: Run, places: Mapping[str, int]) -> dict[str, Any] | None:
    """Return how many cases of each department had which rating of the answer and, later, of the result."""
    if not len(run.two_stage):
        return None
    kept = run.two_stage[run.two_stage["department"].isin(list(places))]
    ratings = list(RATINGS)
    return {
        "ratings": [text.say(run.language) for text in RATINGS.values()],
        "department": [places[item] for item in kept["department"]],
        "answer": [ratings.index(item) for item in kept["answer"]],
        "result": [ratings.index(item) for item in kept["result"]],
        "count": wholes(kept["count"]),
    }


def rates(run: Run, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return, for each criterion that rests on a rate, the rates with their intervals and control limits."""
    if run.qualified is None:
        return []
    found: dict[str, list[Any]] = {name: [] for name in run.ruleset.criteria}
    for rate in run.qualified.rates:
        if rate.count is not None and rate.value is not None:
            found[rate.criterion].append(rate)
    return [_rate(run, name, own, places) for name, own in found.items() if own]


def _rate(run: Run, name: str, own: Sequence[Any], places: Mapping[str, int]) -> dict[str, Any]:
    measures = {key: place for place, key in enumerate(dict.fromkeys(rate.measure for rate in own))}
    return {
        "id": name,
        "title": run.ruleset.criteria[name].name(run.language),
        "department": [places[rate.department] for rate in own],
        "measure": [measures[rate.measure] for rate in own],
        "count": [rate.count for rate in own],
        "hits": [rate.hits for rate in own],
        "position": [rate.position for rate in own],
        **{column: [percent(getattr(rate, column)) for rate in own] for column in _SHOWN},
    }


def earlier(run: Run) -> list[dict[str, Any]]:
    """Return the rankings of earlier runs, oldest first: rank and total by department."""
    return [
        {
            "title": one.title,
            "as_of": one.as_of.isoformat(),
            "department": [place.department for place in one.places],
            "name": [place.name for place in one.places],
            "rank": [place.rank for place in one.places],
            "total": [fixed(place.total) for place in one.places],
        }
        for one in run.earlier
    ]
