"""What the departments share: the source of the practice, and the rows that belong to a case or to a department."""

from duban import Row, column

SOURCE = "哈尔滨一家报纸对2024年3月12日代表建议交办会的报道"
# A co-handler gives the lead its opinion; it drafts, plans and promises nothing of its own.
HANDLED = "role in ('lead', 'separate')"
SATISFIED = "('very_satisfied', 'satisfied', :accept)"


class CaseRow(Row):
    """A row about one case of one department."""

    case_id: str = column("建议编号", "编号", "案号", title_en="Case")
    department: str = column("承办单位", "办理单位", title_en="Department")


class DepartmentRow(Row):
    """A row about what one department did, outside any case."""

    department: str = column("单位", "单位名称", "承办单位", title_en="Department")
