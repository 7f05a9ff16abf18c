"""A part of a plan judges a department as the whole does; shipped rulesets are clean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.evaluating import evaluate
from duban.examples.opening import open_rules
from duban.linting import parts as module
from duban.linting.checking import check_ruleset
from duban.linting.departments import Departments, stated
from duban.linting.parts import parts
from duban.linting.ranges import Known
from duban.plan import Plan
from duban.registry import installed

PLAN = open_rules("npc-base").plan()
KNOWN = Known(PLAN)


@pytest.fixture(scope="module")
def small_parts() -> list[Plan]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_CRITERIA", 4)
        patch.setattr(module, "MOST_FACTS", 3)
        return parts(PLAN)


def test_a_small_plan_is_its_only_part() -> None:
    assert parts(PLAN) == [PLAN]


def test_every_criterion_is_in_a_part(small_parts: list[Plan]) -> None:
    assert len(small_parts) > 3
    assert {item.id for part in small_parts for item in part.criteria} == {item.id for item in PLAN.criteria}
    assert all(len(part.criteria) < len(PLAN.criteria) for part in small_parts)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_part_judges_as_the_whole(small_parts: list[Plan], data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(small_parts))
    facts = data.draw(Departments(part, KNOWN).facts())
    judged = []
    for plan in (part, PLAN):
        made = stated(plan, {"甲局": facts})
        found = evaluate(plan, made.departments, made.figures)
        judged.append((found.groups, found.totals.total, found.totals.held, found.places, found.lists))
    assert judged[0] == judged[1]


def test_of_very_many_parts_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in {"MOST_CRITERIA": 2, "MOST_FACTS": 1, "MOST_PARTS": 3}.items():
        monkeypatch.setattr(module, name, most)
    assert 1 < len(parts(PLAN)) <= 3


@pytest.mark.parametrize("name", sorted(installed().rulesets))
def test_a_shipped_ruleset_is_clean(name: str) -> None:
    report = check_ruleset(name, laws=name in ("npc-base", "shanxi-2015"))
    assert [lint.line(report.at(lint), "zh") for lint in report.lints if lint.severity != "info"] == []
