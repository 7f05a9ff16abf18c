"""Makes the shipped samples `dirty`, `dirty-large` and `suspicious`: with `dirty-bare`, every finding at least once.

    python samples/make_dirty.py

Each dirty row of the ledger has its fault as its title. The old .xls is built by hand, since no library writes one.
"""

import csv
import io
import struct
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from duban.registry import installed
from duban.tables import Column, known_tables
from duban.testing import twin
from duban.testing.twins import MANIPULATIONS, UNITS

HERE = Path(__file__).parent / "duban_samples"
Row = Mapping[str, Any]
HEADINGS = (
    *(
        "建议编号",
        "标题",
        "承办单位",
        "办理方式",
        "状态",
        "领衔代表",
        "交办日期",
        "签收日期",
        "期限",
        "延期至",
    ),
    *(
        "首次沟通",
        "沟通方式",
        "沟通次数",
        "答复日期",
        "公开日期",
        "办理结果",
        "答复评价",
        "办理轮次",
        "承诺期限",
    ),
    *("兑现日期", "结果评价", "deadline_on", "处室", "", "办理单位"),
)
ASSIGNED = date(2023, 3, 15)
LATER, FAR = date(2023, 5, 20), date(2099, 3, 1)
EARLIER = date(2023, 3, 1)
CLEAN: Row = {
    "承办单位": "市教育局",
    "办理方式": "主办",
    "状态": "正常",
    "领衔代表": "甲",
    "交办日期": ASSIGNED,
    "签收日期": date(2023, 3, 17),
    "首次沟通": date(2023, 3, 30),
    "沟通方式": "面商",
    "沟通次数": 2,
    "答复日期": LATER,
    "办理结果": "A",
    "答复评价": "满意",
    "办理轮次": 1,
    "结果评价": "满意",
}
OPEN: Row = dict.fromkeys(("答复日期", "办理结果", "答复评价", "办理轮次", "结果评价"))
# Title → what differs from a clean row.
FAULTS: Mapping[str, Row] = {
    "没有毛病": {"deadline_on": date(2023, 6, 1), "处室": "一处", "": "没有表头的一列"},
    "答复早于交办": {"答复日期": EARLIER},
    "沟通早于交办": {"首次沟通": EARLIER},
    "签收早于交办": {"签收日期": EARLIER},
    "公开早于答复": {"公开日期": date(2023, 4, 1)},
    "期限早于交办": {"期限": EARLIER},
    "期限太远": {"期限": date(2032, 6, 15)},
    "延期早于交办": {"延期至": EARLIER},
    "延期早于期限": {"期限": date(2023, 6, 15), "延期至": date(2023, 5, 1)},
    "延期超过上限": {"延期至": date(2024, 6, 15)},
    "兑现早于交办": {"承诺期限": date(2023, 9, 1), "兑现日期": EARLIER},
    "兑现没有承诺": {"兑现日期": date(2023, 9, 1)},
    "结果有评价、答复没有评价": {"答复评价": None},
    "没有答复却有评价": {**OPEN, "答复评价": "满意"},
    "没有答复却已解决": {**OPEN, "办理结果": "A"},
    "轮次小于一": {"办理轮次": 0},
    "沟通次数为负": {"沟通次数": -1},
    "有沟通日期没有方式": {"沟通方式": None},
    "未沟通却有日期和次数": {"沟通方式": "未沟通"},
    "有沟通方式次数却为零": {"沟通次数": 0},
    "答复在将来": {"答复日期": FAR},
    "交办在将来": {
        **OPEN,
        "交办日期": FAR,
        "签收日期": None,
        "首次沟通": None,
        "沟通方式": None,
        "沟通次数": None,
    },
    "不在评价周期": {"交办日期": date(2022, 3, 15)},
    "退办的": {"状态": "退办"},
    "协办没有期限": {"办理方式": "协办", "答复评价": None, "结果评价": None},
    "未知的标签": {"答复评价": "比较满意"},
    "不存在的日期": {"答复日期": "2023年2月30日"},
    "不是日期": {"答复日期": "五月中旬"},
    "数字太长": {"沟通次数": "12345678901234567890123456789"},
    "错误值": {"结果评价": "#N/A"},
    "没有交办日期": {"交办日期": None},
    "未知的单位": {"承办单位": "市不存在局"},
    "几个单位一格": {"承办单位": "市教育局、市水务局"},
    "公式没有结果": {"沟通次数": "=1+1"},
    "隐藏的行": {},
    "评价不一致": {},
    "没有领衔代表": {"领衔代表": None},
}
# A trap of the source: the newspaper's paragraph headed 市市政局 repeats that of the 市公安局 word for word, figures
# included. So do the three cases of each here.
TWIN_DEPARTMENTS = ("市公安局", "市市政局")
TWINS: Sequence[Row] = ({}, {"答复日期": date(2023, 6, 1)}, {"沟通次数": 4})
DEPARTMENTS = """单位编号,单位名称,类型,别名
edu,市教育局,department,教育局
water,市水务局,department,水利局
farm,市农业农村局,department,
rural,市乡村振兴局,department,
police,市公安局,department,公安局
municipal,市市政局,department,
forest,市林业局,department,林草局
wood,示例市林业局,department,林草局
water,市水务局,department,
"""
RATINGS = """建议编号,承办单位,代表,阶段,评价内容,办理轮次,评价,评价日期,作废
评价不一致,市教育局,甲,答复,办理态度,1,不满意,2023-05-25,否
评价不一致,市教育局,甲,答复,办理结果,1,不满意,2023-05-25,否
评价不一致,市教育局,乙,答复,办理态度,1,满意,2023-05-25,否
评价不一致,市教育局,丙,答复,办理态度,1,满意,2023-05-25,是
评价不一致,市教育局,甲,答复,办理态度,1,满意,2099-03-01,否
评价不一致,市教育局,甲,结果,办理结果,1,满意,2023-12-25,否
没有毛病,市教育局,甲,答复,办理态度,1,满意,2023-12-25,否
没有领衔代表,市教育局,乙,答复,办理态度,1,满意,2023-05-25,否
没有领衔代表,市教育局,丙,答复,办理态度,1,不满意,2023-05-25,否
台账里没有的,市教育局,甲,答复,办理态度,1,满意,2023-05-25,否
"""
CONTACTS = """
    SELECT case_id, '市教育局' AS department, contacted_on::TIMESTAMP::TIMESTAMPTZ AS contacted_on,
        'in_person' AS contact_mode, [1, 2] AS steps
    FROM (VALUES ('0001', DATE '2023-03-30'), ('0002', DATE '2099-03-01')) AS rows(case_id, contacted_on)"""
