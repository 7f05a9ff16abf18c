"""Cases answered early hit although they do not count: the two texts contradict each other."""

from duban import Measure, hookimpl

EXPECTED = "hit_outside_count"


@hookimpl
def register_measures() -> list[Measure]:
    return [
        Measure(
            id="hit_without_count",
            title="测试口径",
            title_en="A measure",
            count="deadline_on <= :as_of",
            hit="replied_on <= deadline_on",
            source="测试",
        )
    ]
