"""A small ruleset in which nothing is wrong, and a way to check it with a change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from duban.linting.checking import Report, check_ruleset

CLEAN = """
format = 1
id = "trial"
title = "试验办法（满分 30 分）"
basis = "试验办法第一条"

[deadlines.reply]
months = 3

[outcomes]
A = "resolved"

[measures.own]
title = "首问率"
count = "role = 'lead'"
hit = "outcome = 'resolved'"

[dimensions.timeliness]
title = "办理时效（20 分）"
points = 20
[dimensions.outcome]
title = "办理结果"
points = 10

[criteria.on_time]
title = "按时办结率"
dimension = "timeliness"
measure = "on_time"
points = 12
curve = { kind = "linear", zero_at = 0.6, full_at = 0.9 }
basis = "第二条"

[criteria.volume]
title = "承办件数"
dimension = "timeliness"
measure = "cases"
points = 8
curve = { kind = "steps", base = 4, upto = 5, more = 1 }
basis = "第三条"

[criteria.resolved]
title = "解决率"
dimension = "outcome"
measure = "own"
points = 10
curve = { kind = "bands", bands = [
  { at_least = 0.9, points = 10, label = "a" },
  { at_least = 0.5, when = "value >= 0.6 or kind = 'x'", points = 5, label = "b" },
  { points = 0, label = "c" },
] }
basis = "第四条"

[adjustments.late]
title = "逾期"
measure = "overdue"
each = -0.5
limit = -2
basis = "第五条"

[gates.overdue]
title = "有逾期的不得评优"
when = "overdue > 2"
effect = "not_selectable"
basis = "第六条"

[groups.large]
title = "大户"
when = "department in ('a', 'b', 'c')"
[groups.regular]
title = "一般"

[ranking]
tie_break = ["on_time", "own"]

[grades.good]
title = "好"
at_least = 25
[grades.fair]
title = "一般"

[selections.excellent]
title = "优秀"
at_least = 20
quota = { large = 2, regular = { share = 0.2 } }
"""


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., Path]:
    """Write the clean rules with changes, each of which must be there to be made."""

    def written(*changes: tuple[str, str]) -> Path:
        text = CLEAN
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / "ruleset.toml").write_text(text, "utf-8")
        return tmp_path

    return written


@pytest.fixture
def noticed(rules: Callable[..., Path]) -> Callable[..., Report]:
    """Check the rules with changes, without the search for broken laws."""

    def checked(*changes: tuple[str, str]) -> Report:
        return check_ruleset(str(rules(*changes)), laws=False)

    return checked
