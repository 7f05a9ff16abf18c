"""What a person who waits sees: the stage that the work is at, on a terminal only, and only after a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.text import Text

from duban.errors import one_line
from duban.stage import listening
from duban.texts import Language, phrase

PATIENCE_SECONDS = 1.0


@contextmanager
def waiting(language: Language) -> Iterator[None]:
    """Show the stage on the error stream while the block works; nothing where that is no terminal."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    status = console.status(Text(phrase("waiting.starting", language)))
    clock = Timer(PATIENCE_SECONDS, status.start)
    clock.daemon = True

    def show(stage: str, detail: str) -> None:
        status.update(Text(one_line(phrase(f"waiting.{stage}", language, detail=detail))))

    clock.start()
    try:
        with listening(show):
            yield
    finally:
        clock.cancel()
        clock.join()
        status.stop()
