"""Who asks the clock: calls of Python's own functions, and code that has pandas or numpy make a present time."""

import dis
from collections.abc import Iterator
from types import CodeType
from typing import Any

_CLOCKS = {
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime"},
    "datetime": {"today", "now", "utcnow"},
}
# pandas and numpy ask the clock unseen, so that the code itself is looked at: what makes a time, and of which word.
_MAKERS = frozenset({"Timestamp", "to_datetime", "datetime64", "DatetimeIndex", "Period"})
_PRESENT = frozenset({"now", "today", "utcnow"})


def is_clock(function: Any) -> bool:
    """Return whether a function that is written in C tells the time."""
    name = getattr(function, "__name__", "")
    if not any(name in names for names in _CLOCKS.values()):
        return False
    owner = getattr(function, "__self__", None)
    home = getattr(owner, "__name__", None) if not isinstance(owner, type) else owner.__mro__[-2].__module__
    return name in _CLOCKS.get(str(home), ())


def present_times(code: CodeType) -> Iterator[tuple[int, str]]:
    """Yield the lines of code that make a present time with pandas or numpy, and the words that say so."""
    if not _MAKERS & set(code.co_names):
        return
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_CONST", "LOAD_ATTR", "LOAD_METHOD") and step.argval in _PRESENT:
            place = step.positions.lineno if step.positions else None
            yield place or code.co_firstlineno, step.argval
