"""The canonical tables: their columns, known headings and labels, and what one row of each is.

Headings and labels are the Chinese ones of real ledgers; the English names are always known. A workspace
may map others. The first heading of a column is its Chinese title.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .terms import ColumnType

RATINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "very_satisfied": ("很满意", "非常满意"),
        "satisfied": ("满意",),
        "basically_satisfied": ("基本满意",),
        "dissatisfied": ("不满意",),
    }
)
CONTACT_MODES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "in_person": ("面商", "走访", "座谈", "当面沟通", "见面"),
        "phone": ("电话", "电话沟通"),
        "written": ("书面", "书面沟通"),
        "none": ("未沟通", "无"),
    }
)
OUTCOMES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "resolved": ("已解决",),
        "in_progress": ("正在解决",),
        "planned": ("列入计划",),
        "reference": ("留作参考",),
        "not_feasible": ("不可行",),
        "escalated": ("转报上级",),
    }
)
COUNTED_STATES = ("active", "carried_over")


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, its type, and the headings and labels that mean it.

    `stand_in` is the column that serves as this one in a file that has only that: the name of a department is its id
    where it has no other. `event` marks the date of what happens: a day after `as_of` has not come, and is unknown.
    `sheet` is the title of the table that a column of the cases belongs in, where that is not the ledger itself.
    """

    name: str
    type: ColumnType
    headings: tuple[str, ...] = ()
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    required: bool = False
    default: str | None = None
    stand_in: str | None = None
    unit: str = ""
    event: bool = False
    title_en: str = ""
    sheet: str = ""
    title_zh: str = ""

    @property
    def title(self) -> str:
        """The Chinese title, or the name where there is none."""
        return self.title_zh or (self.headings[0] if self.headings else self.name)

    @property
    def title_with_sheet(self) -> str:
        """The Chinese title, and the table whose sheet the column belongs in where that is another one."""
        return f"{self.title}（{self.sheet}）" if self.sheet else self.title


@dataclass(frozen=True)
class Table:
    """One table that a workspace may hold: name, Chinese title, columns by name, and the columns of its key.

    A column `department` names a department, a column `case_id` a case of the ledger. A table that `extends` the cases has
    at most one row a case and department; its other columns become columns of the cases.
    """

    name: str
    title: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    title_en: str = ""
    source: str = ""
    extends: str | None = None

    @property
    def id(self) -> str:
        """The name: what a plugin registers is looked up by its id."""
        return self.name


def _table(name: str, title: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name, title, MappingProxyType({column.name: column for column in columns}), key)


def _text(name: str, *headings: str, required: bool = False) -> Column:
    return Column(name, ColumnType.TEXT, headings, required=required)


def _date(name: str, *headings: str, required: bool = False) -> Column:
    return Column(name, ColumnType.DATE, headings, required=required)


def _event(name: str, *headings: str) -> Column:
    return Column(name, ColumnType.DATE, headings, event=True)


def _label(
    name: str, headings: tuple[str, ...], labels: Mapping[str, Sequence[str]], default: str | None = None
) -> Column:
    return Column(name, ColumnType.LABEL, headings, MappingProxyType(dict(labels)), default=default)


CASES = _table(
    "cases",
    "承办台账",
    ("case_id", "department", "role"),
    _text("case_id", "建议编号", "编号", "案号", required=True),
    _text("department", "承办单位", "办理单位", required=True),
    _date("assigned_on", "交办日期", "交办时间", required=True),
    _label(
        "role",
        ("办理方式", "承办方式"),
        {"lead": ("主办",), "co": ("协办", "会办"), "separate": ("分办", "分别办理")},
        default="lead",
    ),
    _text("title", "标题", "建议标题", "建议名称"),
    _text("category", "类别", "建议类别"),
    _label(
        "level",
        ("层级", "建议层级"),
        {
            "national": ("全国", "国家", "国家级"),
            "provincial": ("省", "省级", "自治区", "自治区级"),
            "municipal": ("市", "市级"),
            "county": ("县", "县级", "区", "区级", "区县", "区县级"),
            "township": ("乡", "乡级", "镇", "镇级", "乡镇", "乡镇级"),
        },
    ),
    _label(
        "kind",
        ("种类", "建议种类"),
        {
            "suggestion": ("建议", "代表建议"),
            "motion": ("议案", "代表议案"),
            "cppcc_proposal": ("提案", "政协提案"),
            "criticism": ("批评", "批评意见"),
        },
    ),
    _label(
        "source",
        ("来源", "提出时间"),
        {"in_session": ("会议期间", "大会期间", "会上"), "intersessional": ("闭会期间", "闭会", "会后")},
    ),
    _label(
        "state",
        ("状态", "办理状态"),
        {
            "active": ("正常", "办理", "在办", "有效"),
            "returned": ("退办", "退回", "退件"),
            "reassigned": ("改办", "重新交办", "转办"),
            "withdrawn": ("撤回", "撤销"),
            "merged": ("并案", "合并"),
            "carried_over": ("结转", "跨年", "滚动办理"),
        },
        default="active",
    ),
    _date("session_closed_on", "闭幕日期", "大会闭幕日期"),
    _text("previous_case", "上次编号", "原编号"),
    _text("lead_deputy", "领衔代表", "代表"),
    Column("key_supervised", ColumnType.BOOLEAN, ("重点督办", "是否重点督办")),
    _event("acknowledged_on", "签收日期", "签收时间", "签收"),
    _date("due_on", "期限日期", "期限", "办理期限", "答复期限"),
    _date("extended_to", "延期至", "延期至日期", "延期日期"),
    _event("contacted_on", "首次沟通日期", "首次沟通", "首次沟通时间", "沟通日期"),
    _event("replied_on", "答复日期", "答复", "答复时间"),
    _event("published_on", "公开日期", "公开", "公开时间"),
    _label(
        "reply_kind",
        ("答复类型",),
        {"final": ("正式", "正式答复"), "interim": ("阶段性", "阶段性答复")},
        default="final",
    ),
    _label("contact_mode", ("沟通方式",), CONTACT_MODES),
    Column("contacts", ColumnType.INTEGER, ("沟通次数",)),
    _label("outcome", ("办理结果", "结果类别"), OUTCOMES),
    _label("answer_rating", ("答复评价", "答复满意度"), RATINGS),
    _label("result_rating", ("结果评价", "结果满意度"), RATINGS),
    Column("round", ColumnType.INTEGER, ("办理轮次", "轮次")),
    _date("commitment_due_on", "承诺期限", "承诺日期"),
    _event("commitment_kept_on", "兑现日期", "承诺兑现日期"),
)

