"""What is wrong with a text that is no TOML, told to a clerk: what Chinese typing leads to is named first."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import tomli

from .errors import DubanError, Position
from .texts import Text, phrase

# More digits than this Python does not read; see `sys.set_int_max_str_digits`.
_LONG_NUMBER = re.compile(r"[0-9_]{4000,}")
_KEY_BEGINS = "Invalid initial character for a key part"
_FOREIGN_WORD = re.compile(r"[^\x00-\x7f\s][^\s=.\"'}\]]*")
_TWICE = (
    "Cannot overwrite",
    "Cannot declare",
    "Duplicate inline table key",
    "Cannot mutate",
    "Cannot redefine",
)
_INLINE_TWICE = re.compile(r"Duplicate inline table key '(.*)'")
_HEADER = re.compile(r"^\s*\[+\s*(.*?)\s*\]+\s*(?:#.*)?$")
_BARE_FOREIGN_KEY = re.compile(r"^\s*(?:\[+\s*)?[^\"'=\]#]*?([A-Za-z0-9_-]*[^\x00-\x7f\s][^\s=\].\"']*)")
# How the parser's sentences begin, and the phrase that says the same.
_REASONS = {
    "Invalid value": "value",
    "Invalid statement": "statement",
    "Invalid initial character for a key part": "statement",
    "Expected newline": "rest",
    "Expected '='": "equals",
    "Expected ']": "header",
    "Unclosed array": "array",
    "Unclosed inline table": "inline",
    "Unterminated string": "string",
    r"Illegal character '\n'": "string",
    "Illegal character": "character",
    "Found invalid character": "character",
    "Unescaped": "escape",
    "Invalid hex value": "escape",
    "Escaped character": "escape",
    "Invalid date": "day",
}
_DIGITS = {chr(0xFF10 + digit): str(digit) for digit in range(10)}
# What a Chinese keyboard types where TOML wants the ASCII sign.
_HALF = {
    "＝": "=", "：": "=", "“": '"', "”": '"', "‘": "'", "’": "'", "＂": '"', "，": ",", "、": ",", "．": ".", "。": ".",
    "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#", "－": "-",
    **_DIGITS,
}  # fmt: skip
# They show nowhere, and stand where a text was pasted or a file was put together.
_UNSEEN = ("\ufeff", "\u200b", "\u3000", "\u00a0")
_KEY_END = re.compile(r"[＝：“”\u3000]")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")


class _Wide(NamedTuple):
    """A sign of the Chinese keyboard: its column, and the one that is meant, empty for one that should go."""

    column: int
    sign: str
    half: str


def syntax_error(text: str, file: str, problem: tomli.TOMLDecodeError, error: type[DubanError]) -> DubanError:
    """Return what the parser refused, as somebody who types Chinese may have meant it."""
    line, column = problem.lineno, problem.colno
    lines = text.split("\n")
    content = lines[line - 1] if 0 < line <= len(lines) else ""
    wide = list(_wide(content))
    found = _at(content, column, problem.msg, wide)
    if found is not None:
        code, place, facts = found
        return error(code, Position(file, line, place), **facts)
    reason = next((code for begin, code in _REASONS.items() if problem.msg.startswith(begin)), None)
    told: object = problem.msg
    if reason is not None:
        key = f"toml_errors.{reason}"
        told = Text(phrase(key, "zh"), phrase(key, "en"))
    return error("toml_syntax", Position(file, line, column), reason=told)


def _at(
    content: str, column: int, message: str, wide: list[_Wide]
) -> tuple[str, int, dict[str, object]] | None:
    """Return the code, the column and the facts of a mistake that the line shows."""
    here = next((sign for sign in wide if sign.column == column), None)
    if here is not None:
        return _of_sign(here)
    foreign = _BARE_FOREIGN_KEY.match(content)
    before_value = content.split("=", 1)[0]
    if foreign and foreign.group(1) in before_value and column <= len(before_value) + 1:
        key = _KEY_END.split(foreign.group(1))[0]
        return ("toml_bare_key", foreign.start(1) + 1, {"key": key}) if key else _of_sign(wide[0])
    inside = _FOREIGN_WORD.match(content, column - 1) if message.startswith(_KEY_BEGINS) else None
    if inside:
        return "toml_bare_key", column, {"key": inside[0]}
    twice = _twice(content, column, message) if message.startswith(_TWICE) else None
    if twice is not None:
        return "toml_twice", twice[1], {"key": twice[0]}
    return _of_sign(wide[0]) if wide else None


def _of_sign(wide: _Wide) -> tuple[str, int, dict[str, object]]:
    if not wide.half:
        return "toml_unseen", wide.column, {"character": f"U+{ord(wide.sign):04X}"}
    return "toml_full_width", wide.column, {"sign": wide.sign, "half": wide.half}


def _wide(content: str) -> Iterator[_Wide]:
    """Return the signs of a Chinese keyboard outside of strings and comments."""
    outside = _STRING.sub(lambda found: " " * len(found[0]), content)
    for column, sign in enumerate(outside, 1):
        if sign in _HALF or sign in _UNSEEN:
            yield _Wide(column, sign, _HALF.get(sign, ""))


def _twice(content: str, column: int, message: str) -> tuple[str, int] | None:
    """Return the key or table that stands there already and its column; None where the line does not show it."""
    inline = _INLINE_TWICE.fullmatch(message)
    if inline is not None:
        return inline[1], max(content.rfind(inline[1], 0, column), 0) + 1
    header = _HEADER.match(content)
    name = header[1] if header is not None else content.partition("=")[0].strip()
    return (name, content.find(name) + 1) if header is not None or "=" in content else None


def place_of_long_number(text: str, file: str) -> Position:
    """Return where a number stands that has too many digits; the file alone where there is none."""
    found = _LONG_NUMBER.search(text)
    if found is None:
        return Position(file)
    start = text.rfind("\n", 0, found.start()) + 1
    return Position(file, text.count("\n", 0, start) + 1, found.start() - start + 1)
