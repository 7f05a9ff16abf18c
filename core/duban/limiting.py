"""A limit of time for what a plugin does: its code is not ours, and nobody should wait for it without knowing why."""

import threading
from collections.abc import Callable
from decimal import setcontext
from typing import TypeVar

from .exact import stated_context

PLUGIN_SECONDS = 30.0
Result = TypeVar("Result")


class TooSlow(TimeoutError):
    """An action was not done in time; what an action itself raises is never this."""


def within(seconds: float, action: Callable[[], Result]) -> Result:
    """Return what an action returns, done in a thread of its own; what it raises is raised here.

    Decimals are computed there with 28 digits, as Python does by itself.

    A thread cannot be stopped: one that is too late goes on until the process ends, which it does not hold up.

    Raises: TooSlow, when the action is not done after so many seconds.
    """
    done: list[Result] = []
    raised: list[BaseException] = []

    def work() -> None:
        # A new thread would take over what anybody made of Python's defaults.
        setcontext(stated_context(28))
        try:
            done.append(action())
        except BaseException as problem:  # noqa: BLE001 - SystemExit too: a thread would swallow it
            raised.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not done:
        raise TooSlow(seconds)
    return done[0]


def reason(problem: BaseException) -> str:
    """Return what was raised and what it says, if anything, even where its own text raises."""
    try:
        return f"{type(problem).__name__}: {problem}".removesuffix(": ")
    except BaseException:  # noqa: BLE001 - the exception may be a plugin's own
        return type(problem).__name__
