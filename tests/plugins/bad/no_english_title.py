"""The English title is in Chinese."""

from duban import Measure, hookimpl

EXPECTED = "title_en_missing"


@hookimpl
def register_measures() -> list[Measure]:
    return [Measure(id="untitled", title="走访率", title_en="走访率", hit="key_supervised", source="测试")]
