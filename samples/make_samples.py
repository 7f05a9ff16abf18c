"""Makes the shipped sample `harbin-2023`: the same bytes every time.

    python samples/make_samples.py

The published figures are exact counts below; everything else is drawn with a fixed seed.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from random import Random

import xlsxwriter

import duban
import duban_harbin

HERE = Path(__file__).parent / "duban_samples"
SEED = 20240312
SESSION_ASSIGNED = date(2023, 3, 15)
LEDGER_TITLE = "哈尔滨市2023年度代表建议承办台账（示例：除公布数字外均为虚构）"
HEADINGS = (
    "建议编号",
    "标题",
    "层级",
    "来源",
    "承办单位",
    "办理方式",
    "重点督办",
    "交办日期",
    "签收日期",
    "延期至",
    "首次沟通",
    "沟通方式",
    "沟通次数",
    "答复日期",
    "办理轮次",
    "办理结果",
    "答复评价",
    "承诺期限",
    "兑现日期",
    "结果评价",
)
WIDTHS = {"标题": 34, "承办单位": 20, "建议编号": 13}
PRACTICE_TITLE = "特色做法（虚构，只为示例）"
Cell = str | int | Decimal | date | None
Row = dict[str, Cell]

VERY, SATISFIED, BASIC, AGAINST, SILENT = "很满意", "满意", "基本满意", "不满意", None
Rating = str | None


@dataclass(frozen=True)
class Profile:
    """One department as exact counts: cases, ratings of answer and result, outcomes, and habits."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    topics: tuple[str, ...]
    ratings: dict[tuple[Rating, Rating], int]
    resolved: int
    provincial: int = 0
    between_sessions: int = 0
    co: int = 0
    key: int = 0
    extended: int = 0
    extended_past_june: int = 0
    by_phone: int = 0
    not_contacted: int = 0
    contacted_late: int = 0
    acknowledged_late: int = 0
    second_round: int = 0
    promises_broken: int = 0

    @property
    def cases(self) -> int:
        """The number of lead cases."""
        return sum(self.ratings.values())


