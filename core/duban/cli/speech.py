"""Which language the command line speaks, and how it comes out of any terminal."""

import codecs
import gettext
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import get_args

from duban.texts import Language

VARIABLE = "DUBAN_LANG"
_DOMAIN = "duban"


def chosen_language(arguments: Sequence[str]) -> Language:
    """Return the language of help and messages: the last `--lang`, else `DUBAN_LANG`, else Chinese.

    It has to be known before the command line is parsed; a wrong value is refused there.
    """
    said = os.environ.get(VARIABLE, "")
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and place + 1 < len(arguments):
            said = arguments[place + 1]
        elif argument.startswith("--lang="):
            said = argument.removeprefix("--lang=")
    return next((language for language in get_args(Language) if language == said), "zh")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let click's own texts (Usage, Options, errors) come from duban's catalogue, whatever the locale is."""
    before, variable = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(_DOMAIN, str(files("duban") / "locale"))
    gettext.textdomain(_DOMAIN)
    # gettext takes the language from the environment only, LANGUAGE first.
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(before)
        if variable is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = variable


def readable_streams() -> None:
    """Let no character stop the output: ASCII streams become UTF-8, others show `?` for what they lack."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


def drop_unwritten() -> None:
    """Let what stdout could not write go nowhere.

    At its end Python would write it again, fail again, and exit with a code of its own.
    """
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
