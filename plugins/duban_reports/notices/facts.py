"""What a template may ask for: the result and the words of the office, by Chinese names; numbers as they are printed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from duban import DubanError, Run, fixed, is_missing, shown_total

Row = Mapping[str, Any]
_STAGES = {"answer": "对答复的评价", "result": "对办理结果的评价"}
# A table of this many columns still fits on a page, and nobody prints the figures of more departments than this.
_WIDEST = 6
_MOST_FIGURES = 300
NONE = "—"


def facts_of(run: Run) -> dict[str, Any]:
    """Return every name that a template may use."""
    rows = _records(run.ranking)
    groups = _groups(run, rows)
    return {
        **_office(run),
        "评价": run.title,
        "办法": run.ruleset.title,
        "截至": day(run.as_of),
        "内部标记": "" if run.edition == "public" else "内部资料",
        "单位数": len(rows),
        "参评数": sum(row["status"] == "ranked" for row in rows),
        "件数": run.case_count,
        "未参评": [{"名称": row["name"], "原因": row["reason"]} for row in rows if row["status"] != "ranked"],
        "回收": _responses(run),
        "维度": [rule.title for rule in run.ruleset.dimensions.values()],
        "组别": groups,
        "单位": [unit for group in groups for unit in group["单位"]],
        "名单": _lists(run, groups, praising=True),
        "其他名单": _lists(run, groups, praising=False),
        "指标": _figures(run, rows),
        "加减分": _adjustments(run, rows),
    }


def day(value: date) -> str:
    """Return a day in Arabic digits, without zeros in front."""
    return f"{value.year}年{value.month}月{value.day}日"


def points(value: Any) -> str:
    """Return points as they are printed."""
    return NONE if is_missing(value) else fixed(Fraction(value), 2)


def _total(run: Run, value: Any) -> str:
    return NONE if is_missing(value) else shown_total(Fraction(value), run.ruleset.rounding.total)


def _blank(name: str, text: str = "") -> str:
    """Return what stands in the document, or a blank that says what is to be filled in."""
    return text or f"【{name}】"


def _office(run: Run) -> dict[str, Any]:
    report = run.report
    days = report.notice_days or report.notice_working_days
    unit = "天" if report.notice_days else "个工作日"
    first, last = _notice(run)
    to = run.ruleset.objections.to or report.issuer
    return {
        "发文机关": _blank("发文机关", report.issuer),
        "文号": _blank("文号", report.number),
        "主送": _blank("主送机关", "、".join(report.addressees)),
        "成文日期": _blank("成文日期", day(report.issued_on) if report.issued_on else ""),
        "依据": _blank("依据", "、".join(report.basis)),
        "联系方式": _blank("联系方式", report.contact),
        "受理机关": _blank("受理机关", to),
        "公示期": f"{days}{unit}" if days else _blank("公示天数"),
        "公示起": first,
        "公示止": last,
    }


def _notice(run: Run) -> tuple[str, str]:
    """Return the first and the last day of the public notice, nothing where one of them is not known."""
    report, clock = run.report, run.clock
    if clock is None or clock.published_on is None:
        return "", ""
    begun = clock.published_on
    try:
        if report.notice_working_days:
            days = (clock.calendar.after(begun, number) for number in (1, report.notice_working_days))
            first, last = days
        elif report.notice_days:
            first, last = begun + timedelta(1), begun + timedelta(report.notice_days)
        else:
            return "", ""
    except DubanError:
        # The calendar of a year to come is not known yet: the office writes the day.
        return _blank("公示起始日"), _blank("公示截止日")
    return day(first), day(last)


def _responses(run: Run) -> list[dict[str, Any]]:
    found = []
    for stage, counted in sorted(run.manifest.get("responses", {}).items()):
        if counted["cases"]:
            share = fixed(Fraction(100 * counted["rated"], counted["cases"]), 2)
            name = _STAGES.get(stage, stage)
            found.append(
                {"名称": name, "件数": counted["cases"], "已评": counted["rated"], "回收率": f"{share}%"}
            )
    return found


def _groups(run: Run, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the departments in the order of the ranking, group by group; all together where they are ranked so."""
    together = run.ruleset.ranking.within == "all"
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        held["" if together else row["group"] or ""].append(row)
    dimensions = _by_department(run.dimensions, "dimension")
    order = [*run.ruleset.groups, ""]
    made = []
    for group in sorted(held, key=lambda name: (order.index(name) if name in order else len(order), name)):
        ranked = [row for row in held[group] if row["status"] == "ranked"]
        ranked.sort(key=lambda row: (row["rank"], row["department"]))
        others = [row for row in held[group] if row["status"] != "ranked"]
        totals = [Fraction(row["total"]) for row in ranked if not is_missing(row["total"])]
        made.append(
            {
                "名称": _title(run.ruleset.groups, group),
                "参评数": len(ranked),
                "最高": _total(run, max(totals, default=None)),
                "最低": _total(run, min(totals, default=None)),
                "单位": [_unit(run, row, dimensions[row["department"]]) for row in (*ranked, *others)],
            }
        )
    return made


