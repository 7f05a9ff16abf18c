"""The development and reform commission's part of the sample: 52 cases, published; how they were managed is made up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import duban
from duban_harbin.development_reform import Converted, Kind, Managed

NAME = "市发展和改革委员会"
AS_PROJECTS, BEHIND, RESEARCHED = 44, 7, 40
BECAME: Sequence[Kind] = ("policy", "policy", "project", "policy", "project", "project")


def rows(cases: Sequence[Mapping[str, Any]], random: Random) -> Mapping[str, Sequence[duban.Row]]:
    """Return the commission's tables."""
    projects = random.sample(range(len(cases)), AS_PROJECTS)
    behind = projects[:BEHIND]
    researched = random.sample(range(len(cases)), RESEARCHED)
    return {
        "reform_management": [
            managed(random, row, place in projects, place in behind, place in researched)
            for place, row in enumerate(cases)
        ],
        "reform_conversions": conversions(random, cases),
    }


def managed(
    random: Random, row: Mapping[str, Any], is_project: bool, is_behind: bool, is_researched: bool
) -> Managed:
    """Return how one case was managed; only a project has milestones."""
    planned = random.randint(3, 6)
    days = (row["答复日期"] - row["交办日期"]).days
    return Managed(
        case_id=row["建议编号"],
        department=NAME,
        reform_managed_as_project=is_project,
        reform_milestones_planned=planned if is_project else None,
        reform_milestones_kept=planned - is_behind if is_project else None,
        reform_researched_on=row["交办日期"] + timedelta(random.randint(10, days - 5))
        if is_researched
        else None,
    )


def conversions(random: Random, cases: Sequence[Mapping[str, Any]]) -> Sequence[Converted]:
    """Return the resolved cases of which a policy or a project came, some weeks after the answer."""
    resolved = [row for row in cases if row["办理结果"] == "A"]
    return [
        Converted(
            case_id=row["建议编号"],
            department=NAME,
            kind=kind,
            document_number=f"示例〔2023〕{number}号",
            issued_on=row["答复日期"] + timedelta(random.randint(20, 40)),
        )
        for number, (row, kind) in enumerate(
            zip(random.sample(resolved, len(BECAME)), BECAME, strict=True), start=1
        )
    ]
