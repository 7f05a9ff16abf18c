"""The reports that ship with duban: one module a format."""

from duban import Reporter, hookimpl

from . import csv_files, json_file


@hookimpl
def register_reporters() -> list[Reporter]:
    """The csv files for spreadsheets, and one JSON file for programs."""
    return [csv_files.REPORTER, json_file.REPORTER]
