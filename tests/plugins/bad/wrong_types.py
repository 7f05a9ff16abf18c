"""The text compares a date with a number."""

from duban import Measure, hookimpl

EXPECTED = "text_wrong"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="wrong_types",
            title="测试口径",
            title_en="A measure",
            hit="replied_on > 5",
            source="测试",
        )
    ]
