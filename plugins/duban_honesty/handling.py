"""Handling: answered on the last day, satisfied without a contact, moved away when it was too late."""

from fractions import Fraction

from duban import Check, Severity, Text, Together

CHECKS = (
    Check(
        id="answered_on_the_last_day",
        title=Text("集中在最后一天答复", "answered on the last day"),
        offends="replied_on = deadline_on",
        by_department=Together(among="replied_on is not null and deadline_on is not null"),
        column="replied_on",
        message=Text(
            "{value}：答复的 {count} 件中有 {hits} 件（{percent}）正好在期限当天答复；其他单位占 {others}，"
            "碰巧的可能不到 {one_in} 分之一",
            "{value}: of {count} answered cases {hits} ({percent}) were answered on the very day of the deadline; elsewhere "
            "{others}; by chance in fewer than 1 of {one_in} ledgers",
        ),
        action=Text(
            "也可能是同批交办、期限同一天，统一寄发，或补登时按期限填写：请核对答复文件的落款和寄出日期；查实前不影响得分",
            "they may have one deadline and one dispatch, or have been dated when they were entered: compare the letters; no "
            "points depend on it",
        ),
        severity=Severity.WARNING,
    ),
    Check(
        id="satisfied_without_contact",
        title=Text("没有沟通却都满意", "satisfied without a contact"),
        offends="answer_rating in ('very_satisfied', 'satisfied') and contact_mode = 'none'",
        by_department=Together(among="answer_rating is not null", share=Fraction(9, 10)),
        column="contact_mode",
        message=Text(
            "{value}：评价了答复的 {count} 件中有 {hits} 件（{percent}）没有沟通而评为满意；其他单位占 {others}，"
            "碰巧的可能不到 {one_in} 分之一",
            "{value}: of {count} rated answers {hits} ({percent}) satisfied though nobody contacted the deputy; elsewhere "
            "{others}; by chance in fewer than 1 of {one_in} ledgers",
        ),
        action=Text(
            "也可能是沟通了没有登记，或事项简单、代表不要求沟通：请回访几位代表；查实前不影响得分",
            "contacts may not have been entered, or not been wanted: ask a few deputies; no points depend on it",
        ),
        severity=Severity.WARNING,
    ),
    Check(
        id="moved_after_the_deadline",
        title=Text("过了期限才改办、退办", "moved after the deadline"),
        offends="moved_on > deadline_on",
        counted_only=False,
        by_department=Together(
            among="state in ('reassigned', 'returned') and moved_on is not null and deadline_on is not null",
            least=1,
            share=Fraction(0),
            chance=None,
        ),
        column="moved_on",
        message=Text(
            "{value}：改办、退办的 {count} 件中有 {hits} 件（{percent}）是过了期限才移走的，移走后不再计入",
            "{value}: of {count} cases reassigned or returned {hits} ({percent}) were moved after their deadline, and no longer count",
        ),
        action=Text(
            "也可能是职责调整、上级改派，或台账补登较晚：请核对改办、退办的批准件；不当移走的请改回状态",
            "duties may have changed, or the entry be late: see the approvals, and set back the state of what should not have "
            "been moved",
        ),
        severity=Severity.WARNING,
    ),
)
