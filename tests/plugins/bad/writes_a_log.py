"""A log is written into the folder in which the user stands."""

from pathlib import Path

from duban import Measure, hookimpl

EXPECTED = "writes_file"


@hookimpl
def register_measures() -> list[Measure]:
    Path("plugin.log").write_text("registered", "utf-8")
    return [Measure(id="writes", title="测试口径", title_en="A measure", hit="key_supervised", source="测试")]
