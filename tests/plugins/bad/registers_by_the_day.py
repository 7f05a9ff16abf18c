"""A text that is another one each time it is asked for."""

from itertools import count

from duban import Measure, hookimpl

EXPECTED = "answer_changes_between_runs"
NUMBERS = count()


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="changing",
            title="测试口径",
            title_en="A measure",
            hit=f"contacts > {next(NUMBERS)}",
            source="测试",
        )
    ]
