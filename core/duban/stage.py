"""Which stage the work is at, told to whoever listens; nobody listens unless a person waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, str], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def enter(stage: str, detail: str = "") -> None:
    """Tell that a stage begins (`reading`, `checking`, `measuring`, `judging`, `drawing`, `writing`), and with what."""
    listener = _listener.get()
    if listener is not None:
        listener(stage, detail)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have every stage told to a listener until the end of the block."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)
