"""A page as a Word file: A4, 仿宋 for text and 黑体 for headings, tables with borders whose head repeats on every page."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .page import Block, Heading, Listing, Page, Paragraph, Row, Table, lines_of, one_line

_TEXT, _BOLD = "仿宋", "黑体"
_LATIN = "Times New Roman"
# What stands in where a computer lacks the two, and whether it has serifs.
_FALLBACKS = {_TEXT: ("FangSong", "roman"), _BOLD: ("SimHei", "swiss")}
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 20  # millimetres
_SMALL = 9
_GREY = "EEEEEE"


def word(page: Page) -> bytes:
    """Return the content of the file."""
    document = Document()
    _set_up(document, page)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(14)
    _run(title, one_line(page.title), _BOLD, 18)
    for block in page.blocks:
        _block(document, block)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: Any, page: Page) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_WIDTH), Mm(_HEIGHT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _LATIN, Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _TEXT)
    # Without it a reader may take the glyphs of another country for the same characters.
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(language)
    style.paragraph_format.space_after = Pt(4)
    style.paragraph_format.line_spacing = 1.3
    _name_fallbacks(document)
    # The template that comes with the library has a title, an author and a date of its own.
    document.core_properties.title = one_line(page.title)
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.language = "zh-CN" if page.language == "zh" else "en"


def _name_fallbacks(document: Any) -> None:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
        for name, (other, family) in _FALLBACKS.items()
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        heading = document.add_heading(level=2)
        heading.paragraph_format.space_before = Pt(12)
        _run(heading, one_line(block.text), _BOLD, 14)
    elif isinstance(block, Paragraph):
        _run(document.add_paragraph(), one_line(block.text))
    elif isinstance(block, Listing):
        for item in block.items:
            _run(document.add_paragraph(style="List Bullet"), one_line(item))
    else:
        _table(document, block)


def _run(paragraph: Any, text: str, font: str = _TEXT, size: int | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.bold = _LATIN, font == _BOLD
    run.font.color.rgb = RGBColor(0, 0, 0)
    run.font.size = Pt(size) if size else None
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _table(document: Any, table: Table) -> None:
    made = document.add_table(rows=0, cols=len(table.head), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, table.widths, strict=True):
        column.width = _part(width, table.widths)
    _fill(made, Row(table.head, strong=True), table.widths)
    _mark(made.rows[0], "w:tblHeader")
    for row in table.rows:
        _fill(made, row, table.widths)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(made: Any, row: Row, widths: tuple[int, ...]) -> None:
    line = made.add_row()
    _mark(line, "w:cantSplit")
    for cell, text, width in zip(line.cells, row.cells, widths, strict=True):
        cell.width = _part(width, widths)
        if row.strong:
            _shade(cell)
        for number, part in enumerate(lines_of(text)):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.line_spacing = 1.1
            _run(paragraph, part, _BOLD if row.strong else _TEXT, _SMALL)


def _part(width: int, widths: tuple[int, ...]) -> Mm:
    return Mm((_WIDTH - 2 * _MARGIN) * width / sum(widths))


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _GREY)):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)
