"""What the departments share: the source of the practice, rows of a case or of a department, and what is wrong in them."""

from duban import Check, Row, Severity, Text, column

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


def before(
    id: str, table: str, column: str, zh: str, en: str, first: str, first_zh: str, first_en: str
) -> Check:
    """Return the check that what a column tells of did not happen before another day, of which it is the consequence."""
    return Check(
        id=id,
        title=Text(f"{zh}早于{first_zh}", f"{en} before {first_en}"),
        table=table,
        offends=f"{column} < {first}",
        column=column,
        message=Text(
            f"{zh}日期 {{{column}}} 早于{first_zh}日期 {{{first}}}",
            f"{en} on {{{column}}}, before {first_en} on {{{first}}}",
        ),
        action=Text("请对照原件改正日期", "correct the date from the papers"),
    )


def wrong_number(
    id: str, table: str, column: str, offends: str, zh: str, en: str, severity: Severity = Severity.ERROR
) -> Check:
    """Return the check of a number that cannot be: it would be counted as if it could. `zh` and `en` say why not."""
    return Check(
        id=id,
        title=Text(f"数不对：{zh}", f"wrong number: {en}"),
        table=table,
        offends=offends,
        column=column,
        message=Text(f"{zh}，这里不是", f"{en}, which does not hold here"),
        action=Text("请对照原始记录改正", "correct it from the records"),
        severity=severity,
    )


def not_earlier(table: str) -> Check:
    """Return the check that the year of a table of earlier years is one; a later one would not be counted, in silence."""
    return Check(
        id=f"{table}_not_earlier",
        title=Text("不是往年", "not an earlier year"),
        table=table,
        offends="year >= year(:period_from)",
        column="year",
        message=Text(
            "{year} 年不早于评价的年度，不作为往年计入",
            "{year} is not before the year that is judged: it does not count as an earlier one",
        ),
        action=Text("往年的表只填往年；年度写错的请改正", "give earlier years only, or correct the year"),
        severity=Severity.WARNING,
    )
