"""Development and reform commission 市发展和改革委员会: a suggestion is managed as a project, a typical case becomes a general one.

The record tells of 52 cases of this term, all finished, and of four new ways: managing a suggestion as a project, on-site
research, turning a typical case into a general one, working with feeling. The first three leave a trace that can be counted.
"""

import datetime
from typing import Literal, get_args

from duban import Aggregate, Measure, Parameter, column, table

from .common import HANDLED, SOURCE, CaseRow, wrong_number

Kind = Literal["policy", "project"]
# Both numbers or neither: one alone would tilt the share.
PLANNED = (
    f"{HANDLED} and reform_managed_as_project"
    " and reform_milestones_kept between 0 and reform_milestones_planned"
)


class Managed(CaseRow):
    """How one case was managed."""

    reform_managed_as_project: bool | None = column(
        "项目化管理", "是否项目化管理", title_en="Managed as a project"
    )
    reform_milestones_planned: int | None = column(
        "项目计划节点数", "项目节点数", title_en="Milestones planned", unit="个"
    )
    reform_milestones_kept: int | None = column(
        "项目按期节点数", "项目按期完成节点数", title_en="Milestones kept", unit="个"
    )
    reform_researched_on: datetime.date | None = column(
        "实地调研日期", "调研日期", title_en="On-site research on", event=True
    )


class Converted(CaseRow):
    """One typical case, and the first policy or project that came of it."""

    kind: Kind = column(
        "转化形式",
        "转化类型",
        title_en="Became",
        labels={"policy": ("政策", "政策文件"), "project": ("项目", "工程项目")},
    )
    document_number: str | None = column("文号", "文件编号", "批复文号", title_en="Document number")
    issued_on: datetime.date = column("印发日期", "批复日期", "立项日期", title_en="Issued on", event=True)


TABLES = (
    table(
        "reform_management",
        "项目化办理",
        Managed,
        title_en="Cases managed as projects",
        source=SOURCE,
        extends="cases",
    ),
    table(
        "reform_conversions",
        "典型建议转化",
        Converted,
        key=("case_id", "department"),
        title_en="Typical cases that became general",
        source=SOURCE,
    ),
)
CHECKS = (
    wrong_number(
        "reform_milestones_wrong",
        "reform_management",
        "reform_milestones_kept",
        "reform_milestones_kept > reform_milestones_planned or reform_milestones_kept < 0",
        "按期节点数在零与计划节点数之间",
        "the milestones kept are between none and those planned",
    ),
)
MEASURES = (
    Measure(
        id="reform_managed",
        title="项目化管理率",
        title_en="Managed as projects",
        count=HANDLED,
        hit="reform_managed_as_project",
        source=SOURCE,
    ),
    Measure(
        id="reform_milestones",
        title="项目计划节点数",
        title_en="Milestones planned",
        count=PLANNED,
        value="reform_milestones_planned",
        aggregate=Aggregate.SUM,
        unit="个",
        source=SOURCE,
    ),
    Measure(
        id="reform_milestones_kept",
        title="项目按期节点数",
        title_en="Milestones kept",
        count=PLANNED,
        value="reform_milestones_kept",
        aggregate=Aggregate.SUM,
        unit="个",
        source=SOURCE,
    ),
    Measure(
        id="reform_progress",
        title="项目节点按期率",
        title_en="Share of milestones kept",
        formula="reform_milestones_kept / reform_milestones",
        source=SOURCE,
    ),
    Measure(
        id="reform_researched",
        title="实地调研率",
        title_en="Researched on site before the answer",
        count=HANDLED,
        hit="reform_researched_on between assigned_on and coalesce(replied_on, :as_of)",
        source=SOURCE,
    ),
    Measure(
        id="reform_converted",
        title="典型建议转化件数",
        title_en="Typical cases that became a policy or a project",
        table="reform_conversions",
        count="issued_on is not null",
        unit="件",
        source=SOURCE,
    ),
    Measure(
        id="reform_converted_to",
        title="典型建议转化为某一形式的件数",
        title_en="Typical cases that became one of the two",
        table="reform_conversions",
        count="issued_on is not null and kind = :kind",
        parameters={"kind": Parameter(str, default="policy", choices=get_args(Kind), title="转化形式")},
        unit="件",
        source=SOURCE,
    ),
)
