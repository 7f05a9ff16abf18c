"""Checks of the cases: dates in an impossible order, ratings without a reply, contacts that do not agree.

A check is an SQL condition over one row; the rows for which it holds are findings with the check's id as their code.
"""

from collections.abc import Sequence

from duban import Check, hookimpl

from . import contacts, dates, ratings


@hookimpl
def register_checks() -> Sequence[Check]:
    """Return the checks of this plugin."""
    return [*dates.CHECKS, *contacts.CHECKS, *ratings.CHECKS]
