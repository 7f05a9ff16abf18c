"""Makes the Word templates of notices and score sheets, in the layout of GB/T 9704-2012; an office then edits them in Word or WPS.

python plugins/make_notice_templates.py [folder]

A4, margins 37/26/35/28 mm, 22 lines of 28 characters: 16 pt type, brought together by a quarter of a point, on lines of
28.95 pt. Title 22 pt 小标宋, text 仿宋, headings 一、黑体 （一）楷体, page number 14 pt between dashes, outside.
"""

import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from duban.word.archive import packed, unpacked

HERE = Path(__file__).parent / "duban_reports"
BODY, KAI, HEI, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
# What stands in for a font that a computer lacks, and its family.
STAND_INS = {
    BODY: ("仿宋", "roman"),
    KAI: ("楷体", "roman"),
    HEI: ("SimHei", "swiss"),
    TITLE: ("华文中宋", "roman"),
}
LATIN = "Times New Roman"
LINE, SIZE, TITLE_SIZE, TABLE_SIZE = 28.95, 16, 22, 10.5
RED = RGBColor(0xE6, 0x00, 0x12)
# Millimetres: top, right, bottom, left; and the width between.
MARGINS = (37, 26, 35, 28)
WIDTH = 210 - MARGINS[1] - MARGINS[3]
# A twentieth of a point each: 28 characters of 16 pt are 448 pt, the line has 442.
TIGHTER = -5


