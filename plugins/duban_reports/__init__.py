"""The reports that ship with duban: one module a format."""

from duban import Reporter, hookimpl

from . import csv_files, json_file, notices, page, score_sheets, workbook


@hookimpl
def register_reporters() -> list[Reporter]:
    """The csv files for programs and spreadsheets, one JSON file, the notices, the web page, the score sheets, and the workbook."""
    return [
        csv_files.REPORTER,
        json_file.REPORTER,
        notices.REPORTER,
        page.REPORTER,
        *score_sheets.REPORTERS,
        workbook.REPORTER,
    ]
