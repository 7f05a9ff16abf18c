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


DEPARTMENTS = """单位编号,单位名称,别名
edu,市教育局,教育局|教育委
health,市卫生健康委员会,卫健委
police,市公安局,
"""
LISTED = WORKSPACE + '[tables.departments]\nfile = "departments.csv"\n'
CASES = """建议编号,承办单位,交办日期,答复日期,沟通方式
1,教育局,2024-01-02,,面商
2,卫健委,2024-01-02,2024-02-02,面商
3,市公安局,2024-01-02,2024-02-02,面商
"""


def run_with_own(folder: Path, own: str) -> duban.Run:
    """Run three departments whose criterion has these measures by department."""
    start = RULESET.index("measure_by_department")
    rules = RULESET[:start] + f"measure_by_department = {own}\npoints = 100\n"
    texts = {"duban.toml": LISTED, "rules.toml": rules, "cases.csv": CASES, "departments.csv": DEPARTMENTS}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return duban.run(folder, write=False)


@pytest.mark.parametrize("name", ["edu", "市教育局", "教育局", "教育委"])
def test_a_rule_may_call_a_department_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    run = run_with_own(tmp_path, f'{{ "{name}" = "contacted" }}')
    points = dict(zip(run.criteria["department"], run.criteria["points"], strict=True))
    assert points == {"edu": 100, "health": 100, "police": 100}
    assert "rule_names_nobody" not in set(run.findings["code"])
    # What is listed against the others is not listed against it: it answered nothing, and was not asked to.
    assert run.cases is not None
    assert run.cases.empty


def test_who_has_which_measure_is_told(tmp_path: Path) -> None:
    run = run_with_own(tmp_path, '{ "edu" = "contacted", "卫健委" = "replied" }')
    (found,) = run.findings[run.findings["code"] == "own_measures"].to_dict("records")
    assert (found["severity"], found["value"], found["file"]) == ("info", "答复率", "rules.toml:11:25")
    assert found["message"] == (
        "评分项《答复率》各单位用各自的口径（单位数）：办复率 2、沟通率 1。得分在同一标尺上，件数不可相互比较"
    )


@pytest.mark.parametrize("own", ['{ "edu" = "replied" }', '{ "体育局" = "contacted" }'])
def test_one_measure_for_all_is_not_worth_telling(tmp_path: Path, own: str) -> None:
    assert "own_measures" not in set(run_with_own(tmp_path, own).findings["code"])


def test_one_department_under_two_names_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(duban.DubanError, match=r"rules\.toml:11:\d+: \[named_twice\].*市教育局.*教育委"):
        run_with_own(tmp_path, '{ "市教育局" = "contacted", "教育委" = "replied" }')
