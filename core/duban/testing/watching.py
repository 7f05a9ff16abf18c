"""Looks over a plugin's shoulder while it works: files, network, processes and the clock.

Python's audit hook tells of what Python code does; it is a help to honest authors, no sandbox. What an extension does
on its own (an engine that opens a file by SQL) is not seen.
"""

import os
import sys
import sysconfig
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeVar

from .clocks import is_clock, present_times
from .faults import Fault

Result = TypeVar("Result")
_PROCESSES = (
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.",
)
_OUTSIDE = ("reaches_network", "starts_process")
_NETWORK = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "poplib.", "imaplib.", "telnetlib.")
_CHANGES = (
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.utime", "shutil.", "tempfile."),
)
# The last argument of these is an open folder, or -1.
_BY_FOLDER = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
    "os.utime",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# To look at every call of every function is slow: a clock is asked the first time, or it makes no difference.
_PROFILED = 20
# Modules, their data, the time zones, and what libraries ask of the machine, such as how many processors it has.
_COMMON = (
    *("/usr/share/zoneinfo", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/random", "/proc", "/sys"),
)


class Refused(Exception):
    """The plugin did what it must not; the fault is noted already."""


class _Deed(NamedTuple):
    """Something that a plugin must not do: the code of the fault, and what it touched."""

    code: str
    what: str


class Watch:
    """Calls what a plugin offers, and notes what it does beside answering.

    `home` is the folder of its package, or the file of its only module. `progress` is told before each call what is
    called, so that whoever waits can say what it waits for.
    """

    def __init__(self, home: Path, progress: Callable[[str], None] = lambda subject: None) -> None:
        self.faults: dict[tuple[str, str, str], Fault] = {}
        self._home, self._progress = home.resolve(), progress
        self._subject = ""
        self._asked: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._active = False
        self._known_code: set[CodeType] = set()
        self._own_files: dict[str, bool] = {}
        self._writable: list[Path] = []
        paths = sysconfig.get_paths()
        self._readable = (
            *(Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")),
            *(Path(name) for name in _COMMON),
            Path(__file__).resolve().parents[1],
        )
        sys.addaudithook(self._audit)

    def ask(
        self, subject: str, action: Callable[[], Result], *, clock: bool = True, writable: Path | None = None
    ) -> Result:
        """Return what the plugin answers; what did once what it must not is asked no more. It may write below `writable`, and see the clock where `clock` is off.

        Raises: Refused, where it did what it must not; RuntimeError for an attempt to end the process; else what the
        plugin raises.
        """
        self.turn_to(subject)
        self._asked[subject] += 1
        if subject in self._refused:
            raise Refused
        try:
            with self._watching(subject, clock, writable):
                return action()
        except SystemExit as problem:
            raise RuntimeError(f"SystemExit: {problem}") from problem
        finally:
            if subject in self._refused:
                raise Refused

    def turn_to(self, subject: str) -> None:
        """Say what is looked at; empty for work that is not the plugin's."""
        if subject != self._subject:
            self._subject = subject
            self._progress(subject)

    def has_refused(self, subject: str) -> bool:
        """Return whether something did what it must not."""
        return subject in self._refused

    @contextmanager
    def _watching(self, subject: str, clock: bool, writable: Path | None) -> Iterator[None]:
        self._subject = subject
        self._writable = (
            [] if writable is None else [writable.resolve(), Path(tempfile.gettempdir()).resolve()]
        )
        self._active = True
        # Some calls are made in a thread of their own, to limit their time.
        for module in (sys, threading):
            module.setprofile(self._called if clock and self._asked[subject] <= _PROFILED else None)
        try:
            yield
        finally:
            for module in (sys, threading):
                module.setprofile(None)
            self._active = False

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        self._active = False
        try:
            deed = self._judged(event, arguments)
            place = self._place(sys._getframe(1), deed.code) if deed else None
            if deed and place:
                self._note(deed, place)
                raise PermissionError(f"{deed.code}: {deed.what}")
        finally:
            self._active = True

    def _note(self, deed: _Deed, place: str) -> None:
        self._refused.add(self._subject)
        key = (deed.code, self._subject, place)
        facts = {"what": deed.what, "place": place}
        self.faults.setdefault(key, Fault(deed.code, self._subject, facts, (f"{place}: {deed.what}",)))

    def _judged(self, event: str, arguments: tuple[Any, ...]) -> _Deed | None:
        """Return what is wrong with an event; None where nothing is."""
        if event.startswith(_NETWORK):
            return _Deed("reaches_network", event)
        if event.startswith(_PROCESSES):
            return _Deed("starts_process", f"{event} {arguments[0] if arguments else ''}")
        if event.startswith(("os.listdir", "os.scandir")):
            return None if isinstance(arguments[0], int) else self._read(arguments[0] or os.curdir)
        if event.startswith(_CHANGES):
            if event.startswith(_BY_FOLDER) and arguments[-1] != -1:
                # Named from an open folder, which was looked at when it was opened.
                return None
            return self._written(arguments[0] if arguments else "")
        if event == "sqlite3.connect":
            return None if arguments[0] == ":memory:" else self._written(arguments[0])
        if event == "open" and not isinstance(arguments[0], int):
            path, mode, flags = arguments
            writes = any(letter in mode for letter in "wax+") if mode else bool(flags & _WRITING)
            return self._written(path) if writes else self._read(path)
        return None

    def _written(self, path: object) -> _Deed | None:
        place = _resolved(path)
        if place is not None and any(place.is_relative_to(folder) for folder in self._writable):
            return None
        return None if str(place) == "/dev/null" else _Deed("writes_file", str(path))

    def _read(self, path: object) -> _Deed | None:
        place = _resolved(path)
        allowed = (self._home, *self._readable, *self._writable)
        if (
            place is None
            or any(place.is_relative_to(folder) for folder in allowed)
            or _importing(self._home, sys._getframe(1))
        ):
            return None
        return _Deed("opens_file", str(path))

    def _place(self, frame: FrameType | None, code: str = "") -> str | None:
        """Return the innermost line of the plugin that is at work; None where it is not the plugin that works.

        What duban itself never does (`_OUTSIDE`) is the plugin's even where a thread of a library does it.
        """
        innermost = _line(frame)
        while frame is not None:
            if self._owns(frame):
                return _line(frame)
            frame = frame.f_back
        return innermost if code in _OUTSIDE else None

    def _owns(self, frame: FrameType) -> bool:
        file = frame.f_code.co_filename
        if file not in self._own_files:
            self._own_files[file] = _belongs(file, self._home)
        return self._own_files[file]

    def _called(self, frame: FrameType, event: str, function: Any) -> None:
        """Note a call of the clock by the plugin, or by a library on its behalf, and code that makes a present time."""
        if event == "call":
            if frame.f_code in self._known_code:
                return
            self._known_code.add(frame.f_code)
            for line, word in present_times(frame.f_code) if self._owns(frame) else ():
                self._note(_Deed("reads_clock", word), f"{Path(frame.f_code.co_filename).name}:{line}")
        elif event == "c_call" and is_clock(function) and not _is_aside(frame, self._home):
            place = self._place(frame)
            if place:
                self._note(_Deed("reads_clock", function.__name__), place)


def _is_aside(frame: FrameType, home: Path) -> bool:
    """Return whether a clock is asked for something else than an answer: a line of a log, the import of a library."""
    return frame.f_globals.get("__name__") == "logging" or _importing(home, frame)


def _line(frame: FrameType | None) -> str | None:
    return None if frame is None else f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _belongs(file: str, home: Path) -> bool:
    path = _resolved(file)
    return path is not None and path.is_relative_to(home)


def _resolved(path: object) -> Path | None:
    try:
        return Path(os.path.realpath(os.fsdecode(path)))  # type: ignore[arg-type]
    except (TypeError, ValueError, OSError):
        return None


def _importing(home: Path, frame: FrameType | None) -> bool:
    """Return whether a module is being imported, below the last line of the plugin itself."""
    while frame is not None and not _belongs(frame.f_code.co_filename, home):
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
