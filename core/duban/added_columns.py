"""The columns that a table has beside those of its files: the view's own, and those that plugins derive."""

from .deadlines import REPLY, deadline_column
from .methods import DerivedColumn
from .rows import COLUMN_TYPES
from .ruleset import Ruleset
from .tables import RATINGS, Column
from .terms import ColumnType

DEPARTMENT_CASES = Column("department_cases", ColumnType.INTEGER, ("主办分办件数",))
COUNTED_RATINGS = {
    "answer_rating": Column("answer_rating_counted", ColumnType.LABEL, ("答复评价（计入）",), RATINGS),
    "result_rating": Column("result_rating_counted", ColumnType.LABEL, ("结果评价（计入）",), RATINGS),
}


def derived_columns(ruleset: Ruleset) -> dict[str, Column]:
    """Return the columns that the view adds to the cases, by name."""
    deadlines = [deadline_column(name) for name in sorted({REPLY, *ruleset.deadlines})]
    return {column.name: column for column in (DEPARTMENT_CASES, *deadlines, *COUNTED_RATINGS.values())}


def described(column: DerivedColumn) -> Column:
    """Return a derived column as the texts of measures know it."""
    kind = ColumnType.LABEL if column.labels else COLUMN_TYPES[column.type]
    return Column(column.id, kind, (column.title,), column.labels, unit=column.unit, title_en=column.title_en)
