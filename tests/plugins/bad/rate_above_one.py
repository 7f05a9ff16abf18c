"""A mean without a unit that may be 12: it would be taken for a rate."""

from duban import Measure, hookimpl

EXPECTED = "rate_out_of_range"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="rate_above_one",
            title="测试口径",
            title_en="A measure",
            value="contacts",
            source="测试",
        )
    ]
