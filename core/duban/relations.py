"""Tables inside the engine: what reading hands to checking, and checking to measuring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .findings import Finding
from .results import Department
from .tables import Column, Table

# What is said of a case is said of a department's part in it, in all its roles.
SAME_CASE = "{0}.case_id = {1}.case_id AND {0}.department = {1}.department"
SQL_TYPES = {
    "text": "VARCHAR",
    "label": "VARCHAR",
    "date": "DATE",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 6)",
    "boolean": "BOOLEAN",
    "float": "DOUBLE",
}


@dataclass(frozen=True)
class Staged:
    """One sheet of one file in the engine, cells as text; rows keep the numbers that the spreadsheet shows.

    `relation` has the columns named in `columns` (column of the table → physical column) and `_row` BIGINT. Cells are
    raw text, trimmed of nothing. `typed` says that the physical columns have types of their own (Parquet).
    `headings` is column of the table → heading as written.
    """

    file: str
    sheet: str
    relation: str
    columns: Mapping[str, str]
    headings: Mapping[str, str]
    typed: bool = False


class Derivation(NamedTuple):
    """Where a column that a plugin derives comes from: the plugin, and the columns that it is worked out from."""

    plugin: str
    needs: frozenset[str]


@dataclass(frozen=True)
class Relation:
    """One typed table or view in the engine: one row a department, labels mapped, dates dates.

    Hidden columns: `_file` INTEGER (index into `files`), `_row` BIGINT. `columns` holds every column with its type
    (those of the canonical table, those derived, and those kept from the file); a column that is in `columns` but not
    in `available` was in no file and is NULL throughout. `headings` is column → heading as the first file writes it.
    `derived` says where the columns come from that plugins derive; those that no text names are known, but not there.
    `declared` is the table as duban or a plugin declares it: its key, and the columns that are not the file's own.
    """

    name: str
    table: str
    columns: Mapping[str, Column]
    available: frozenset[str]
    files: Sequence[tuple[str, str]] = field(default=())  # (file, sheet)
    headings: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Derivation] = field(default_factory=dict)
    declared: Table | None = None

    @property
    def is_about_cases(self) -> bool:
        """Whether its rows say something of cases that the ledger lists."""
        declared = self.declared.columns if self.declared else {}
        return self.table != "cases" and "case_id" in self.available & declared.keys()


@dataclass(frozen=True)
class Ledger:
    """What reading leaves: the typed relations by table, the departments sorted by id, and what was noticed.

    A table whose required headings are missing is left out; a finding says so.
    """

    relations: Mapping[str, Relation]
    departments: Sequence[Department]
    findings: list[Finding]
