"""Corrections: what is changed of the ledger while it is read, and the register in which that is written down."""

from collections.abc import Mapping
from dataclasses import dataclass

CORRECTIONS_FILE = "corrections.csv"


@dataclass(frozen=True)
class Edit:
    """One cell that is to be read as if it held something else.

    `key` is column → value and must fit exactly one row of the table: the columns of its key or any others, by name or by
    heading; `_file` and `_row` are the place that findings name. `old` and `new` are cells as a ledger writes them,
    "" is a blank one; without `old`, whatever stands there is replaced. `line` is the row of `corrections.csv`, `why` what
    stands there as the reason; an edit without a line is made from memory.
    """

    table: str
    key: Mapping[str, str]
    column: str
    new: str
    old: str | None = None
    line: int | None = None
    why: str = ""
