"""Each folder of tests/golden is a small made-up workspace whose results are kept: a change of them must be meant.

`pytest tests/rulesets/test_golden.py --golden-update` writes the results anew; nothing else does.
"""

import shutil
from pathlib import Path

import pytest

import duban

GOLDEN = Path(__file__).parents[1] / "golden"
KEPT = ("ranking.csv", "criteria.csv", "adjustments.csv", "selections.csv", "conversions.csv")
# What the choices of small-numbers moved.
CHOSEN = "small_numbers.csv"


@pytest.mark.parametrize("name", sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir()))
def test_the_run_gives_what_it_gave(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / name
    shutil.copytree(GOLDEN / name, folder)
    duban.run(folder)
    kept = [*KEPT, CHOSEN] if name == "small-numbers" else KEPT
    found = {file: folder / "out" / file for file in kept if (folder / "out" / file).exists()}
    expected = GOLDEN / name / "expected"
    if request.config.getoption("--golden-update"):
        shutil.rmtree(expected, ignore_errors=True)
        expected.mkdir()
        for file, path in found.items():
            shutil.copyfile(path, expected / file)
    assert sorted(found) == sorted(path.name for path in expected.iterdir())
    for file, path in found.items():
        assert path.read_bytes().decode("utf-8-sig") == (expected / file).read_bytes().decode("utf-8-sig")
