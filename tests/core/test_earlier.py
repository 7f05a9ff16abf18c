"""Rankings of earlier years: read from what duban wrote, and from nothing else."""

import shutil
from datetime import date
from pathlib import Path

import pytest

import duban
from duban.earlier import earlier_runs
from duban.errors import InputError

GOLDEN = Path(__file__).parents[1] / "golden" / "shenzhen-2007"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path / "year")
    duban.run(tmp_path / "year", draws=0, reports=["json"])
    return tmp_path / "year"


def test_ranks_and_totals_are_those_of_the_earlier_run(written: Path) -> None:
    run = duban.run(written, draws=0, write=False)
    (earlier,) = earlier_runs([written / "out"], "internal")
    assert (earlier.title, earlier.as_of) == (run.title, run.as_of)
    ranking = run.ranking.astype({"rank": object}).where(run.ranking.notna(), None)
    known = zip(ranking["department"], ranking["rank"], ranking["total"], strict=True)
    assert [(place.department, place.rank, place.total) for place in earlier.places] == list(known)


def test_the_workspace_names_them_and_they_come_oldest_first(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "now")
    settings = tmp_path / "now" / "duban.toml"
    text = settings.read_text("utf-8")
    settings.write_text(f'{text}\n[report]\nearlier = ["../year/out", "../older/out"]\n', "utf-8")
    older = tmp_path / "older" / "out"
    older.mkdir(parents=True)
    result = (written / "out" / "result.json").read_text("utf-8")
    day = f'"as_of": "{duban.run(written, draws=0, write=False).as_of}"'
    (older / "result.json").write_text(result.replace(day, '"as_of": "2001-12-31"', 1), "utf-8")
    run = duban.run(tmp_path / "now", draws=0, write=False)
    assert [one.as_of for one in run.earlier] == [date(2001, 12, 31), run.as_of]


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "file_unreadable"), ("{}", "compare_no_result"), ("\x00", "compare_no_result")],
)
def test_anything_else_is_an_error(tmp_path: Path, content: str | None, code: str) -> None:
    if content is not None:
        (tmp_path / "result.json").write_text(content, "utf-8")
    with pytest.raises(InputError) as error:
        earlier_runs([tmp_path], "internal")
    assert error.value.code == code


def test_a_public_edition_does_not_show_what_is_internal(written: Path) -> None:
    assert earlier_runs([written / "out"], "public") == ()
    settings = written / "duban.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[visibility]\n", "utf-8")
    duban.run(written, draws=0, reports=["json"], edition="public")
    assert len(earlier_runs([written / "out-public"], "public")) == 1
