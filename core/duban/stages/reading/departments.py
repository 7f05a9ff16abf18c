"""Who is meant by a department's name: ids, names and aliases; and names so alike that somebody should look."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import Relation
from duban.results import Department, Value
from duban.terms import Severity

from .cells import cleaned, name_key
from .meanings import NAMES
from .similar import similar_pairs

# The second is the same key in a Chinese input method.
ALIAS_MARKS = "[|｜]"
# The pairs that are listed, and how much of them one finding can show.
MOST_PAIRS, SHOWN_PAIRS = 200, 160
_OWN = ("department", "name", "aliases")


class _Row(NamedTuple):
    id: str
    name: str
    aliases: Sequence[str]
    attributes: Mapping[str, Value]
    file: int
    row: int


def listed_departments(engine: Engine, relation: Relation) -> tuple[list[Department], list[Finding]]:
    """Return the departments of the table, sorted by id, and let the engine resolve their names from now on."""
    rows = _rows(engine, relation)
    first: dict[str, _Row] = {}
    findings: list[Finding] = []
    for row in rows:
        if row.id in first:
            facts = {"first": first[row.id].row, "second": row.row}
            findings.append(finding("repeated_department", **_place(relation, row), value=row.id, **facts))
        first.setdefault(row.id, row)
    names, ambiguous = _names(relation, list(first.values()))
    # Takes a moment to import, and whoever reads no ledger needs none.
    import pandas as pd

    engine.put(NAMES, pd.DataFrame({"key": list(names), "id": list(names.values())}, dtype="str"))
    departments = [
        Department(row.id, row.name, row.attributes, aliases=tuple(row.aliases))
        for _, row in sorted(first.items())
    ]
    similar = near_duplicates([department.name for department in departments], "departments")
    return departments, [
        *findings,
        *ambiguous,
        *(replace(item, severity=Severity.WARNING) for item in similar),
    ]


def named_departments(
    engine: Engine, relations: Sequence[Relation]
) -> tuple[list[Department], list[Finding]]:
    """Return each distinct name in the given relations as a department, sorted, with the names that look alike."""
    names: set[str] = set()
    for relation in relations:
        query = f"SELECT DISTINCT department FROM {quoted(relation.name)} WHERE department IS NOT NULL"
        names.update(name for (name,) in engine.rows(query))
    table = relations[0].table if relations else ""
    return [Department(name, name) for name in sorted(names)], near_duplicates(sorted(names), table)


def near_duplicates(names: Sequence[str], table: str) -> list[Finding]:
    """Return the pairs of names that are much alike, as many in a finding as can be read there."""
    pairs = similar_pairs(names)
    found = []
    for listed in _lines([f"{one} / {other}" for one, other in pairs[:MOST_PAIRS]]):
        found.append(
            finding("near_duplicate_departments", table=table, column="", count=len(pairs), pairs=listed)
        )
    return found


def _lines(texts: Sequence[str]) -> Iterator[str]:
    line = ""
    for text in texts:
        if line and len(line) + len(text) > SHOWN_PAIRS:
            yield line
            line = ""
        line = f"{line}；{text}" if line else text
    if line:
        yield line


def _rows(engine: Engine, relation: Relation) -> list[_Row]:
    """Return the rows of the departments table; one without an id has its own finding already.

    A column that the file lacks is no attribute: a condition on it is told, not silently false.
    """
    columns = [name for name in relation.columns if name in relation.available or name in _OWN]
    selected = ", ".join(quoted(column) for column in columns)
    query = f"SELECT _file, _row, {selected} FROM {quoted(relation.name)} WHERE department IS NOT NULL ORDER BY ALL"
    return [
        _row(dict(zip(columns, cells, strict=True)), file, row) for file, row, *cells in engine.rows(query)
    ]


def _row(cells: Mapping[str, Any], file: int, row: int) -> _Row:
    aliases = [cleaned(alias) for alias in re.split(ALIAS_MARKS, cells["aliases"] or "")]
    attributes = {name: _value(cell) for name, cell in cells.items() if name not in _OWN}
    name = cells["name"] or cells["department"]
    return _Row(cells["department"], name, [alias for alias in aliases if alias], attributes, file, row)


def _value(cell: object) -> Value:
    """Return a cell as an attribute: numbers exact, a binary number as it prints."""
    if cell is None or isinstance(cell, bool | str):
        return cell
    if isinstance(cell, int | Decimal):
        return Fraction(cell)
    if isinstance(cell, float):
        return Fraction(repr(cell)) if abs(cell) < float("inf") else None
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _names(relation: Relation, rows: Sequence[_Row]) -> tuple[dict[str, str], list[Finding]]:
    """Return key → id, ids before names before aliases, with a finding for each key that means two departments."""
    ordered = sorted(rows, key=lambda row: row.id)
    names: dict[str, str] = {}
    findings = []
    for texts in (lambda row: [row.id], lambda row: [row.name], lambda row: row.aliases):
        for row in ordered:
            for text in texts(row):
                first = names.setdefault(name_key(text), row.id)
                if first != row.id:
                    place = _place(relation, row)
                    findings.append(
                        finding("duplicate_department", **place, value=text, first=first, second=row.id)
                    )
    return names, findings


def _place(relation: Relation, row: _Row) -> dict[str, Any]:
    file, sheet = relation.files[row.file]
    heading = relation.headings.get("department", "department")
    return {"table": relation.table, "file": file, "sheet": sheet, "row": row.row, "column": heading}