PROFILES = (
    Profile(
        "government_office",
        "市人民政府办公厅",
        "coordinator",
        ("市政府办公厅", "哈尔滨市人民政府办公厅"),
        ("政务公开", "政务热线"),
        {(SATISFIED, SATISFIED): 3, (SATISFIED, BASIC): 1},
        resolved=3,
    ),
    Profile(
        "procuratorate",
        "市人民检察院",
        "procuratorate",
        ("哈尔滨市人民检察院", "市检察院"),
        ("公益诉讼", "轻微刑事案件赔偿保证金", "未成年人保护"),
        {(VERY, VERY): 3, (SATISFIED, SATISFIED): 2},
        resolved=5,
    ),
    Profile(
        "health",
        "市卫生健康委员会",
        "department",
        ("市卫健委", "哈尔滨市卫生健康委员会"),
        ("社区卫生服务", "家庭医生签约", "院前急救", "老年健康", "中医药服务"),
        {
            (VERY, VERY): 8,
            (SATISFIED, SATISFIED): 34,
            (SATISFIED, BASIC): 2,
            (SATISFIED, SILENT): 1,
            (BASIC, SATISFIED): 1,
        },
        resolved=42,
        key=2,
        extended=3,
        by_phone=4,
        contacted_late=2,
        second_round=1,
    ),
    Profile(
        "development_reform",
        "市发展和改革委员会",
        "department",
        ("市发改委", "哈尔滨市发展和改革委员会"),
        ("重大项目建设", "营商环境", "新能源产业", "冰雪经济", "区域协调发展"),
        {
            (VERY, VERY): 4,
            (SATISFIED, SATISFIED): 40,
            (SATISFIED, BASIC): 4,
            (BASIC, BASIC): 1,
            (SATISFIED, SILENT): 2,
            (SILENT, SILENT): 1,
        },
        resolved=43,
        between_sessions=4,
        key=2,
        extended=6,
        extended_past_june=4,
        by_phone=6,
        contacted_late=3,
        acknowledged_late=1,
        second_round=2,
        promises_broken=1,
    ),
    Profile(
        "industry",
        "市工业和信息化局",
        "department",
        ("市工信局", "哈尔滨市工业和信息化局"),
        ("中小企业服务", "数字经济", "制造业升级", "工业互联网"),
        {
            (SATISFIED, SATISFIED): 32,
            (VERY, SATISFIED): 1,
            (SATISFIED, BASIC): 3,
            (BASIC, BASIC): 1,
            (SILENT, SILENT): 1,
        },
        resolved=34,
        between_sessions=3,
        co=5,
        key=1,
        extended=4,
        extended_past_june=2,
        by_phone=5,
        not_contacted=1,
        contacted_late=2,
        acknowledged_late=1,
        second_round=1,
        promises_broken=1,
    ),
    Profile(
        "public_security",
        "市公安局",
        "department",
        ("哈尔滨市公安局", "公安局"),
        ("道路交通组织", "停车秩序", "电动自行车管理", "反诈宣传", "社区警务"),
        {(VERY, VERY): 12, (SATISFIED, SATISFIED): 49, (SATISFIED, BASIC): 1, (SATISFIED, SILENT): 1},
        resolved=58,
        provincial=2,
        between_sessions=5,
        key=3,
        extended=4,
        extended_past_june=2,
        by_phone=6,
        contacted_late=2,
    ),
    Profile(
        "civil_affairs",
        "市民政局",
        "department",
        ("哈尔滨市民政局",),
        ("养老服务", "社会救助", "社区治理", "慈善事业"),
        {(VERY, VERY): 6, (SATISFIED, SATISFIED): 24, (SATISFIED, BASIC): 1},
        resolved=28,
        between_sessions=2,
        key=1,
        extended=2,
        extended_past_june=1,
        by_phone=1,
        contacted_late=1,
    ),
    Profile(
        "housing",
        "市住房和城乡建设局",
        "department",
        ("市住建局", "哈尔滨市住房和城乡建设局"),
        ("老旧小区改造", "供热保障", "物业服务", "城市内涝治理", "口袋公园"),
        {
            (VERY, SATISFIED): 3,
            (SATISFIED, SATISFIED): 54,
            (SATISFIED, BASIC): 7,
            (SATISFIED, AGAINST): 1,
            (BASIC, BASIC): 2,
            (SATISFIED, SILENT): 2,
            (SILENT, SILENT): 1,
        },
        resolved=59,
        between_sessions=6,
        co=8,
        key=3,
        extended=10,
        extended_past_june=7,
        by_phone=12,
        not_contacted=1,
        contacted_late=6,
        acknowledged_late=2,
        second_round=4,
        promises_broken=2,
    ),
    Profile(
        "culture_tourism",
        "市文化广电和旅游局",
        "department",
        ("市文旅局", "哈尔滨市文化广电和旅游局"),
        ("冰雪旅游", "文物保护", "公共文化服务", "旅游市场秩序"),
        {
            (VERY, VERY): 3,
            (SATISFIED, SATISFIED): 20,
            (SATISFIED, BASIC): 2,
            (AGAINST, SATISFIED): 1,
            (BASIC, SATISFIED): 1,
        },
        resolved=24,
        between_sessions=2,
        co=4,
        key=1,
        extended=3,
        extended_past_june=1,
        by_phone=3,
        contacted_late=1,
        acknowledged_late=1,
        second_round=1,
    ),
    Profile(
        "sports",
        "市体育局",
        "department",
        ("哈尔滨市体育局",),
        ("冰雪运动普及", "亚冬会筹办"),
        {(VERY, VERY): 1, (SATISFIED, SATISFIED): 4, (SATISFIED, BASIC): 1},
        resolved=5,
        by_phone=1,
    ),
)


@dataclass
class Draw:
    """Random choices for one department: which of its cases have a habit, by exact number."""

    random: Random
    profile: Profile
    taken: dict[str, frozenset[int]] = field(default_factory=dict)

    def some(self, habit: str, number: int, among: Sequence[int] | None = None) -> frozenset[int]:
        """Return that many case indices, and remember them under the habit's name."""
        pool = range(self.profile.cases) if among is None else among
        self.taken[habit] = frozenset(self.random.sample(list(pool), number))
        return self.taken[habit]

    def has(self, habit: str, index: int) -> bool:
        """Say whether the case was chosen for the habit."""
        return index in self.taken[habit]


def main() -> None:
    """Write the sample's files into their folder."""
    data = HERE / "harbin-2023" / "data"
    data.mkdir(parents=True, exist_ok=True)
    rows = ledger(Random(SEED))
    (data / "台账.xlsx").write_bytes(workbook(rows))
    (data / "特色做法.xlsx").write_bytes(practice_workbook(practices(rows)))
    (data / "单位.csv").write_bytes(department_list())


