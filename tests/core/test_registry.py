import sys
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

from duban import Measure, hookimpl
from duban.errors import PluginError, Problems
from duban.measures import Parameter
from duban.registry import installed, load
from duban.terms import Aggregate, Better


def plugin(name: str, **functions: Any) -> ModuleType:
    module = ModuleType(name)
    for hook, function in functions.items():
        setattr(module, hook, hookimpl(function))
    return module


def nothing() -> list[Measure]:
    return []


def test_built_ins_come_through_the_same_door() -> None:
    registry = installed()
    assert registry.origins["measures", "on_time"] == "duban_measures"
    assert registry.origins["curves", "linear"] == "duban_curves"
    assert "npc-base" in registry.rulesets


def test_a_strangers_measure_is_there_beside_them() -> None:
    registry = load([plugin("stranger", register_measures=lambda: [Measure("visits", "走访次数")])])
    assert registry.measures["visits"].title == "走访次数"
    assert registry.origins["measures", "visits"] == "stranger"


def test_two_plugins_with_one_id_are_both_named() -> None:
    twins = [plugin(name, register_measures=lambda: [Measure("on_time", "x")]) for name in ("one", "two")]
    with pytest.raises(Problems) as caught:
        load(twins)
    assert {error.facts["plugin"] for error in caught.value.errors} == {"one", "two"}
    assert all("on_time" in error.line() for error in caught.value.errors)


def test_a_plugin_that_raises_is_named_in_one_line() -> None:
    def broken() -> list[Measure]:
        raise RuntimeError("no\nluck")

    with pytest.raises(PluginError) as caught:
        load([plugin("stranger", register_measures=broken)])
    assert "stranger" in caught.value.line()
    assert "\n" not in caught.value.line()


@pytest.mark.parametrize(
    ("functions", "code"),
    [
        ({"register_measure": nothing}, "plugin_hook_unknown"),
        ({"register_measures": lambda engine: []}, "plugin_hook_arguments"),
        ({"register_measures": lambda: ["on_time"]}, "plugin_wrong_thing"),
        ({"register_measures": lambda: None}, "plugin_wrong_thing"),
        ({"register_measures": lambda: Measure("alone", "x")}, "plugin_wrong_thing"),
        ({"register_measures": lambda: "on_time"}, "plugin_wrong_thing"),
        ({"register_measures": lambda: sys.exit(0)}, "plugin_raised"),
    ],
)
def test_a_plugin_that_does_not_fit_is_refused(functions: dict[str, Any], code: str) -> None:
    with pytest.raises(PluginError) as caught:
        load([plugin("stranger", **functions)])
    assert caught.value.code == code


def test_the_order_of_plugins_changes_nothing() -> None:
    one = plugin("one", register_measures=lambda: [Measure("b", "b")])
    two = plugin("two", register_measures=lambda: [Measure("a", "a")])
    assert list(load([one, two]).measures.items()) == list(load([two, one]).measures.items())


@pytest.mark.parametrize(
    ("measure", "field"),
    [
        (Measure("two words", "x"), "id"),
        (Measure(5, "x"), "id"),  # type: ignore[arg-type]
        (Measure("m", "x", count=None), "count"),  # type: ignore[arg-type]
        (Measure("m", "x", hit="true", value="1"), "aggregate"),
        (Measure("m", "x", aggregate=Aggregate.SUM), "aggregate"),
        (Measure("m", "x", value="1", aggregate=Aggregate.QUANTILE, quantile=Fraction(3)), "quantile"),
        (Measure("m", "x", value="1", aggregate=Aggregate.QUANTILE, quantile="nobody"), "quantile"),
        (Measure("m", "x", parameters={"n": Parameter(float)}), "parameters"),
    ],
)
def test_a_measure_that_cannot_be_counted_is_refused_by_its_field(measure: Measure, field: str) -> None:
    with pytest.raises(PluginError) as caught:
        load([plugin("stranger", register_measures=lambda: [measure])])
    assert (caught.value.code, caught.value.facts["field"]) == ("plugin_misshapen", field)
    assert "stranger" in caught.value.line()


def test_a_measure_takes_the_words_of_the_enumerations() -> None:
    measure = Measure("m", "x", value="1", aggregate="sum", better="lower")  # type: ignore[arg-type]
    assert (measure.kind, measure.better) == (Aggregate.SUM, Better.LOWER)
    with pytest.raises(ValueError, match="upward"):
        Measure("m", "x", better="upward")  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["duban_measures", 5, ModuleType("empty")])
def test_a_plugin_that_registers_nothing_is_refused(given: object) -> None:
    with pytest.raises(PluginError) as caught:
        load([given])
    assert caught.value.code == "plugin_without_hooks"
