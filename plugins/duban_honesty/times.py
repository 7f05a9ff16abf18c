"""Times that few ledgers hold: when a rating was entered, to the minute, and when a case was moved."""

import datetime

from duban import Row, column, table


class Times(Row):
    """When things of one case were entered."""

    case_id: str = column("建议编号", "编号", "案号", title_en="Case")
    department: str = column("承办单位", "办理单位", title_en="Department")
    rated_at: str | None = column("评价登记时刻", "评价时刻", title_en="Rating entered at")
    moved_on: datetime.date | None = column("改办退办日期", "改办日期", title_en="Moved on", event=True)


TABLES = (
    table(
        "entry_times",
        "登记时刻",
        Times,
        title_en="Times of entry",
        source="办理系统的登记记录",
        extends="cases",
    ),
)
