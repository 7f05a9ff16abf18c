"""duban 督办: a year's rules and a year's case ledger in, the list of excellent undertaking departments out.

Names are imported when they are first used, so that `duban --help` stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cells import each_once, is_missing, write_csv
    from .errors import DubanError
    from .exact import Exact, fixed, geometric_mean, irrational, logarithm, plain, power, rounded, square_root
    from .file_names import file_name
    from .findings import findings_frame
    from .gating import shown_total
    from .hookspecs import hookimpl
    from .intervals import jeffreys
    from .manifest import ruleset_as_data
    from .measures import Measure, Parameter
    from .methods import (
        Aggregator,
        Check,
        Curve,
        DataFolder,
        DerivedColumn,
        Judged,
        NoParameters,
        Parameters,
        Reporter,
        Speech,
        Subject,
        Together,
        pointwise,
    )
    from .objecting import objection_terms
    from .pipeline import check, run
    from .record import Run
    from .rows import Row, column, table
    from .tables import Table
    from .terms import Aggregate, Better, Severity, Status
    from .texts import Text, phrase
    from .word.filling import fill_template
    from .word.writing import word_document, word_paragraph, word_table

__all__ = [
    "Aggregate",
    "Aggregator",
    "Better",
    "Check",
    "Curve",
    "DataFolder",
    "DerivedColumn",
    "DubanError",
    "Exact",
    "Judged",
    "Measure",
    "NoParameters",
    "Parameter",
    "Parameters",
    "Reporter",
    "Row",
    "Run",
    "Severity",
    "Speech",
    "Status",
    "Subject",
    "Table",
    "Text",
    "Together",
    "check",
    "column",
    "each_once",
    "file_name",
    "fill_template",
    "findings_frame",
    "fixed",
    "geometric_mean",
    "hookimpl",
    "irrational",
    "is_missing",
    "jeffreys",
    "logarithm",
    "objection_terms",
    "phrase",
    "plain",
    "pointwise",
    "power",
    "rounded",
    "ruleset_as_data",
    "run",
    "shown_total",
    "square_root",
    "table",
    "word_document",
    "word_paragraph",
    "word_table",
    "write_csv",
]

_HOMES = {
    "cells": ("each_once", "is_missing", "write_csv"),
    "errors": ("DubanError",),
    "exact": (
        "Exact",
        "fixed",
        "geometric_mean",
        "irrational",
        "logarithm",
        "plain",
        "power",
        "rounded",
        "square_root",
    ),
    "file_names": ("file_name",),
    "gating": ("shown_total",),
    "findings": ("findings_frame",),
    "hookspecs": ("hookimpl",),
    "intervals": ("jeffreys",),
    "manifest": ("ruleset_as_data",),
    "measures": ("Measure", "Parameter"),
    "methods": (
        "Aggregator",
        "Check",
        "Curve",
        "DataFolder",
        "DerivedColumn",
        "Judged",
        "NoParameters",
        "Parameters",
        "Reporter",
        "Speech",
        "Subject",
        "Together",
        "pointwise",
    ),
    "objecting": ("objection_terms",),
    "pipeline": ("check", "run"),
    "record": ("Run",),
    "rows": ("Row", "column", "table"),
    "tables": ("Table",),
    "terms": ("Aggregate", "Better", "Severity", "Status"),
    "texts": ("Text", "phrase"),
    "word.filling": ("fill_template",),
    "word.writing": ("word_document", "word_paragraph", "word_table"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