def department_list() -> bytes:
    """Return the department list as csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["单位编号", "单位名称", "类型", "别名"])
    writer.writerows([item.id, item.name, item.kind, "|".join(item.aliases)] for item in PROFILES)
    return text.getvalue().encode("utf-8-sig")


def ledger(random: Random) -> list[Row]:
    """Return the ledger, sorted by case; a case's lead row comes before those of its co-handlers."""
    rows = [row for profile in PROFILES for row in lead_rows(Draw(random, profile))]
    random.shuffle(rows)
    number(rows)
    for profile in PROFILES:
        others = [row for row in rows if row["办理方式"] == "主办" and row["承办单位"] not in names(profile)]
        rows += [co_row(random, profile, row) for row in random.sample(others, profile.co)]
    return sorted(
        rows, key=lambda row: (str(row["建议编号"]), row["办理方式"] != "主办", str(row["承办单位"]))
    )


def number(rows: Sequence[Row]) -> None:
    """Number the suggestions: provincial, in session and between sessions each in their own series."""
    series: dict[str, int] = {}
    for row in rows:
        prefix = "省2023" if row["层级"] == "省" else "2023闭" if row["来源"] == "闭会期间" else "2023"
        series[prefix] = series.get(prefix, 0) + 1
        row["建议编号"] = f"{prefix}-{series[prefix]:03d}"


def names(profile: Profile) -> tuple[str, ...]:
    """Return the name and the first alias, both of which the ledger uses."""
    return profile.name, profile.aliases[0]


def lead_rows(draw: Draw) -> Iterator[Row]:
    """Yield one department's lead cases."""
    profile, random = draw.profile, draw.random
    choose_habits(draw)
    ratings = [pair for pair, count in profile.ratings.items() for _ in range(count)]
    random.shuffle(ratings)
    for index, (answer, result) in enumerate(ratings):
        row = assigned(draw, index)
        row |= handled(draw, index, row)
        row |= promised(draw, index)
        late_round = draw.has("second_round", index) or answer in (BASIC, AGAINST)
        row |= {
            "答复评价": answer,
            "结果评价": result,
            "办理轮次": 2 if late_round and answer != AGAINST else 1,
        }
        yield row


def choose_habits(draw: Draw) -> None:
    """Choose which cases are extended, answered in a second round, and so on."""
    profile = draw.profile
    everyone = range(profile.cases)
    between = draw.some("between", profile.between_sessions)
    in_session = [index for index in everyone if index not in between]
    draw.some("provincial", profile.provincial, in_session)
    extended = draw.some("extended", profile.extended, in_session)
    draw.some("past_june", profile.extended_past_june, sorted(extended))
    draw.some("key", profile.key)
    silent = draw.some("not_contacted", profile.not_contacted)
    contacted = [index for index in everyone if index not in silent]
    draw.some("by_phone", profile.by_phone, contacted)
    draw.some("contacted_late", profile.contacted_late, contacted)
    draw.some("acknowledged_late", profile.acknowledged_late)
    draw.some("second_round", profile.second_round)
    resolved = draw.some("resolved", profile.resolved)
    open_cases = [index for index in everyone if index not in resolved]
    draw.some("promises_broken", profile.promises_broken, open_cases)


def assigned(draw: Draw, index: int) -> Row:
    """Return what is known on the day of assignment."""
    random, profile = draw.random, draw.profile
    between = draw.has("between", index)
    day = date(2023, 5, 8) + timedelta(random.randrange(120)) if between else SESSION_ASSIGNED
    waited = random.randint(8, 12) if draw.has("acknowledged_late", index) else random.randint(1, 6)
    return {
        "标题": f"关于进一步做好{random.choice(profile.topics)}工作的建议",
        "层级": "省" if draw.has("provincial", index) else "市",
        "来源": "闭会期间" if between else "会议期间",
        "承办单位": random.choice(names(profile)) if len(profile.aliases) > 1 else profile.name,
        "办理方式": "主办",
        "重点督办": "是" if draw.has("key", index) else "否",
        "交办日期": day,
        "签收日期": day + timedelta(waited),
    }


