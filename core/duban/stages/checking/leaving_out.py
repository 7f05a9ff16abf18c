"""Rows that a workspace leaves out because of a finding: noted by file and row, hidden by a view."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from duban.engine import Engine, quoted
from duban.findings import Finding, finding
from duban.relations import Relation

_KEPT = "_kept"


class Exclusions:
    """The rows left out of each table, and the relations without them.

    Nothing is copied, and a table of which nothing is left out stays as it is.
    """

    def __init__(self, engine: Engine, relations: Mapping[str, Relation]) -> None:
        self.relations = dict(relations)
        self._engine = engine
        self._codes: dict[str, set[str]] = {}
        self._named: dict[str, set[tuple[int, int]]] = {}

    def can_leave_out(self, item: Finding) -> bool:
        """Return whether a finding names a row of a table that is there."""
        return item.row is not None and self._file_of(item) is not None

    def holds(self, item: Finding) -> bool:
        """Return whether every row that a finding names has been left out by `add_rows`."""
        file = self._file_of(item)
        if file is None or item.row is None:
            return False
        return {(file, row) for row in (item.row, *item.rows)} <= self._named.get(item.table, set())

    def add_rows(self, findings: Iterable[Finding]) -> None:
        """Leave out the rows that findings name."""
        places: dict[str, set[tuple[int, int]]] = {}
        for item in findings:
            file = self._file_of(item)
            if file is not None and item.row is not None:
                named = {(file, row) for row in (item.row, *item.rows)}
                places.setdefault(item.table, set()).update(named)
                self._codes.setdefault(item.table, set()).add(item.code)
        for table, rows in sorted(places.items()):
            self._named.setdefault(table, set()).update(rows)
            frame = pd.DataFrame(sorted(rows), columns=["_file", "_row"])
            self._engine.put("rows_to_leave_out", frame)
            self._add(table, "SELECT _file, _row FROM rows_to_leave_out")

    def add_query(self, table: str, code: str, query: str) -> None:
        """Leave out the rows that a query names by `_file` and `_row`."""
        self._codes.setdefault(table, set()).add(code)
        self._add(table, f"SELECT _file, _row FROM ({query})")

    def findings(self) -> list[Finding]:
        """Return one finding for each table of which rows are left out."""
        return [
            finding("rows_excluded", table=table, count=self._count(table), value="、".join(sorted(codes)))
            for table, codes in sorted(self._codes.items())
        ]

    @property
    def count(self) -> int:
        """How many rows are left out in all."""
        return sum(self._count(table) for table in self._codes)

    def _count(self, table: str) -> int:
        (count,) = self._engine.one(f"SELECT count(*) FROM {_store(table)}")
        return int(count)

    def _file_of(self, item: Finding) -> int | None:
        relation = self.relations.get(item.table)
        if relation is None or (item.file, item.sheet) not in relation.files:
            return None
        return list(relation.files).index((item.file, item.sheet))

    def _add(self, table: str, query: str) -> None:
        relation, store = self.relations[table], _store(table)
        self._engine.run(f"CREATE TABLE IF NOT EXISTS {store} (_file INTEGER, _row BIGINT)")
        # Read before anything is added: the query may look at the view over the same table.
        self._engine.run(f"CREATE OR REPLACE TABLE rows_found AS SELECT DISTINCT _file, _row FROM ({query})")
        self._engine.run(
            f"INSERT INTO {store} SELECT * FROM rows_found ANTI JOIN {store} USING (_file, _row)"
        )
        if not relation.name.endswith(_KEPT):
            name = relation.name + _KEPT
            self._engine.run(
                f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT * FROM {quoted(relation.name)} "
                f"ANTI JOIN {store} USING (_file, _row)"
            )
            self.relations[table] = replace(relation, name=name)


def _store(table: str) -> str:
    return quoted(f"{table}_left_out")
