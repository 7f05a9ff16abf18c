"""What a condition may ask of a department: one column of values a name, parallel to the departments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from .conditions import Condition, Formula
from .results import CriterionScore, Department, Figures, Value
from .terms import Status

# Known only after scoring, or later; `points.<criterion>` and `label.<criterion>` too.
_LATE = frozenset({"base", "total", "grade"})
_LATE_PREFIXES = ("points.", "label.")


@dataclass(frozen=True)
class FactTable:
    """The facts of all departments; `added` holds those that a later stage brings, by name."""

    departments: Sequence[Department]
    figures: Figures
    groups: Sequence[str] | None = None
    added: Mapping[str, Sequence[Value]] = field(default_factory=dict)

    def with_facts(self, added: Mapping[str, Sequence[Value]]) -> "FactTable":
        """Return the table with more facts."""
        return FactTable(self.departments, self.figures, self.groups, {**self.added, **added})

    def column(self, name: str) -> Sequence[Value]:
        """Return one fact of every department: what a stage added, its measure, or else its attribute."""
        if name in self.added:
            return self.added[name]
        if name == "department":
            return [department.id for department in self.departments]
        if name == "name":
            return [department.name for department in self.departments]
        if name == "group" and self.groups is not None:
            return self.groups
        if name in self.figures:
            return [
                figure.value if figure.status is Status.MEASURED else None for figure in self.figures[name]
            ]
        return [department.attributes.get(name) for department in self.departments]


def holding(condition: Condition, facts: FactTable) -> list[bool]:
    """Return for every department whether the condition holds; equal facts are looked at once."""
    names = sorted(condition.names)
    if not names:
        return [condition.holds(lambda name: None)] * len(facts.departments)
    known: dict[tuple[Value, ...], bool] = {}
    held = []
    for row in zip(*(facts.column(name) for name in names), strict=True):
        if row not in known:
            known[row] = condition.holds(dict(zip(names, row, strict=True)).get)
        held.append(known[row])
    return held


def numbers(formula: Formula, facts: FactTable) -> list[Fraction | None]:
    """Return the number for every department, None where it is unknown."""
    names = sorted(formula.names)
    rows = (
        zip(*(facts.column(name) for name in names), strict=True) if names else [()] * len(facts.departments)
    )
    return [formula.value(dict(zip(names, row, strict=True)).get) for row in rows]


def known_before_scoring(condition: Condition) -> bool:
    """Return whether the condition asks only for attributes and measures."""
    return not any(name in _LATE or name.startswith(_LATE_PREFIXES) for name in condition.names)


def score_facts(
    scores: Mapping[str, Sequence[CriterionScore]], conditions: Iterable[Condition | Formula]
) -> dict[str, Sequence[Value]]:
    """Return the points and labels that the conditions ask for, by `points.<criterion>` and `label.<criterion>`."""
    facts: dict[str, Sequence[Value]] = {}
    for name in {name for condition in conditions for name in condition.names}:
        kind, _, criterion = name.partition(".")
        if criterion in scores and kind == "points":
            facts[name] = [score.points for score in scores[criterion]]
        elif criterion in scores and kind == "label":
            facts[name] = [score.label for score in scores[criterion]]
    return facts