DEPARTMENTS = _table(
    "departments",
    "承办单位",
    ("department",),
    Column(
        "department",
        ColumnType.TEXT,
        ("单位编号", "单位代码", "承办单位", "单位"),
        required=True,
        stand_in="name",
    ),
    _text("name", "单位名称", "名称"),
    _text("kind", "单位类型", "类型"),
    _text("system", "系统", "所属系统"),
    _text("aliases", "别名", "曾用名", "简称"),
)

RATINGS_TABLE = _table(
    "ratings",
    "评价",
    (),
    _text("case_id", "建议编号", "编号", "案号", required=True),
    _text("department", "承办单位", "办理单位", required=True),
    _text("deputy", "代表", "代表姓名", "评价人"),
    Column(
        "stage",
        ColumnType.LABEL,
        ("阶段", "评价阶段"),
        MappingProxyType({"answer": ("答复", "答复评价"), "result": ("结果", "结果评价")}),
        required=True,
    ),
    _text("facet", "评价内容", "评价方面"),
    Column("round", ColumnType.INTEGER, ("轮次", "办理轮次")),
    _label("rating", ("评价", "评价结果", "满意度"), RATINGS),
    _date("rated_on", "评价日期", "评价时间"),
    _text("collected_by", "收集单位", "收集人"),
    Column("void", ColumnType.BOOLEAN, ("作废", "无效")),
)

CONTACTS = _table(
    "contacts",
    "沟通记录",
    (),
    _text("case_id", "建议编号", "编号", "案号", required=True),
    _text("department", "承办单位", "办理单位", required=True),
    _date("contacted_on", "沟通日期", "沟通时间", required=True),
    _label("contact_mode", ("沟通方式",), CONTACT_MODES),
)

MARKS = _table(
    "marks",
    "评分",
    ("department", "criterion", "judge", "case_id"),
    _text("department", "承办单位", "单位", "办理单位", required=True),
    _text("criterion", "评分项", required=True),
    _text("judge", "评分人", "评委"),
    _text("case_id", "建议编号", "编号", "案号"),
    Column("mark", ColumnType.DECIMAL, ("得分", "分数", "评分")),
    _text("note", "说明", "备注"),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in (CASES, DEPARTMENTS, RATINGS_TABLE, CONTACTS, MARKS)}
)


def known_tables(more: Iterable[Table]) -> Mapping[str, Table]:
    """Return duban's tables and those of plugins; the cases have the columns of the tables that extend them.

    A heading that several of these columns have means none of them in the ledger itself.
    """
    more = sorted(more, key=lambda table: table.name)
    added = [(column, table.title) for table in more for column in added_columns(table)]
    columns = [*CASES.columns.values(), *(column for column, _ in added)]
    taken = Counter(same for column in columns for same in {_alike(heading) for heading in column.headings})
    plain = {column.name: _in_ledger(column, title, taken) for column, title in added}
    cases = replace(CASES, columns=MappingProxyType({**CASES.columns, **plain}))
    return MappingProxyType({**{table.name: table for table in more}, **TABLES, CASES.name: cases})


def added_columns(table: Table) -> list[Column]:
    """Return what a table adds to the cases: the columns beside its key, none where it does not extend them."""
    taken = {*table.key, *CASES.columns}
    return [column for column in table.columns.values() if table.extends and column.name not in taken]


def _in_ledger(column: Column, sheet: str, taken: Mapping[str, int]) -> Column:
    """Return a column of another table as the ledger knows it: optional, under the headings that are its alone."""
    headings = tuple(heading for heading in column.headings if taken[_alike(heading)] == 1)
    return replace(column, headings=headings, required=False, sheet=sheet, title_zh=column.title)


def _alike(heading: str) -> str:
    """Return what headings that mean the same have in common: width and white space do not count."""
    return "".join(unicodedata.normalize("NFKC", heading).split())
