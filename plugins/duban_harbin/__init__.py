"""Departments of the Harbin practice: what each of them measures itself by, one module a department.

A module has `TABLES`, `COLUMNS`, `CHECKS` and `MEASURES`, as far as its department needs them; a new one is one more line below.
"""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from duban import Check, DerivedColumn, Measure, Table, hookimpl

from . import (
    civil_affairs,
    culture_tourism,
    development_reform,
    government_office,
    health,
    housing,
    industry,
    procuratorate,
    public_security,
    sports,
)

MODULES: Sequence[ModuleType] = (
    government_office,
    procuratorate,
    health,
    development_reform,
    industry,
    public_security,
    civil_affairs,
    housing,
    culture_tourism,
    sports,
)


@hookimpl
def register_tables() -> Sequence[Table]:
    """Return the records that the departments keep beside the ledger."""
    return list(_gathered("TABLES"))


@hookimpl
def register_columns() -> Sequence[DerivedColumn]:
    """Return the columns that are worked out from others."""
    return list(_gathered("COLUMNS"))


@hookimpl
def register_checks() -> Sequence[Check]:
    """Return what cannot be right in the departments' records."""
    return list(_gathered("CHECKS"))


@hookimpl
def register_measures() -> Sequence[Measure]:
    """Return the measures of all departments."""
    return list(_gathered("MEASURES"))


def _gathered(kind: str) -> Iterator[Any]:
    for module in MODULES:
        yield from getattr(module, kind, ())
