"""Checks that compare rows with each other: duplicates, and the same figures under two names."""

from collections.abc import Iterator, Sequence

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import Relation
from duban.tables import CASES

from .rows import LISTED_ROWS, more_rows, place, shown_value

DOUBLES = "double_hashes"
# Rows whose hashes are grouped at once; grouping 10M takes some 360 MB.
ROWS_A_PASS = 10_000_000
# A department with fewer cases can look like another by chance.
LEAST_CASES = 3
_NAMES_A_CASE = ("case_id", "department", "title", "previous_case")
# Columns of a key that a file may lack, and what a blank cell stands for: a mark without a case is of the department.
_MAY_BE_BLANK = {"cases": {"role": "lead"}, "marks": {"case_id": ""}}
_SIGNS = "same_figures_signs"
_ALIKE = "same_figures_alike"


def key_of(relation: Relation) -> dict[str, str]:
    """Return the columns of a table's key with their SQL; empty where it has none, or lacks a column of it."""
    table = relation.declared
    if table is None or relation.table == "departments":
        return {}
    blank = _MAY_BE_BLANK.get(relation.table, {})
    key = [name for name in table.key if name in relation.available or name not in blank]
    if not set(key) <= relation.available:
        return {}
    stands_for = {name: blank.get(name, table.columns[name].default) for name in key}
    return {
        name: quoted(name) if default is None else f"coalesce({quoted(name)}, '{default}')"
        for name, default in stands_for.items()
    }


