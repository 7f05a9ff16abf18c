import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from planning import planned
from runs import RULES

from duban.errors import PluginError
from duban.manifest import manifest, ruleset_as_data, ruleset_hash
from duban.registry import Registry
from duban.ruleset import Period, Ruleset


def test_the_manifest_names_what_the_numbers_rest_on(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    ledger = tmp_path / "data" / "台账.csv"
    ledger.write_bytes(b"abc")
    period = Period.model_validate({"from": date(2024, 1, 1), "to": date(2024, 12, 31)})
    ruleset = Ruleset.model_validate(RULES)
    made = manifest(
        tmp_path,
        [ledger, ledger],
        ruleset,
        Registry(versions={"a": "1"}, disabled=("b",), faults={"c": PluginError("plugin_too_slow")}),
        date(2024, 12, 31),
        period,
        {"answer": {"rated": 3, "cases": 4}},
    )
    assert made["inputs"] == {"data/台账.csv": hashlib.sha256(b"abc").hexdigest()}
    assert made["period"] == {"from": "2024-01-01", "to": "2024-12-31", "by": "assigned_on"}
    assert made["ruleset"] == {"id": "small", "sha256": ruleset_hash(ruleset)}
    assert made["responses"] == {"answer": {"rated": 3, "cases": 4}}
    assert (made["plugins"], made["plugins_disabled"]) == ({"a": "1"}, ["b"])
    assert made["plugins_at_fault"] == {"c": "plugin_too_slow"}
    assert made["engine"].startswith("duckdb ")
    assert made["non_response"] == {"answer": "exclude", "result": "exclude"}


def test_the_ruleset_is_written_in_the_words_of_its_file() -> None:
    rules = planned(
        '[dimensions.speed]\n[criteria.fast]\ndimension = "speed"\nmeasure = "m"\npoints = 12.50\n'
    ).ruleset
    written = ruleset_as_data(rules)
    assert written["criteria"]["fast"] == {
        "title": "fast",
        "dimension": "speed",
        "measure": "m",
        "points": "12.5",
    }
    other = planned(
        '[dimensions.speed]\n[criteria.fast]\ndimension = "speed"\nmeasure = "m"\npoints = 12.51\n'
    ).ruleset
    assert ruleset_hash(rules) != ruleset_hash(other)


@pytest.mark.filterwarnings("error")
def test_every_form_of_a_gate_and_a_quota_is_written_as_it_stands() -> None:
    rules = Ruleset.model_validate(
        {
            **RULES,
            "gates": {
                "low": {"title": "g", "when": "x", "effect": {"cap": 85}},
                "out": {"title": "g", "when": "x", "effect": "exempt"},
            },
            "selections": {
                "one": {"title": "s", "quota": 5},
                "two": {"title": "s", "quota": {"share": Decimal("0.2")}},
                "three": {"title": "s", "quota": {"large": 5, "regular": {"share": Decimal("0.2")}}},
            },
        }
    )
    written = ruleset_as_data(rules)
    assert [gate["effect"] for gate in written["gates"].values()] == [{"cap": "85"}, "exempt"]
    assert [item["quota"] for item in written["selections"].values()] == [
        5,
        {"share": "0.2"},
        {"large": 5, "regular": {"share": "0.2"}},
    ]
