"""An id that a plugin which ships has already."""

from duban import Measure, hookimpl

EXPECTED = "plugin_duplicate"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(id="on_time", title="测试口径", title_en="A measure", hit="key_supervised", source="测试")
    ]
