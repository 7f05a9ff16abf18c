"""Municipal government office 市人民政府办公厅: coordinates what others handle, and urges at three stages.

The record tells of 454 suggestions that it coordinated in the year: on the government's key inspection list, urged and guided
at distribution, during handling and after the answer, from "satisfied with the answer" to "satisfied with the result".
Those cases are other departments' own. So they stand in a table of the office, where `handled_by` says whose they are and
`coordinated_case` which; in the ledger, and in anybody's number of cases, they are counted once, for who handles them.
As a coordinator (`kind = 'coordinator'`) the office is not ranked beside those that it coordinates: `harbin-2024` exempts it.
"""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from duban import Aggregate, Better, Measure, Parameter, Row, column, table

from .common import SATISFIED, SOURCE, before

Rating = Literal["very_satisfied", "satisfied", "basically_satisfied", "dissatisfied"]
RATINGS: Mapping[str, Sequence[str]] = {
    "very_satisfied": ("很满意", "非常满意"),
    "satisfied": ("满意",),
    "basically_satisfied": ("基本满意",),
    "dissatisfied": ("不满意",),
}
# Of each stage: its title, what shows that a case has come to it, and the column of its first urging.
STAGES = {
    "distribution": ("交办环节督促率", "assigned_on", "urged_at_distribution_on"),
    "handling": ("办理环节督促率", "distributed_on", "urged_in_handling_on"),
    "after_answer": ("答复后督促率", "replied_on", "urged_after_answer_on"),
}


class Coordinated(Row):
    """One suggestion that the office coordinates and another department handles."""

    department: str = column("协调单位", "牵头协调单位", title_en="Coordinator")
    coordinated_case: str = column("建议编号", "编号", "案号", title_en="Coordinated case")
    handled_by: str = column("承办单位", "主办单位", title_en="Handled by")
    assigned_on: datetime.date = column("交办日期", "交办时间", title_en="Assigned on", event=True)
    distributed_on: datetime.date | None = column(
        "分办日期", "分送日期", "转交日期", title_en="Reached the department on", event=True
    )
    urged_at_distribution_on: datetime.date | None = column(
        "交办督促日期", "分办督促日期", title_en="First urged at distribution", event=True
    )
    urged_in_handling_on: datetime.date | None = column(
        "办理督促日期", "办理中督促日期", "催办日期", title_en="First urged during handling", event=True
    )
    urged_after_answer_on: datetime.date | None = column(
        "答复后督促日期", "办后督促日期", title_en="First urged after the answer", event=True
    )
    due_on: datetime.date | None = column("办理期限", "答复期限", "期限", title_en="Due on")
    replied_on: datetime.date | None = column("答复日期", "答复时间", title_en="Replied on", event=True)
    answer_rating: Rating | None = column(
        "答复评价", "答复满意度", title_en="Rating of the answer", labels=RATINGS
    )
    result_rating: Rating | None = column(
        "结果评价", "结果满意度", title_en="Rating of the result", labels=RATINGS
    )


TABLES = (
    table(
        "office_coordination",
        "协调督办台账",
        Coordinated,
        key=("department", "coordinated_case"),
        title_en="Cases that the office coordinates",
        source=SOURCE,
    ),
)
ASSIGNED = ("assigned_on", "交办", "the assignment")
CHECKS = (
    before(
        "office_distributed_too_early",
        "office_coordination",
        "distributed_on",
        "分办",
        "distributed",
        *ASSIGNED,
    ),
    before("office_replied_too_early", "office_coordination", "replied_on", "答复", "replied", *ASSIGNED),
    before(
        "office_urged_at_distribution_too_early",
        "office_coordination",
        "urged_at_distribution_on",
        "交办督促",
        "urged at distribution",
        *ASSIGNED,
    ),
    before(
        "office_urged_in_handling_too_early",
        "office_coordination",
        "urged_in_handling_on",
        "办理督促",
        "urged in handling",
        *ASSIGNED,
    ),
    before(
        "office_urged_after_answer_too_early",
        "office_coordination",
        "urged_after_answer_on",
        "答复后督促",
        "urged after the answer",
        "replied_on",
        "答复",
        "the reply",
    ),
)
MEASURES = (
    Measure(
        id="office_coordinated",
        title="协调办理件数",
        title_en="Cases coordinated",
        table="office_coordination",
        count="assigned_on is not null",
        unit="件",
        source=SOURCE,
    ),
    Measure(
        id="office_distribution_days",
        title="分办天数",
        title_en="Days from assignment to the department",
        table="office_coordination",
        count="distributed_on >= assigned_on",
        value="date_diff('day', assigned_on, distributed_on)",
        aggregate=Aggregate.QUANTILE,
        quantile="quantile",
        parameters={
            "quantile": Parameter(
                Decimal, default=Decimal("0.5"), at_least=0, at_most=1, title="分位（0.5 为中位数）"
            )
        },
        better=Better.LOWER,
        unit="天",
        source=SOURCE,
    ),
    Measure(
        id="office_distributed_within",
        title="及时分办率",
        title_en="Distributed in time",
        table="office_coordination",
        # Still on its way, and the days not yet over: nobody can say.
        count="assigned_on is not null"
        " and (distributed_on is not null or assigned_on + interval (:days) day <= :as_of)",
        hit="distributed_on between assigned_on and assigned_on + interval (:days) day",
        parameters={"days": Parameter(int, default=3, at_least=0, at_most=3650, title="天数")},
        source=SOURCE,
    ),
    *(
        Measure(
            id=f"office_urged_{stage}",
            title=title,
            title_en=f"Urged: {stage.replace('_', ' ')}",
            table="office_coordination",
            # Only what has come to a stage can be urged there.
            count=f"{reached} is not null",
            hit=f"{urged} is not null",
            source=SOURCE,
        )
        for stage, (title, reached, urged) in STAGES.items()
    ),
    Measure(
        id="office_urged_throughout",
        title="全程督促率",
        title_en="Urged at all three stages",
        table="office_coordination",
        count=" and ".join(f"{reached} is not null" for _, reached, _ in STAGES.values()),
        hit=" and ".join(f"{urged} is not null" for *_, urged in STAGES.values()),
        source=SOURCE,
    ),
    Measure(
        id="office_on_time",
        title="协调件按时办结率",
        title_en="Coordinated cases answered in time",
        table="office_coordination",
        # Not yet due and not yet answered: nobody can say.
        count="assigned_on is not null and due_on is not null and (due_on <= :as_of or replied_on is not null)",
        hit="replied_on <= due_on",
        source=SOURCE,
    ),
    Measure(
        id="office_answer_to_result",
        title="协调件答复满意转为结果满意率",
        title_en="Coordinated cases: from satisfied with the answer to satisfied with the result",
        table="office_coordination",
        count=f"replied_on is not null and answer_rating in {SATISFIED} and result_rating is not null",
        hit=f"result_rating in {SATISFIED}",
        parameters={
            "accept": Parameter(
                str,
                default="satisfied",
                choices=("satisfied", "basically_satisfied"),
                title="满意的最低等次",
            )
        },
        source=SOURCE,
    ),
)