# What departments keep beside the ledger, by title; each row has one thing that cannot be.
PRACTICE: Mapping[str, str] = {
    "协调督办台账": """协调单位,建议编号,承办单位,交办日期,分办日期,交办督促日期,办理督促日期,答复后督促日期,答复日期
市教育局,1,市水务局,2023-03-15,2023-03-14,2023-03-14,2023-03-14,2023-05-19,2023-05-20
市教育局,2,市水务局,2023-03-15,,,,,2023-03-14
""",
    "代表联络活动": """单位,活动日期,活动形式,参加代表人次
市教育局,2023-03-15,走访,-5
""",
    "代表意见整改台账": """单位,意见编号,提出日期,整改完成日期
市教育局,1,2023-03-15,2023-03-14
""",
    "卫健四个环节": """建议编号,承办单位,卫健计划节点数,卫健按期节点数
没有毛病,市教育局,3,4
""",
    "项目化办理": """建议编号,承办单位,项目计划节点数,项目按期节点数
没有毛病,市教育局,3,-1
""",
    "惠企资金兑现": """单位,兑现编号,承诺金额,兑现期限,兑现金额,兑现日期
市教育局,1,-100,2023-12-31,,
市教育局,2,100,2023-12-31,-50,2023-06-01
市教育局,3,100,2023-12-31,,2023-06-01
""",
    "公安办理记录": """建议编号,承办单位,沟通环节,带动解决同类问题数
没有毛病,市教育局,打过两次电话,-3
""",
    "历年指标": """单位,年度,指标,达到件数,计入件数,比率
市教育局,2021,按时办结率,31,30,
市教育局,2022,按时办结率,,,0.98
市教育局,2023,按时办结率,30,30,
""",
    "分类办理记录": """建议编号,承办单位,办理机制,落实日期
没有毛病,市教育局,当场解决,2023-03-14
""",
    "历年办理天数": """单位,年度,办理天数中位数
市教育局,2022,-78
""",
    "往年承办件": """单位,年度,往年建议编号,是否按时办结
市教育局,2023,1,是
""",
}
# A register of corrections that somebody filled in by hand: no line carries the hash of the line before it.
CORRECTIONS = """表,所指的行,列,原值,新值,理由,证据,更正人,更正日期,异议编号,上一行校验
cases,case_id=公开早于答复; department=市教育局,公开日期,2023-04-01,2023-04-02,公开日期登记有误,网站截图,甲,2024-01-15,9,
cases,case_id=公开早于答复; department=市教育局,答复评价,不满意,满意,原值不符,评价表,甲,2024-01-15,2,
cases,case_id=没有毛病; department=市教育局,答复评价,满意,不满意,登记了两次,评价表,甲,2024-01-15,,
cases,case_id=没有毛病; department=市教育居,答复评价,满意,不满意,没有这个单位,评价表,甲,2024-01-15,,
cases,case_id=公开早于答复; department=市教育局,答复满意,满意,不满意,没有这一列,评价表,甲,2024-01-15,,
case,case_id=公开早于答复; department=市教育局,答复评价,满意,不满意,没有这张表,评价表,甲,2024-01-15,,
cases,case_id=公开早于答复; department=市教育局,答复评价,满意,滿意,没有这种评价,评价表,甲,2024-01-15,,
cases,case_id=公开早于答复; department=市教育局,结果评价,满意,不满意,后来撤回,评价表,甲,2024-01-15,,
corrections,_row=9,—,,,登记错了行,评价表,甲,2024-01-16,,
corrections,_row=9,—,,,已经撤回过,评价表,甲,2024-01-16,,
cases,公开早于答复,结果评价,满意,不满意,没有写明是哪一列,评价表,甲,2024-01-16,,
"""
OBJECTIONS = """异议编号,承办单位,评分项,异议事项,证据,提出日期,决定日期,处理结果,备注
1,市教育局,,公开日期登记有误,网站截图,2024-01-10,,,
2,市教育局,,对评价有异议,评价表,2024-01-10,2024-01-20,不采纳,
2,市水务局,,编号重复,评价表,2024-01-11,,,
3,市水务局,,处理结果写法不对,评价表,2024-01-11,2024-01-20,再议,
"""
# In ASCII: what reads Excel 5 makes nothing of Chinese texts.
MARKS: Sequence[Sequence[str | int]] = (
    ("department", "criterion", "judge", "mark"),
    ("edu", "innovation", "A", 90),
    ("edu", "innovation", "A", 85),
)


