"""Rows among the data that are no units: footers and signatures, totals, headings printed again."""

import re
from collections.abc import Collection, Mapping, Sequence

from duban.engine import Engine, literal, quoted
from duban.tables import Table
from duban.terms import ColumnType

from .grids import Grid, columns_of
from .headings import Header, Row, normalised, tidy

WHITE = " \t\r\n\u00a0\u3000\ufeff"
_TAIL = 60  # rows from the end among which footers are looked for
_SIGNATURE = re.compile(
    "^(制表|填表|制单|填报|统计|录入|审核|复核|审批|经办|负责|单位负责|主管|分管|联系|签字|签章|盖章|打印)[^:]{0,6}:"
    "|^(制表|填表|填报|统计|审核|复核|经办)人"
    "|^(注|备注|附注|说明|填表说明|数据来源|资料来源|notes?|sources?|preparedby)[0-9一二三]?[:.、]|^以下空白|^[※*]"
)
_SENTENCE = re.compile(
    r"[:。；]|[\u4e00-\u9fff]{4}|^[0-9]{4}年[0-9]{1,2}月([0-9]{1,2}日)?$|^共[0-9]+[件条项个]"
)
# What a cell says, without white space and in small letters, where its row sums up others.
_TOTAL = (
    "^(本页|全市|全省|全县|全区|全年|累计|年度)?(合计|总计|小计|共计|总和)([(（:：].*)?[0-9.件个条]*$"
    "|^(grand|sub)?total[:：]?$"
)
_ALL = "^(all(agencies|departments|units|countries|companies)|(全部|所有|各)(单位|部门|承办单位)|全市|全省)$"
# Every such cell begins with one of these; few others do, so the engine need not look closer at them.
_BEGINNINGS = "合总小共本全累年所各tTgGsSaA" + WHITE


def blank(column: str) -> str:
    """Return the SQL that says whether a physical column's cell is blank."""
    return f"({column} IS NULL OR trim({column}, {literal(WHITE)}) = '')"


def blank_row(width: int) -> str:
    """Return the SQL that says whether a whole row is blank; the cheap half of the question comes first."""
    columns = columns_of(width)
    plain = [f"({column} IS NULL OR {column} NOT BETWEEN '!' AND '~')" for column in columns]
    return " AND ".join([*plain, *map(blank, columns)])


def repeated_headers(engine: Engine, grid: Grid, header: Header, top: Sequence[Row]) -> list[int]:
    """Return the rows below the header that repeat it, or the title above it, cell by cell."""
    above = [cells for row, cells in top if row <= header.bottom and any(tidy(cell) for cell in cells)]
    if not above:
        return []
    columns = columns_of(grid.width)
    alike = " OR ".join(f"({_equals(columns, cells)})" for cells in above)
    rows = engine.rows(
        f"SELECT _row FROM {quoted(grid.relation)} WHERE _row > {header.bottom} AND ({alike}) ORDER BY _row"
    )
    return [row for (row,) in rows]


def _equals(columns: Sequence[str], cells: Sequence[str | None]) -> str:
    pairs = sorted(zip(columns, cells, strict=True), key=lambda pair: not pair[1])
    return " AND ".join(f"{name} = {literal(cell)}" if cell else f"{name} IS NULL" for name, cell in pairs)


def footers(
    engine: Engine, grid: Grid, header: Header, table: Table, columns: Mapping[str, int], last: int
) -> list[tuple[int, str]]:
    """Return the rows at the end that are footers, with their text, from the last one up."""
    names = ", ".join(columns_of(grid.width))
    tail = engine.rows(
        f"SELECT _row, {names} FROM {quoted(grid.relation)} "
        f"WHERE _row > {max(header.bottom, last - _TAIL)} AND _row <= {last} ORDER BY _row DESC"
    )
    required = [columns[name] for name in table.columns if table.columns[name].required and name in columns]
    found = []
    for number, *cells in tail:
        texts = [(cell or "").strip(WHITE) for cell in cells]
        if not any(texts):
            continue
        if not _is_footer(texts, required):
            break
        found.append((number, " ".join(filter(None, texts))))
    return found


def _is_footer(texts: Sequence[str], required: Sequence[int]) -> bool:
    filled = [text for text in texts if text]
    signed = bool(_SIGNATURE.search(normalised(filled[0])))
    if _is_total(filled[0]) or len(filled) > (6 if signed else 2):
        return False
    there = sum(bool(texts[index]) for index in required)
    if signed:
        return there < len(required) or len(filled) == 1
    # A row with a number and nothing else is a unit that lacks everything: it stays, and is reported as such.
    return (
        bool(required)
        and there * 2 < len(required)
        and (not there or bool(_SENTENCE.search(normalised(filled[0]))))
    )


def _is_total(text: str) -> bool:
    return bool(re.search(_TOTAL, normalised(text)))


def total_rows(
    engine: Engine,
    relation: str,
    bottom: int,
    table: Table,
    columns: Mapping[str, int],
    texts: Collection[int],
) -> dict[int, tuple[int, str]]:
    """Return the rows whose key or first column says that they sum up others: physical index and text by row.

    `bottom` is the header's last row, `texts` the physical columns that hold text.
    """
    keys = {
        columns[name] for name in table.key if name in columns and table.columns[name].type is ColumnType.TEXT
    }
    found: dict[int, tuple[int, str]] = {}
    for index in sorted({0, *keys}.intersection(texts)):
        name = f"c{index + 1}"
        pattern = f"{_TOTAL}|{_ALL}" if index in keys else _TOTAL
        likely = f"unicode({name}) IN ({', '.join(str(ord(letter)) for letter in _BEGINNINGS)})"
        text = f"lower(regexp_replace({name}, '[\\s\u3000]+', '', 'g'))"
        rows = engine.rows(
            f"SELECT _row, {name} FROM {quoted(relation)} WHERE _row > {bottom} AND {likely} "
            f"AND regexp_matches({text}, {literal(pattern)})"
        )
        found |= {row: (index, text) for row, text in rows if row not in found}
    return dict(sorted(found.items()))
