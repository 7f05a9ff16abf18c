"""For each change of the rules that no example notices: an example that would, ready to be looked at by a person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from duban.documents import Document, KeyPath
from duban.errors import DubanError
from duban.evaluating import evaluate

from .comparing import Judged, found_at
from .models import NONE, Example
from .mutants import Mutant
from .opening import Rules, Suite
from .scenarios import Scenario, Scenarios
from .stating import stated_facts
from .writing import written_example

# A change that these many made-up ledgers do not show is one that shows on few.
_MOST_TRIED = 400
_PLAIN = ("total", "rank", "status", "group", "grade", "gates")
_NOBODY = Suite(Document("", {}), {})


@dataclass(frozen=True)
class Proposal:
    """An example that notices some mutants: its facts, and what the unchanged rules make of them."""

    id: str
    mutants: tuple[Mutant, ...]
    facts: Mapping[str, Any]
    expect: Mapping[str, Mapping[str, Any]]

    def toml(self, says: str, note: str) -> str:
        """Return the example as it could stand in the file; `note` asks a person to look at it."""
        return written_example(self.id, says, note, self.facts, self.expect)


def proposals(rules: Rules, mutants: Sequence[Mutant]) -> list[Proposal]:
    """Return examples that notice the mutants which no example notices, as far as stated facts can show them."""
    waiting = [item for item in mutants if item.noticed_by is None and not item.mutation.is_of_data]
    known = _Known(rules)
    made: list[Proposal] = []
    while waiting:
        first, *waiting = waiting
        scenario = next(
            (item for item in known.for_path(first.mutation.path) if known.shows(item, first)), None
        )
        if scenario is None:
            continue
        shown = [first, *(item for item in waiting if known.shows(scenario, item))]
        waiting = [item for item in waiting if item not in shown]
        made.append(known.proposal(scenario, shown))
    return made


class _Known:
    """The scenarios of the unchanged rules, and what these make of each; every one is judged once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._scenarios = list(Scenarios(rules.plan()).all())
        self._judged: dict[int, Judged | None] = {}
        self._ids: set[tuple[str, int]] = set()

    def for_path(self, path: KeyPath) -> Sequence[Scenario]:
        """Return the scenarios to be tried for a change, those made up for its part of the rules first."""
        mine = [item for item in self._scenarios if item.about == path[:2]]
        near = [item for item in self._scenarios if path[0] in item.about and item not in mine]
        rest = [item for item in self._scenarios if item not in mine and item not in near]
        return [*mine, *near, *rest][:_MOST_TRIED]

    def shows(self, scenario: Scenario, mutant: Mutant) -> bool:
        """Return whether somebody fares otherwise under the changed rules."""
        before = self._before(scenario)
        after = _judge(mutant.rules, scenario)
        return before is not None and bool(_changes(before, after))

    def _before(self, scenario: Scenario) -> Judged | None:
        if id(scenario) not in self._judged:
            self._judged[id(scenario)] = _judge(self._rules, scenario)
        return self._judged[id(scenario)]

    def proposal(self, scenario: Scenario, shown: Sequence[Mutant]) -> Proposal:
        """Return the example that the scenario makes, expecting what the changes would change."""
        before = self._before(scenario)
        assert before is not None
        expect: dict[str, dict[str, Any]] = {}
        for mutant in shown:
            after = _judge(mutant.rules, scenario)
            for department, key, name in _changes(before, after):
                _expect(expect.setdefault(department, {}), before, department, key, name)
        ordered = {department: expect[department] for department in scenario.facts if department in expect}
        return Proposal(self._id(shown[0].mutation.path), tuple(shown), scenario.facts, ordered)

    def _id(self, path: KeyPath) -> str:
        """Return an id for an example that no other has, so that all of them can stand in one file."""
        name = "_".join(re.sub(r"[^A-Za-z0-9]+", "_", str(part)) for part in path)[:50]
        number = next(number for number in count(1) if (name, number) not in self._ids)
        self._ids.add((name, number))
        return f"boundary_{name}_{number}"


def _judge(rules: Rules, scenario: Scenario) -> Judged | None:
    """Return what rules make of a scenario, None where they cannot judge it."""
    plan = rules.plan()
    example = Example.model_construct(facts=scenario.facts)
    try:
        stated = stated_facts(plan, _NOBODY, "", example)
        return Judged(
            plan, stated.departments, stated.figures, evaluate(plan, stated.departments, stated.figures)
        )
    except DubanError:
        return None


def _changes(before: Judged, after: Judged | None) -> list[tuple[str, str, str]]:
    """Return what differs between two judgements of the same departments: department, key, name below it.

    Rules that cannot judge them, because they no longer ask for what is stated, differ in what they make of it.
    """
    if after is None:
        return [(item.name, key, "") for item in before.departments for key in ("total", "gates")]
    rules = before.plan.ruleset
    keys = [(key, "") for key in _PLAIN]
    keys += [("selected", name) for name in rules.selections]
    keys += [(key, name) for key in ("points", "labels") for name in rules.criteria]
    keys += [("conversions", name) for name in rules.conversions]
    found = []
    for index, department in enumerate(before.departments):
        for key, name in keys:
            if name in rules.criteria and name not in after.plan.ruleset.criteria:
                continue
            if found_at(before, index, key, name) != found_at(after, index, key, name):
                found.append((department.name, key, name))
    # Totals, ranks and lists say enough; points only where they alone change.
    return [item for item in found if item[1] not in ("points", "labels")] or found


def _expect(wanted: dict[str, Any], judged: Judged, department: str, key: str, name: str) -> None:
    index = [item.name for item in judged.departments].index(department)
    value = found_at(judged, index, key, name)
    if key == "selected":
        lists = wanted.setdefault("selected" if value else "not_selected", [])
        lists += [name] if name not in lists else []
    elif name:
        wanted.setdefault(key, {})[name] = NONE if value is None else value
    else:
        wanted[key] = NONE if value is None else value


def unproposed(mutants: Sequence[Mutant], made: Sequence[Proposal]) -> Iterator[Mutant]:
    """Return the unnoticed mutants that no proposal notices."""
    shown = {id(mutant) for proposal in made for mutant in proposal.mutants}
    return (item for item in mutants if item.noticed_by is None and id(item) not in shown)
