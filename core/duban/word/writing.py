"""Write paragraphs and tables straight into the frame of a document: fast enough for thousands of departments."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from .archive import packed, unpacked
from .text import plain_text

_BODY = "word/document.xml"


def word_paragraph(text: str, style: str, page_break: bool = False) -> str:
    """Return a paragraph in a style of the frame, its lines below one another, on a new page if so asked."""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(_plain, text.split("\n")))
    new_page = "<w:pageBreakBefore/>" if page_break else ""
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{new_page}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{lines}</w:t></w:r></w:p>'
    )


def word_table(rows: Iterable[Sequence[str]], widths: Sequence[int], heads: int = 1) -> str:
    """Return a table with borders; the first `heads` rows repeat on every page, `widths` are twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = "".join(_row(row, widths, number < heads) for number, row in enumerate(rows))
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"
    )


def _row(cells: Sequence[str], widths: Sequence[int], head: bool) -> str:
    style = "SheetHead" if head else "SheetCell"
    begin = "<w:tr><w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    written = "".join(_cell(cell, style, width) for cell, width in zip(cells, widths, strict=True))
    return f"{begin}{written}</w:tr>"


@lru_cache(maxsize=50_000)
def _cell(text: str, style: str, width: int) -> str:
    """Return a cell; standards and small numbers come again for every department."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{word_paragraph(text, style)}</w:tc>'


def word_document(frame: bytes, body: Iterable[str], marks: Mapping[str, str]) -> bytes:
    """Return a document with this body in a shipped frame; `marks` are texts of its head and foot and what they become."""
    parts = unpacked(frame)
    text = parts[_BODY].decode()
    begin, end = text.index("<w:body>") + len("<w:body>"), text.rindex("<w:sectPr")
    parts[_BODY] = f"{text[:begin]}{''.join(body)}{text[end:]}".encode()
    for name, part in parts.items():
        if name.startswith(("word/header", "word/footer")):
            for mark, meant in marks.items():
                part = part.replace(mark.encode(), _plain(meant).encode())
            parts[name] = part
    return packed(parts)


def _plain(text: str) -> str:
    return escape(plain_text(text))
