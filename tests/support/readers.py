"""Reads what was written: each kind of file as tables and sentences, for `agreement`."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
from agreement import Read, Reader, Table
from docx.text.paragraph import Paragraph

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def workbook(path: Path) -> Read:
    """Read a workbook: on each sheet the tables, each below a row of headings, and what stands around them."""
    book = openpyxl.load_workbook(path, data_only=True)
    tables: list[Table | None] = []
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        about = (
            str(rows[0][0]).removesuffix(" 评分表") if rows and str(rows[0][0]).endswith(" 评分表") else None
        )
        for block in _blocks(rows):
            if len(block) > 1 and sum(isinstance(cell, str) for cell in block[0]) > 2:
                tables.append(Table(sheet.title, [str(cell or "") for cell in block[0]], block[1:], about))
            else:
                tables += [_fact(sheet.title, row, about) for row in block]
    return Read([table for table in tables if table is not None], [])


def _blocks(rows: Sequence[list[Any]]) -> Iterator[list[list[Any]]]:
    """Yield the rows that stand together, titles and notes above a head of its own left with it."""
    block: list[list[Any]] = []
    for row in rows:
        filled = sum(cell is not None for cell in row)
        starts = filled > 2 and (not block or sum(cell is not None for cell in block[-1]) <= 2)
        if starts or not filled:
            if block:
                yield block
            block = []
        if filled:
            block.append(row)
    if block:
        yield block


def _fact(place: str, row: Sequence[Any], about: str | None) -> Table | None:
    """Return a title, a note, or a line of name and value as a table of one row."""
    cells = [cell for cell in row if cell is not None]
    if len(cells) == 2:
        return Table(place, [str(cells[0])], [[cells[1]]], about)
    return Table(place, ["说明"], [[cells[0]]]) if cells and not str(cells[0]).endswith(" 评分表") else None


def document(path: Path) -> Read:
    """Read a Word file: its tables with their first row as headings, and its paragraphs."""
    tables: list[Table] = []
    sentences: list[tuple[str, str]] = []
    about: str | None = None
    for part in docx.Document(str(path)).iter_inner_content():
        if isinstance(part, Paragraph):
            about = part.text.removesuffix("评分表") if part.text.endswith("评分表") else about
            sentences += (
                [(path.name, part.text)] if part.text.strip() and part.text != f"{about}评分表" else []
            )
            continue
        rows = [[cell.text for cell in row.cells] for row in part.rows]
        if len(rows[0]) == 2:
            tables += [Table(path.name, [name], [[value]], about) for name, value in rows]
        else:
            tables.append(Table(path.name, [cell.replace("\n", "") for cell in rows[0]], rows[1:], about))
    return Read(tables, sentences)


def page(path: Path) -> dict[str, Any]:
    """Return the data of the page, long columns as they were before packing."""
    found = _DATA.search(path.read_text("utf-8"))
    assert found is not None
    unpacked: dict[str, Any] = _unpacked(json.loads(found[1]))
    return unpacked


def _unpacked(data: Any) -> Any:
    if isinstance(data, dict) and data.keys() == {"texts", "at"}:
        return [data["texts"][place] for place in data["at"]]
    if isinstance(data, dict):
        return {key: _unpacked(value) for key, value in data.items()}
    return [_unpacked(item) for item in data] if isinstance(data, list) else data


READERS: dict[str, Reader] = {".xlsx": workbook, ".docx": document}
