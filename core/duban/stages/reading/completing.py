"""What tables about cases have in common: rows about cases that the ledger has, and some that become its columns."""

from collections.abc import Mapping
from dataclasses import replace

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import SAME_CASE, Relation

LISTED_ROWS = 20_000


def unknown_cases(engine: Engine, cases: Relation, about: Relation) -> list[Finding]:
    """Return a finding for each row about a case that the ledger does not have."""
    whole = "department" in about.available
    same, who = (SAME_CASE.format("c", "a"), "department") if whole else ("c.case_id = a.case_id", "'—'")
    rows = engine.rows(
        f"SELECT _file, _row, case_id, {who} AS who FROM {quoted(about.name)} AS a "
        f"WHERE case_id IS NOT NULL AND who IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {quoted(cases.name)} AS c WHERE {same}) "
        f"ORDER BY ALL LIMIT {LISTED_ROWS + 1}"
    )
    heading = about.headings.get("case_id", "case_id")
    found = []
    for number, row, case_id, department in rows[:LISTED_ROWS]:
        file, sheet = about.files[number]
        place = {"table": about.table, "file": file, "sheet": sheet, "row": row, "column": heading}
        found.append(finding("unknown_case", **place, value=case_id, department=department))
    if len(rows) > LISTED_ROWS:
        found.append(finding("too_many_bad_cells", table=about.table, column=heading, listed=LISTED_ROWS))
    return found


def completed(
    engine: Engine,
    cases: Relation,
    name: str,
    joins: str,
    values: Mapping[str, str],
    available: frozenset[str],
) -> Relation:
    """Return the cases `c` with some columns replaced; a view stays a view, a table gives way to the new one."""
    replaced = ", ".join(f"{value} AS {quoted(column)}" for column, value in sorted(values.items()))
    views = {view for (view,) in engine.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal")}
    form = "VIEW" if cases.name in views else "TABLE"
    query = f"SELECT c.* REPLACE ({replaced}) FROM {quoted(cases.name)} AS c {joins}"
    engine.run(f"CREATE OR REPLACE {form} {quoted(name)} AS {query}")
    if form == "TABLE":
        engine.run(f"DROP TABLE {quoted(cases.name)}")
    return replace(cases, name=name, available=cases.available | available)
