"""TOML documents: exact values, and the line and column of every key."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import tomli
import tree_sitter_toml
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser

from .errors import DubanError, Position
from .toml_errors import place_of_long_number, syntax_error

LARGEST_DOCUMENT = 2 * 1024 * 1024
LONGEST_LINE = 20_000
DEEPEST_NESTING = 40
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One TOML file: its values, and where each key stands (the key itself) and each value begins."""

    file: str
    values: dict[str, Any]
    keys: Mapping[KeyPath, Position] = field(default_factory=dict)
    starts: Mapping[KeyPath, Position] = field(default_factory=dict)

    def at(self, path: KeyPath) -> Position:
        """Return the position of the value at a path, or of the nearest key above it."""
        return nearest_position(self.starts, path, self.file)

    def key_at(self, path: KeyPath) -> Position:
        """Return the position of the key at a path, or of the nearest one above it."""
        return nearest_position(self.keys, path, self.file)


def nearest_position(positions: Mapping[KeyPath, Position], path: KeyPath, file: str) -> Position:
    """Return the position known for a path or the longest part of it; line 1 where there is none."""
    for length in range(len(path), 0, -1):
        if path[:length] in positions:
            return positions[path[:length]]
    return Position(file, 1, 1)


def path_to(text: str, value: object) -> KeyPath | None:
    """Return the path at which a text stands inside a value, None where it does not."""
    if value == text:
        return ()
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    paths = ((key, path_to(text, item)) for key, item in items)
    return next(((key, *below) for key, below in paths if below is not None), None)


def read_document(source: Path | Traversable, file: str, error: type[DubanError]) -> Document:
    """Read a TOML 1.0 file.

    Raises: `error`, for a file that is missing, too large, not UTF-8, nested too deep, or not TOML.
    """
    text = _text(source, file, error)
    try:
        values = tomli.loads(text, parse_float=decimal_of)
    except tomli.TOMLDecodeError as problem:
        raise syntax_error(text, file, problem, error) from None
    except (RecursionError, OverflowError, ValueError) as problem:
        raise error("toml_beyond_limits", place_of_long_number(text, file), reason=str(problem)) from None
    if _depth(values) > DEEPEST_NESTING:
        raise error("toml_too_deep", Position(file), limit=DEEPEST_NESTING)
    index = _Index(text, file)
    if index.beyond is not None:
        raise error("toml_beyond_1_0", index.beyond)
    return Document(file, values, index.keys, index.starts)


def _text(source: Path | Traversable, file: str, error: type[DubanError]) -> str:
    try:
        if isinstance(source, Path) and source.is_dir():
            raise error("file_is_folder", Position(file))
        if isinstance(source, Path) and not source.is_file():
            raise FileNotFoundError(file)
        with source.open("rb") as stream:
            raw = stream.read(LARGEST_DOCUMENT + 1)
    except FileNotFoundError:
        raise error("file_not_found", Position(file)) from None
    except OSError as problem:
        raise error("file_not_readable", Position(file), reason=problem.strerror or str(problem)) from None
    if len(raw) > LARGEST_DOCUMENT:
        raise error("toml_too_large", Position(file), limit=LARGEST_DOCUMENT)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise error("toml_not_utf8", Position(file, line)) from None
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > LONGEST_LINE:
            raise error("toml_line_too_long", Position(file, number), limit=LONGEST_LINE)
    return text


def decimal_of(text: str) -> Decimal:
    """Return a number of TOML as it is written. Raises: ValueError."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(item, dict):
            waiting.extend((child, depth + 1) for child in item.values())
        elif isinstance(item, list):
            waiting.extend((child, depth + 1) for child in item)
    return deepest


class _Index:
    """Where every key and value of a parsed document stands; `beyond` is the first form that TOML 1.0 lacks."""

    def __init__(self, text: str, file: str) -> None:
        self.keys: dict[KeyPath, Position] = {}
        self.starts: dict[KeyPath, Position] = {}
        self._file = file
        self._lines = text.encode().split(b"\n")
        self._counts: dict[KeyPath, int] = {}
        root = Parser(Grammar(tree_sitter_toml.language())).parse(text.encode()).root_node
        self.beyond = self._first_error(root) if root.has_error else None
        for node in root.named_children:
            self._top(node)

    def _first_error(self, root: Node) -> Position:
        node = root
        while node.has_error and not node.is_error and not node.is_missing:
            inner = next((child for child in node.children if child.has_error or child.is_missing), None)
            if inner is None:
                break
            node = inner
        return self._position(node)

    def _position(self, node: Node) -> Position:
        row, column = node.start_point
        before = self._lines[row][:column].decode("utf-8", "replace")
        return Position(self._file, row + 1, len(before) + 1)

    def _top(self, node: Node) -> None:
        if node.type == "pair":
            self._pair(node, ())
        elif node.type in ("table", "table_array_element"):
            base = self._header(node)
            for child in node.named_children[1:]:
                if child.type == "pair":
                    self._pair(child, base)

    def _header(self, node: Node) -> KeyPath:
        key = node.named_children[0]
        names = tuple(self._names(key))
        if node.type == "table":
            path = self._resolved(names)
        else:
            array = (*self._resolved(names[:-1]), names[-1])
            self._counts[array] = self._counts.get(array, -1) + 1
            path = (*array, self._counts[array])
        self._mark(path, self._position(key), self._position(key))
        return path

    def _resolved(self, names: KeyPath) -> KeyPath:
        """Return a header's path with the index of the last element of every array of tables on the way."""
        path: KeyPath = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, node: Node, base: KeyPath) -> None:
        key, value = [child for child in node.named_children if child.type != "comment"][:2]
        path = (*base, *self._names(key))
        self._mark(path, self._position(key), self._position(value))
        self._value(value, path)

    def _value(self, node: Node, path: KeyPath) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "array":
            for number, child in enumerate(children):
                self._mark((*path, number), self._position(child), self._position(child))
                self._value(child, (*path, number))
        elif node.type == "inline_table":
            for child in children:
                if child.type == "pair":
                    self._pair(child, path)

    def _mark(self, path: KeyPath, key: Position, start: Position) -> None:
        for length in range(1, len(path)):
            self.keys.setdefault(path[:length], key)
            self.starts.setdefault(path[:length], key)
        self.keys[path], self.starts[path] = key, start

    def _names(self, node: Node) -> Iterator[str]:
        if node.type == "dotted_key":
            for child in node.named_children:
                yield from self._names(child)
        else:
            text = (node.text or b"").decode()
            yield next(iter(tomli.loads(f"{text}=1"))) if text[:1] in "\"'" else text
