"""What the page knows: columns of texts, each parallel to the departments as they are ranked."""

from typing import TYPE_CHECKING, Any

from duban import Run, is_missing

from .detail import adjustments, cases, told
from .evidence import certainty, earlier, flow, rates
from .numbers import fixed, wholes
from .packing import packed
from .scores import by_group, criteria, dimensions
from .words import words

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
# Where the ruleset has no groups, everybody is in this one.
_ALL = "all"


def page_data(run: Run) -> Any:
    """Return everything that the page shows; `department` in a table is a place in `departments`.

    Long columns are packed: see `packing`.
    """
    places = {name: place for place, name in enumerate(run.ranking["department"])}
    return packed(
        {
            "format": FORMAT,
            "language": run.language,
            "edition": run.edition,
            "withheld": list(run.withheld),
            "title": run.title,
            "ruleset": run.ruleset.name(run.language),
            "as_of": run.as_of.isoformat(),
            "words": words(run.language),
            "groups": _titles(run, run.ruleset.groups, run.ranking["group"]),
            "grades": _titles(run, run.ruleset.grades, run.ranking["grade"]),
            "by_group": by_group(run),
            "lists": _lists(run, places),
            "departments": _departments(run),
            "dimensions": dimensions(run, places),
            "criteria": criteria(run, places),
            "certainty": certainty(run, places),
            "flow": flow(run, places),
            "rates": rates(run, places),
            "earlier": earlier(run),
            "adjustments": adjustments(run, places),
            "told": told(run),
            "cases": cases(run, places),
        }
    )


def _departments(run: Run) -> dict[str, list[Any]]:
    ranking, rounding = run.ranking, run.ruleset.rounding
    return {
        "id": ranking["department"].tolist(),
        "name": ranking["name"].tolist(),
        "group": _texts(ranking["group"]),
        "rank": wholes(ranking["rank"]),
        "total": [fixed(value, rounding.total) for value in ranking["total"]],
        "base": [fixed(value) for value in ranking["base"]],
        "adjustments": [fixed(value) for value in ranking["adjustments"]],
        "grade": _texts(ranking["grade"]),
        "status": _texts(ranking["status"]),
        "reason": _texts(ranking["reason"]),
    }


def _texts(values: "pd.Series[Any]") -> list[str | None]:
    return [None if is_missing(value) else str(value) for value in values]


def _titles(run: Run, rules: Any, used: "pd.Series[Any]") -> list[dict[str, str]]:
    """Return the titles of the groups or grades that occur, in the order of the rules."""
    found = {str(name) for name in used if not is_missing(name)} - ({_ALL} - set(rules))
    order = [*(name for name in rules if name in found), *sorted(found - set(rules))]
    return [
        {"id": name, "title": rules[name].name(run.language) if name in rules else name} for name in order
    ]


def _lists(run: Run, places: dict[str, int]) -> list[dict[str, Any]]:
    """Return each list with the departments on it and their order, None where it is unordered."""
    found = []
    for name, rule in run.ruleset.selections.items():
        on_it = run.selections[run.selections["selection"] == name]
        found.append(
            {
                "id": name,
                "title": rule.name(run.language),
                "department": [places[item] for item in on_it["department"]],
                "order": wholes(on_it["order"]),
            }
        )
    return found
