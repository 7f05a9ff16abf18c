"""Paper for official forms: A4 with the margins and type of GB/T 9704, tables with borders, and blanks to write in."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from duban.errors import one_line

BODY, HEAD, TITLE = "仿宋", "黑体", "方正小标宋简体"
# What stands in where a computer lacks them, and whether it has serifs.
_FALLBACKS = {BODY: ("FangSong", "roman"), HEAD: ("SimHei", "swiss"), TITLE: ("SimSun", "roman")}
_LATIN = "Times New Roman"
# Millimetres: top, right, bottom, left.
_MARGINS = (37, 26, 35, 28)
WIDTH = 210 - _MARGINS[1] - _MARGINS[3]
SMALL = 10


class Paper:
    """One document that is filled from above."""

    def __init__(self, title: str) -> None:
        self._document: Any = Document()
        self._set_up(title)
        heading = self._document.add_paragraph()
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading.paragraph_format.space_after = Pt(12)
        _run(heading, title, TITLE, 22)

    def _set_up(self, title: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        sides = ("top_margin", "right_margin", "bottom_margin", "left_margin")
        for side, width in zip(sides, _MARGINS, strict=True):
            setattr(section, side, Mm(width))
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = _LATIN, Pt(12)
        properties = style.element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
        # Without it a reader may take the glyphs of another country for the same characters.
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia"), "zh-CN")
        properties.append(language)
        style.paragraph_format.space_after = Pt(4)
        self._name_fallbacks()
        core = self._document.core_properties
        core.title, core.author, core.comments, core.language = one_line(title), "", "", "zh-CN"
        _number_pages(section.footer.paragraphs[0])

    def _name_fallbacks(self) -> None:
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
            for name, (other, family) in _FALLBACKS.items()
        )
        for part in self._document.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")

    def heading(self, text: str) -> None:
        """Write the heading of a part."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(10)
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, text, HEAD, 14)

    def text(self, text: str) -> None:
        """Write a paragraph, its first line two characters in."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.4
        _run(paragraph, text, BODY, 12)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Write a table whose head repeats on every page; `widths` are parts of the page's width."""
        made = self._table(widths)
        _mark(_fill(made, head, widths, strong=range(len(head))), "w:tblHeader")
        for row in rows:
            _fill(made, row, widths)
        self._space()

    def fields(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        height: int = 0,
        strong: Sequence[int] = (0, 2),
    ) -> None:
        """Write rows of names and values; the columns `strong` are names. Rows are at least `height` mm high."""
        made = self._table(widths)
        for row in rows:
            line = _fill(made, row, widths, strong=strong)
            if height:
                line.height, line.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        self._space()

    def blanks(self, head: Sequence[str], number: int, widths: Sequence[int], height: int) -> None:
        """Write a table with so many empty rows to write in."""
        made = self._table(widths)
        _mark(_fill(made, head, widths, strong=range(len(head))), "w:tblHeader")
        for _ in range(number):
            line = _fill(made, [""] * len(head), widths)
            line.height, line.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        self._space()

    def _table(self, widths: Sequence[int]) -> Any:
        made = self._document.add_table(rows=0, cols=len(widths), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = _part(width, widths)
        return made

    def _space(self) -> None:
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def content(self) -> bytes:
        """Return the content of the file."""
        target = BytesIO()
        self._document.save(target)
        return target.getvalue()


def _fill(made: Any, cells: Sequence[str], widths: Sequence[int], strong: Sequence[int] = ()) -> Any:
    line = made.add_row()
    _mark(line, "w:cantSplit")
    for number, (cell, text, width) in enumerate(zip(line.cells, cells, widths, strict=True)):
        cell.width, cell.vertical_alignment = _part(width, widths), WD_ALIGN_VERTICAL.CENTER
        for place, part in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
            _run(paragraph, part, HEAD if number in strong else BODY, SMALL)
    return line


def _run(paragraph: Any, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(one_line(text))
    run.font.name, run.font.size, run.font.color.rgb = _LATIN, Pt(size), RGBColor(0, 0, 0)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _number_pages(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", BODY, 14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    _run(paragraph, " —", BODY, 14)


def _part(width: int, widths: Sequence[int]) -> Mm:
    return Mm(WIDTH * width / sum(widths))


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