def find_doubles(engine: Engine, relation: Relation, counted: str) -> bool:
    """Store the hashes that several counted rows share; return whether there are any.

    Rows are told apart by hash first and exactly afterwards, in `doubles`; in as many passes as memory asks for.
    """
    key = key_of(relation)
    engine.run(f"CREATE OR REPLACE TABLE {DOUBLES} (hashed UBIGINT)")
    if not key:
        return False
    (rows,) = engine.one(f"SELECT count(*) FROM {quoted(relation.name)}")
    passes = max(1, -(-rows // ROWS_A_PASS))
    for number in range(passes):
        part = f"WHERE hashed % {passes} = {number} " if passes > 1 else ""
        engine.run(
            f"INSERT INTO {DOUBLES} SELECT hashed FROM (SELECT {_hash(key)} AS hashed "
            f"FROM {quoted(relation.name)} WHERE {_complete(key)} AND ({counted})) "
            f"{part}GROUP BY hashed HAVING count(*) > 1"
        )
    return bool(engine.one(f"SELECT count(*) FROM {DOUBLES}")[0])


def _hash(key: dict[str, str]) -> str:
    return f"hash({', '.join(key.values())})"


def _complete(key: dict[str, str]) -> str:
    return " AND ".join(f"{name} IS NOT NULL" for name in key if key[name] == quoted(name))


def doubles(relation: Relation, counted: str) -> str:
    """Return the query for the rows that repeat an earlier row's key, with the place of the first."""
    key = key_of(relation)
    parts = ", ".join(key.values())
    return (
        "SELECT _file, _row, first_file, first_row, identity FROM (SELECT _file, _row, "
        f"row_number() OVER same_key AS number, first_value(_file) OVER same_key AS first_file, "
        f"first_value(_row) OVER same_key AS first_row, rtrim(concat_ws(' · ', {parts}), ' ·') AS identity "
        f"FROM {quoted(relation.name)} WHERE {_complete(key)} AND ({counted}) "
        f"AND {_hash(key)} IN (SELECT hashed FROM {DOUBLES}) "
        f"WINDOW same_key AS (PARTITION BY {parts} ORDER BY _file, _row)) WHERE number > 1"
    )


def double_code(relation: Relation) -> str:
    """Return the finding's code for a repeated row."""
    return "duplicate_case" if relation.table == "cases" else "duplicate_row"


def duplicate_rows(engine: Engine, relation: Relation, counted: str) -> Iterator[Finding]:
    """Return one finding for each row that repeats an earlier one."""
    query = doubles(relation, counted)
    (count,) = engine.one(f"SELECT count(*) FROM ({query})")
    column = next(iter(key_of(relation)))
    rows = engine.rows(f"{query} ORDER BY _file, _row LIMIT {LISTED_ROWS}")
    for file, row, first_file, first_row, identity in rows:
        first = place(relation, first_file, first_row)
        yield finding(
            double_code(relation),
            **place(relation, file, row, column),
            value=shown_value(identity),
            first_file=" ".join(part for part in (first["file"], first["sheet"]) if part),
            first_row=first_row,
        )
    if count > len(rows):
        yield more_rows(finding(double_code(relation), table=relation.table, count=count - len(rows)))


def same_figures(
    engine: Engine, relation: Relation, counted: str, departments: Relation | None = None
) -> Iterator[Finding]:
    """Return one finding for each set of departments whose cases agree in everything but number, title and name.

    Departments are compared by sums over their cases first, by hashes next, and exactly last: order plays no part.
    They are called by their names in the table of departments, where there is one.
    """
    columns = [name for name in CASES.columns if name in relation.available and name not in _NAMES_A_CASE]
    if "department" not in relation.available or not _suspects(engine, relation, counted, columns):
        return
    rows = f"FROM {quoted(relation.name)} JOIN {_ALIKE} ON alike = department WHERE {counted}"
    listed = ", ".join(quoted(name) for name in columns)
    differing = (
        f"SELECT sign FROM (SELECT sign, departments, {listed}, copies, count(*) AS holders "
        f"FROM (SELECT sign, departments, department, {listed}, count(*) AS copies {rows} GROUP BY ALL) GROUP BY ALL) "
        "WHERE holders <> departments"
    )
    groups = engine.rows(
        f"SELECT list_sort(list(alike)), any_value(cases) FROM {_ALIKE} "
        f"WHERE sign NOT IN ({differing}) GROUP BY sign ORDER BY 1"
    )
    names = _names(engine, departments) if groups else {}
    for alike, cases in groups:
        value = "、".join(names.get(department, department) for department in alike)
        yield finding("same_figures", table=relation.table, value=value, cases=cases, departments=len(alike))


def _names(engine: Engine, departments: Relation | None) -> dict[str, str]:
    """Return the names of departments by id."""
    if departments is None or not {"department", "name"} <= departments.available:
        return {}
    query = (
        f"SELECT department, min(name) FROM {quoted(departments.name)} WHERE name IS NOT NULL GROUP BY ALL"
    )
    return dict(engine.rows(query))


def _suspects(engine: Engine, relation: Relation, counted: str, columns: Sequence[str]) -> bool:
    """Store the departments that share their sums and hashes with another; return whether there are any."""
    sums = [f"coalesce(sum({name} - DATE '2000-01-01'), 0)" for name in _days(columns)]
    engine.run(
        f"CREATE OR REPLACE TABLE {_SIGNS} AS SELECT department, count(*) AS cases, "
        f"hash({', '.join(['count(*)', *sums])}) AS sign FROM {quoted(relation.name)} "
        f"WHERE department IS NOT NULL AND ({counted}) GROUP BY department HAVING count(*) >= {LEAST_CASES}"
    )
    shared = f"SELECT department FROM {_SIGNS} WHERE sign IN (SELECT sign FROM {_SIGNS} GROUP BY sign HAVING count(*) > 1)"
    if not engine.one(f"SELECT count(*) FROM ({shared})")[0]:
        return False
    content = f"hash({', '.join(quoted(name) for name in columns)})"
    # Cases that are all alike (assigned together, none answered) say nothing: two of them must differ.
    engine.run(
        f"CREATE OR REPLACE TABLE {_ALIKE} AS SELECT department AS alike, cases, sign, count(*) OVER (PARTITION BY sign) "
        "AS departments FROM (SELECT department, count(*) AS cases, hash(count(*), sum(content)) AS sign "
        f"FROM (SELECT department, {content} AS content FROM {quoted(relation.name)} "
        f"WHERE department IN ({shared}) AND ({counted})) GROUP BY department "
        "HAVING count(DISTINCT content) > 1) QUALIFY departments > 1"
    )
    return bool(engine.one(f"SELECT count(*) FROM {_ALIKE}")[0])


def _days(columns: Sequence[str]) -> list[str]:
    return [name for name in ("assigned_on", "contacted_on", "replied_on") if name in columns]
