"""What each department gets before it may object: every item with its standard, its count, its points and its cases."""

from . import document, workbook

REPORTERS = [document.REPORTER, workbook.REPORTER]
