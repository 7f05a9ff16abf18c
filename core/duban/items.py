"""What single rows say: how each row of a table counts for each measure use."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple


class Mark(NamedTuple):
    """What one row is to one measure use: whether it counts, whether it hits, what it is worth.

    `hit` is None where the measure is no share, `value` where it adds up nothing or the row does not count.
    """

    counted: bool
    hit: bool | None = None
    value: Fraction | None = None


class Item(NamedTuple):
    """One row of a table: whose it is, where it stands, and its marks by the key of the measure use.

    `case_id` and `role` are None in a table without them, `file` is the index of the table's file. Rows with equal
    marks share one mapping.
    """

    table: str
    department: str
    case_id: str | None
    role: str | None
    file: int
    row: int
    marks: Mapping[str, Mark]
