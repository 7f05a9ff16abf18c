"""A whole run against a second, independent calculation in plain Python, and the laws that no run may break."""

import calendar
import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from duban import run
from duban.exact import plain

AS_OF = date(2024, 10, 31)
DEPARTMENTS = [f"第{number}局" for number in range(1, 13)]
RATED = {
    None: "",
    "very_satisfied": "很满意",
    "satisfied": "满意",
    "basically_satisfied": "基本满意",
    "dissatisfied": "不满意",
}
GOOD = ("very_satisfied", "satisfied")
SECTIONS = [
    """[deadlines.reply]
months = 3
""",
    """[outcomes]
A = "resolved"
B = "in_progress"
""",
    """[dimensions.timeliness]
title = "时效"
points = 30
[dimensions.satisfaction]
title = "满意"
[dimensions.outcome]
title = "结果"
points = 45
""",
    """[criteria.on_time]
title = "按时"
dimension = "timeliness"
measure = "on_time"
points = 20
min_cases = 2
curve = { kind = "linear", zero_at = 0.5, full_at = 1 }
""",
    """[criteria.quick]
title = "用时"
dimension = "timeliness"
measure = "handling_days"
points = 10
curve = { kind = "linear", zero_at = 120, full_at = 20 }
""",
    """[criteria.answer]
title = "答复满意"
dimension = "satisfaction"
measure = "answer_satisfied"
where = "role in ('lead', 'separate')"
points = 25
missing = "zero"
""",
    """[criteria.result]
title = "结果满意"
dimension = "outcome"
measure = "answer_to_result"
points = 30
missing = "group_mean"
""",
    """[criteria.resolved]
title = "办成"
dimension = "outcome"
measure = "resolved"
points = 15
""",
    """[adjustments.overdue]
title = "逾期"
measure = "overdue"
each = -0.5
limit = -3
""",
    """[gates.dissatisfied]
title = "结果不满意"
when = "result_dissatisfied > 1"
effect = "not_selectable"
""",
    """[groups.large]
title = "大户"
when = "lead_cases >= 6"
[groups.regular]
title = "一般"
""",
    """[ranking]
within = "group"
tie_break = ["resolved"]
""",
    """[selections.excellent]
title = "优秀"
at_least = 30
quota = { large = 2, regular = { share = 0.3, at_least = 1 } }
""",
]


def ruleset(order: Sequence[int]) -> str:
    return 'format = 1\nid = "law"\ntitle = "检验办法"\n' + "".join(SECTIONS[number] for number in order)


@dataclass
class Case:
    number: str
    department: str
    role: str
    assigned: date
    replied: date | None
    outcome: str | None
    answer: str | None
    result: str | None

    @property
    def deadline(self) -> date:
        month = self.assigned.month + 3
        year, month = self.assigned.year + (month - 1) // 12, (month - 1) % 12 + 1
        return date(year, month, min(self.assigned.day, calendar.monthrange(year, month)[1]))


def cases(seed: int) -> list[Case]:
    chance = random.Random(seed)
    made = []
    for number in range(chance.randint(20, 120)):
        assigned = date(2024, 1, 1) + timedelta(chance.randint(0, 250))
        replied = assigned + timedelta(chance.randint(0, 150)) if chance.random() < 0.85 else None
        answered = replied is not None
        answer = chance.choice(list(RATED)) if answered else None
        made.append(
            Case(
                f"{number:04}",
                chance.choice(DEPARTMENTS),
                chance.choice(["lead", "lead", "co", "separate"]),
                assigned,
                replied,
                chance.choice(["resolved", "in_progress", None]) if answered else None,
                answer,
                chance.choice(list(RATED)) if answer else None,
            )
        )
    return made


def write_workspace(folder: Path, ledger: Sequence[Case], order: Sequence[int], seed: int = 0) -> None:
    chance = random.Random(seed)
    forms = [
        "{0.year}-{0.month:02}-{0.day:02}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
    ]
    forms += ["{0.year}.{0.month}.{0.day}", "{0.year}{0.month:02}{0.day:02}"]
    roles = {"lead": "主办", "co": "会办", "separate": "分办"}

    def day(value: date | None) -> str:
        return chance.choice(forms).format(value) if value else ""

    folder.mkdir(exist_ok=True)
    with (folder / "台账.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["建议编号", "承办单位", "办理方式", "交办日期", "答复日期", "办理结果", "答复评价", "结果评价"]
        )
        for case in ledger:
            outcome = {"resolved": "A类", "in_progress": "ｂ", None: ""}[case.outcome]
            row = [
                case.number,
                case.department,
                roles[case.role],
                day(case.assigned),
                day(case.replied),
                outcome,
            ]
            rows.writerow([*row, RATED[case.answer], RATED[case.result]])
    (folder / "rules.toml").write_text(ruleset(order), "utf-8")
    workspace = (
        f'title = "检验"\nruleset = "rules.toml"\nas_of = {AS_OF}\n[tables.cases]\nfile = "台账.csv"\n'
    )
    workspace += '[findings]\nduplicate_case = "accept"\n'
    (folder / "duban.toml").write_text(workspace, "utf-8")


@dataclass
class Expected:
    points: dict[str, Fraction | None] = field(default_factory=dict)
    total: Fraction = Fraction(0)
    group: str = ""
    rank: int = 0
    selected: bool = False


def half_up(value: Fraction) -> Fraction:
    sign = -1 if value < 0 else 1
    return sign * Fraction(int(abs(value) * 100 + Fraction(1, 2)), 100)


