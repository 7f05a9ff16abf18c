"""Whose number of contacts nobody knows is said to have had none."""

from duban import Measure, hookimpl

EXPECTED = "unknown_is_answered"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="zero_for_unknown",
            title="测试口径",
            title_en="A measure",
            value="coalesce(contacts, 0)",
            unit="次",
            source="测试",
        )
    ]
