"""What a department's own view shows beside its scores: adjustments, the explanation in sentences, and its cases."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from duban import Run, is_missing

from .numbers import fixed, whole

# Explanations take a hundredth of a second each; above this `duban explain` tells them one by one.
MOST_TOLD = 200
# More cases than this make a page that is slow to open; each department then shows its share.
MOST_CASES = 40_000


def adjustments(run: Run, places: Mapping[str, int]) -> dict[str, list[Any]]:
    """Return what each adjustment and gate did."""
    frame = run.adjustments[run.adjustments["department"].isin(list(places))]
    return {
        "department": [places[item] for item in frame["department"]],
        "title": [_title(run, name) for name in frame["adjustment"]],
        "count": [whole(value) for value in frame["count"]],
        "points": [fixed(value) for value in frame["points"]],
        "reason": ["" if is_missing(text) else text for text in frame["reason"]],
    }


def told(run: Run) -> list[list[Any]] | None:
    """Return the explanation of each department: sections of a title and lines with their depth; None for many."""
    if run.explanations is None or len(run.ranking) > MOST_TOLD:
        return None
    return [
        [
            [section.title, [[line.depth, line.text] for line in section.lines]]
            for section in run.explanations.told(name)
        ]
        for name in run.ranking["department"]
    ]


def cases(run: Run, places: Mapping[str, int]) -> dict[str, Any] | None:
    """Return the cases that count against each department, by department; `left_out` says how many are not shown.

    None where the run has no list of cases.
    """
    if run.cases is None or run.is_large:
        return None
    frame = run.cases[run.cases["department"].isin(list(places))]
    most = MOST_CASES // max(len(places), 1) if len(frame) > MOST_CASES else len(frame)
    kept = frame.groupby("department", sort=False, observed=True).head(most) if most else frame
    left_out = Counter(frame["department"]) - Counter(kept["department"])
    items = list(dict.fromkeys(kept["criterion"]))
    index = {name: place for place, name in enumerate(items)}
    return {
        "items": [_title(run, name) for name in items],
        "department": [places[item] for item in kept["department"]],
        "case_id": ["" if is_missing(item) else str(item) for item in kept["case_id"]],
        "item": [index[item] for item in kept["criterion"]],
        "why": ["" if is_missing(text) else text for text in kept["why"]],
        "left_out": [left_out.get(name, 0) for name in places],
    }


def _title(run: Run, name: str) -> str:
    """Return the title of a criterion, adjustment, gate or dimension; an id that is none stays."""
    made = run.ruleset
    for rules in (made.criteria, made.adjustments, made.gates, made.dimensions):
        if name in rules:
            return str(rules[name].name(run.language))
    return name
