"""With what was measured in the place of every draw, the arrays say exactly what the exact engine says."""

import shutil
from pathlib import Path

import pytest
from certain import assert_same
from click.testing import CliRunner

from duban import pipeline
from duban.certainty.drawing import Draws
from duban.certainty.worlds import repeated
from duban.cli.commands import commands

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = ("harbin-2023",)


def draws_of(folder: Path) -> Draws:
    """Return what would be drawn for a workspace."""
    made = pipeline.run(folder, write=False)
    assert made.certainty is not None
    return made.certainty.draws


def assert_exact(draws: Draws) -> None:
    """Check worlds in which everything is as it was measured."""
    assert_same(draws.judge.outcome(repeated(draws.measured, draws.sources, 3)), draws.evaluated.judgement)


@pytest.mark.parametrize("name", sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir()))
def test_every_golden_workspace(name: str, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / name, tmp_path / name)
    assert_exact(draws_of(tmp_path / name))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample(name: str, tmp_path: Path) -> None:
    made = CliRunner().invoke(commands("en"), ["init", str(tmp_path / name), "--sample", name])
    assert made.exit_code == 0, made.output
    assert_exact(draws_of(tmp_path / name))
