"""A small ruleset for tests of examples, and a way to write it with a change."""

from pathlib import Path

RULES = """
format = 1
id = "trial"
title = "试验办法"
period = { from = 2023-01-01, to = 2023-12-31 }

[deadlines.reply]
months = 3

[dimensions.timeliness]
title = "办理时效"
points = 20

[criteria.on_time]
title = "按时办结率"
dimension = "timeliness"
measure = "on_time"
where = "role = 'lead'"
points = 12
min_cases = 3

[criteria.answered]
title = "协办办复率"
dimension = "timeliness"
measure = "replied"
where = "role = 'co'"
points = 4

[criteria.signing]
title = "签收"
dimension = "timeliness"
measure = "acknowledged"
points = 4
curve = { kind = "bands", bands = [
  { at_least = 0.9, points = 4, label = "pass" },
  { at_least = 0.5, points = 2, label = "nearly" },
  { points = 0, label = "fail" },
] }

[adjustments.late]
title = "逾期"
measure = "overdue"
each = -0.5
limit = -2

[gates.overdue]
title = "有逾期的不得评优"
when = "overdue > 0"
effect = "not_selectable"

[groups.large]
title = "大户"
when = "cases >= 10 and kind = 'committee'"
[groups.regular]
title = "一般"

[grades.good]
title = "良好"
at_least = 15
[grades.other]
title = "其他"

[selections.excellent]
title = "优秀"
at_least = 15
quota = 1
"""


def write(folder: Path, examples: str, *changes: tuple[str, str]) -> Path:
    """Write the trial rules, changed, with their examples, and return the file of the rules."""
    text = RULES
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "ruleset.toml").write_text(text, "utf-8")
    (folder / "examples.toml").write_text(examples, "utf-8")
    return folder / "ruleset.toml"
