"""Reading: files become typed tables, names become departments, ratings and contacts become columns of the ledger."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from duban.corrections import Edit
from duban.engine import Engine, quoted
from duban.errors import Position, WorkspaceError
from duban.findings import Finding
from duban.relations import Ledger, Relation, Staged
from duban.results import Department
from duban.ruleset import Ruleset
from duban.tables import Table
from duban.workspace import OpenedWorkspace

from .columns import Circumstances
from .completing import unknown_cases
from .contacts import with_contacts
from .corrections import without_table
from .departments import listed_departments, named_departments
from .excel import forget_workbook
from .ratings import with_ratings
from .similar import Nearest
from .staging import stage_table
from .typed import cells_of, type_table


def read(
    engine: Engine,
    opened: OpenedWorkspace,
    ruleset: Ruleset,
    tables: Mapping[str, Table],
    paths: Mapping[str, Sequence[Path]],
    at: Callable[[tuple[str, ...]], Position],
    as_of: date,
    edits: Sequence[Edit] = (),
) -> Ledger:
    """Turn the files of a workspace into typed relations and departments; what cannot be read is a finding.

    `at` gives the place of a key of duban.toml. The `edits` are made one after the other; no file is touched. A table without a required heading is left out.
    Raises: WorkspaceError, for what duban.toml says wrongly; InputError, for a file that cannot be read.
    """
    try:
        return _Reading(engine, opened, ruleset, tables, paths, at, edits).ledger(as_of)
    finally:
        forget_workbook()


class _Reading:
    """One reading of one workspace: the tables one by one, departments first."""

    def __init__(
        self,
        engine: Engine,
        opened: OpenedWorkspace,
        ruleset: Ruleset,
        tables: Mapping[str, Table],
        paths: Mapping[str, Sequence[Path]],
        at: Callable[[tuple[str, ...]], Position],
        edits: Sequence[Edit],
    ) -> None:
        self._engine, self._opened, self._ruleset = engine, opened, ruleset
        self._tables, self._paths, self._at, self._edits = tables, paths, at, edits
        self._relations: dict[str, Relation] = {}
        self._findings: list[Finding] = []

    def ledger(self, as_of: date) -> Ledger:
        """Read everything."""
        circumstances = Circumstances(self._ruleset.outcomes)
        departments: list[Department] | None = None
        self._read_table("departments", circumstances)
        if "departments" in self._relations:
            departments, findings = listed_departments(self._engine, self._relations["departments"])
            self._findings += findings
            nearest = Nearest(department.name for department in departments)
            circumstances = Circumstances(self._ruleset.outcomes, resolves=True, nearest=nearest)
        for name in sorted(self._opened.workspace.tables):
            if name != "departments":
                self._read_table(name, circumstances)
        if departments is None:
            departments, findings = named_departments(self._engine, self._naming())
            self._findings += findings
        read_tables = self._opened.workspace.tables
        self._findings += [
            without_table(edit, read_tables) for edit in self._edits if edit.table not in read_tables
        ]
        self._complete_cases(as_of)
        return Ledger(self._relations, departments, self._findings)

    def _read_table(self, name: str, circumstances: Circumstances) -> None:
        source = self._opened.workspace.tables.get(name)
        if source is None:
            return
        if name not in self._tables:
            raise WorkspaceError(
                "unknown_table", self._at(("tables", name)), name=name, known=sorted(self._tables)
            )
        table, before = self._tables[name], self._objects()
        staged, findings = stage_table(
            self._engine, self._opened.folder, self._paths[name], table, source, self._at(("tables", name))
        )
        self._findings += findings
        if not staged or _lacks_required(table, staged):
            return
        edits = [edit for edit in self._edits if edit.table == name]
        relation, found = type_table(self._engine, table, staged, source, circumstances, self._at, edits)
        self._findings += found
        self._relations[name] = relation
        if not all(sheet.typed for sheet in staged):
            self._drop(
                self._objects() - before - {(relation.name, "VIEW"), (cells_of(relation.name), "TABLE")}
            )

    def _objects(self) -> set[tuple[str, str]]:
        tables = "SELECT table_name, 'TABLE' FROM duckdb_tables()"
        views = "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal"
        return {(name, kind) for name, kind in self._engine.rows(f"{tables} UNION ALL {views}")}

    def _drop(self, objects: set[tuple[str, str]]) -> None:
        """Give back the memory of cells that have been converted; views before the tables under them."""
        for name, kind in sorted(objects, key=lambda item: (item[1] == "TABLE", item[0])):
            self._engine.run(f"DROP {kind} IF EXISTS {quoted(name)}")

    def _naming(self) -> list[Relation]:
        """Return the relations whose department names are departments where no table lists them: cases first."""
        ledger = "cases" in self._relations
        naming = [
            relation
            for _, relation in sorted(self._relations.items())
            if "department" in relation.available and not (ledger and relation.is_about_cases)
        ]
        return sorted(naming, key=lambda relation: relation.table != "cases")

    def _complete_cases(self, as_of: date) -> None:
        """Look up the cases that other tables are about, and let ratings and contacts say what they know of them."""
        cases = self._relations.get("cases")
        if cases is None:
            return
        for _, relation in sorted(self._relations.items()):
            if relation.is_about_cases:
                self._findings += unknown_cases(self._engine, cases, relation)
        if "ratings" in self._relations:
            cases, findings = with_ratings(
                self._engine, cases, self._relations["ratings"], self._ruleset, as_of
            )
            self._findings += findings
        if "contacts" in self._relations:
            cases, findings = with_contacts(self._engine, cases, self._relations["contacts"], as_of)
            self._findings += findings
        self._relations["cases"] = cases


def _lacks_required(table: Table, staged: Sequence[Staged]) -> bool:
    required = {column.name for column in table.columns.values() if column.required}
    return any(not required <= sheet.columns.keys() for sheet in staged)