def main() -> None:
    """Write the data of the three samples."""
    data = HERE / "dirty" / "data"
    data.mkdir(parents=True, exist_ok=True)
    cases = ledger()
    numbers = {str(row["标题"]): str(row["建议编号"]) for row in cases}
    (data / "台账.xlsx").write_bytes(workbook(cases))
    (data / "补充.csv").write_bytes(supplement().encode("gb18030"))
    (data / "空.csv").write_text("建议编号,承办单位,交办日期\n", "utf-8")
    (data / "单位.csv").write_text(DEPARTMENTS, "utf-8")
    (data / "评价.csv").write_text(by_number(RATINGS, numbers), "utf-8")
    (data / "评分.xls").write_bytes(old_workbook(MARKS))
    (data.parent / "corrections.csv").write_text(corrections(numbers), "utf-8")
    (data.parent / "objections.csv").write_text(OBJECTIONS, "utf-8")
    parquet(CONTACTS, data / "沟通.parquet")
    for title, rows in PRACTICE.items():
        (data / f"{title}.csv").write_text(by_number(rows, numbers), "utf-8")
    large = HERE / "dirty-large" / "data"
    large.mkdir(parents=True, exist_ok=True)
    parquet(
        "SELECT i::VARCHAR AS case_id, '市教育局' AS department, DATE '2023-03-15' AS assigned_on, "
        "'比较满意' AS answer_rating FROM range(20001) AS numbers(i)",
        large / "台账.parquet",
    )
    for name, text in suspicious().items():
        place = HERE / "suspicious" / "data" / f"{name}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def suspicious() -> dict[str, str]:
    """Return the tables of a ledger in which one department each was made up in one way; two are honest."""
    planted = {unit.id: [name] for unit, name in zip(UNITS, [*MANIPULATIONS, "", ""], strict=True) if name}
    known = known_tables(installed().tables.values())
    made = {}
    for name, rows in twin(2024, planted=planted).tables.items():
        columns = known[name].columns
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow([columns[column].title for column in rows[0]])
        for row in rows:
            writer.writerow([word(columns[column], value) for column, value in row.items()])
        made[known[name].title] = lines.getvalue()
    return made


