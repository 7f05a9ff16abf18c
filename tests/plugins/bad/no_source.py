"""Nobody can say where the rule comes from."""

from duban import Measure, hookimpl

EXPECTED = "source_missing"


@hookimpl
def register_measures() -> list[Measure]:
    return [Measure(id="no_source", title="测试口径", title_en="A measure", hit="key_supervised")]
