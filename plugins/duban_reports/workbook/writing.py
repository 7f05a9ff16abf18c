"""The whole workbook, sheet by sheet."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from duban import Run

from . import about, adjustments, details, findings, ranking, two_stage, weights
from .book import Book

NAME = "result.xlsx"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write the workbook. What stands first is filled last, because it refers to the sheets behind it."""
    with xlsxwriter.Workbook(str(folder / NAME), _OPTIONS) as file:
        book = Book(file, run)
        sheets = [book.sheet(part.TITLE) for part in (ranking, details, weights, adjustments)]
        rules = weights.write(book, sheets[2])
        scores = details.write(book, sheets[1], rules)
        changes = adjustments.write(book, sheets[3], rules)
        ranking.write(book, sheets[0], rules, scores, changes)
        two_stage.write(book, book.sheet(two_stage.TITLE))
        findings.write(book, book.sheet(findings.TITLE))
        about.write(book, book.sheet(about.TITLE))
    return [NAME]
