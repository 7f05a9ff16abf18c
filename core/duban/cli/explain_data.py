"""The answer of `duban explain` as data for programs."""

from collections.abc import Mapping
from typing import Any

from duban.explaining.against import differences
from duban.explaining.data import (
    case_as_data,
    difference_as_data,
    explanation_as_data,
    sections_as_data,
)
from duban.explaining.explanations import Explanations
from duban.explaining.naming import Named
from duban.record import Run
from duban.results import Department

from .explain_view import told


def as_data(
    run: Run,
    explanations: Explanations,
    department: Department,
    rule: Named | None,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Return who was asked about, everything known, its sentences, and the cases; all of it even where one rule is asked."""
    explained = explanations[department.id]
    found: dict[str, Any] = {
        "ruleset": run.ruleset.id,
        "as_of": run.as_of.isoformat(),
        "rule": None if rule is None else f"{rule.section}.{rule.id}",
        "explanation": explanation_as_data(explained),
        "told": sections_as_data(told(explanations, department, rule)),
    }
    if "against" in data:
        other = explanations[data["against"].id]
        rows = differences(explained, other)
        known = explained.total is not None and other.total is not None
        found["against"] = explanation_as_data(other)
        found["differences"] = [difference_as_data(row) for row in rows] if known else None
    else:
        returning = data["returning"]
        found["cases"] = None if returning is None else [case_as_data(case) for case in returning.cases()]
    if "ways" in data:
        found["ways"] = data["ways"].as_data()
    return found | ({"sql": data["sql"]} if "sql" in data else {})
