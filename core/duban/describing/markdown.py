"""A page as Markdown (GitHub's): text of the rules stays text, whatever characters it holds."""

import re

from .page import Block, Heading, Listing, Page, Paragraph, Table, lines_of, one_line

_SPECIAL = re.compile(r"([\\`*_\[\]<>|&#~$])")
# What makes a list or a heading at the beginning of a line.
_OPENING = re.compile(r"^(\d*)([-+=.)])")


def markdown(page: Page) -> str:
    """Return the text of the file."""
    return "\n\n".join([f"# {_text(page.title)}", *map(_block, page.blocks)]) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {_text(block.text)}"
    if isinstance(block, Paragraph):
        return _text(block.text)
    if isinstance(block, Listing):
        return "\n".join(f"- {_text(item)}" for item in block.items)
    return _table(block)


def _table(table: Table) -> str:
    lines = [_row(table.head), "|" + " --- |" * len(table.head)]
    for row in table.rows:
        cells = [f"**{cell}**" if row.strong and cell else cell for cell in map(_cell, row.cells)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return "<br>".join(_escaped(line) for line in lines_of(text))


def _text(text: str) -> str:
    return _OPENING.sub(r"\1\\\2", _escaped(one_line(text)))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