class Page:
    """One template that is written from above."""

    def __init__(self) -> None:
        self.document: Any = Document()
        self.last_text: list[Any] = []
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        for side, width in zip(("top", "right", "bottom", "left"), MARGINS, strict=True):
            setattr(section, f"{side}_margin", Mm(width))
        section.header_distance, section.footer_distance = Mm(15), Mm(23)
        section.different_first_page_header_footer = False
        self.document.settings.odd_and_even_pages_header_footer = True
        self._style()
        _fonts(self.document)
        for header in (section.header, section.even_page_header):
            self._marked(header.paragraphs[0])
        _numbered(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
        _numbered(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
        core = self.document.core_properties
        core.title, core.author, core.comments, core.language = "", "", "", "zh-CN"

    def save(self, path: Path) -> None:
        """Write the file, which is the same on any day."""
        target = BytesIO()
        self.document.save(target)
        path.write_bytes(packed(unpacked(target.getvalue())))

    def _style(self) -> None:
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = LATIN, Pt(SIZE)
        properties = style.element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
        properties.find(qn("w:sz")).addprevious(_element("w:spacing", val=str(TIGHTER)))
        # Without it a reader may take the glyphs of another country for the same characters.
        properties.append(_element("w:lang", val="en-US", eastAsia="zh-CN"))
        _line(style.paragraph_format)

    def _marked(self, paragraph: Any) -> None:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run(paragraph, "{{ 内部标记 }}", HEI, 14)

    def line(
        self,
        text: str = "",
        font: str = BODY,
        size: float = SIZE,
        align: Any = None,
        first: float = 0,
        right: float = 0,
        colour: RGBColor | None = None,
        left: float = 0,
        hanging: float = 0,
    ) -> Any:
        """Write a paragraph; `first`, `left`, `right` and `hanging` are characters."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        indent = paragraph.paragraph_format
        if first or hanging:
            indent.first_line_indent = Pt((first or -hanging) * SIZE)
        if left or hanging:
            indent.left_indent = Pt((left + hanging) * SIZE)
        if right:
            indent.right_indent = Pt(right * SIZE)
        if text:
            run(paragraph, text, font, size, colour)
        return paragraph

    def text(self, text: str) -> None:
        """Write a paragraph of the text, its first line two characters in."""
        self.last_text = [self.line(text, first=2, align=WD_ALIGN_PARAGRAPH.JUSTIFY)]

    def heading(self, text: str) -> None:
        """Write a heading 一、"""
        self.line(text, HEI, first=2).paragraph_format.keep_with_next = True

    def mark(self, text: str) -> None:
        """Write a mark that stands in a paragraph of its own, which goes when the template is filled."""
        self.line("{%p " + text + " %}")

    def title(self, text: str) -> None:
        """Write the title in the middle."""
        self.line(text, TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
        self.line()

    def red_head(self) -> None:
        """Write the red head of a numbered document, and the rule below it."""
        self.line("{{ 发文机关 }}文件", TITLE, 36, WD_ALIGN_PARAGRAPH.CENTER, colour=RED)
        self.document.paragraphs[-1].paragraph_format.line_spacing = Pt(2 * LINE)
        self.line()
        number = self.line("{{ 文号 }}", align=WD_ALIGN_PARAGRAPH.CENTER)
        number._p.get_or_add_pPr().insert(
            0,
            parse_xml(
                f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="4" w:color="E60012"/></w:pBdr>'
            ),
        )
        self.line()
        self.line()

    def annexes(self) -> None:
        """Write the note that lists the annexes, one line below the text."""
        self.last_text.append(self.line())
        self.mark("for 件 in 附件")
        self.line("{{ 件.说明 }}", left=2, hanging=3).paragraph_format.keep_with_next = True
        self.mark("endfor")

    def signature(self) -> None:
        """Write who signs, and the day four characters from the right, on one page with the end of the text."""
        signed = [self.line(), self.line()]
        signed.append(self.line("{{ 发文机关 }}", align=WD_ALIGN_PARAGRAPH.RIGHT, right=4))
        for paragraph in (*self.last_text, *signed):
            paragraph.paragraph_format.keep_with_next = True
        self.line("{{ 成文日期 }}", align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)

    def annex(self, number: str, title: str) -> None:
        """Begin an annex on a page of its own."""
        self.line(number, HEI).paragraph_format.page_break_before = True
        self.line()
        self.title(title)

    def table(self, head: Sequence[str], rows: str, cells: Sequence[str], widths: Sequence[float]) -> None:
        """Write a table whose head repeats on each page: a row for each of `rows`; `widths` are parts of the page's."""
        made = self.document.add_table(rows=0, cols=len(head), style="Table Grid")
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(WIDTH * width / sum(widths))
        first = _row(made, head, widths, HEI)
        first._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        _narrow_margins(made)
        _row(made, ["{%tr for " + rows + " %}", *[""] * (len(head) - 1)], widths)
        _row(made, cells, widths)
        _row(made, ["{%tr endfor %}", *[""] * (len(head) - 1)], widths)

    def wide_table(
        self,
        first: tuple[str, str, float],
        items: str,
        title: str,
        value: str,
        rows: str,
        last: Sequence[str],
    ) -> None:
        """Write a table with as many columns between as there are `items`; `last` are (head, cell) behind them."""
        heads, cells = last[::2], last[1::2]
        head = [first[0], "{%tc for 列 in " + items + " %}", title, "{%tc endfor %}", *heads]
        row = [first[1], "{%tc for 值 in " + value + " %}", "{{ 值 }}", "{%tc endfor %}", *cells]
        widths = [first[2], 1, 1, 1, *[1] * len(heads)]
        made = self.document.add_table(rows=0, cols=len(head), style="Table Grid")
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(WIDTH * width / sum(widths))
        line = _row(made, head, widths, HEI)
        line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        _narrow_margins(made)
        _row(made, ["{%tr for " + rows + " %}", *[""] * (len(head) - 1)], widths)
        _row(made, row, widths)
        _row(made, ["{%tr endfor %}", *[""] * (len(head) - 1)], widths)
        # How many columns there will be, nobody knows yet: the grid says how wide they are, in parts of the whole.
        for cell in made._tbl.iter(qn("w:tcW")):
            cell.set(qn("w:type"), "auto")
            cell.set(qn("w:w"), "0")
        whole = made._tbl.tblPr.find(qn("w:tblW"))
        whole.set(qn("w:type"), "pct")
        whole.set(qn("w:w"), "5000")


def run(paragraph: Any, text: str, font: str, size: float, colour: RGBColor | None = None) -> None:
    """Add text in a font: Chinese in its own, digits and letters in Times New Roman."""
    made = paragraph.add_run(text)
    made.font.name, made.font.size = LATIN, Pt(size)
    if colour is not None:
        made.font.color.rgb = colour
    made._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _narrow_margins(made: Any) -> None:
    """Leave a millimetre beside what stands in a cell, so that numbers need less room."""
    sides = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"))


def _row(made: Any, texts: Sequence[str], widths: Sequence[float], font: str = BODY) -> Any:
    line = made.add_row()
    line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, width in zip(line.cells, texts, widths, strict=True):
        cell.width, cell.vertical_alignment = Mm(WIDTH * width / sum(widths)), WD_ALIGN_VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        run(paragraph, text, font, TABLE_SIZE)
    return line


def _line(form: Any) -> None:
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.space_before = form.space_after = Pt(0)


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _fonts(document: Any) -> None:
    """Say what stands in for the fonts of official documents where a computer lacks them."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
        for name, (other, family) in STAND_INS.items()
    )
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


def _numbered(paragraph: Any, side: Any) -> None:
    """Write the page number between dashes, one character from the outer edge."""
    paragraph.alignment = side
    _line(paragraph.paragraph_format)
    paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = Pt(14)
    run(paragraph, "— ", "宋体", 14)
    for kind, code in (("begin", ""), ("", " PAGE "), ("end", "")):
        piece = paragraph.add_run()
        piece.font.size = Pt(14)
        if kind:
            piece._r.append(_element("w:fldChar", fldCharType=kind))
        else:
            text = OxmlElement("w:instrText")
            text.text = code
            piece._r.append(text)
    run(paragraph, " —", "宋体", 14)


_LISTED = "{% for 表 in 名单 %}{{ 表.单位名 }}等{{ 表.单位数 }}个单位为{{ 表.名称 }}{{ '' if loop.last else '，' }}{% endfor %}"


def public_notice(page: Page) -> None:
    """公示: the list, how long, to whom one may object."""
    page.title("关于{{ 评价 }}结果的公示")
    page.text(
        "根据{{ 依据 }}，按照《{{ 办法 }}》，对{{ 单位数 }}个承办单位的办理工作进行了评价（数据截至{{ 截至 }}）。"
        "经评分、排名，拟确定" + _LISTED + "，现予以公示。"
    )
    page.text("公示期为{{ 公示期 }}{% if 公示止 %}，自{{ 公示起 }}起至{{ 公示止 }}止{% endif %}。")
    page.text(
        "公示期内，对公示名单有异议的，请以书面形式向{{ 受理机关 }}提出，写明异议事项和理由，并附证据材料。"
        "以单位名义提出的应当加盖公章，以个人名义提出的应当签署真实姓名并留下联系方式。"
    )
    page.text("联系方式：{{ 联系方式 }}")
    page.annexes()
    page.signature()
    _lists(page, with_points=True)


def circular(page: Page) -> None:
    """通报: what was evaluated, who did well, who falls short and why, what is asked for, figures of each unit."""
    page.red_head()
    page.title("关于{{ 评价 }}情况的通报")
    page.line("{{ 主送 }}：")
    page.text(
        "根据{{ 依据 }}，按照《{{ 办法 }}》，对{{ 单位数 }}个承办单位的办理工作进行了评价，数据截至{{ 截至 }}。"
        "现将有关情况通报如下："
    )
    page.heading("一、基本情况")
    page.text(
        "共评价{{ 件数 }}件次，涉及{{ 单位数 }}个承办单位，其中参加排名{{ 参评数 }}个"
        "{% if 未参评 %}，未参加排名{{ 未参评|length }}个{% endif %}。"
        "{% for 阶段 in 回收 %}{{ 阶段.名称 }}{{ 阶段.件数 }}件中收回{{ 阶段.已评 }}件，回收率{{ 阶段.回收率 }}。{% endfor %}"
    )
    page.heading("二、评价结果")
    page.mark("for 组 in 组别")
    page.text(
        "{% if 组.名称 %}{{ 组.名称 }}：{% endif %}参加排名{{ 组.参评数 }}个单位"
        "{% if 组.最高 != '—' %}，总分最高{{ 组.最高 }}分，最低{{ 组.最低 }}分{% endif %}。"
    )
    page.mark("endfor")
    page.mark("for 表 in 名单 + 其他名单")
    page.text(
        "{{ 表.名称 }}{{ 表.单位数 }}个：{{ 表.全部单位名 }}{% if not 表.有序 %}（排名不分先后）{% endif %}。"
    )
    page.mark("endfor")
    page.mark("if 加减分")
    page.heading("三、加分、扣分和否决")
    page.text(
        "因加分、扣分、否决条件改变得分或评选资格的共{{ 加减分|length }}项，见附件{{ 3 if 指标 else 2 }}。"
    )
    page.mark("endif")
    page.heading("{{ '四' if 加减分 else '三' }}、工作要求")
    page.text("【工作要求】")
    page.annexes()
    page.signature()
    page.annex("附件{{ 1 if 指标 or 加减分 else '' }}", "承办单位评价结果")
    page.mark("for 组 in 组别")
    page.line("{{ 组.名称 }}", KAI).paragraph_format.keep_with_next = True
    page.wide_table(
        ("承办单位", "{{ 行.名称 }}", 1.8),
        "维度",
        "{{ 列 }}",
        "行.维度",
        "行 in 组.单位",
        ("总分", "{{ 行.总分 }}", "名次", "{{ 行.名次 }}", "等次", "{{ 行.等次 }}"),
    )
    page.line()
    page.mark("endfor")
    page.mark("if 指标")
    page.annex("附件2", "承办单位各项指标")
    page.mark("for 表 in 指标")
    page.line("{{ 表.名称 }}", KAI).paragraph_format.keep_with_next = True
    page.wide_table(
        ("承办单位", "{{ 行.名称 }}", 1.8),
        "表.列",
        "{{ 列 }}",
        "行.值",
        "行 in 表.行",
        ("得分", "{{ 行.得分 }}"),
    )
    page.line()
    page.mark("endfor")
    page.mark("endif")
    page.mark("if 加减分")
    page.annex("附件{{ 3 if 指标 else 2 }}", "加分、扣分和否决情况")
    page.table(
        ("序号", "承办单位", "事项", "分", "说明"),
        "行 in 加减分",
        ("{{ loop.index }}", "{{ 行.单位 }}", "{{ 行.事项 }}", "{{ 行.分 }}", "{{ 行.说明 }}"),
        (1, 3, 3, 1.3, 5),
    )
    page.mark("endif")


def commendation(page: Page) -> None:
    """表扬决定: on what ground, whom, and the call; the annex is the list."""
    page.red_head()
    page.title("关于表扬{% for 表 in 名单 %}{{ 表.名称 }}{{ '' if loop.last else '、' }}{% endfor %}的决定")
    page.line("{{ 主送 }}：")
    page.text("{{ 评价 }}已经结束。根据{{ 依据 }}，按照《{{ 办法 }}》，经评价，决定：")
    page.mark("for 表 in 名单")
    page.text("对{{ 表.单位名 }}等{{ 表.单位数 }}个{{ 表.名称 }}予以表扬。")
    page.mark("endfor")
    page.text(
        "希望受到表扬的单位珍惜荣誉、再接再厉。各承办单位要以先进为榜样，提高办理质量，以实际成效回应代表和群众的关切。"
    )
    page.annexes()
    page.signature()
    _lists(page, with_points=False)


def _lists(page: Page, with_points: bool) -> None:
    page.mark("for 表 in 名单")
    page.annex("{{ 表.附件号 }}", "{{ 表.名称 }}名单")
    page.mark("if not 表.有序")
    page.line("（排名不分先后）", KAI, align=WD_ALIGN_PARAGRAPH.CENTER)
    page.mark("endif")
    head, cells = ["序号", "承办单位", "组别"], ["{{ loop.index }}", "{{ 行.名称 }}", "{{ 行.组别 }}"]
    widths: list[float] = [1, 5, 4]
    if with_points:
        page.mark("if 表.有序")
        page.table(
            [*head, "名次", "总分"],
            "行 in 表.单位",
            [*cells, "{{ 行.名次 }}", "{{ 行.总分 }}"],
            [*widths, 1.2, 1.6],
        )
        page.mark("else")
    page.table(head, "行 in 表.单位", cells, widths)
    if with_points:
        page.mark("endif")
    page.mark("endfor")


KINDS: dict[str, Callable[[Page], None]] = {
    "public_notice": public_notice,
    "circular": circular,
    "commendation": commendation,
}


def score_sheet(page: Page) -> None:
    """The frame of a score sheet: styles for what `score_sheets/document.py` writes into it."""
    styles = page.document.styles
    for name, size, font in (("SheetTitle", 18, TITLE), ("SheetHeading", 12, HEI), ("SheetText", 10.5, BODY)):
        _style_of(styles, name, size, font)
    for name, font in (("SheetCell", BODY), ("SheetHead", HEI)):
        _style_of(styles, name, 9, font)
    styles["SheetTitle"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name in ("SheetTitle", "SheetHeading"):
        styles[name].paragraph_format.keep_with_next = True
        styles[name].paragraph_format.space_before = styles[name].paragraph_format.space_after = Pt(6)


def _style_of(styles: Any, name: str, size: float, font: str) -> None:
    made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = styles["Normal"]
    made.font.name, made.font.size = LATIN, Pt(size)
    made.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    made.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def main(folder: Path = HERE) -> None:
    """Write the templates."""
    for kind, fill in KINDS.items():
        page = Page()
        fill(page)
        page.save(folder / "notices" / "templates" / f"{kind}.docx")
    page = Page()
    score_sheet(page)
    page.save(folder / "score_sheets" / "frame.docx")


if __name__ == "__main__":
    main(*[Path(name) for name in sys.argv[1:2]])
