from pathlib import Path

import pytest

import duban

RULESET = """
format = 1
id = "small"
title = "小办法"
[dimensions.speed]
title = "时效"
[criteria.answered]
title = "答复率"
dimension = "speed"
measure = "replied"
measure_by_department = { "教育局" = "contacted", "体育局" = "met" }
points = 100
"""
WORKSPACE = """
title = "小项目"
ruleset = "rules.toml"
as_of = 2024-12-31
[tables.cases]
file = "cases.csv"
"""
LEDGER = """建议编号,承办单位,交办日期,答复日期,沟通方式
1,教育局,2024-01-02,,面商
"""


def test_a_rule_that_names_nobody_is_a_finding_with_its_place(tmp_path: Path) -> None:
    for name, text in (("duban.toml", WORKSPACE), ("rules.toml", RULESET), ("cases.csv", LEDGER)):
        (tmp_path / name).write_text(text, "utf-8")
    made = duban.run(tmp_path, write=False)
    found = made.findings[made.findings["code"] == "rule_names_nobody"]
    assert list(found["value"]) == ["体育局"]
    assert list(found["file"]) == ["rules.toml:11:56"]
    assert list(made.ranking["total"]) == [100]


def test_a_name_that_no_table_explains_is_pointed_at(tmp_path: Path) -> None:
    gate = '[gates.g]\ntitle = "g"\nwhen = "cases > 3 and size > 2"\neffect = "exempt"\n'
    for name, text in (("duban.toml", WORKSPACE), ("rules.toml", RULESET + gate), ("cases.csv", LEDGER)):
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(duban.DubanError, match=r"rules\.toml:15:23: \[unknown_name\]"):
        duban.run(tmp_path, write=False)


def test_the_file_of_a_workspace_may_be_named_instead_of_its_folder(tmp_path: Path) -> None:
    for name, text in (("duban.toml", WORKSPACE), ("rules.toml", RULESET), ("cases.csv", LEDGER)):
        (tmp_path / name).write_text(text, "utf-8")
    assert duban.run(tmp_path / "duban.toml", write=False).title == "小项目"
