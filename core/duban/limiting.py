"""A limit of time for what a plugin does: its code is not ours, and nobody should wait for it without knowing why."""

import threading
from collections.abc import Callable
from typing import TypeVar

PLUGIN_SECONDS = 30.0
Result = TypeVar("Result")


def within(seconds: float, action: Callable[[], Result]) -> Result:
    """Return what an action returns, done in a thread of its own; what it raises is raised here.

    A thread cannot be stopped: one that is too late goes on until the process ends, which it does not hold up.

    Raises: TimeoutError, when the action is not done after so many seconds.
    """
    done: list[Result] = []
    raised: list[BaseException] = []

    def work() -> None:
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
        raise TimeoutError(seconds)
    return done[0]
