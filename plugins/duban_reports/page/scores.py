"""Points by dimension and criterion, as columns."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any

from duban import Run, Status, is_missing, phrase, plain

from .numbers import fixed, percent, whole

if TYPE_CHECKING:
    import pandas as pd

# How a department's value of a criterion is said: department, criterion, value, hits.
Said = Callable[[str, str, Fraction, object], str | None]
_PLACES = 4


def by_group(run: Run) -> bool:
    """Return whether departments are ranked in groups, of which there are several."""
    return run.ruleset.ranking.within == "group" and run.ranking["group"].nunique() > 1


def dimensions(run: Run, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return each dimension with its full points and everybody's points."""
    found: dict[str, dict[str, Any]] = {
        name: {"id": name, "title": rule.name(run.language), "full": "", "points": [None] * len(places)}
        for name, rule in run.ruleset.dimensions.items()
    }
    for department, name, points, full in _rows(run.dimensions):
        found[name]["full"] = _short(full)
        found[name]["points"][places[department]] = fixed(points)
    return list(found.values())


def criteria(run: Run, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return each criterion with its standard and, by department, points, value, counts and label."""
    found = {name: _criterion(run, name, len(places)) for name in run.ruleset.criteria}
    said = _said(run)
    for department, name, _, status, count, hits, value, points, _, label in _rows(run.criteria):
        cells, place = found[name], places[department]
        cells["points"][place] = fixed(points)
        cells["count"][place] = whole(count)
        cells["hits"][place] = whole(hits)
        cells["label"][place] = None if is_missing(label) else label
        missing = is_missing(value) or status != Status.MEASURED
        cells["value"][place] = None if missing else said(department, name, value, hits)
        cells["status"][place] = phrase(f"scoring.status_{status}", run.language) if missing else None
    for cells, name in zip(found.values(), found, strict=True):
        cells |= _of_circles(run, name)
    return list(found.values())


def _of_circles(run: Run, name: str) -> dict[str, dict[str, str | None]]:
    """Return the median and the best points among the ranked, by group; of everybody by ""."""
    ranked = run.ranking[run.ranking["rank"].notna()]
    circles = dict(
        zip(ranked["department"], ranked["group"] if by_group(run) else [""] * len(ranked), strict=True)
    )
    points: dict[str, list[Fraction]] = {}
    rows = run.criteria[run.criteria["criterion"] == name]
    for department, value in zip(rows["department"], rows["points"], strict=True):
        if department in circles and isinstance(value, Fraction):
            points.setdefault(circles[department], []).append(value)
    return {
        "median": {circle: fixed(median(values)) for circle, values in points.items()},
        "best": {circle: fixed(max(values)) for circle, values in points.items()},
    }


def _criterion(run: Run, name: str, departments: int) -> dict[str, Any]:
    rule, standard = run.ruleset.criteria[name], run.standards.get(name)
    columns = ("points", "count", "hits", "value", "status", "label")
    return {
        "id": name,
        "title": rule.name(run.language),
        "dimension": rule.dimension,
        "full": _short(rule.points),
        "standard": "" if standard is None else standard.standard,
        "how_points": "" if standard is None else standard.how_points,
        **{column: [None] * departments for column in columns},
    }


def _short(value: object) -> str:
    return plain(value, _PLACES) if isinstance(value, Fraction | int) else ""


def _said(run: Run) -> Said:
    """Return how values are said: in the unit of the measure, as explanations say them, where that is known."""
    if run.evaluated is None or run.explanations is None:
        return lambda _department, _criterion, value, hits: (
            _short(value) if is_missing(hits) else percent(value)
        )
    planned = {item.id: item for item in run.evaluated.plan.criteria}
    departments = {item.id: item for item in run.evaluated.departments}
    uses, sayer = run.evaluated.plan.uses, run.explanations.sayer

    @lru_cache(maxsize=65_536)
    def of_use(key: str | None, value: Fraction) -> str:
        return sayer.value(uses[key].measure if key is not None else None, value)

    def said(department: str, criterion: str, value: Fraction, _hits: object) -> str:
        use = planned[criterion].use_for(departments[department])
        return of_use(None if use is None else use.key, value)

    return said


def _rows(frame: "pd.DataFrame") -> Any:
    return zip(*(frame[name].tolist() for name in frame.columns), strict=True)
