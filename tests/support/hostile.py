"""Names and cells that want to be something else: formulas, markup, templates, paths, terminal codes."""

import csv
from collections.abc import Sequence
from pathlib import Path

NAMES = (
    "=1+2",
    "+SUM(A1:A9)",
    "-2+3",
    "@市交通局",
    "＝1+1局",
    "＠全角局",
    "<script>alert(1)</script>局",
    "</script><img src=x onerror=alert(1)>",
    "{{ title }}局",
    "{% for x in y %}局",
    "“引号”'单'\"双\"局",
    "市" + "长" * 58 + "局",
    "🏛️👨‍👩‍👧局",
    "𠀀𪚥𫝀局",
    "\u202e反向局\u202c",
    "مكتب局",
    "CON",
    "../../etc/passwd",
    "..\\上级局",
    "尾点局...",
    'A/B:C*D?E"F<G>H|局',
    "A_B_C_D_E_F_G_H_局",
    "a&b;&lt;局",
    '\'=HYPERLINK("http://x")',
    "[工作表]:*?/\\",
    "局\u200b零宽",
    "%s%d{0}局",
    "\\u003cb\\u003e局",
    "_x0041_局",
    "]]>局",
)
RULES = """format = 1
id = "hostile"
title = "办法"
deadlines.reply = { months = 3 }
[dimensions.handling]
title = "办理"
[dimensions.voice]
title = "评价"
[criteria.on_time]
title = "按时办结率"
dimension = "handling"
measure = "on_time"
points = 50
[criteria.contacted]
title = "沟通率"
dimension = "handling"
measure = "contacted"
points = 10
[criteria.satisfied]
title = "结果满意率"
dimension = "voice"
measure = "result_satisfied"
points = 40
[selections.best]
title = "优秀"
quota = 3
"""
HEAD = (
    "编号",
    "承办单位",
    "交办日期",
    "首次沟通",
    "答复日期",
    "答复评价",
    "结果评价",
    "领衔代表",
    "标题",
    "是否公开",
    "沟通方式",
)


def workspace(folder: Path, names: Sequence[str] = NAMES, more: str = "", rules: str = RULES) -> Path:
    """Write a workspace whose departments have these names, seven cases each; deputies are `代表甲…`."""
    folder.mkdir(parents=True)
    with (folder / "台账.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEAD)
        for place, name in enumerate(names):
            lines.writerows(_cases(place, name))
    (folder / "ruleset.toml").write_text(rules, "utf-8")
    (folder / "duban.toml").write_text(
        f'title = "=评价 <b>&amp;</b> {{{{x}}}}"\nruleset = "ruleset.toml"\nas_of = 2024-12-31\n'
        f'{more}\n[tables.cases]\nfile = "台账.csv"\n',
        "utf-8",
    )
    return folder


def _cases(place: int, name: str) -> list[tuple[str, ...]]:
    """Return seven cases: each department has its own number of late, silent and dissatisfied ones."""
    found: list[tuple[str, ...]] = []
    for number in range(7):
        replied = "2024-06-01" if number < place % 3 else "2024-03-01"
        answer = "不满意" if number == place % 4 else "满意"
        result = "" if number == 6 else "不满意" if number < place % 5 else "满意"
        contacted = "" if number == place % 6 else "2024-02-01"
        deputy, title = f"代表甲{place:02}乙{number}", f"=关于第{place:02}-{number}号秘密的建议"
        public = "否" if number == 5 else "是"
        case = f"案{place:02}-{number}"
        found.append(
            (case, name, "2024-01-10", contacted, replied, answer, result, deputy, title, public, "走访")
        )
    return found
