"""The text speaks of a column that no table has."""

from duban import Measure, hookimpl

EXPECTED = "column_undeclared"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="unknown_column",
            title="测试口径",
            title_en="A measure",
            hit="office_visits > 0",
            source="测试",
        )
    ]
