"""What an example expects against what the rules make of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duban.documents import KeyPath
from duban.errors import DubanError, RulesetError
from duban.evaluating import Judgement
from duban.plan import Plan
from duban.results import Department, Figures
from duban.texts import codes

from .models import Example, Expected
from .opening import Suite

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Judged:
    """What the rules make of one example: departments, figures, all that follows from them, and codes of findings."""

    plan: Plan
    departments: Sequence[Department]
    figures: Figures
    judgement: Judgement
    findings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """One expectation that did not come true: department, key (`total`, `points`), name below it where it has one."""

    department: str
    key: str
    name: str
    expected: object
    found: object

    @property
    def path(self) -> KeyPath:
        """Where the expectation stands below the example."""
        if not self.department:
            return (self.key,)
        return ("expect", self.department, self.key, *([self.name] if self.name else []))


def differences(example: Example, judged: Judged) -> list[Difference]:
    """Return every expectation that did not come true."""
    index_of = indices(judged.departments)
    told = [
        Difference("", key, code, wanted, not wanted)
        for key, wanted in (("findings", True), ("no_findings", False))
        for code in getattr(example, key)
        if (code in judged.findings) is not wanted
    ]
    return told + [
        Difference(department, key, name, wanted, found)
        for department, expected in example.expect.items()
        for key, name, wanted in expectations(expected)
        if (found := found_at(judged, index_of[department], key, name)) != wanted
    ]


def indices(departments: Sequence[Department]) -> Mapping[str, int]:
    """Return each department's index by every name that it has."""
    return {name: index for index, item in enumerate(departments) for name in reversed(item.names)}


def expectations(expected: Expected) -> Iterator[tuple[str, str, Any]]:
    """Return what is expected, one thing at a time: key, name below it, value."""
    for key in Expected.model_fields:
        if key not in expected.model_fields_set:
            continue
        value = getattr(expected, key)
        if isinstance(value, Mapping):
            yield from ((key, name, item) for name, item in value.items())
        elif key in ("selected", "not_selected"):
            yield from ((key, name, key == "selected") for name in value)
        else:
            yield key, "", tuple(sorted(value)) if key == "gates" else value


def found_at(judged: Judged, index: int, key: str, name: str) -> object:
    """Return what came of one expectation for the department at an index."""
    return _FOUND[key](judged, index, name)


def _points(judged: Judged, index: int, name: str) -> object:
    return judged.judgement.scores.criteria[name][index].points


def _label(judged: Judged, index: int, name: str) -> object:
    return judged.judgement.scores.criteria[name][index].label


def _adjustment(judged: Judged, index: int, name: str) -> object:
    rows = judged.judgement.totals.rows[index]
    return sum(
        (row.points for row in rows if row.adjustment == name and row.kind == "adjustment" and row.points), 0
    )


def _value(judged: Judged, index: int, name: str) -> object:
    """Return the value that a criterion judged, or else that of the measure."""
    criteria = judged.judgement.scores.criteria
    if name in criteria:
        return criteria[name][index].value
    return judged.figures[name][index].value


def _chosen(judged: Judged, index: int, name: str) -> object:
    return judged.judgement.lists[name][index].chosen


_FOUND: Mapping[str, Callable[[Judged, int, str], object]] = {
    "total": lambda judged, index, name: judged.judgement.totals.total[index],
    "base": lambda judged, index, name: judged.judgement.totals.base[index],
    "rank": lambda judged, index, name: judged.judgement.places[index].rank,
    "status": lambda judged, index, name: judged.judgement.places[index].standing,
    "group": lambda judged, index, name: judged.judgement.groups[index],
    "grade": lambda judged, index, name: judged.judgement.totals.grades[index],
    "gates": lambda judged, index, name: judged.judgement.totals.held[index],
    "dimensions": lambda judged, index, name: judged.judgement.totals.dimensions[name][index],
    "selected": _chosen,
    "not_selected": _chosen,
    "points": _points,
    "labels": _label,
    "adjustments": _adjustment,
    "values": _value,
    "conversions": lambda judged, index, name: judged.judgement.conversions[name][index],
}


def check_expectations(plan: Plan, suite: Suite, id: str, example: Example) -> list[DubanError]:
    """Return an error for each name in `expect` that the rules, or the example itself, do not have."""
    rules = plan.ruleset
    keys: Names = {
        "points": list(rules.criteria),
        "labels": list(rules.criteria),
        "adjustments": list(rules.adjustments),
        "dimensions": list(rules.dimensions),
        "values": [*rules.criteria, *plan.uses],
        "conversions": list(rules.conversions),
        "selected": list(rules.selections),
        "not_selected": list(rules.selections),
    }
    values: Names = {"group": list(rules.groups) or ["all"], "grade": list(rules.grades)}
    errors = [
        _unknown(suite, (id, key), code, codes("findings"), value=True)
        for key in ("findings", "no_findings")
        for code in getattr(example, key)
        if code not in codes("findings")
    ]
    for department, expected in example.expect.items():
        base: KeyPath = (id, "expect", department)
        if example.facts and department not in example.facts:
            errors.append(_unknown(suite, base, department, list(example.facts)))
        for key, name, wanted in expectations(expected):
            if key in keys and name not in keys[key]:
                errors.append(_unknown(suite, (*base, key, name), name, keys[key]))
            if key in values and wanted is not None and wanted not in values[key]:
                errors.append(_unknown(suite, (*base, key), wanted, values[key], value=True))
            if key == "gates":
                unknown = [gate for gate in wanted if gate not in rules.gates]
                errors += [
                    _unknown(suite, (*base, key), gate, list(rules.gates), value=True) for gate in unknown
                ]
    return errors


def unknown_departments(
    suite: Suite, id: str, example: Example, departments: Sequence[Department]
) -> list[DubanError]:
    """Return an error for each department of `expect` that the tables do not have."""
    known = indices(departments)
    return [
        _unknown(suite, (id, "expect", name), name, [item.id for item in departments])
        for name in example.expect
        if name not in known
    ]


def _unknown(
    suite: Suite, path: KeyPath, name: str, known: Sequence[str], *, value: bool = False
) -> DubanError:
    place = suite.at(path) if value else suite.key_at(path)
    return RulesetError("example_unknown_name", place, name=name, known=known)
