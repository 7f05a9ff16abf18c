"""What the commands print on: a terminal as wide as it is, or a plain page of fixed width where it is piped."""

from fractions import Fraction

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from duban.errors import one_line
from duban.exact import fixed
from duban.texts import Language, phrase

PIPED_WIDTH = 140


class Paper:
    """Prints phrases and tables in one language; no text from the data can colour or move anything.

    `aside` prints where errors go: beside an output that programs read.
    """

    def __init__(self, language: Language, aside: bool = False) -> None:
        self.language = language
        self._console = Console(stderr=aside, highlight=False, markup=False, emoji=False)
        if not self._console.is_terminal:
            self._console.width = max(PIPED_WIDTH, self._console.width)

    @property
    def width(self) -> int:
        """How many half-width characters a line holds."""
        return self._console.width

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase of the command line."""
        return phrase(f"cli.{key}", self.language, **facts)

    def line(self, key: str, style: str = "", **facts: object) -> None:
        """Print a phrase."""
        self.text(self.say(key, **facts), style)

    def text(self, text: str, style: str = "") -> None:
        """Print a text as it is, control characters left out."""
        self._console.print(Text(one_line(text), style=style), soft_wrap=not self._console.is_terminal)

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()

    def table(self, heading: str, columns: list[tuple[str, bool]], rows: list[list[str]]) -> None:
        """Print a table; `columns` are titles with whether they hold numbers."""
        table = Table(
            title=Text(one_line(heading), style="bold"),
            title_justify="left",
            box=SIMPLE_HEAD,
            collapse_padding=True,
            pad_edge=False,
        )
        for title, is_number in columns:
            # A number broken over two lines is another number.
            justify: JustifyMethod = "right" if is_number else "left"
            table.add_column(Text(one_line(title)), justify=justify, overflow="fold", no_wrap=is_number)
        for row in rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        self._console.print(table)


def shown_number(value: object, places: int = 2) -> str:
    """Return a number with fixed places, or a dash where there is none."""
    return fixed(Fraction(value), places) if isinstance(value, Fraction | int) else "—"
