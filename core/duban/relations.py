"""Tables inside the engine: what reading hands to checking, and checking to measuring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .findings import Finding
from .results import Department
from .tables import Column

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


@dataclass(frozen=True)
class Relation:
    """One typed table or view in the engine: one row a department, labels mapped, dates dates.

    Hidden columns: `_file` INTEGER (index into `files`), `_row` BIGINT. `columns` holds every column with its type
    (those of the canonical table, those derived, and those kept from the file); a column that is in `columns` but not
    in `available` was in no file and is NULL throughout. `headings` is column → heading as the first file writes it.
    """

    name: str
    table: str
    columns: Mapping[str, Column]
    available: frozenset[str]
    files: Sequence[tuple[str, str]] = field(default=())  # (file, sheet)
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """What reading leaves: the typed relations by table, the departments sorted by id, and what was noticed.

    A table whose required headings are missing is left out; a finding says so.
    """

    relations: Mapping[str, Relation]
    departments: Sequence[Department]
    findings: list[Finding]