def clamp(share: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), share))


def seen(case: Case) -> Case:
    """What had happened by the as-of day."""
    if case.replied is None or case.replied <= AS_OF:
        return case
    return Case(case.number, case.department, case.role, case.assigned, None, None, None, None)


def second_calculation(ledger: Sequence[Case]) -> dict[str, Expected]:
    by_department: dict[str, list[Case]] = defaultdict(list)
    for case in ledger:
        by_department[case.department].append(seen(case))
    expected = {name: Expected() for name in by_department}
    shares: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    for name, rows in by_department.items():
        one = expected[name]
        one.group = "large" if sum(case.role == "lead" for case in rows) >= 6 else "regular"
        due = [case for case in rows if case.deadline <= AS_OF or case.replied]
        kept = sum(1 for case in due if case.replied and case.replied <= case.deadline)
        rate = Fraction(kept, len(due)) if len(due) >= 2 else None
        shares["on_time"][name] = None if rate is None else clamp((rate - Fraction(1, 2)) / Fraction(1, 2))
        days = sorted((case.replied - case.assigned).days for case in rows if case.replied)
        median = days[(len(days) + 1) // 2 - 1] if days else None
        shares["quick"][name] = None if median is None else clamp(Fraction(120 - median, 100))
        rated = [case for case in rows if case.role in ("lead", "separate") and case.answer]
        good = sum(case.answer in GOOD for case in rated)
        shares["answer"][name] = Fraction(good, len(rated)) if rated else Fraction(0)
        both = [case for case in rows if case.answer in GOOD and case.result]
        turned = sum(case.result in GOOD for case in both)
        shares["result"][name] = Fraction(turned, len(both)) if both else None
        classed = [case for case in rows if case.outcome]
        done = sum(case.outcome == "resolved" for case in classed)
        shares["resolved"][name] = Fraction(done, len(classed)) if classed else None
    for group in ("large", "regular"):
        names = [name for name in expected if expected[name].group == group]
        known = [share for name in names if (share := shares["result"][name]) is not None]
        for name in names:
            if shares["result"][name] is None and known:
                shares["result"][name] = sum(known, Fraction(0)) / len(known)
    weights = {"on_time": 20, "quick": 10, "answer": 25, "result": 30, "resolved": 15}
    dimensions = {"timeliness": (30, ["on_time", "quick"]), "satisfaction": (25, ["answer"])}
    dimensions["outcome"] = (45, ["result", "resolved"])
    for name, rows in by_department.items():
        one = expected[name]
        won, possible = Fraction(0), 0
        for points, criteria in dimensions.values():
            there = {item: share for item in criteria if (share := shares[item][name]) is not None}
            if there:
                weight = sum(weights[item] for item in there)
                won += (
                    points
                    * sum((weights[item] * share for item, share in there.items()), Fraction(0))
                    / weight
                )
                possible += points
        base = 100 * won / possible
        late = sum((case.replied or AS_OF) > case.deadline for case in rows)
        one.total = half_up(base + max(Fraction(-3), Fraction(-late, 2)))
        one.points = {
            item: None if (share := shares[item][name]) is None else weights[item] * share for item in weights
        }
    for group, quota in (("large", 2), ("regular", None)):
        names = [name for name in expected if expected[name].group == group]

        def order(name: str) -> tuple[Fraction, int, Fraction]:
            share = shares["resolved"][name]
            return -expected[name].total, share is None, -(share or Fraction(0))

        names.sort(key=order)
        for name in names:
            expected[name].rank = 1 + sum(order(other) < order(name) for other in names)
        if quota is None:
            quota = max(1, int(Fraction(3 * len(names), 10) + Fraction(1, 2)))
        refused = {
            name for name in names if sum(case.result == "dissatisfied" for case in by_department[name]) > 1
        }
        may = [name for name in names if name not in refused and expected[name].total >= 30]
        if may and quota:
            last = expected[may[min(quota, len(may)) - 1]].rank
            for name in may:
                expected[name].selected = expected[name].rank <= last
    return expected


@pytest.mark.parametrize("seed", range(12))
def test_a_run_equals_a_second_calculation(seed: int, tmp_path: Path) -> None:
    ledger = cases(seed)
    write_workspace(tmp_path, ledger, range(len(SECTIONS)), seed)
    result = run(tmp_path, write=False)
    expected = second_calculation(ledger)
    points = result.criteria.set_index(["department", "criterion"])["points"].to_dict()
    for row in result.ranking.to_dict("records"):
        wanted = expected[row["department"]]
        got = {item: plain(points[row["department"], item]) for item in wanted.points}
        assert got == {item: plain(value) for item, value in wanted.points.items()}
        found = (row["group"], plain(row["total"]), row["rank"], row["selected"])
        assert found == (wanted.group, plain(wanted.total), wanted.rank, wanted.selected)
    assert len(result.ranking) == len(expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_of_rules_changes_no_byte(seed: int, tmp_path: Path) -> None:
    ledger, order = cases(seed), list(range(len(SECTIONS)))
    write_workspace(tmp_path / "one", ledger, order)
    shuffled = random.Random(seed).sample(ledger, len(ledger))
    write_workspace(tmp_path / "two", shuffled, random.Random(seed).sample(order, len(order)))
    run(tmp_path / "one")
    run(tmp_path / "two")
    for file in sorted((tmp_path / "one" / "out").glob("*.csv")):
        if file.name != "findings.csv":
            assert file.read_bytes() == (tmp_path / "two" / "out" / file.name).read_bytes()
