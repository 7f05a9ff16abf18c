"""The product of two large numbers is more than any number in a table may be."""

from duban import Aggregate, Measure, hookimpl

EXPECTED = "measure_raises"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="sum_overflows",
            title="测试口径",
            title_en="A measure",
            value="contacts * contacts",
            aggregate=Aggregate.SUM,
            unit="次",
            source="测试",
        )
    ]
