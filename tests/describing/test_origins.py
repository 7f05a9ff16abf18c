from pathlib import Path

from duban.describing.origins import origins_page
from duban.describing.page import Table
from duban.loading import load_ruleset

HEAD = 'format = 1\nid = "{}"\ntitle = "办法"\n'
GRANDPARENT = """rounding = { total = 1 }
[deadlines.reply]
months = 3
extended_months = 6
[dimensions.d]
title = "d"
[criteria.a]
title = "a"
dimension = "d"
measure = "m"
points = 10
[criteria.b]
title = "b"
dimension = "d"
measure = "m"
points = 1
[outcomes]
A = "resolved"
"""
PARENT = """extends = "grandparent.toml"
[deadlines.reply]
days = 90
[criteria.a]
points = 12
[outcomes]
A = "planned"
"""
CHILD = """extends = "parent.toml"
period = { from = 2024-01-01, to = 2024-12-31 }
[criteria.a]
points = [{ from = 2020-01-01, value = 15 }, { from = 2030-01-01, value = 20 }]
[criteria.b]
drop = true
"""


def origins(folder: Path) -> dict[str, tuple[str, ...]]:
    for name, text in (("grandparent", GRANDPARENT), ("parent", PARENT), ("r", CHILD)):
        (folder / f"{name}.toml").write_text(HEAD.format(name) + text, "utf-8")
    (table,) = origins_page(load_ruleset("r.toml", folder, "", {})).blocks
    assert isinstance(table, Table)
    return {row.cells[0]: row.cells[1:] for row in table.rows}


def test_every_value_has_its_line_and_what_it_overrides_through_all_levels(tmp_path: Path) -> None:
    found = origins(tmp_path)
    assert found["criteria.a.points"] == (
        "15",
        "r.toml:7",
        "12（parent.toml:8）\n10（grandparent.toml:14）",
    )
    assert found["criteria.a.measure"] == ('"m"', "grandparent.toml:13", "")
    assert found["outcomes.A"] == ('"planned"', "parent.toml:10", '"resolved"（grandparent.toml:21）')
    assert found["rounding"] == ("{ total = 1 }", "grandparent.toml:4", "")
    assert found["title"][1:] == ("r.toml:3", "")


def test_keys_and_texts_stand_as_toml_writes_them(tmp_path: Path) -> None:
    text = HEAD.format("r") + 'basis = "第一行\\n“二”\\"三\\""\n[outcomes]\n"已 解决" = "resolved"\n'
    (tmp_path / "r.toml").write_text(text, "utf-8")
    (table,) = origins_page(load_ruleset("r.toml", tmp_path, "", {})).blocks
    assert isinstance(table, Table)
    found = {row.cells[0]: row.cells[1] for row in table.rows}
    assert found["basis"] == r'"第一行\n“二”\"三\""'
    assert found['outcomes."已 解决"'] == '"resolved"'


def test_a_clock_that_takes_the_place_of_another_overrides_it(tmp_path: Path) -> None:
    found = origins(tmp_path)
    assert found["deadlines.reply.days"] == ("90", "parent.toml:6", "months = 3（grandparent.toml:6）")
    assert "deadlines.reply.months" not in found
    assert found["deadlines.reply.extended_months"][1] == "grandparent.toml:7"


def test_what_is_dropped_says_what_it_was(tmp_path: Path) -> None:
    value, place, overrides = origins(tmp_path)["criteria.b"]
    assert (value, place) == ("（去掉）", "r.toml:8")
    assert 'title = "b"（grandparent.toml:16）' in overrides
    assert not [key for key in origins(tmp_path) if key.startswith("criteria.b.")]
