"""Every lint, by one change to rules in which nothing is wrong: its code, its path, its line and column."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.linting.checking import Report, check_ruleset
from duban.linting.lint import dotted
from duban.texts import codes

Check = Callable[..., Report]
ON_TIME = 'curve = { kind = "linear", zero_at = 0.6, full_at = 0.9 }'
STEPS = 'curve = { kind = "steps", base = 4, upto = 5, more = 1 }'
GATE = 'when = "overdue > 2"'
EACH = "each = -0.5\nlimit = -2"
LATE = f'measure = "overdue"\n{EACH}'
GROUP = "when = \"department in ('a', 'b', 'c')\""
QUOTA = "quota = { large = 2, regular = { share = 0.2 } }"
GOOD = "at_least = 25"
LINE = "at_least = 20\n"
WHEN = "at_least = 0.5, when = \"value >= 0.6 or kind = 'x'\""
FAIR = 'title = "一般"\n\n[selections'
CHANGES = [
    ("points_do_not_add", "dimensions.timeliness.points", ("points = 8", "points = 7")),
    ("title_says_points", "dimensions.timeliness.title", ("（20 分）", "（25 分）")),
    ("title_says_points", "criteria.on_time.title", ('"按时办结率"', '"按时办结率 15 分"')),
    ("total_says_points", "title", ("满分 30", "满分 100")),
    ("total_says_points", "title", ("满分 30 分", "百分制")),
    ("dimension_empty", "dimensions.spare", ("[criteria.on_time]", '[dimensions.spare]\ntitle = "空"\n[criteria.on_time]')),
    ("dimension_without_points", "dimensions.outcome.points", ('dimension = "outcome"', 'dimension = "timeliness"')),
    ("adjustment_outside", "adjustments.late.dimension",
     ("[adjustments.late]", '[dimensions.bare]\ntitle = "空"\n[adjustments.late]\ndimension = "bare"')),
    ("criterion_constant", "criteria.on_time.curve", (ON_TIME, 'curve = { kind = "threshold", at_least = 0 }')),
    ("band_unreachable", "criteria.resolved.curve.bands.1", ("value >= 0.6 or kind = 'x'", "value < 0.4")),
    ("band_unreachable", "criteria.resolved.curve.bands.2", ("at_least = 0.5, when = \"value >= 0.6 or kind = 'x'\"", "when = \"value < 0.95\"")),
    ("band_gap", "criteria.resolved.curve", (WHEN, "when = \"value >= 0.5 and value < 0.8\"")),
    ("band_gap", "criteria.resolved.curve", (WHEN, "when = \"value * 100 >= 50 and value * 100 < 80\"")),
    ("band_overlap", "criteria.resolved.curve.bands.1", ("{ at_least = 0.9,", "{ when = \"value >= 0.8 and value <= 0.95\","), (WHEN, "at_least = 0.9")),
    ("label_gap", "criteria.resolved.curve", ('  { points = 0, label = "c" },\n', "")),
    ("cut_outside_share", "criteria.on_time.curve.full_at", ("full_at = 0.9", "full_at = 90")),
    ("cut_outside_share", "criteria.on_time.curve.at_least", (ON_TIME, 'curve = { kind = "threshold", at_least = 95 }')),
    ("full_unreachable", "criteria.volume.curve", ("more = 1 }", "more = 1, cap = 6 }")),
    ("share_curve_on_number", "criteria.volume.curve", (f"{STEPS}\n", "")),
    ("share_curve_on_number", "criteria.volume.curve.at_least", (STEPS, 'curve = { kind = "threshold", at_least = 0.8 }')),
    ("against_direction", "criteria.on_time.curve", ("zero_at = 0.6, full_at = 0.9", "zero_at = 0.9, full_at = 0.6")),
    ("against_direction", "criteria.on_time.curve", (ON_TIME, 'curve = { kind = "relative", better = "lower" }')),
    ("adjustment_against_direction", "adjustments.late.each", (EACH, "each = 0.5\nlimit = 2")),
    ("adjustment_nothing", "adjustments.late", ("limit = -2", "limit = 0")),
    ("adjustment_never", "adjustments.late.when", (LATE, 'when = "overdue < 0"\npoints = -1')),
    ("adjustment_always", "adjustments.late.when", (LATE, 'when = "on_time <= 1"\npoints = -1')),
    ("gate_never", "gates.overdue.when", (GATE, 'when = "overdue > 2 and overdue < 3"')),
    ("gate_never", "gates.overdue.when", (GATE, 'when = "total >= 25 and total < 20"')),
    ("gate_never", "gates.overdue.when", (GATE, 'when = "points.on_time > 12 or on_time > 1"')),
    ("gate_never", "gates.overdue.when", (GATE, 'when = "total > 30"')),
    ("gate_never", "gates.overdue.when", (GATE, "when = \"kind = 'a' and kind = 'b'\"")),
    ("gate_never", "gates.overdue.when", (GATE, 'when = "cases - overdue >= 20 and cases = 3"')),
    ("gate_always", "gates.overdue.when", (GATE, 'when = "overdue >= 0"')),
    ("gate_always", "gates.overdue.when", (GATE, 'when = "not (on_time > 0.5 and on_time <= 0.5)"')),
    ("cap_idle", "gates.overdue.effect", ('effect = "not_selectable"', "effect = { cap = 30 }")),
    ("group_never", "groups.large.when", (GROUP, 'when = "cases < 0"')),
    ("group_always", "groups.large.when", (GROUP, 'when = "cases >= 0"')),
    ("grade_unreachable", "grades.good.at_least", (GOOD, "at_least = 31")),
    ("grade_unreachable", "grades.better.at_least", ("[grades.fair]", '[grades.better]\ntitle = "更好"\nat_least = 27\n[grades.fair]')),
    ("grade_hole", "grades", (FAIR, 'title = "一般"\nwhen = "total < 24"\n\n[selections')),
    ("grade_gap", "grades", (FAIR, 'title = "一般"\nat_least = 10\n\n[selections')),
    ("selection_never", "selections.excellent.among", (LINE, f'{LINE}among = "total < 20 and total > 25"\n')),
    ("selection_always", "selections.excellent.among", (LINE, f'{LINE}among = "overdue >= 0"\n')),
    ("selection_too_high", "selections.excellent.at_least", (LINE, "at_least = 31\n")),
    ("selection_too_low", "selections.excellent.at_most", (LINE, "at_most = -3\n")),
    ("selection_crossed", "selections.excellent.at_most", (LINE, f"{LINE}at_most = 15\n")),
    ("quota_misses_group", "selections.excellent.quota", (QUOTA, "quota = { large = 2 }")),
    ("quota_crossed", "selections.excellent.quota.regular.at_most", ("share = 0.2", "share = 0.2, at_least = 3, at_most = 2")),
    ("quota_nobody", "selections.excellent.quota.large", ("large = 2", "large = 0")),
    ("quota_above_group", "selections.excellent.quota.large", ("large = 2", "large = 4")),
    ("quota_above_group", "selections.excellent.quota.large.at_least", ("large = 2", "large = { share = 0.5, at_least = 4 }")),
    ("quota_above_group", "selections.excellent.quota", (QUOTA, "quota = 4")),
    ("quota_above_group", "selections.excellent.quota.large", (GROUP, "when = \"department = 'a' or name = 'b' and cases > 3\""), ("large = 2", "large = 3")),
    ("quota_above_group", "selections.excellent.quota.regular", (LINE, f"{LINE}among = \"name in ('a', 'b')\"\n"), ("{ share = 0.2 }", "3")),
    ("name_decides", "gates.overdue.when", (GATE, "when = \"name like '%局'\"")),
    ("name_decides", "adjustments.late.when", (LATE, "when = \"department = 'a'\"\npoints = -1")),
    ("name_decides", "criteria.resolved.curve.bands.1.when", ("kind = 'x'", "name = 'x'")),
    ("name_decides", "selections.excellent.among", (LINE, f"{LINE}among = \"department <> 'a'\"\n")),
    ("tie_break_repeated", "ranking.tie_break.1", ('"on_time", "own"', '"resolved", "own"')),
    ("measure_unused", "measures.spare", ("[measures.own]", '[measures.spare]\ntitle = "余"\n[measures.own]')),
    ("deadline_unused", "deadlines.second", ("[deadlines.reply]", "[deadlines.second]\nmonths = 6\n[deadlines.reply]")),
    ("column_unused", "columns.draft", ("[measures.own]", '[columns.draft]\ntitle = "稿"\ntype = "date"\n[measures.own]')),
    ("column_unknown", "measures.own.count", ("role = 'lead'", "rol = 'lead'")),
    ("column_unknown", "criteria.on_time.where", ('measure = "on_time"', "measure = \"on_time\"\nwhere = \"rol = 'lead'\"")),
    ("attribute_like", "gates.overdue.when", (GATE, 'when = "overdu > 2"')),
    ("attribute_like", "criteria.resolved.curve.bands.1.when", ("kind = 'x'", "knd = 'x'")),
    ("attribute_wanted", "gates.overdue.when", (GATE, "when = \"推荐方式 = '自荐'\"")),
    ("counts_nothing", "criteria.on_time.where", ('measure = "on_time"', "measure = \"on_time\"\nwhere = \"role = 'lead' and role = 'co'\"")),
    ("counts_nothing", "measures.own.hit", ("role = 'lead'", "contacts > 3 and contacts < 2")),
    ("hits_nothing", "measures.own.hit", ("outcome = 'resolved'", "replied_on is null and replied_on <= deadline_on")),
    ("hits_always", "measures.own.hit", ("outcome = 'resolved'", "role <> 'co'")),
    ("outcome_never", "outcomes.A", ('"resolved"\n\n', '"planned"\n\n')),
    ("no_source", "criteria.on_time", ('basis = "试验办法第一条"\n', ""), ('basis = "第二条"\n', "")),
    ("without_clause", "basis", ('basis = "第二条"\n', "")),
    ("incomplete", "incomplete.0", ("[deadlines.reply]", 'incomplete = ["名额未见"]\n[deadlines.reply]')),
]  # fmt: skip
# Without points there are no totals, and no ranks to take anybody from.
NO_POINTS = (
    ("points = 12", "points = 0"),
    ("points = 8", "points = 0"),
    ("points = 20\n", ""),
    ("points = 10\n\n[", "["),
    ("points = 10\ncurve", "points = 0\ncurve"),
    ("points = 10, label", "points = 0, label"),
    ("points = 5, label", "points = 0, label"),
    (f'[adjustments.late]\ntitle = "逾期"\n{LATE}\nbasis = "第五条"\n', ""),
)
# These ask whether another name was meant.
HINTS = {"column_unknown", "attribute_like"}
# These have tests of their own.
ALONE = {"selection_without_total", "no_source_at_all", "ruleset_empty"}
LAWS = {"law_better", "law_names", "law_cliff", "law_runs", "largest_cliff"}


def found(report: Report) -> dict[str, str]:
    return {lint.code: dotted(lint.path) for lint in report.lints}


def test_the_rules_without_a_change_are_clean(noticed: Check) -> None:
    report = noticed()
    assert found(report) == {}
    assert report.clean


@pytest.mark.parametrize(("code", "path", "changes"), [(code, path, rest) for code, path, *rest in CHANGES])
def test_each_fault_is_told_where_it_stands(
    noticed: Check, code: str, path: str, changes: list[tuple[str, str]]
) -> None:
    report = noticed(*changes)
    assert found(report).get(code) == path
    lint = next(lint for lint in report.lints if lint.code == code)
    for language in ("zh", "en"):
        line = lint.line(report.at(lint), language)
        assert "?" not in line.replace("did you mean", "")[:-1] or code in HINTS, line
        assert line.startswith("ruleset.toml:")


def test_every_lint_is_tried() -> None:
    assert {code for code, *_ in CHANGES} | ALONE | LAWS == set(codes("lints"))


def test_every_lint_has_its_line_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "ruleset-check.md").read_text("utf-8")
    assert [code for code in codes("lints") if f"| `{code}` |" not in text] == []


def test_a_lint_has_line_and_column(noticed: Check, tmp_path: Path) -> None:
    report = noticed((GATE, 'when = "overdue > 2 and overdue < 3"'))
    (lint,) = report.lints
    at = report.at(lint)
    lines = (tmp_path / "ruleset.toml").read_text("utf-8").splitlines()
    assert lines[at.line - 1][at.column - 1 :] == '"overdue > 2 and overdue < 3"'  # type: ignore[operator]


def test_rules_without_any_source_are_told_once(noticed: Check) -> None:
    report = noticed(
        ('basis = "试验办法第一条"\n', ""), *((f'basis = "第{n}条"\n', "") for n in "二三四五六")
    )
    assert found(report) == {"no_source_at_all": "basis"}


def test_rules_that_judge_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "ruleset.toml").write_text('format = 1\nid = "x"\ntitle = "空"\n[criteria]\n', "utf-8")
    report = check_ruleset(str(tmp_path))
    assert found(report) == {"ruleset_empty": "criteria"}
    assert report.at(report.lints[0]).line == 4


def test_lists_need_points(noticed: Check) -> None:
    report = noticed(*NO_POINTS)
    assert found(report)["selection_without_total"] == "selections.excellent"
    assert "selection_without_total" not in found(noticed(*NO_POINTS[:-1]))


def test_what_may_hold_is_not_told(noticed: Check) -> None:
    for when in (
        "overdue > 2 and overdue < 4",
        "on_time is null or on_time < 0.5",
        "kind = 'a' or kind = 'b'",
        "not (kind in ('a', 'b'))",
        "total between 20 and 30 and points.on_time = 12",
        "label.resolved = 'a' and label.resolved != 'b'",
        "cases - overdue >= 20 and overdue = 3",
        "coalesce(on_time, 1) < 0.5",
        "case when on_time > 0.5 then cases else overdue end > 3",
        "least(cases, 5) > 4 and greatest(overdue, 3) < 4",
        "abs(cases - 3) <= 1 and cases / 2 > 1",
        "kind like '%局' and starts_with(kind, '市')",
        "length(kind) > 3 and lower(system) = 'a'",
        "nullif(cases, 0) is null",
        "- overdue < -2",
    ):
        report = noticed((GATE, f'when = "{when}"'))
        assert found(report) == {}, when


@pytest.mark.parametrize(
    "bands",
    [
        'when = "value >= 0.9"; when = "value >= 0.8 and value < 0.9"; when = "value >= 0.5 and value < 0.8"',
        'when = "value >= 0.9"; when = "value >= 0.8"; at_least = 0.5',
        'when = "value * 100 >= 90"; when = "value * 100 >= 80"; when = "value * 100 >= 55"',
        "when = \"value >= 0.9 and kind = 'a'\"; when = \"value <= 0.95 and kind = 'b'\"; at_least = 0.5",
    ],
)
def test_bands_by_conditions_that_meet_are_not_told(noticed: Check, bands: str) -> None:
    items = [
        f"{{ {band}, points = {points} }}" for band, points in zip(bands.split("; "), (12, 8, 4), strict=True)
    ]
    report = noticed((ON_TIME, f'curve = {{ kind = "bands", bands = [{", ".join(items)}] }}'))
    assert found(report) == {}


@pytest.mark.parametrize(
    ("count", "hit"),
    [
        ("role = 'lead'", "role = 'lead' and outcome = 'resolved'"),
        ("role in ('lead', 'co')", "outcome = 'resolved'"),
        ("replied_on is not null", "replied_on <= assigned_on + interval 3 month and outcome = 'resolved'"),
        ("outcome = 'resolved' or contacts > 3", "contacts > 2"),
        ("outcome is not null", "outcome <> 'resolved'"),
        ("key_supervised or outcome = 'resolved'", "key_supervised"),
    ],
)
def test_texts_that_some_rows_fit_are_not_told(noticed: Check, count: str, hit: str) -> None:
    own = "count = \"role = 'lead'\"\nhit = \"outcome = 'resolved'\""
    report = noticed((own, f'count = "{count}"\nhit = "{hit}"'))
    assert found(report) == {}


def test_a_fall_is_told_with_short_numbers(noticed: Check) -> None:
    bands = 'curve = { kind = "bands", bands = [{ at_least = 0.9, points = 5 }, { at_least = 0.8, points = 12 }] }'
    (lint,) = noticed((ON_TIME, bands)).lints
    assert "为 1 比 0.8 好，得分却更低（5 分比 12 分）" in lint.message("zh")


def test_the_lines_of_a_formula_follow_from_its_measures(noticed: Check) -> None:
    formula = (
        "[measures.own]",
        '[measures.made]\ntitle = "合"\nformula = "on_time / 2 + hits.own / count.own"\n[measures.own]',
    )
    assert found(noticed(formula, (GATE, 'when = "made > 1"'))) == {}
    assert found(noticed(formula, (GATE, 'when = "made < 0"'))) == {"gate_never": "gates.overdue.when"}


def test_all_points_that_labels_give_can_be_told_apart(noticed: Check) -> None:
    never = "label.resolved = 'a' and label.resolved = 'b'"
    assert found(noticed((GATE, f'when = "{never}"'))) == {"gate_never": "gates.overdue.when"}


def test_a_ruleset_is_checked_with_what_it_inherits(noticed: Check, tmp_path: Path) -> None:
    noticed()
    (tmp_path / "ruleset.toml").rename(tmp_path / "parent.toml")
    child = 'format = 1\nid = "child"\ntitle = "子"\nextends = "parent.toml"\nbasis = "新"\n'
    (tmp_path / "ruleset.toml").write_text(child + "[grades.good]\nat_least = 31\n", "utf-8")
    report = check_ruleset(str(tmp_path), laws=False)
    (lint,) = report.lints
    assert (lint.code, report.at(lint).file, report.at(lint).line) == ("grade_unreachable", "ruleset.toml", 7)


def test_the_wording_says_how_grave_each_is() -> None:
    wording = Path(__file__).parents[2] / "core" / "duban" / "wording" / "linting.toml"
    lints = tomllib.loads(wording.read_text("utf-8"))["lints"]
    keys = {"severity", "zh", "en", "do_zh", "do_en"}
    assert {code: set(lint) for code, lint in lints.items()} == dict.fromkeys(lints, keys)
    assert {lint["severity"] for lint in lints.values()} == {"error", "warning", "info"}
