"""A derived text that says no where nobody knows."""

from duban import DerivedColumn, hookimpl

EXPECTED = "unknown_is_answered"


@hookimpl
def register_columns() -> list[DerivedColumn]:
    return [
        DerivedColumn(
            id="bad_often",
            title="多次沟通",
            title_en="Often in contact",
            type=bool,
            sql="coalesce(contacts > 2, false)",
            source="测试",
        )
    ]
