"""Industry and information technology bureau 市工业和信息化局: every matter has an echo, every case a landing place.

The echo is an answer of any kind. The landing place is the matter itself: resolved, or promised for a date and kept. The
record also tells of policies (manufacturing, small firms, digital economy) and of promised support that was delivered.
"""

import datetime
from decimal import Decimal

from duban import Aggregate, Measure, Severity, column, table

from .common import HANDLED, SOURCE, CaseRow, DepartmentRow, wrong_number

# Not yet answered and not yet due: nobody can say.
TO_BE_JUDGED = f"{HANDLED} and (replied_on is not null or deadline_on <= :as_of)"
DUE = "due_on <= :as_of"


class Policy(CaseRow):
    """One policy that was adopted, and the case that it came from."""

    document_number: str = column("文号", "文件编号", title_en="Document number")
    policy: str = column("政策名称", "政策", "文件名称", title_en="Policy")
    adopted_on: datetime.date = column("出台日期", "印发日期", title_en="Adopted on", event=True)


class Support(DepartmentRow):
    """One promise of support to a firm, and what was paid of it."""

    promise: str = column("兑现编号", "编号", "序号", title_en="Promise")
    firm: str | None = column("企业", "企业名称", title_en="Firm")
    promised: Decimal = column("承诺金额", "应兑现金额", title_en="Promised", unit="万元")
    due_on: datetime.date = column("兑现期限", "应兑现日期", title_en="Due on")
    paid: Decimal | None = column("兑现金额", "已兑现金额", title_en="Paid", unit="万元")
    paid_on: datetime.date | None = column("兑现日期", "拨付日期", title_en="Paid on", event=True)


TABLES = (
    table(
        "industry_policies",
        "建议转化政策",
        Policy,
        key=("department", "document_number"),
        title_en="Policies adopted from suggestions",
        source=SOURCE,
    ),
    table(
        "industry_support",
        "惠企资金兑现",
        Support,
        key=("department", "promise"),
        title_en="Support promised to firms",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "industry_promised_wrong",
        "industry_support",
        "promised",
        "promised < 0",
        "承诺金额不能为负",
        "a sum promised is not negative",
    ),
    wrong_number(
        "industry_paid_wrong",
        "industry_support",
        "paid",
        "paid < 0",
        "兑现金额不能为负",
        "a sum paid is not negative",
    ),
    # Of a day without a sum, or a sum without a day, nothing counts as paid.
    wrong_number(
        "industry_paid_incomplete",
        "industry_support",
        "paid_on",
        "(paid is null and paid_on is not null) or (paid > 0 and paid_on is null)",
        "兑现金额和兑现日期要一起填写",
        "what was paid and the day of it are given together",
        Severity.WARNING,
    ),
)
MEASURES = (
    Measure(
        id="industry_echo",
        title="事事有回音率",
        title_en="Echo: answered at all",
        count=TO_BE_JUDGED,
        hit="replied_on is not null",
        source=SOURCE,
    ),
    Measure(
        id="industry_landing",
        title="件件有着落率",
        title_en="Landing: resolved, or a commitment that was kept",
        # A commitment not yet due and not yet kept may still land.
        count=f"{TO_BE_JUDGED} and (outcome = 'resolved' or commitment_kept_on is not null"
        " or commitment_due_on is null or commitment_due_on <= :as_of)",
        hit="outcome = 'resolved' or commitment_kept_on <= commitment_due_on",
        source=SOURCE,
    ),
    Measure(
        id="industry_policies_adopted",
        title="建议转化政策件数",
        title_en="Policies adopted from suggestions",
        table="industry_policies",
        count="adopted_on is not null",
        unit="件",
        source=SOURCE,
    ),
    Measure(
        id="industry_promised",
        title="到期应兑现金额",
        title_en="Support promised and due",
        table="industry_support",
        count=DUE,
        value="promised",
        aggregate=Aggregate.SUM,
        unit="万元",
        source=SOURCE,
    ),
    Measure(
        id="industry_paid",
        title="到期已兑现金额",
        title_en="Support due and paid",
        table="industry_support",
        count=f"{DUE} and promised is not null",
        # No more than was promised to this firm: what one gets too much does not help another.
        value="case when paid_on is not null then least(coalesce(paid, 0), promised) else 0 end",
        aggregate=Aggregate.SUM,
        unit="万元",
        source=SOURCE,
    ),
    Measure(
        id="industry_delivered",
        title="惠企资金兑现率",
        title_en="Share of promised support delivered",
        formula="industry_paid / industry_promised",
        source=SOURCE,
    ),
)
