from pathlib import Path

import duckdb
import pytest

from duban import engine
from duban.engine import Engine
from duban.errors import InputError

ENDLESS = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"


def test_only_the_named_files_can_be_read(tmp_path: Path) -> None:
    named, other = tmp_path / "named.csv", tmp_path / "other.csv"
    for path in (named, other):
        path.write_text("a\n1\n", "utf-8")
    with Engine(readable=[named]) as database:
        assert database.rows(f"SELECT * FROM read_csv('{named}')") == [(1,)]
        with pytest.raises(duckdb.Error, match="disabled"):
            database.rows(f"SELECT * FROM read_csv('{other}')")
        with pytest.raises(duckdb.Error, match="disabled"):
            database.run(f"COPY (SELECT 1) TO '{other}'")
    assert other.read_text("utf-8") == "a\n1\n"


@pytest.mark.parametrize(
    "statement", ["SET memory_limit = '9GB'", "SET enable_external_access = true", "INSTALL excel"]
)
def test_the_settings_are_locked(statement: str) -> None:
    with Engine() as database, pytest.raises(duckdb.Error):
        database.run(statement)


def test_work_that_takes_too_long_is_ended_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "TIMEOUT_SECONDS", 0.2)
    with Engine() as database:
        for statement in (ENDLESS, "SELECT 1"):
            with pytest.raises(InputError) as caught:
                database.rows(statement)
            assert caught.value.code == "engine_timeout"


def test_work_that_needs_too_much_memory_is_ended_and_said() -> None:
    with Engine(memory_limit="20MB") as database, pytest.raises(InputError) as caught:
        database.rows("SELECT length(list(range)::VARCHAR) FROM range(20000000)")
    assert caught.value.code == "engine_memory"


def test_temporary_files_go_with_the_engine() -> None:
    with Engine() as database:
        folder = database.spill
        assert folder.is_dir()
    assert not folder.exists()
