"""The SQL behind the numbers: run by hand over the exported tables, it gives the run's own counts."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

import duban_samples
from duban.explaining.naming import Named
from duban.explaining.queries import Queries
from duban.pipeline import Running, running
from duban.preparing import Prepared, prepare
from duban.terms import Aggregate

GOLDEN = sorted(path.parent for path in (Path(__file__).parents[1] / "golden").glob("*/duban.toml"))
SAMPLE = Path(duban_samples.__file__).parent / "harbin-2023"


def rules_of(prepared: Prepared) -> list[Named]:
    plan = prepared.plan
    return [
        *(Named("criteria", item.id) for item in plan.criteria),
        *(Named("adjustments", item.id) for item in plan.adjustments),
        *(Named("gates", item.id) for item in plan.gates),
    ]


def asked(current: Running, prepared: Prepared, folder: Path) -> int:
    """Check every number of every department against a database that knows only the files; return how many there were."""
    queries, rules = (
        Queries(current.engine, current.facts.relations, prepared.plan, prepared.as_of),
        rules_of(prepared),
    )
    evaluated, number = current.run.evaluated, 0
    assert evaluated is not None
    database = duckdb.connect()
    for index, department in enumerate(evaluated.departments):
        # Another department may have measures over other tables.
        queries.write(department, rules, folder / str(index))
        # As by hand, in the folder.
        database.execute(f"SET file_search_path = '{folder / str(index)}'")
        for use in dict.fromkeys(
            key for rule in rules for key in (one.key for one in queries.uses(department, rule))
        ):
            planned = prepared.plan.uses[use]
            query = queries.query(planned, department)
            figure = evaluated.figures[use][index]
            if query is not None:
                found = database.execute(query.text).fetchall()
                check(found, planned.measure.kind, figure)
                number += 1
    return number


def check(rows: list[Any], kind: Aggregate, figure: Any) -> None:
    if not rows:
        assert (kind, figure.count) == (Aggregate.QUANTILE, 0)
        return
    assert rows[0][0] == figure.count
    if figure.hits is not None:
        assert rows[0][1] == figure.hits
    elif kind in (Aggregate.SUM, Aggregate.QUANTILE):
        assert rows[0][1] == figure.value
    elif kind is Aggregate.MEAN and figure.count:
        assert rows[0][1] == figure.value * figure.count


@pytest.mark.parametrize("workspace", [SAMPLE, *GOLDEN], ids=lambda folder: folder.name)
def test_the_counts_are_those_of_the_run(workspace: Path, tmp_path: Path) -> None:
    prepared = prepare(workspace, None, None, ())
    with running(prepared) as current:
        assert asked(current, prepared, tmp_path)


def test_each_file_runs_as_it_stands_and_ends_with_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(SAMPLE, None, None, ())
    with running(prepared) as current:
        queries = Queries(current.engine, current.facts.relations, prepared.plan, prepared.as_of)
        department = next(item for item in current.facts.departments if item.name == "市公安局")
        files = queries.write(department, [Named("criteria", "on_time")], tmp_path / "sql")
    assert files == ["criteria.on_time.sql", "cases.parquet"]
    monkeypatch.chdir(tmp_path / "sql")
    text = Path("criteria.on_time.sql").read_text("utf-8")
    assert duckdb.connect().execute(text).fetchall() == [(63, 63)]


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep")
    prepared = prepare(SAMPLE, None, None, ())
    with running(prepared) as current:
        queries = Queries(current.engine, current.facts.relations, prepared.plan, prepared.as_of)
        with pytest.raises(Exception, match="mine"):
            queries.write(current.facts.departments[0], [Named("criteria", "on_time")], tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]
