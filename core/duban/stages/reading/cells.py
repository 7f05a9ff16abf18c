"""What a cell says, whatever its spelling: white space, full-width characters, error values, words for yes and no.

Each rule stands here twice, as SQL for columns and as Python for single values; tests hold the two together.
"""

import re

from duban.engine import literal

# Every character that Unicode calls white space, and the invisible ones that spreadsheets and web pages leave behind.
WHITE_SPACE = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_ASCII = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WIDE = "".join(chr(ord(char) + 0xFEE0) for char in _ASCII)
_ALL_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_ALL_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
ERROR_CELLS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
YES = ("是", "true", "1", "1.0", "yes", "y", "√", "✓", "✔")
NO = ("否", "false", "0", "0.0", "no", "n", "×", "✗", "✘")
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
WHOLE = r"[+-]?[0-9]+(\.0*)?"
# What DECIMAL(18, 6) holds without rounding.
SHORT = r"[+-]?0*[0-9]{0,12}(\.[0-9]{0,6}0*)?"

_SPACE_CLASS = f"[{WHITE_SPACE}]"
_UNTIDY = f"^$|^[\\x00-#{WHITE_SPACE}]|[\\x00-!{WHITE_SPACE}]$|[{_WIDE[0]}-{_WIDE[9]}{_WIDE[10]}-{_WIDE[35]}{_WIDE[36]}-{_WIDE[61]}]"
_TO_NARROW = str.maketrans(_WIDE, _ASCII)
_LOOSE = re.compile(f"[{WHITE_SPACE}{_ALL_WIDE[0]}-{_ALL_WIDE[-1]}]")
_ALL_TO_NARROW = str.maketrans(_ALL_WIDE, _ALL_ASCII)


def untidy_sql(cell: str) -> str:
    """Return a quick test for cells that may need cleaning: blank, spaced, wide, or like an error value.

    Most cells are tidy, and the test costs a twentieth of the cleaning: ASCII text is judged by its first and last
    character, other text by one regular expression.
    """
    ascii_test = f"{cell} < '$' OR right({cell}, 1) <= '!'"
    return (
        f"CASE WHEN strlen({cell}) = length({cell}) THEN {ascii_test} "
        f"ELSE regexp_matches({cell}, {literal(_UNTIDY)}) END"
    )


def cleaned_sql(cell: str) -> str:
    """Return the cell trimmed, with full-width digits and letters folded; NULL where it is blank."""
    clean = f"nullif(trim(translate({cell}, '{_WIDE}', '{_ASCII}'), {literal(WHITE_SPACE)}), '')"
    return f"CASE WHEN {untidy_sql(cell)} THEN {clean} ELSE {cell} END"


def cleaned(text: str) -> str:
    """Return a text trimmed, with full-width digits and letters folded; empty where it is blank."""
    return text.translate(_TO_NARROW).strip(WHITE_SPACE)


def is_error_sql(text: str) -> str:
    """Return a test for the error values of spreadsheets, for a cleaned text."""
    return f"({text} < '$' AND upper({text}) IN ({', '.join(map(literal, ERROR_CELLS))}))"


def name_key_sql(text: str) -> str:
    """Return what two spellings of one name share: no white space, no full-width characters."""
    narrow = f"translate({text}, {literal(_ALL_WIDE)}, {literal(_ALL_ASCII)})"
    return f"regexp_replace({narrow}, {literal(_SPACE_CLASS)}, '', 'g')"


def name_key(text: str) -> str:
    """Return what two spellings of one name share: no white space, no full-width characters."""
    if not _LOOSE.search(text):
        return text
    return "".join(char for char in text.translate(_ALL_TO_NARROW) if char not in WHITE_SPACE)


def label_key_sql(text: str, column: str) -> str:
    """Return what two spellings of one label share: the name's key in lower case; for outcomes without 类 at the end."""
    key = f"lower({name_key_sql(text)})"
    return f"regexp_replace({key}, '(.)类$', '\\1')" if column == "outcome" else key


def narrowed_sql(text: str) -> str:
    """Return a number or date with its full-width signs and separators folded."""
    return f"translate({text}, '－＋．／：', '-+./:')"


def integer_sql(text: str) -> tuple[str, str]:
    """Return value and problem of a whole number: thousands separators, percent signs and fractions are problems."""
    narrow = narrowed_sql(text)
    whole = f"regexp_full_match({narrow}, '{WHOLE}')"
    value = f"CASE WHEN {whole} THEN try_cast(regexp_replace({narrow}, '\\..*$', '') AS BIGINT) END"
    return value, f"CASE WHEN {whole} THEN 'number_out_of_range' ELSE 'unparsable_cell' END"


def decimal_sql(text: str) -> tuple[str, str]:
    """Return value and problem of a decimal number; one that DECIMAL(18, 6) would round is a problem."""
    narrow = narrowed_sql(text)
    number, short = f"regexp_full_match({narrow}, '{NUMBER}')", f"regexp_full_match({narrow}, '{SHORT}')"
    value = f"CASE WHEN {number} AND {short} THEN try_cast({narrow} AS DECIMAL(18, 6)) END"
    return value, f"CASE WHEN {number} THEN 'number_out_of_range' ELSE 'unparsable_cell' END"


def boolean_sql(text: str) -> tuple[str, str]:
    """Return value and problem of a yes or no."""
    word = f"lower({text})"
    yes, no = (", ".join(map(literal, words)) for words in (YES, NO))
    return f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END", "'unknown_label'"
