"""Tables: rows of an example become files, and are read, checked and measured as a run does."""

from collections.abc import Callable

import pytest

from duban.errors import DubanError
from duban.examples.running import Outcome

Trial = Callable[..., list[Outcome]]
ROWS = """
[examples.rows]
says = "一月十日交办、三个月为限：四月十日按期，四月十一日逾期"
tables.cases = [
  { "建议编号" = "1", "承办单位" = "甲局", "交办日期" = 2023-01-10, "答复日期" = 2023-04-10, "办理方式" = "主办" },
  { "建议编号" = "2", "承办单位" = "甲局", "交办日期" = 2023-01-10, "答复日期" = 2023-04-10 },
  { "建议编号" = "3", "承办单位" = "甲局", "交办日期" = 2023-01-10, "答复日期" = 2023-04-11 },
  { "建议编号" = "4", "承办单位" = "甲局", "交办日期" = 2023-01-10, "答复日期" = 2023-02-01, "办理方式" = "会办" },
]
expect."甲局" = { values = { on_time = "2/3" }, points = { on_time = 8, answered = 4 }, gates = ["overdue"] }
"""


def replaced(*changes: tuple[str, str]) -> str:
    text = ROWS
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def test_rows_are_measured_on_the_way_of_a_run(trial: Trial) -> None:
    (outcome,) = trial(ROWS)
    assert outcome.passed
    assert outcome.judged is not None
    assert outcome.judged.departments[0].name == "甲局"


def test_another_deadline_is_noticed(trial: Trial) -> None:
    (outcome,) = trial(ROWS, ("months = 3", "months = 4"))
    assert [(item.key, item.name) for item in outcome.differences] == [
        ("gates", ""),
        ("points", "on_time"),
        ("values", "on_time"),
    ]


def test_rows_may_say_which_departments_there_are_and_how_they_are_called(trial: Trial) -> None:
    departments = """tables.departments = [{ department = "a", name = "甲局", kind = "committee" }]
tables.cases"""
    (outcome,) = trial(replaced(("tables.cases", departments)))
    assert outcome.passed


@pytest.mark.parametrize(
    ("day", "gates"),
    [("", "['overdue']"), ("as_of = 2023-04-10", "[]"), ("as_of = 2023-04-11", "['overdue']")],
)
def test_the_day_is_the_examples_own_or_the_last_of_the_period(trial: Trial, day: str, gates: str) -> None:
    rows = f"""
[examples.unanswered]
says = "没有答复"
{day}
tables.cases = [{{ case_id = "1", department = "甲局", assigned_on = 2023-01-10 }}]
expect."甲局" = {{ gates = {gates} }}
"""
    # The ledger has a column of answers, and nothing in it.
    rows = rows.replace("assigned_on = 2023-01-10", 'assigned_on = 2023-01-10, replied_on = ""')
    (outcome,) = trial(rows)
    assert outcome.passed, outcome


def test_a_period_of_the_example_comes_before_that_of_the_rules(trial: Trial) -> None:
    period = "period = { from = 2022-01-01, to = 2022-12-31 }\ntables.cases"
    (outcome,) = trial(replaced(("tables.cases", period), ("2023-", "2022-")))
    assert outcome.passed
    (outcome,) = trial(replaced(("2023-", "2022-")))
    assert not outcome.passed


def test_findings_that_stop_are_a_failure_that_shows_them(trial: Trial) -> None:
    (outcome,) = trial(replaced(("2023-04-11", '"四月"')))
    assert (outcome.passed, outcome.judged) == (False, None)
    assert [item.code for item in outcome.findings] == ["unparsable_cell"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("tables.cases", "tables.cses"), "是不是“cases”"),
        (('"答复日期" = 2023-02-01', '"答服日期" = 2023-02-01'), "是不是“答复日期”"),
    ],
)
def test_a_slip_in_the_name_of_a_table_or_column_is_told(
    trial: Trial, change: tuple[str, str], words: str
) -> None:
    with pytest.raises(DubanError, match=words) as caught:
        trial(replaced(change))
    assert str(caught.value.at).startswith("examples.toml:")


def test_a_cell_holds_one_value(trial: Trial) -> None:
    with pytest.raises(DubanError, match="example_cell"):
        trial(replaced(('"答复日期" = 2023-02-01', '"答复日期" = [2023-02-01]')))


def test_a_department_that_the_rows_lack_is_a_failure(trial: Trial) -> None:
    (outcome,) = trial(replaced(('expect."甲局"', 'expect."乙局"')))
    assert outcome.error is not None
    assert outcome.error.line().startswith("examples.toml:10:1: [example_unknown_name]")