def _unit(run: Run, row: Row, dimensions: Mapping[str, Row]) -> dict[str, Any]:
    return {
        "编号": row["department"],
        "名称": row["name"],
        "组别": _title(run.ruleset.groups, row["group"]) or NONE,
        "名次": NONE if is_missing(row["rank"]) else str(row["rank"]),
        "总分": _total(run, row["total"]),
        "等次": _title(run.ruleset.grades, row["grade"]) or NONE,
        "入选": bool(row["selected"]),
        "说明": row["reason"] or "",
        "维度": [
            points(dimensions[name]["points"]) if name in dimensions else NONE
            for name in run.ruleset.dimensions
        ],
    }


def _lists(run: Run, groups: Sequence[Mapping[str, Any]], praising: bool) -> list[dict[str, Any]]:
    """Return the lists that somebody is on, the main one first: those taken from the top, or those from the bottom."""
    units = {unit["编号"]: unit for group in groups for unit in group["单位"]}
    chosen: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _records(run.selections):
        chosen[row["selection"]].append(units[row["department"]])
    order = {name: place for place, name in enumerate(units)}
    found = []
    named = [
        (name, rule)
        for name, rule in run.ruleset.selections.items()
        if chosen[name] and praising is (rule.start == "top" and rule.at_most is None)
    ]
    for number, (name, rule) in enumerate(named, start=1):
        # Ranks of one group stand together, in the order of the ranking.
        listed = sorted(chosen[name], key=lambda unit: order[unit["编号"]])
        names = [unit["名称"] for unit in listed]
        found.append(
            {
                "名称": rule.title,
                "附件号": f"附件{number}" if len(named) > 1 else "附件",
                "有序": rule.ordered,
                "单位数": len(listed),
                "单位名": "、".join(names[:3]),
                "全部单位名": "、".join(names),
                "单位": listed,
            }
        )
    return found


def _figures(run: Run, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a table for each dimension: what was measured of each department, and its points."""
    if len(rows) > _MOST_FIGURES:
        return []
    scores = _by_department(run.criteria, "criterion")
    dimensions = _by_department(run.dimensions, "dimension")
    tables = []
    for dimension, rule in run.ruleset.dimensions.items():
        names = [name for name, item in run.ruleset.criteria.items() if item.dimension == dimension]
        for start in range(0, len(names), _WIDEST):
            part = names[start : start + _WIDEST]
            more = "" if start == 0 else "（续）"
            tables.append(
                {
                    "名称": f"{rule.title}{more}",
                    "列": [run.ruleset.criteria[name].title for name in part],
                    "行": [
                        {
                            "名称": row["name"],
                            "值": [_value(scores[row["department"]].get(name)) for name in part],
                            "得分": points(dimensions[row["department"]].get(dimension, {}).get("points")),
                        }
                        for row in rows
                    ],
                }
            )
    return tables


def _value(score: Row | None) -> str:
    """Return what was measured: a rate with its counts, or a number."""
    if score is None or is_missing(score["value"]):
        return NONE
    value = Fraction(score["value"])
    if not is_missing(score["hits"]):
        return f"{fixed(100 * value, 2)}%"
    return str(value) if value.denominator == 1 else fixed(value, 2)


def _adjustments(run: Run, rows: Sequence[Row]) -> list[dict[str, str]]:
    names = {row["department"]: row["name"] for row in rows}
    rules = {**run.ruleset.adjustments, **run.ruleset.gates}
    return [
        {
            "单位": names[row["department"]],
            "事项": _title(rules, row["adjustment"]) or str(row["adjustment"]),
            "分": points(row["points"]),
            "说明": row["reason"] or "",
        }
        for row in _records(run.adjustments)
        if row["department"] in names
    ]


def _title(rules: Mapping[str, Any], name: object) -> str:
    return rules[name].title if isinstance(name, str) and name in rules else ""


def _records(frame: Any) -> list[Row]:
    found: list[Row] = frame.to_dict("records")
    return found


def _by_department(frame: Any, key: str) -> dict[str, dict[str, Row]]:
    """Return department → key → row."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in _records(frame):
        found[row["department"]][row[key]] = row
    return found
