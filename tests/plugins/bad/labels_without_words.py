"""A table whose label no ledger could write in Chinese."""

from typing import Literal

from duban import Row, Table, column, hookimpl, table

EXPECTED = "label_without_words"


class Visit(Row):
    department: str = column("单位", title_en="Department")
    visit_kind: Literal["office", "home"] | None = column(
        "方式", title_en="Kind", labels={"office": ("办公室",)}
    )


@hookimpl
def register_tables() -> list[Table]:
    return [table("bad_visits", "走访", Visit, title_en="Visits", source="测试")]
