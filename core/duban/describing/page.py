"""A document before it has a format: a title, and headings, paragraphs, lists and tables of plain text.

A line break in a cell is one; every other control character is white space.
"""

from dataclasses import dataclass
from typing import NamedTuple

from duban.texts import Language


class Heading(NamedTuple):
    """The title of a section."""

    text: str


class Paragraph(NamedTuple):
    """Some sentences."""

    text: str


class Listing(NamedTuple):
    """A list, each item on a line of its own."""

    items: tuple[str, ...]


class Row(NamedTuple):
    """One row of a table; a strong one heads those below it."""

    cells: tuple[str, ...]
    strong: bool = False


class Table(NamedTuple):
    """A table; `widths` are the parts of the page's width that the columns take."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]


Block = Heading | Paragraph | Listing | Table


@dataclass(frozen=True)
class Page:
    """A whole document in one language."""

    title: str
    blocks: tuple[Block, ...]
    language: Language = "zh"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without control characters, which have no place in any document."""
    return [
        "".join(char if char.isprintable() else " " for char in line).strip() for line in text.split("\n")
    ]


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(line for line in lines_of(text) if line)
