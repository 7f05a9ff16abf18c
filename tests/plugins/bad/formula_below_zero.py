"""The difference of two rates has no unit, and is below zero where a department has few cases."""

from duban import Measure, hookimpl

EXPECTED = "rate_out_of_range"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="on_time_beyond_met",
            title="按时办结率与面商率之差",
            title_en="On time beyond met in person",
            formula="on_time - met",
            source="测试",
        )
    ]
