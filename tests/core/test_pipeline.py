from pathlib import Path

import pytest

import duban
from duban.errors import WorkspaceError

RULES = """format = 1
id = "t"
title = "办法"
deadlines.reply = { months = 3 }
dimensions.handling = { title = "办理" }
criteria.on_time = { title = "按时", dimension = "handling", measure = "on_time", points = 10 }
"""


def workspace(folder: Path, ledger: str) -> Path:
    (folder / "ruleset.toml").write_text(RULES, "utf-8")
    (folder / "台账.csv").write_text(ledger, "utf-8")
    (folder / "duban.toml").write_text(
        'title = "t"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\ntables.cases.file = "台账.csv"\n', "utf-8"
    )
    return folder


def test_a_table_that_cannot_be_read_is_not_said_to_be_absent(tmp_path: Path) -> None:
    folder = workspace(tmp_path, "建议编号,承办单位,交办\n1,市水务局,2024-01-05\n")
    result = duban.check(folder)
    assert (result.stopped, list(result.findings["code"])) == (True, ["missing_heading"])


def test_a_period_by_no_date_is_told_where_the_workspace_says_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path, "建议编号,承办单位,交办日期\n1,市水务局,2024-01-05\n")
    text = (folder / "duban.toml").read_text("utf-8")
    period = 'period = { from = 2024-01-01, to = 2024-12-31, by = "title" }\n'
    (folder / "duban.toml").write_text(period + text, "utf-8")
    with pytest.raises(WorkspaceError) as caught:
        duban.check(folder)
    assert (caught.value.code, str(caught.value.at)) == ("unknown_date_column", "duban.toml:1:53")
