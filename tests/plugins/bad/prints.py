"""The plugin speaks where the command prints its result."""

from duban import Measure, hookimpl

EXPECTED = "plugin_prints"
print("plugin loaded")


@hookimpl
def register_measures() -> list[Measure]:
    return [Measure(id="prints", title="测试口径", title_en="A measure", hit="key_supervised", source="测试")]
