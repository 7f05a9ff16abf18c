"""说明: what the numbers rest on: the ruleset, the day, versions, and the hash of every file that was read."""

from collections.abc import Iterator, Mapping

from xlsxwriter.worksheet import Worksheet

from duban import Text

from .book import HEAD_ROW, Book, Column

TITLE = Text("说明", "About")
COLUMNS = (Column(Text("项目", "Item"), 36), Column(Text("内容", "Content"), 90))
_NOTE = Text("凭这些可以重算出同样的结果", "with these anybody can work out the same result")


def write(book: Book, sheet: Worksheet) -> None:
    """Write what the run was made from, a line each."""
    book.head(sheet, COLUMNS, book.say(_NOTE))
    for row, (name, value) in enumerate(_facts(book), start=HEAD_ROW + 1):
        book.text(sheet, row, 0, name, "wrapped")
        book.text(sheet, row, 1, value, "wrapped")


def _facts(book: Book) -> Iterator[tuple[str, str]]:
    run, made = book.run, book.run.ruleset
    yield book.say(Text("评价办法", "Ruleset")), f"{made.name(run.language)} ({made.id})"
    for basis in made.basis:
        yield book.say(Text("依据", "Source")), basis
    for text in made.incomplete:
        yield book.say(Text("办法没有写明的", "What the rules leave open")), text
    yield book.say(Text("数据截至", "As of")), run.as_of.isoformat()
    yield from _flat("", run.manifest)


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every fact of the manifest with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, list | tuple):
        yield path, "、".join(map(str, value))
    else:
        yield path, "" if value is None else str(value)
