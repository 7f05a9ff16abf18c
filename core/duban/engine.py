"""DuckDB, embedded and locked down: the one place that opens, limits and talks to the engine."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from .errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MEMORY_LIMIT = "640MB"
TIMEOUT_SECONDS = 1800
AGAIN_SECONDS = 0.05


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class Engine:
    """An in-memory database that reads only the files it was opened for, and closes with its `with` block.

    Raises: InputError, where the work takes longer than the limit or needs more memory than it may have.
    """

    def __init__(self, readable: Sequence[Path] = (), memory_limit: str = MEMORY_LIMIT) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="duban-")
        self._readable = [Path(self._spill.name), *readable]
        self._connection = duckdb.connect(":memory:")
        for setting, value in (
            ("memory_limit", memory_limit),
            ("temp_directory", self._spill.name),
            ("preserve_insertion_order", True),
            ("enable_progress_bar", False),
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("timezone", "UTC"),
        ):
            self._set(setting, value)
        self._lock()
        self._expired = False
        self._watch = threading.Timer(TIMEOUT_SECONDS, self._expire)
        self._watch.daemon = True
        self._watch.start()

    def _expire(self) -> None:
        self._expired = True
        self._connection.interrupt()

    def _set(self, setting: str, value: str | bool) -> None:
        rendered = literal(value) if isinstance(value, str) else str(value).lower()
        try:
            self._connection.execute(f"SET {setting} = {rendered}")
        except duckdb.CatalogException:
            # A build without the ICU extension has no time zone to set: dates have none either.
            if setting != "timezone":
                raise

    def _lock(self) -> None:
        """Allow the named files, then close the outside world, then the settings themselves; in this order."""
        paths = ", ".join(literal(str(path)) for path in self._readable if path.is_file())
        folders = ", ".join(literal(f"{path}/") for path in self._readable if path.is_dir())
        self._connection.execute(f"SET allowed_paths = [{paths}]")
        self._connection.execute(f"SET allowed_directories = [{folders}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    @property
    def spill(self) -> Path:
        """A folder for temporary files that the engine may read; it goes with the engine."""
        return Path(self._spill.name)

    def run(self, sql: str) -> None:
        """Execute a statement for its effect."""
        with self._limits():
            self._connection.execute(sql)

    def rows(self, sql: str, seconds: float | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query as Python values: exact integers, `Decimal`, dates.

        Raises: TimeoutError, where it takes longer than so many seconds.
        """
        with self._limits(), self._interrupted_after(seconds):
            return self._connection.execute(sql).fetchall()

    def one(self, sql: str) -> tuple[Any, ...]:
        """Return the only row of a query."""
        (row,) = self.rows(sql)
        return row

    def frame(self, sql: str) -> "pd.DataFrame":
        """Return a query's result as a pandas frame."""
        with self._limits():
            return self._connection.execute(sql).df()

    def describe(self, sql: str) -> list[tuple[str, str]]:
        """Return name and type of each column that a query would give, without running it."""
        return [(str(row[0]), str(row[1])) for row in self.rows(f"DESCRIBE {sql}")]

    def put(self, name: str, frame: "pd.DataFrame") -> None:
        """Store a pandas frame as a table."""
        with self._limits():
            self._connection.register("incoming", frame)
            self._connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM incoming")
            self._connection.unregister("incoming")

    @contextmanager
    def _limits(self) -> Iterator[None]:
        if self._expired:
            raise InputError("engine_timeout", seconds=TIMEOUT_SECONDS)
        try:
            yield
        except duckdb.InterruptException as error:
            raise InputError("engine_timeout", seconds=TIMEOUT_SECONDS) from error
        except duckdb.OutOfMemoryException as error:
            raise InputError("engine_memory", limit=MEMORY_LIMIT) from error

    @contextmanager
    def _interrupted_after(self, seconds: float | None) -> Iterator[None]:
        done, late = threading.Event(), threading.Event()

        def watch() -> None:
            while not done.wait(AGAIN_SECONDS if late.is_set() else seconds):
                late.set()
                # One that comes while the statement is still being planned is lost: hence again and again.
                self._connection.interrupt()

        watcher = threading.Thread(target=watch, daemon=True)
        if seconds is not None:
            watcher.start()
        try:
            yield
        except duckdb.InterruptException as error:
            if not late.is_set() or self._expired:
                raise
            raise TimeoutError(seconds) from error
        finally:
            done.set()
            if seconds is not None:
                # The next statement must not be hit by it.
                watcher.join()

    def close(self) -> None:
        """Close the database and remove its temporary files."""
        self._watch.cancel()
        # A thread that is still going when the process ends keeps the connection, and DuckDB complains of it.
        self._watch.join()
        self._connection.close()
        self._spill.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
