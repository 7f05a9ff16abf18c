"""What each department gets before it may object: every item with its standard, its count, its points and its cases."""

from collections.abc import Sequence
from pathlib import Path

from duban import Reporter, Run

# The libraries of documents are slow to load, and only writing needs them.


def write_document(run: Run, folder: Path) -> Sequence[str]:
    """Write the score sheets for Word."""
    from .document import write

    return write(run, folder)


def write_workbook(run: Run, folder: Path) -> Sequence[str]:
    """Write the score sheets for spreadsheets."""
    from .workbook import write

    return write(run, folder)


REPORTERS = [
    Reporter("score_sheets_docx", "各单位评分表（Word）", write_document, title_en="score sheets (Word)"),
    Reporter("score_sheets_xlsx", "各单位评分表", write_workbook, title_en="score sheets"),
]
