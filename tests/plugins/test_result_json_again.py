"""What result.json holds is enough to apply its rules again, exactly."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from small_workspaces import workspace

from duban import run
from duban.loading import load_ruleset
from duban.registry import installed
from duban.ruleset import Ruleset
from duban.stages.reporting import write as write_reports


def written(made: Any, folder: Path) -> Any:
    write_reports(made, [installed().reporters["json"]], folder)
    return json.loads((folder / "result.json").read_text("utf-8"), parse_float=Decimal)


def test_departments_and_figures_are_exact(tmp_path: Path) -> None:
    made = run(workspace(tmp_path / "a"), write=False)
    assert made.evaluated is not None
    held = written(made, tmp_path / "out")["evaluation"]
    assert [item["department"] for item in held["departments"]] == [
        item.id for item in made.evaluated.departments
    ]
    assert held["figures"].keys() == made.evaluated.figures.keys()
    for key, figures in made.evaluated.figures.items():
        for (status, count, hits, value), figure in zip(held["figures"][key], figures, strict=True):
            assert (status, count, hits) == (figure.status, figure.count, figure.hits)
            assert (None if value is None else Fraction(value)) == figure.value
    assert Fraction(held["figures"]["on_time"][0][3]).denominator == 3


@pytest.mark.parametrize("name", sorted(installed().rulesets))
def test_every_ruleset_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    rules = load_ruleset(name, tmp_path, "x", installed().rulesets, date(2024, 1, 1)).ruleset
    made = run(workspace(tmp_path / "a"), write=False)
    object.__setattr__(made, "ruleset", rules)
    assert Ruleset.model_validate(written(made, tmp_path / "out")["ruleset"]) == rules
