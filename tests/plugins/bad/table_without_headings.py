"""A table whose column no Chinese heading means."""

from duban import Row, Table, column, hookimpl, table

EXPECTED = "heading_missing"


class Visit(Row):
    department: str = column("单位", title_en="Department")
    visit_count: int | None = column("visits", title_en="Visits", unit="次")


@hookimpl
def register_tables() -> list[Table]:
    return [table("bad_visits", "走访", Visit, title_en="Visits", source="测试")]