def word(column: Column, value: object) -> object:
    """Return a value as a ledger would write it: a label as its first Chinese word."""
    return column.labels[value][0] if isinstance(value, str) and column.labels else value


def ledger() -> list[dict[str, Any]]:
    """Return the rows of the ledger: one a fault, a duplicate, and the twins."""
    rows: list[dict[str, Any]] = [{**CLEAN, "标题": title, **fault} for title, fault in FAULTS.items()]
    for place, row in enumerate(rows, start=1):
        row["建议编号"] = f"{place:04d}"
    rows.append({**rows[0], "标题": "重复登记"})
    for department in TWIN_DEPARTMENTS:
        for one in TWINS:
            number = f"{len(rows) + 1:04d}"
            rows.append(
                {**CLEAN, "建议编号": number, "标题": "两个单位数据相同", "承办单位": department, **one}
            )
    return rows


def by_number(text: str, numbers: Mapping[str, str]) -> str:
    """Return rows with the titles of cases, where they come first, replaced by their numbers."""
    lines = [line.split(",", 1) for line in text.splitlines()]
    return "".join(f"{numbers.get(first, first)},{rest}\n" for first, rest in lines)


def corrections(numbers: Mapping[str, str]) -> str:
    """Return the register of corrections with the numbers of cases for their titles."""
    text = CORRECTIONS
    for title, number in numbers.items():
        text = text.replace(f"case_id={title};", f"case_id={number};")
    return text


