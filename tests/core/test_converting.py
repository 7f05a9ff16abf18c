from fractions import Fraction
from pathlib import Path

import pytest

import duban
from duban.errors import MeasureError, RulesetError

RULES = """format = 1
id = "t"
title = "办法"
rounding = { total = 0 }
dimensions.marks = { title = "评分" }
criteria.mark = { title = "评分", dimension = "marks", measure = "mark", with = { criterion = "评分" }, points = 100, curve = { kind = "linear", full_at = 100 } }
gates.outside = { title = "不参评", when = "kind = '企业'", effect = "exempt" }
grades.excellent = { title = "优秀", at_least = 90 }
grades.poor = { title = "较差" }
"""
MARKS = "承办单位,评分项,得分\n甲局,评分,90.4\n乙局,评分,66.6\n丁公司,评分,100\n"
DEPARTMENTS = "承办单位,单位类型,人数\n甲局,部门,30\n乙局,部门,\n丙局,部门,5\n丁公司,企业,9\n"


def run(folder: Path, value: str, more: str = "") -> duban.Run:
    rules = f'{RULES}[conversions.away]\ntitle = "折算"\nvalue = "{value}"\n{more}'
    (folder / "ruleset.toml").write_text(rules, "utf-8")
    (folder / "marks.csv").write_text(MARKS, "utf-8")
    (folder / "departments.csv").write_text(DEPARTMENTS, "utf-8")
    (folder / "duban.toml").write_text(
        'title = "t"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\n'
        'tables.marks.file = "marks.csv"\ntables.departments.file = "departments.csv"\n',
        "utf-8",
    )
    return duban.run(folder)


def values(run: duban.Run) -> dict[str, object]:
    assert run.conversions is not None
    return dict(zip(run.conversions["department"], run.conversions["value"], strict=True))


def test_the_published_total_is_converted_and_rounded(tmp_path: Path) -> None:
    # 90.4 is published as 90; without marks there is no total, and the company is exempt.
    found = values(run(tmp_path, "total * 2 / 100", "places = 1"))
    assert found == {"甲局": Fraction(18, 10), "乙局": Fraction(13, 10), "丙局": None, "丁公司": None}


def test_a_grade_has_its_bonus(tmp_path: Path) -> None:
    found = values(run(tmp_path, "case when grade = 'excellent' then 1.5 else -1 end"))
    assert (found["甲局"], found["乙局"]) == (Fraction(3, 2), -1)


def test_what_is_unknown_is_not_zero(tmp_path: Path) -> None:
    found = values(run(tmp_path, "100 * 人数"))
    assert (found["甲局"], found["乙局"]) == (3000, None)


def test_the_file_names_unit_and_department_and_ranks_nobody(tmp_path: Path) -> None:
    made = run(tmp_path, "-total", 'unit = "元/人"')
    assert (tmp_path / "out" / "conversions.csv").read_text("utf-8-sig").splitlines()[:3] == [
        "conversion,department,name,value,unit",
        "away,丁公司,丁公司,,元/人",
        "away,丙局,丙局,,元/人",
    ]
    assert '"conversions": [' in (tmp_path / "out" / "result.json").read_text("utf-8")
    assert made.ranking.set_index("department").loc["甲局", "rank"] == 1


def test_without_a_conversion_there_is_no_file(tmp_path: Path) -> None:
    run(tmp_path, "total")
    (tmp_path / "ruleset.toml").write_text(RULES, "utf-8")
    assert duban.run(tmp_path).conversions is None
    assert not (tmp_path / "out" / "conversions.csv").exists()


@pytest.mark.parametrize(
    "value", ["total > 3", "grade", "case when total > 3 then '多' else 0 end", "coalesce(grade, 1)"]
)
def test_what_is_no_number_is_refused_before_any_data(tmp_path: Path, value: str) -> None:
    with pytest.raises(MeasureError) as caught:
        run(tmp_path, value)
    assert caught.value.code == "type_wanted"
    assert str(caught.value.at).startswith("ruleset.toml:12:")


@pytest.mark.parametrize(
    ("value", "code"),
    [("points.marks", "unknown_criterion"), ("value * 2", "name_not_yet"), ("totl / 5", "unknown_name")],
)
def test_a_name_that_is_not_there_is_told(tmp_path: Path, value: str, code: str) -> None:
    with pytest.raises(RulesetError) as caught:
        run(tmp_path, value)
    assert caught.value.code == code
