"""A real browser without a window, and what it has to complain of: errors, blocked scripts, requests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")


@dataclass
class Seen:
    """A page that was opened, and what went wrong on it or left it."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Any]:
    """Start the browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as player:
        started = player.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def opened(started: Any, file: Path, width: int = 1280, after: str = "") -> Iterator[Seen]:
    """Open a file from disk; every request for anything else is noted and stopped."""
    page = started.new_page(viewport={"width": width, "height": 800})
    seen = Seen(page)
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))

    def stop(route: Any) -> None:
        if route.request.url.split("#")[0] == file.as_uri():
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    page.route("**/*", stop)
    page.goto(file.as_uri() + after)
    page.wait_for_selector("h1")
    yield seen
    page.close()
