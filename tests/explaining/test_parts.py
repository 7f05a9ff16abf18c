"""The explained parts add up: every department of every sample and golden workspace, and of made-up rules."""

import random
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import department, plan_from
from random_rules import random_people, random_rules

import duban
import duban_samples
from duban.errors import Stopped
from duban.evaluating import Evaluated, evaluate
from duban.explaining.against import differences
from duban.explaining.explanations import Explanations
from duban.explaining.parts import Kind, Parts
from duban.results import Figure
from duban.terms import Status

GOLDEN = sorted(path.parent for path in (Path(__file__).parents[1] / "golden").glob("*/duban.toml"))
SAMPLES = sorted(path.parent for path in Path(duban_samples.__file__).parent.glob("*/duban.toml"))
STOPPED = {"dirty", "dirty-bare", "dirty-large"}


def explained(folder: Path) -> Explanations:
    explanations = duban.run(folder, write=False).explanations
    assert explanations is not None
    return explanations


@pytest.mark.parametrize("folder", [*GOLDEN, *SAMPLES], ids=lambda folder: folder.name)
def test_the_parts_of_every_total_add_up_to_it(folder: Path) -> None:
    if folder.name in STOPPED:
        with pytest.raises(Stopped):
            duban.run(folder, write=False)
        return
    explanations = explained(folder)
    assert len(explanations)
    for one in explanations.values():
        assert sum(part.points for part in one.parts) == (one.total or 0)
        assert (one.total is None) <= (not one.parts)
        of_dimensions = sum((item.part or Fraction(0) for item in one.dimensions), Fraction(0))
        assert of_dimensions == sum(part.points for part in one.parts if part.dimension)
        for criterion in one.criteria:
            assert (criterion.part is None) == (
                one.total is None or not criterion.full or criterion.score.points is None
            )


@pytest.mark.parametrize(
    "folder", [GOLDEN[0], *(path for path in SAMPLES if path.name not in STOPPED)], ids=str
)
def test_the_differences_of_two_departments_add_up_to_that_of_their_totals(folder: Path) -> None:
    explanations = [one for one in explained(folder).values() if one.total is not None]
    for own, other in permutations(explanations, 2):
        found = differences(own, other)
        assert own.total is not None
        assert other.total is not None
        assert sum(item.points for item in found) == own.total - other.total
        assert [item.points for item in found] == [
            -back.points
            for item in found
            for back in differences(other, own)
            if (back.kind, back.id, back.dimension) == (item.kind, item.id, item.dimension)
        ]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_they_add_up_under_any_rules(seed: int) -> None:
    rng = random.Random(seed)
    plan, people = plan_from(random_rules(rng)), random_people(rng)
    departments = [department(f"x{index}", has_cases=rng.random() < 0.9) for index in range(len(people))]
    figures = {name: [one[name] for one in people] for name in people[0]}
    judged = evaluate(plan, departments, figures)
    parts = Parts(Evaluated(plan, departments, figures, judged))
    for index, total in enumerate(judged.totals.total):
        found = parts.of(index)
        assert sum(part.points for part in found) == (total or 0)
        # Nothing is told twice.
        assert len({(part.kind, part.id, part.dimension) for part in found}) == len(found)


def parts_of(rules: Mapping[str, object], **values: str | None) -> dict[str, Fraction]:
    """Return the parts of one department by kind and id."""
    plan = plan_from({"dimensions": {"d": {}}, **rules})
    known = {
        name: [
            Figure(Status.NOT_APPLICABLE)
            if value is None
            else Figure(Status.MEASURED, 4, None, Fraction(value))
        ]
        for name, value in values.items()
    }
    departments = [department("x")]
    judged = evaluate(plan, departments, known)
    found = Parts(Evaluated(plan, departments, known, judged)).of(0)
    return {f"{part.kind} {part.id}".strip(): part.points for part in found}


def criterion(measure: str, points: int, dimension: str = "d") -> dict[str, object]:
    return {"dimension": dimension, "measure": measure, "points": points}


def test_what_has_no_value_goes_to_the_others_in_proportion() -> None:
    criteria = {name: criterion(name, points) for name, points in (("m0", 5), ("m1", 10), ("m2", 5))}
    found = parts_of({"criteria": criteria}, m0="0.5", m1="1", m2=None)
    assert found == {
        "criterion m0": Fraction(10, 3),
        "criterion m1": Fraction(40, 3),
        "rounding": Fraction("16.67") - Fraction(50, 3),
    }


def test_a_dimension_without_a_value_goes_to_the_others_too() -> None:
    criteria = {"m0": criterion("m0", 5), "m1": criterion("m1", 15, "e")}
    found = parts_of({"dimensions": {"d": {}, "e": {}}, "criteria": criteria}, m0="0.5", m1=None)
    assert found == {"criterion m0": 10}


def test_the_weakest_part_is_the_mean_and_what_the_weakest_takes_from_it() -> None:
    criteria = {"m0": criterion("m0", 10), "m1": criterion("m1", 10)}
    rules = {"dimensions": {"d": {"aggregate": "min"}}, "criteria": criteria}
    assert parts_of(rules, m0="0.5", m1="1") == {
        "criterion m0": 5,
        "criterion m1": 10,
        "aggregate d": -5,
    }


def test_a_dimension_that_only_deducts_starts_from_full_marks() -> None:
    rules = {"dimensions": {"d": {"start": "full", "floor": 4}}, "criteria": {"m0": criterion("m0", 10)}}
    assert parts_of(rules, m0="0.25") == {
        "start d": 10,
        "criterion m0": Fraction("-7.5"),
        "floor d": Fraction("1.5"),
    }


def test_a_cap_is_a_part_of_its_own() -> None:
    gates = {"g": {"when": "m0 > 0", "effect": {"cap": 6}}}
    assert parts_of({"criteria": {"m0": criterion("m0", 10)}, "gates": gates}, m0="0.75") == {
        "criterion m0": Fraction("7.5"),
        "cap": Fraction("-1.5"),
    }


def test_the_frame_for_programs_has_the_same_parts() -> None:
    explanations = explained(next(path for path in SAMPLES if path.name == "harbin-2023"))
    frame = explanations.frame()
    sums = {name: sum(rows["points"]) for name, rows in frame.groupby("department")}
    assert sums == {name: one.total for name, one in explanations.items() if one.total is not None}
    assert set(frame["part"]) <= {kind.value for kind in Kind}
