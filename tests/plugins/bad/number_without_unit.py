"""A number of cases that does not say what it counts."""

from duban import Measure, hookimpl

EXPECTED = "unit_missing"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="number_without_unit",
            title="测试口径",
            title_en="A measure",
            count="key_supervised",
            source="测试",
        )
    ]
