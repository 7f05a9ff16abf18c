"""report.html: one self-contained page that opens from disk, with charts, every department's scores and its cases."""

from collections.abc import Sequence
from pathlib import Path

from duban import Reporter, Run

from .data import page_data
from .document import document

FILE = "report.html"


def write(run: Run, folder: Path) -> Sequence[str]:
    """Write `report.html`."""
    text = document(run.title, run.language, page_data(run))
    # Half of a surrogate pair, which a file name may hold, has no UTF-8; in the data it is a JSON escape.
    (folder / FILE).write_text(text, "utf-8", newline="\n")
    return [FILE]


REPORTER = Reporter(id="page", title="网页报告", write=write, title_en="web page")
