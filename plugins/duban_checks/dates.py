"""Dates that cannot be right beside each other; a wrong one makes a case early or late without cause."""

from duban import Check, Severity, Text

_CORRECT = Text(
    "请对照原件改正日期；确需保留的，可在 duban.toml 的 [findings] 里设为 accept 或 exclude",
    "correct the date from the papers; or set the code to accept or exclude under [findings] in duban.toml",
)

CHECKS = [
    Check(
        id="reply_before_assignment",
        title=Text("答复早于交办", "reply before assignment"),
        offends="replied_on < assigned_on",
        column="replied_on",
        message=Text(
            "答复日期 {replied_on} 早于交办日期 {assigned_on}",
            "replied on {replied_on}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
    ),
    Check(
        id="contact_before_assignment",
        title=Text("沟通早于交办", "contact before assignment"),
        offends="contacted_on < assigned_on",
        column="contacted_on",
        message=Text(
            "首次沟通日期 {contacted_on} 早于交办日期 {assigned_on}",
            "first contact on {contacted_on}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
    ),
    Check(
        id="acknowledged_before_assignment",
        title=Text("签收早于交办", "acknowledged before assignment"),
        offends="acknowledged_on < assigned_on",
        column="acknowledged_on",
        message=Text(
            "签收日期 {acknowledged_on} 早于交办日期 {assigned_on}",
            "acknowledged on {acknowledged_on}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
        severity=Severity.WARNING,
    ),
    Check(
        id="published_before_reply",
        title=Text("公开早于答复", "published before the reply"),
        offends="published_on < replied_on",
        column="published_on",
        message=Text(
            "公开日期 {published_on} 早于答复日期 {replied_on}",
            "published on {published_on}, before the reply on {replied_on}",
        ),
        action=_CORRECT,
        severity=Severity.WARNING,
    ),
    Check(
        id="due_before_assignment",
        title=Text("期限早于交办", "deadline before assignment"),
        offends="due_on < assigned_on",
        column="due_on",
        message=Text(
            "期限 {due_on} 早于交办日期 {assigned_on}",
            "due on {due_on}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
    ),
    Check(
        id="due_too_far",
        title=Text("期限过远", "deadline too far off"),
        # No law knows a time limit of more than a year; three leave room for what is carried over.
        offends="due_on > assigned_on + interval 3 year",
        column="due_on",
        message=Text(
            "期限 {due_on} 在交办日期 {assigned_on} 三年以后，可能年份有误",
            "due on {due_on}, more than three years after the assignment on {assigned_on}; perhaps a wrong year",
        ),
        action=_CORRECT,
        severity=Severity.WARNING,
    ),
    Check(
        id="extension_before_assignment",
        title=Text("延期早于交办", "extension before assignment"),
        offends="extended_to < assigned_on",
        column="extended_to",
        message=Text(
            "延期至 {extended_to}，早于交办日期 {assigned_on}",
            "extended to {extended_to}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
    ),
    Check(
        id="extension_before_deadline",
        title=Text("延期早于原期限", "extension before the deadline"),
        offends="extended_to < due_on",
        column="extended_to",
        message=Text(
            "延期至 {extended_to}，比原期限 {due_on} 还早；按延期后的日期计算",
            "extended to {extended_to}, before the deadline {due_on}; the extension is what counts",
        ),
        action=_CORRECT,
        severity=Severity.WARNING,
    ),
    Check(
        id="commitment_kept_before_assignment",
        title=Text("兑现早于交办", "commitment kept before assignment"),
        offends="commitment_kept_on < assigned_on",
        column="commitment_kept_on",
        message=Text(
            "兑现日期 {commitment_kept_on} 早于交办日期 {assigned_on}",
            "commitment kept on {commitment_kept_on}, before the assignment on {assigned_on}",
        ),
        action=_CORRECT,
        severity=Severity.WARNING,
    ),
    Check(
        id="commitment_kept_without_due",
        title=Text("兑现但没有承诺期限", "commitment kept without a due date"),
        offends="commitment_kept_on is not null and commitment_due_on is null",
        column="commitment_kept_on",
        message=Text(
            "填了兑现日期 {commitment_kept_on}，但没有承诺期限",
            "a commitment was kept on {commitment_kept_on}, but none has a due date",
        ),
        action=Text(
            "请补填承诺期限，或删去兑现日期", "fill in the date that was promised, or delete this one"
        ),
        severity=Severity.WARNING,
    ),
]