def supplement() -> str:
    """Return a csv with a row that is too short, and one that is too long."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["编号", "办理单位", "交办时间", "答复时间"])
    writer.writerow(["0101", "水利局", "2023.3.15", "2023年5月20日"])
    writer.writerow(["0102", "教育局", "2023/3/15"])
    writer.writerow(["0103", "教育局", "20230315", "2023-5-20", "多出来的一格"])
    return lines.getvalue()


def workbook(rows: Sequence[Row]) -> bytes:
    """Return the ledger as a workbook with everything that real ones have."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2024, 1, 31)})
    sheet = book.add_worksheet("2023")
    book.add_worksheet("说明").write(0, 0, "另一个可见的工作表")
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "示例市2023年度承办台账（示例，全部虚构）")
    write_row(sheet, 1, dict(zip(HEADINGS, HEADINGS, strict=True)))
    line = 2
    for row in rows:
        if row["标题"] == "重复登记":
            write_row(sheet, line, dict(zip(HEADINGS, HEADINGS, strict=True)))
            line += 1
        write_row(sheet, line, row)
        if row["标题"] == "隐藏的行":
            sheet.set_row(line, None, None, {"hidden": True})
        line += 1
    for department in ("市教育局", "市水务局"):
        write_row(sheet, line, {**CLEAN, "标题": "编号合并", "承办单位": department})
        line += 1
    sheet.merge_range(line - 2, 0, line - 1, 0, "0200")
    write_row(sheet, line, {"建议编号": "合计", "沟通次数": 90})
    write_row(sheet, line + 1, {"建议编号": "制表：示例　审核：示例"})
    book.close()
    return buffer.getvalue()


def write_row(sheet: xlsxwriter.worksheet.Worksheet, line: int, row: Row) -> None:
    """Write one row; dates as dates, an error as an error, a formula without its result."""
    for column, name in enumerate(HEADINGS):
        value = row.get(name)
        if isinstance(value, date):
            sheet.write_datetime(line, column, datetime(value.year, value.month, value.day))
        elif value == "#N/A":
            sheet.write_formula(line, column, "=NA()", None, value)
        elif isinstance(value, str) and value.startswith("="):
            sheet.write_formula(line, column, value, None, "")
        elif isinstance(value, int):
            sheet.write_number(line, column, value)
        elif value:
            sheet.write_string(line, column, value)


def parquet(query: str, path: Path) -> None:
    """Write a query's rows as Parquet, in the same order every time."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def old_workbook(rows: Sequence[Sequence[str | int]]) -> bytes:
    """Return a workbook of Excel 5: the cells as records, in one stream of a compound file."""
    name = b"Sheet1"
    cells = b"".join(
        cell(line, column, value) for line, row in enumerate(rows) for column, value in enumerate(row)
    )
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0)) + cells + record(0x0A)
    opening = record(0x809, struct.pack("<HHHH", 0x500, 0x05, 0, 0)) + record(0x42, struct.pack("<H", 1252))
    # The sheet begins behind the opening, this record (4 + 7 + its name) and the end of the globals (4).
    start = len(opening) + 11 + len(name) + 4
    bound = record(0x85, struct.pack("<IBBB", start, 0, 0, len(name)) + name)
    return compound(opening + bound + record(0x0A) + sheet)


def record(kind: int, content: bytes = b"") -> bytes:
    """Return one record: its kind, its length, its content."""
    return struct.pack("<HH", kind, len(content)) + content


def cell(line: int, column: int, value: str | int) -> bytes:
    """Return one cell as a record: a number, or a text."""
    if isinstance(value, int):
        return record(0x203, struct.pack("<HHHd", line, column, 0, value))
    text = value.encode("ascii")
    return record(0x204, struct.pack("<HHHH", line, column, 0, len(text)) + text)


def compound(stream: bytes) -> bytes:
    """Return a compound file with one stream named Book: header, allocation table, directory, stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    following = [table, end, *range(3, 2 + sectors), end]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(10)
    )
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, 0)
    directory = entry("Root Entry", 5, 1, end, 0) + entry("Book", 2, free, 2, len(stream)) + bytes(256)
    return b"".join(
        (
            header.ljust(512, b"\xff"),
            struct.pack(f"<{len(following)}I", *following).ljust(512, b"\xff"),
            directory,
            stream.ljust(sectors * 512, b"\0"),
        )
    )


def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    """Return one entry of a compound file's directory."""
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    tree = struct.pack("<BBIII", kind, 1, none, none, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + tree
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


if __name__ == "__main__":
    main()
