"""Are the figures honest? Patterns that honest handling hardly leaves; each is a warning to look into, never points.

Every finding is of one department and says its numbers; what it could be besides is in what to do. A pattern is told from
five rows on and where chance alone would give it to any department of the ledger once in a thousand ledgers at most. The
same figures under two names are told by duban itself (`same_figures`).
"""

from collections.abc import Sequence

from duban import Check, Table, hookimpl

from . import handling, ratings, times


@hookimpl
def register_tables() -> Sequence[Table]:
    """Return the tables of this plugin."""
    return times.TABLES


@hookimpl
def register_checks() -> Sequence[Check]:
    """Return the checks of this plugin."""
    return [*ratings.CHECKS, *handling.CHECKS]
