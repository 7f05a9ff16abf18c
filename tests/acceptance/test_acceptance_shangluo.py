"""Letters to the mayor of Shangluo: one department an agency after the split, known dirt accepted by name."""

import csv
from pathlib import Path

import pytest

from duban import Run, run

RULESET = """
format = 1
id = "mailbox"
title = "市长信箱办理"
[deadlines.reply]
days = {days}
[dimensions.timeliness]
title = "时效"
[criteria.cases]
title = "承办件数"
dimension = "timeliness"
measure = "cases"
points = 0
[criteria.late]
title = "逾期答复"
dimension = "timeliness"
measure = "overdue"
where = "replied_on is not null"
points = 10
curve = {{ kind = "linear", zero_at = 10, full_at = 0 }}
[ranking]
within = "all"
"""
WORKSPACE = """
title = "市长信箱"
ruleset = "mailbox.toml"
as_of = 2022-12-31
[tables.cases]
file = "mayor_mailbox.csv"
{split}
[tables.cases.columns]
mail_id = "case_id"
reply_agency = "department"
query_date = "assigned_on"
reply_date = "replied_on"
[findings]
missing_required = "accept"
duplicate_case = "accept"
reply_before_assignment = "accept"
"""


def mailbox(data: Path, folder: Path, *, days: int, split: bool) -> Run:
    source = data / "shangluo" / "mayor_mailbox.csv"
    (folder / source.name).write_bytes(source.read_bytes())
    (folder / "mailbox.toml").write_text(RULESET.format(days=days), "utf-8")
    splitting = 'split = { department = " " }' if split else ""
    (folder / "duban.toml").write_text(WORKSPACE.format(split=splitting), "utf-8")
    return run(folder)


def test_the_printed_replies_per_agency_come_out(published_data: Path, tmp_path: Path) -> None:
    result = mailbox(published_data, tmp_path, days=15, split=True)
    with (published_data / "shangluo" / "published_agency_counts.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        printed = {row["agency"]: int(row["published_replies"]) for row in csv.DictReader(file)}
    cases = result.criteria[result.criteria["criterion"] == "cases"]
    got = dict(zip(cases["department"], cases["count"], strict=True))
    assert len(printed) == 192
    assert sum(printed.values()) == 1186
    assert got == printed


@pytest.mark.parametrize(("days", "late"), [(15, 165), (30, 72), (60, 30)])
def test_late_letters_are_counted_as_letters_not_as_agency_rows(
    published_data: Path, tmp_path: Path, days: int, late: int
) -> None:
    # Without the split a letter is one row, whoever answered it; a letter without both days is not late.
    result = mailbox(published_data, tmp_path, days=days, split=False)
    rows = result.criteria[result.criteria["criterion"] == "late"]
    assert rows["count"].sum() == late


def test_the_known_dirt_is_found_not_lost(published_data: Path, tmp_path: Path) -> None:
    findings = mailbox(published_data, tmp_path, days=15, split=False).findings
    count = findings["code"].value_counts()
    # 4 replies before the letter; 10 letters without a day of query or reply, of which 9 lack the first.
    assert count["reply_before_assignment"] == 4
    assert count["missing_required"] == 9
