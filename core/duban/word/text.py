"""Text as a Word document can hold it."""

import re

# What XML 1.0 cannot hold, and what would break a line or a page: it came from a cell or a file name.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def plain_text(text: str) -> str:
    """Return a text on one line without characters that a document cannot hold; everything else stays as it is."""
    return _UNFIT.sub(lambda found: "�" if found[0] >= "\ud800" else " ", text)
