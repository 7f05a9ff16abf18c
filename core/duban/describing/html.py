"""A page as one HTML file: nothing is fetched, all text is escaped, and it prints on A4 with repeated table heads."""

from html import escape

from .page import Block, Heading, Listing, Page, Paragraph, Row, Table, lines_of, one_line

_STYLE = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; background: #fff; line-height: 1.7;
  font-family: "FangSong", "仿宋", "仿宋_GB2312", "STFangsong", "Noto Serif CJK SC", "Songti SC", serif; }
h1, h2, th, .strong { font-family: "SimHei", "黑体", "Heiti SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; font-weight: 600; }
h1 { font-size: 1.6rem; text-align: center; margin: 0 0 1.2rem; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .6rem; break-after: avoid; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .85rem; line-height: 1.5; }
th, td { border: 1px solid #777; padding: .3rem .45rem; vertical-align: top; overflow-wrap: anywhere; text-align: left; }
th { background: #eee; } .strong td { background: #f6f6f6; }
tr { break-inside: avoid; }
li { margin: .15rem 0; overflow-wrap: anywhere; } p { overflow-wrap: anywhere; }
@page { size: A4; margin: 18mm 15mm; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt; } table { font-size: 8.5pt; }
  th, .strong td { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def html(page: Page) -> str:
    """Return the text of the file."""
    title = _text(page.title)
    language = "zh-CN" if page.language == "zh" else "en"
    body = "\n".join(map(_block, page.blocks))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{_text(block.text)}</h2>"
    if isinstance(block, Paragraph):
        return f"<p>{_text(block.text)}</p>"
    if isinstance(block, Listing):
        items = "\n".join(f"<li>{_text(item)}</li>" for item in block.items)
        return f"<ul>\n{items}\n</ul>"
    return _table(block)


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{width}%">' for width in table.widths)
    head = "".join(f"<th>{_cell(cell)}</th>" for cell in table.head)
    rows = "\n".join(_row(row) for row in table.rows)
    return (
        f"<table>\n<colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(row: Row) -> str:
    cells = "".join(f"<td>{_cell(cell)}</td>" for cell in row.cells)
    return f'<tr class="strong">{cells}</tr>' if row.strong else f"<tr>{cells}</tr>"


def _cell(text: str) -> str:
    return "<br>".join(escape(line) for line in lines_of(text))


def _text(text: str) -> str:
    return escape(one_line(text))
