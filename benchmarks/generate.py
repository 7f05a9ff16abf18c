"""Makes the ledgers of the benchmarks with a fixed seed, as workspaces below `benchmarks/data/`.

python benchmarks/generate.py            all of them (about 700 MB, a minute)
python benchmarks/generate.py 1m xlsx    only these
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import xlsxwriter

DATA = Path(__file__).parent / "data"
RULESET = Path(__file__).parent / "bench.toml"
SEED = 20240312
DEPARTMENTS = 50
AS_OF = date(2025, 1, 31)
FIRST_DAY = date(2024, 1, 1)
DATE_FORMS = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y年%-m月%-d日", "%Y%m%d")
DATES = (
    "assigned_on",
    "acknowledged_on",
    "extended_to",
    "contacted_on",
    "replied_on",
    "commitment_due_on",
    "commitment_kept_on",
)
LABELS = {
    "role": {"lead": "主办", "co": "协办", "separate": "分办"},
    "level": {"municipal": "市", "provincial": "省"},
    "contact_mode": {"in_person": "面商", "phone": "电话", "written": "书面", "none": "未沟通"},
    "outcome": {"resolved": "A", "in_progress": "B", "planned": "C", "reference": "D"},
    "answer_rating": {
        "very_satisfied": "很满意",
        "satisfied": "满意",
        "basically_satisfied": "基本满意",
        "dissatisfied": "不满意",
    },
    "result_rating": {
        "very_satisfied": "非常满意",
        "satisfied": "满意",
        "basically_satisfied": "基本满意",
        "dissatisfied": "不满意",
    },
}
HEADINGS = {
    "case_id": "建议编号",
    "department": "承办单位",
    "role": "办理方式",
    "level": "层级",
    "assigned_on": "交办日期",
    "acknowledged_on": "签收日期",
    "extended_to": "延期至",
    "contacted_on": "首次沟通",
    "contact_mode": "沟通方式",
    "contacts": "沟通次数",
    "replied_on": "答复日期",
    "outcome": "办理结果",
    "answer_rating": "答复评价",
    "round": "办理轮次",
    "result_rating": "结果评价",
    "commitment_due_on": "承诺期限",
    "commitment_kept_on": "兑现日期",
}
WORKSPACE = """title = "{title}"
ruleset = "bench.toml"
as_of = {as_of}
tables.cases.file = "{file}"
tables.departments.file = "departments.csv"
"""


def draw(salt: str, below: int) -> str:
    """Return SQL for a whole number from 0 up to below this one, fixed by the row and the seed."""
    return f"(hash(i * 1000003 + {SEED}, '{salt}') % {below})::INTEGER"


def cases(rows: int, departments: int = DEPARTMENTS) -> str:
    """Return the query for a clean ledger: departments of uneven size, 3 % of the cases open, every event in order."""
    return f"""
        WITH drawn AS (
            SELECT i, DATE '{FIRST_DAY}' + {draw("assigned", 366)} AS assigned_on,
                {draw("open", 100)} < 3 AS is_open, {draw("mode", 100)} AS mode, {draw("rated", 100)} AS rated,
                {draw("answer", 100)} AS a, {draw("result", 100)} AS r, {draw("outcome", 100)} AS o,
                {draw("role", 100)} AS role_of
            FROM range({rows}) AS numbers(i)),
        handled AS (
            SELECT *, CASE WHEN NOT is_open AND assigned_on + 20 + {draw("reply", 80)} <= DATE '{AS_OF}'
                THEN assigned_on + 20 + {draw("reply", 80)} END AS replied_on
            FROM drawn)
        SELECT format('{{:08d}}', i) AS case_id,
            format('d{{:06d}}', 1 + floor({departments} * pow({draw("department", 1000000)} / 1000000, 2.2))::INTEGER)
                AS department,
            CASE WHEN role_of < 75 THEN 'lead' WHEN role_of < 95 THEN 'co' ELSE 'separate' END AS role,
            CASE WHEN {draw("level", 10)} = 0 THEN 'provincial' ELSE 'municipal' END AS level,
            assigned_on,
            CASE WHEN {draw("acknowledged", 50)} > 0 THEN assigned_on + {draw("waited", 12)} END AS acknowledged_on,
            CASE WHEN {draw("extended", 20)} = 0 THEN (assigned_on + INTERVAL 5 MONTH)::DATE END AS extended_to,
            CASE WHEN mode < 95 THEN assigned_on + 1 + {draw("contact", 19)} END AS contacted_on,
            CASE WHEN mode < 70 THEN 'in_person' WHEN mode < 85 THEN 'phone' WHEN mode < 95 THEN 'written' ELSE 'none' END
                AS contact_mode,
            CASE WHEN mode < 95 THEN 1 + {draw("contacts", 4)} ELSE 0 END AS contacts,
            replied_on,
            CASE WHEN replied_on IS NULL THEN NULL WHEN o < 60 THEN 'resolved' WHEN o < 85 THEN 'in_progress'
                WHEN o < 95 THEN 'planned' ELSE 'reference' END AS outcome,
            CASE WHEN replied_on IS NULL OR rated < 5 THEN NULL WHEN a < 10 THEN 'very_satisfied' WHEN a < 85 THEN
                'satisfied' WHEN a < 97 THEN 'basically_satisfied' ELSE 'dissatisfied' END AS answer_rating,
            CASE WHEN replied_on IS NOT NULL THEN 1 + ({draw("round", 12)} = 0)::INTEGER END AS round,
            CASE WHEN replied_on IS NULL OR rated < 15 THEN NULL WHEN r < 8 THEN 'very_satisfied' WHEN r < 75 THEN
                'satisfied' WHEN r < 94 THEN 'basically_satisfied' ELSE 'dissatisfied' END AS result_rating,
            CASE WHEN replied_on IS NOT NULL AND o >= 60 THEN replied_on + 30 END AS commitment_due_on,
            CASE WHEN replied_on IS NOT NULL AND o >= 60 AND replied_on + 1 + {draw("kept", 35)} <= DATE '{AS_OF}'
                THEN replied_on + 1 + {draw("kept", 35)} END AS commitment_kept_on
        FROM handled"""


def workspace(name: str, file: str, departments: int = DEPARTMENTS) -> Path:
    """Make the folder of a workspace with its list of departments; return the path of its ledger."""
    folder = DATA / name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(RULESET, folder)
    (folder / "duban.toml").write_text(WORKSPACE.format(title=name, as_of=AS_OF, file=file), "utf-8")
    lines = [f"d{number:06d},单位{number:06d},第{number:06d}单位" for number in range(1, departments + 1)]
    (folder / "departments.csv").write_text("\n".join(["department,name,aliases", *lines, ""]), "utf-8")
    return folder / file


def parquet(name: str, rows: int, departments: int = DEPARTMENTS) -> None:
    """Write a ledger as Parquet."""
    path = workspace(name, "cases.parquet", departments)
    duckdb.connect().execute(
        f"COPY ({cases(rows, departments)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def clean_csv() -> None:
    """Write a million cases as a csv without any difficulty, for the contender that reads only such."""
    DATA.mkdir(exist_ok=True)
    duckdb.connect().execute(f"COPY ({cases(1_000_000)}) TO '{DATA / 'clean.csv'}' (HEADER)")


def written(column: str) -> str:
    """Return SQL for a cell as clerks write it: five date forms, Chinese labels, a department by name or alias."""
    if column in DATES:
        forms = [f"WHEN {number} THEN strftime({column}, '{form}')" for number, form in enumerate(DATE_FORMS)]
        return f"CASE hash(case_id, '{column}') % {len(DATE_FORMS)} {' '.join(forms)} END"
    if column in LABELS:
        labels = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in LABELS[column].items())
        return f"CASE {column} {labels} END"
    if column == "department":
        number = "substr(department, 2)"
        return f"CASE hash(case_id) % 2 WHEN 0 THEN '单位' || {number} ELSE '第' || {number} || '单位' END"
    return column


def mixed_csv() -> None:
    """Write a million cases as a csv with Chinese headings and labels and mixed date forms."""
    path = workspace("csv", "cases.csv")
    columns = ", ".join(f'{written(column)} AS "{heading}"' for column, heading in HEADINGS.items())
    duckdb.connect().execute(f"COPY (SELECT {columns} FROM ({cases(1_000_000)})) TO '{path}' (HEADER)")


def spreadsheet() -> None:
    """Write 10,000 cases as a workbook with Chinese headings and labels and true dates."""
    path = workspace("xlsx", "cases.xlsx")
    columns = ", ".join(
        column if column in DATES else f"{written(column)} AS {column}" for column in HEADINGS
    )
    found = duckdb.connect().execute(f"SELECT {columns} FROM ({cases(10_000)})").fetchall()
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, list(HEADINGS.values()))
    for line, row in enumerate(found, start=1):
        sheet.write_row(line, 0, ["" if cell is None else cell for cell in row])
    book.close()


MAKERS: Mapping[str, Callable[[], None]] = {
    "1m": lambda: parquet("1m", 1_000_000),
    "10m": lambda: parquet("10m", 10_000_000),
    "departments": lambda: parquet("departments", 1_000_000, departments=100_000),
    "csv": mixed_csv,
    "clean": clean_csv,
    "xlsx": spreadsheet,
}


if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()
        print(f"{name}: {DATA / name}")
