"""Rules that count differently: a real ledger, read and counted again for each choice of parts."""

import json
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from duban import run
from duban.cli import execute
from duban.differences import comparing

RULES = """format = 1
id = "r"
title = "办法"
[deadlines.reply]
months = 3
[outcomes]
A = "resolved"
B = "in_progress"
[ratings.answer]
non_response = "exclude"
[columns.quality]
title = "质量"
type = "integer"
[measures.good]
title = "质量好"
hit = "quality >= 3"
[measures.late]
title = "迟"
count = "replied_on > deadline_on"
[measures.twice]
title = "迟的两倍"
formula = "late * 2"
[dimensions.d]
title = "维度"
points = 100
[criteria.on_time]
title = "按时"
dimension = "d"
measure = "on_time"
points = 10
[criteria.good]
title = "质量"
dimension = "d"
measure = "good"
points = 10
[criteria.score]
title = "满意"
dimension = "d"
measure = "answer_score"
points = 10
[criteria.resolved]
title = "解决"
dimension = "d"
measure = "resolved"
points = 10
[adjustments.twice]
title = "迟"
measure = "twice"
each = -0.25
[groups.many]
title = "多"
when = "late > 2"
[groups.few]
title = "少"
[selections.best]
title = "优秀"
quota = 1
"""
DEADLINE = ("months = 3", "months = 2")
OUTCOME = ('B = "in_progress"', 'B = "resolved"')
SCALE = ("[columns.quality]", "[scales.rating]\nbasically_satisfied = 0.1\n[columns.quality]")
SILENCE = ('"exclude"', '"as_dissatisfied"')
MEASURE = ("quality >= 3", "quality >= 4")
COUNT = ("replied_on > deadline_on", "replied_on >= deadline_on")
FORMULA = ("late * 2", "late * 3")
HEADING = ('title = "质量"\ntype', 'title = "分"\ntype')
CONTACT = (
    "[dimensions.d]",
    """[deadlines.contact]
days = 30
[measures.contacted_soon]
title = "及时沟通"
hit = "contacted_on <= contact_deadline_on"
[criteria.contacted]
title = "沟通"
dimension = "d"
measure = "contacted_soon"
points = 10
[dimensions.d]""",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    random, rows = Random(7), ["建议编号,承办单位,交办日期,答复日期,首次沟通日期,办理结果,答复评价,质量,分"]
    for number in range(60):
        month = random.randint(1, 4)
        cells = [
            str(number),
            f"第{random.randint(1, 4)}局",
            f"2024-0{month}-10",
            f"2024-0{month + random.randint(1, 4)}-{random.randint(9, 11):02}",
            f"2024-0{month + random.randint(0, 2)}-12",
            random.choice("AB"),
            random.choice(["满意", "基本满意", "不满意", ""]),
            *(str(random.randint(1, 5)) for _ in range(2)),
        ]
        rows.append(",".join(cells))
    (folder / "cases.csv").write_text("\n".join(rows), "utf-8")
    (folder / "rules.toml").write_text(RULES, "utf-8")
    (folder / "duban.toml").write_text(
        'title = "试"\nruleset = "rules.toml"\nas_of = 2024-12-31\n[tables.cases]\nfile = "cases.csv"\n',
        "utf-8",
    )
    return folder


def judged(workspace: Path, folder: Path, *edits: tuple[str, str]) -> comparing.Tested:
    """Return the ledger under the rules as they are and with edits; its totals are those of two runs."""
    edited = RULES
    for before, after in edits:
        assert before in edited
        edited = edited.replace(before, after)
    files = [folder / "old.toml", folder / "new.toml"]
    for file, text in zip(files, (RULES, edited), strict=True):
        file.write_text(text, "utf-8")
    made = comparing.judged_by_both(workspace, comparing.compare(*map(str, files)), None, (), "zh")
    runs = [run(workspace, ruleset=file, write=False).ranking.set_index("department") for file in files]
    for move in made.made.moves:
        for side, ranking in zip((move.before, move.after), runs, strict=True):
            row = ranking.loc[move.department.id]
            assert (side.total, side.rank, side.group) == (row["total"], row["rank"], row["group"])
        assert sum(move.total.values(), Fraction(0)) == (move.after.total or 0) - (move.before.total or 0)
        assert sum(move.rank.values(), Fraction(0)) == (move.after.rank or 9) - (move.before.rank or 9)
    return made


def moving(made: comparing.Tested) -> set[str]:
    """Return the parts that move some total, as `section.id`."""
    return {
        ".".join(part).rstrip(".") for move in made.made.moves for part, share in move.total.items() if share
    }


@pytest.mark.parametrize(
    ("edits", "parts"),
    [
        ([DEADLINE], {"deadlines"}),
        ([OUTCOME], {"outcomes"}),
        ([SCALE], {"scales"}),
        ([SILENCE], {"ratings"}),
        ([MEASURE], {"measures.good"}),
        ([FORMULA], {"measures.twice"}),
        # Measures that a formula ties together are one part, called by the first that differs.
        ([COUNT], {"measures.late"}),
        ([COUNT, FORMULA], {"measures.late"}),
        # Who reads another column counts otherwise throughout.
        ([HEADING], {"data"}),
        ([HEADING, DEADLINE, MEASURE], {"data"}),
        # A deadline and a measure that only the newer rules have stand beside the criterion that needs them.
        ([CONTACT], {"criteria.contacted"}),
        ([CONTACT, DEADLINE, MEASURE], {"criteria.contacted", "deadlines", "measures.good"}),
        (
            [DEADLINE, SCALE, MEASURE, COUNT],
            {"deadlines", "scales", "measures.good", "measures.late"},
        ),
    ],
)
def test_each_way_of_counting_is_a_part(
    workspace: Path, tmp_path: Path, edits: list[tuple[str, str]], parts: set[str]
) -> None:
    made = judged(workspace, tmp_path, *edits)
    assert {".".join(part).rstrip(".") for part in made.parts.changes} == parts
    assert moving(made) == parts


def test_a_change_that_no_rule_uses_moves_nobody(workspace: Path, tmp_path: Path) -> None:
    unused = '[measures.unused]\ntitle = "没有用到"\ncount = "quality = {}"\n'
    made = judged(workspace, tmp_path, ("[dimensions.d]", unused.format(1) + "[dimensions.d]"))
    assert made.parts.changes == {}
    assert moving(made) == set()


@pytest.mark.parametrize(
    ("edit", "title"),
    [
        (HEADING, "台账的读法和口径 "),
        (SILENCE, "评价的归并 "),
        (OUTCOME, "办理结果分类 "),
        (DEADLINE, "办理期限 "),
    ],
)
def test_every_part_is_told_by_its_name(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: tuple[str, str], title: str
) -> None:
    files = [tmp_path / "old.toml", tmp_path / "new.toml"]
    for file, text in zip(files, (RULES, RULES.replace(*edit)), strict=True):
        file.write_text(text, "utf-8")
    arguments = ["ruleset", "diff", *map(str, files), "--cases", str(workspace)]
    assert execute([*arguments, "--lang", "zh"]) == 0
    assert f"：{title}" in capsys.readouterr().out
    assert execute([*arguments, "--json", "--lang", "zh"]) == 0
    parts = json.loads(capsys.readouterr().out)["backtest"]["parts"]
    assert [part["title"] for part in parts] == [title.strip()]
