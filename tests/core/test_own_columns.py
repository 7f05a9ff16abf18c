from pathlib import Path

import openpyxl
import pytest

import duban
from duban.cli.init import make_empty
from duban.errors import Problems, RulesetError, Stopped
from duban.registry import installed

RULES = """format = 1
id = "t"
title = "办法"
dimensions.cases = { title = "单件" }
columns.reply_quality = { title = "答复质量得分", type = "decimal" }
sheets.case = { title = "单件得分", items.reply = { title = "答复质量", value = "reply_quality" } }
criteria.case = { title = "单件得分", dimension = "cases", measure = "case", points = 50, curve = { kind = "linear", full_at = 50 } }
"""


def run(folder: Path, ledger: str, rules: str = RULES) -> duban.Run:
    (folder / "ruleset.toml").write_text(rules, "utf-8")
    (folder / "台账.csv").write_text(ledger, "utf-8")
    (folder / "duban.toml").write_text(
        'title = "t"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\ntables.cases.file = "台账.csv"\n', "utf-8"
    )
    return duban.run(folder)


def test_a_column_of_the_ruleset_is_read_by_its_title_or_its_id(tmp_path: Path) -> None:
    rows = "\n1,甲局,2024-01-05,40\n2,甲局,2024-01-05,45.5\n3,甲局,2024-01-05,\n"
    for heading in ("答复质量得分", "reply_quality"):
        made = run(tmp_path, f"建议编号,承办单位,交办日期,{heading}{rows}")
        assert (made.criteria["count"][0], made.ranking["total"][0]) == (2, 42.75)


def test_a_ledger_without_the_column_does_not_stop_the_run(tmp_path: Path) -> None:
    made = run(tmp_path, "建议编号,承办单位,交办日期\n1,甲局,2024-01-05\n")
    assert made.criteria["status"][0] == "not_available"


def test_what_is_no_number_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        run(tmp_path, "建议编号,承办单位,交办日期,答复质量得分\n1,甲局,2024-01-05,良好\n")
    assert "良好" in set(caught.value.findings["value"])


def test_a_column_that_the_ledger_has_anyway_is_refused(tmp_path: Path) -> None:
    rules = f"""{RULES}columns.round = {{ title = "办理次数", type = "integer" }}
columns.answered = {{ title = "答复日期", type = "date" }}
"""
    with pytest.raises(Problems) as caught:
        run(tmp_path, "建议编号,承办单位,交办日期\n1,甲局,2024-01-05\n", rules)
    found = [(error.code, error.facts["column"]) for error in caught.value.errors]
    assert found == [("column_exists", "round"), ("column_exists", "replied_on")]
    assert all(isinstance(error, RulesetError) for error in caught.value.errors)


def test_an_empty_workspace_has_the_columns_of_its_ruleset(tmp_path: Path) -> None:
    make_empty(tmp_path, installed(), "hainan-2002")
    book = openpyxl.load_workbook(next(tmp_path.rglob("*.xlsx")))
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert headings[-3:] == ["答复质量得分", "办理结果得分", "会办件得分"]


def test_a_deadline_may_run_from_a_date_column_of_the_ruleset(tmp_path: Path) -> None:
    rules = """format = 1
id = "t"
title = "办法"
dimensions.cases = { title = "单件" }
columns.sent_back_on = { title = "退回日期", type = "date" }
deadlines.redo = { from = "sent_back_on", days = 5 }
measures.due = { title = "到期", count = "redo_deadline_on <= :as_of", aggregate = "number" }
criteria.due = { title = "到期", dimension = "cases", measure = "due", points = 0 }
"""
    made = run(
        tmp_path,
        "建议编号,承办单位,交办日期,退回日期\n1,甲局,2024-01-05,2024-12-26\n2,甲局,2024-01-05,2024-12-27\n",
        rules,
    )
    assert made.criteria["value"][0] == 1
    with pytest.raises(RulesetError) as caught:
        run(tmp_path, "建议编号,承办单位,交办日期\n", rules.replace('type = "date"', 'type = "text"'))
    assert caught.value.code == "unknown_date_column"
