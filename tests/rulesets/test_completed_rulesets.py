"""What a place adds that its source leaves open, as the READMEs write it, over the ledgers of the golden runs."""

import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import duban

ROOT = Path(__file__).parents[2]


def totals(folder: Path, name: str, before: str = "", after: str = "") -> dict[str, Fraction]:
    """Return the totals of a golden ledger under the ruleset that a README writes; `before` is changed to `after`."""
    readme = (ROOT / "rulesets" / "duban_rulesets" / name / "README.md").read_text("utf-8")
    found = re.search(r"^```toml\n(.*?)^```", readme, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    assert before in found[1]
    shutil.copytree(ROOT / "tests" / "golden" / name, folder / name)
    (folder / "rules.toml").write_text(found[1].replace(before, after) if before else found[1], "utf-8")
    ranking = duban.run(folder / name, ruleset=folder / "rules.toml", write=False).ranking
    return dict(zip(ranking["department"], ranking["total"], strict=True))


def test_points_by_the_round_in_which_satisfaction_was_reached(tmp_path: Path) -> None:
    # One satisfied with the first reply and one with the second: 2 + 1. One late: nothing. Twice dissatisfied: -1 each.
    assert totals(tmp_path, "baiyun-2015") == {"区教育局": 3, "区财政局": 0, "区住建局": -1, "艳山红镇": -1}


@pytest.mark.parametrize(
    ("points", "worst", "better"), [(20, "14.8", "16.8"), (3, "0", "0"), (4, "0", "0.8")]
)
def test_deductions_stop_when_nothing_is_left(tmp_path: Path, points: int, worst: str, better: str) -> None:
    found = totals(tmp_path, "baoji", "points = 20", f"points = {points}")
    assert (found["市教育局"], found["岐山县"]) == (Fraction(worst), Fraction(better))
    assert found["凤翔区"] == points
