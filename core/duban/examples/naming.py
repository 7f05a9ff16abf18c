"""What a name in `facts` means in the rules: uses of a measure, or an attribute of the department."""

from collections.abc import Collection, Sequence

from duban.plan import MeasureUse, Plan
from duban.results import Department
from duban.tables import DEPARTMENTS

# Sections of `facts` whose names are a criterion's or an adjustment's only.
SECTIONS = ("criteria", "adjustments")
# Whether the department has a case at all; without one it is exempt.
HAS_CASES = "has_cases"


def uses_of(plan: Plan, section: str, name: str, department: Department) -> Sequence[MeasureUse]:
    """Return the uses that a name means for a department, none where it means none.

    Without a section a measure means all its uses, then a key one use, then a criterion or an adjustment its own.
    """
    if section == "criteria":
        found = [item.use_for(department) for item in plan.criteria if item.id == name]
    elif section == "adjustments":
        found = [item.use for item in plan.adjustments if item.id == name]
    else:
        return (
            [use for use in plan.uses.values() if use.measure.id == name]
            or [use for key, use in plan.uses.items() if key == name]
            or uses_of(plan, "criteria", name, department)
            or uses_of(plan, "adjustments", name, department)
        )
    return [use for use in found if use is not None]


def rank_of(plan: Plan, section: str, name: str) -> int:
    """Return how specific a name is: what it says comes before what a less specific one says."""
    if section:
        return 2
    return 0 if any(use.measure.id == name for use in plan.uses.values()) else 1


def attributes_of(plan: Plan) -> Collection[str]:
    """Return the attributes of a department that facts may state."""
    asked = {name for name, _ in plan.attributes} | DEPARTMENTS.columns.keys() | {HAS_CASES}
    return asked - {"department", "name", "aliases"}


def usable_names(plan: Plan, section: str) -> list[str]:
    """Return what may be named, for messages."""
    by_section = {
        "criteria": [item.id for item in plan.criteria],
        "adjustments": [item.id for item in plan.adjustments if item.use is not None],
    }
    if section:
        return by_section[section]
    measures = {use.measure.id for use in plan.uses.values()}
    return sorted({*measures, *attributes_of(plan), *by_section["criteria"], *SECTIONS})
