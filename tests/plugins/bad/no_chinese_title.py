"""The title is not in the language that users see first."""

from duban import Measure, hookimpl

EXPECTED = "title_missing"


@hookimpl
def register_measures() -> list[Measure]:
    return [Measure(id="untitled", title="On time", title_en="On time", hit="key_supervised", source="测试")]