def handled(draw: Draw, index: int, row: Row) -> Row:
    """Return contact and reply; every reply is inside its limit, as published for the whole government."""
    random, start = draw.random, row["交办日期"]
    assert isinstance(start, date)
    past_june = draw.has("past_june", index)
    reply = start + timedelta(random.randint(55, 88))
    extended_to = None
    if draw.has("extended", index):
        extended_to = date(2023, 9, 15) if past_june else date(2023, 6, 30)
        first = date(2023, 7, 3) if past_june else date(2023, 6, 16)
        reply = first + timedelta(random.randint(0, 60 if past_june else 12))
    waited = random.randint(24, 40) if draw.has("contacted_late", index) else random.randint(13, 19)
    found: Row = {"延期至": extended_to, "答复日期": reply, "首次沟通": start + timedelta(waited)}
    modes = ("电话", "书面") if draw.has("by_phone", index) else ("面商", "走访", "座谈")
    found |= {"沟通方式": random.choice(modes), "沟通次数": random.randint(1, 4)}
    if draw.has("not_contacted", index):
        found |= {"首次沟通": None, "沟通方式": "未沟通", "沟通次数": 0}
    return found


def promised(draw: Draw, index: int) -> Row:
    """Return the outcome class, and the commitment of a case that is not yet resolved."""
    if draw.has("resolved", index):
        return {"办理结果": "A"}
    due = date(2023, 10, 31) + timedelta(draw.random.randrange(60))
    kept = None if draw.has("promises_broken", index) else due - timedelta(draw.random.randrange(1, 20))
    return {"办理结果": draw.random.choice("BBBC"), "承诺期限": due, "兑现日期": kept}


def co_row(random: Random, profile: Profile, lead: Row) -> Row:
    """Return the row of a co-handler, which gives the lead department its opinion and is not rated."""
    start = lead["交办日期"]
    assert isinstance(start, date)
    shared = {
        heading: lead[heading] for heading in ("建议编号", "标题", "层级", "来源", "重点督办", "交办日期")
    }
    return {
        **shared,
        "承办单位": profile.name,
        "办理方式": "协办",
        "签收日期": start + timedelta(random.randint(1, 6)),
        "答复日期": start + timedelta(random.randint(12, 29)),
    }


def workbook(rows: Sequence[Row]) -> bytes:
    """Return the ledger as a workbook: a merged title row, the headings, one row a case and department."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2024, 1, 31), "title": LEDGER_TITLE})
    heading = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
    sheet = book.add_worksheet("2023")
    sheet.merge_range(
        0, 0, 0, len(HEADINGS) - 1, LEDGER_TITLE, book.add_format({"bold": True, "align": "center"})
    )
    for column, name in enumerate(HEADINGS):
        sheet.set_column(column, column, WIDTHS.get(name, 11))
        sheet.write_string(1, column, name, heading)
    for line, row in enumerate(rows, start=2):
        for column, name in enumerate(HEADINGS):
            write_cell(sheet, line, column, row.get(name))
    sheet.freeze_panes(2, 2)
    book.close()
    return buffer.getvalue()


def practices(ledger_rows: Sequence[Row]) -> Mapping[str, Sequence[duban.Row]]:
    """Return what each department keeps of its own practice, by the id of the table; made by `make_practice_<id>.py`."""
    made: dict[str, Sequence[duban.Row]] = {}
    for profile in PROFILES:
        cases = [
            row
            for row in ledger_rows
            if row["办理方式"] == "主办"
            and (profile.kind == "coordinator" or row["承办单位"] in (profile.name, *profile.aliases))
        ]
        made |= import_module(f"make_practice_{profile.id}").rows(cases, Random(f"{SEED} {profile.id}"))
    return made


def practice_workbook(made: Mapping[str, Sequence[duban.Row]]) -> bytes:
    """Return the departments' own tables as a workbook, one sheet a table."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2024, 1, 31), "title": PRACTICE_TITLE})
    heading = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
    for table in duban_harbin.register_tables():
        sheet = book.add_worksheet(table.title)
        for place, column in enumerate(table.columns.values()):
            sheet.set_column(place, place, max(12, 2 * len(column.title)))
            sheet.write_string(0, place, column.title, heading)
            for line, row in enumerate(made[table.id], start=1):
                words = column.labels.get(getattr(row, column.name), ())
                write_cell(sheet, line, place, words[0] if words else getattr(row, column.name))
        sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, value: Cell) -> None:
    """Write one cell with its own type; nothing for an empty one."""
    if isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day))
    elif isinstance(value, bool):
        sheet.write_string(line, column, "是" if value else "否")
    elif isinstance(value, int | Decimal):
        sheet.write_number(line, column, value)
    elif value is not None:
        sheet.write_string(line, column, value)


if __name__ == "__main__":
    main()
