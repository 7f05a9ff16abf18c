"""Mutants: small changes of the rules, those that no example notices, and the examples that would."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from trying import write

from duban.examples.mutants import Mutant, run_mutants
from duban.examples.mutations import Mutation, mutations, other_texts
from duban.examples.opening import Rules, Suite, open_rules, open_suite
from duban.examples.proposing import proposals, unproposed
from duban.examples.running import run_suite
from duban.examples.summing import dotted

ONE = '[examples.one]\nsays = "一例"\nfacts."甲局" = { on_time = 0.9 }\nexpect."甲局" = { total = 18 }\n'
Opened = Callable[..., tuple[Rules, Suite]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def open_(examples: str, *changes: tuple[str, str]) -> tuple[Rules, Suite]:
        path = str(write(tmp_path, examples, *changes))
        return open_rules(path), open_suite(path)

    return open_


def said(mutation: Mutation) -> str:
    return f"{dotted(mutation.path)} {mutation.before} → {mutation.after}"


def mutants(rules: Rules, suite: Suite) -> list[Mutant]:
    outcomes = run_suite(rules, suite)
    assert [outcome.id for outcome in outcomes if not outcome.passed] == []
    return run_mutants(rules, suite, outcomes)


def unnoticed(made: Sequence[Mutant]) -> set[str]:
    return {said(item.mutation) for item in made if item.noticed_by is None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("overdue > 0", {"overdue >= 0", "overdue > 1"}),
        ("a <= 1.5 and b", {"a < 1.5 and b", "a <= 1.4 and b", "a <= 1.6 and b", "a <= 1.5 or b"}),
        ("kind = '1 > 0 or 2'", {"kind <> '1 > 0 or 2'"}),
        ("role in ('lead', 'co')", set()),
        ("stage_2 = 3", {"stage_2 <> 3", "stage_2 = 2", "stage_2 = 4"}),
    ],
)
def test_a_text_is_changed_at_one_word(text: str, expected: set[str]) -> None:
    assert set(other_texts(text)) == expected


def test_every_kind_of_rule_is_changed(opened: Opened) -> None:
    rules, _ = opened(ONE)
    made = [said(item) for item in mutations(rules.loaded.ruleset, rules.plan(), rules.registry)]
    assert len(made) == len(set(made))
    assert {
        "rounding.total 2 → 1",
        "rounding.mode half_up → down",
        "deadlines.reply.months 3 → 4",
        "dimensions.timeliness.points 20 → 19",
        "criteria.on_time.points 12 → 13",
        "criteria.on_time.curve.full_at 1 → 0.99",
        "criteria.on_time.min_cases 3 → 2",
        "criteria.on_time.missing redistribute → zero",
        "criteria.on_time.where role = 'lead' → role <> 'lead'",
        "criteria.on_time.where role = 'lead' → ",
        "criteria.on_time on_time → ",
        "criteria.signing.curve.bands.0.at_least ≥ 0.9 → > 0.9",
        "criteria.signing.curve.bands.0.at_least 0.9 → 0.89",
        "criteria.signing.curve.bands.1.points 2 → 3",
        "adjustments.late.each -0.5 → -0.4",
        "adjustments.late.limit -2 → -3",
        "adjustments.late late → ",
        "gates.overdue.when overdue > 0 → overdue >= 0",
        "gates.overdue.effect not_selectable → exempt",
        "groups.large.when cases >= 10 and kind = 'committee' → cases > 10 and kind = 'committee'",
        "groups.large.when cases >= 10 and kind = 'committee' → cases >= 10 or kind = 'committee'",
        "ranking.ties competition → dense",
        "grades.good.at_least ≥ 15 → > 15",
        "grades.good good, other → other, good",
        "selections.excellent.quota 1 → 2",
        "selections.excellent.cut_tie extend → drop",
    } <= set(made)
    assert not [item for item in made if item.startswith(("id", "title", "format"))]


def test_a_change_is_made_once_and_nothing_else_is(opened: Opened) -> None:
    rules, _ = opened(ONE)
    before = rules.loaded.ruleset
    for mutation in mutations(before, rules.plan(), rules.registry):
        if mutation.path == ("criteria", "on_time", "points") and mutation.after == "13":
            changed = rules.changed(type(before).model_validate(mutation.data)).loaded.ruleset
            assert changed.criteria["on_time"].points == 13
            assert changed.criteria["answered"] == before.criteria["answered"]
            assert (changed.gates, changed.selections) == (before.gates, before.selections)


def test_an_example_at_the_boundary_notices_what_one_beside_it_does_not(opened: Opened) -> None:
    beside = (
        ONE
        + '[examples.two]\nsays = "二"\nfacts."甲局" = { acknowledged = 0.95 }\nexpect."甲局" = { total = 20 }\n'
    )
    strict = "criteria.signing.curve.bands.0.at_least ≥ 0.9 → > 0.9"
    assert strict in unnoticed(mutants(*opened(beside)))
    at_it = beside.replace("0.95", "0.9")
    made = mutants(*opened(at_it))
    assert strict not in unnoticed(made)
    assert next(item.noticed_by for item in made if said(item.mutation) == strict) == "two"


def test_rows_notice_what_is_counted(opened: Opened) -> None:
    rows = """
[examples.rows]
says = "三个月，当天算按期"
tables.cases = [
  { case_id = "1", department = "甲局", assigned_on = 2023-01-10, replied_on = 2023-04-10 },
  { case_id = "2", department = "甲局", assigned_on = 2023-01-10, replied_on = 2023-04-11 },
  { case_id = "3", department = "甲局", assigned_on = 2023-01-10, replied_on = 2023-04-11, role = "co" },
]
expect."甲局" = { values = { on_time = "1/2", answered = 1 } }
"""
    of_data = {item for item in unnoticed(mutants(*opened(ONE))) if "where" in item or "deadlines" in item}
    assert of_data == {
        "deadlines.reply.months 3 → 2",
        "deadlines.reply.months 3 → 4",
        "criteria.on_time.where role = 'lead' → role <> 'lead'",
        "criteria.on_time.where role = 'lead' → ",
        "criteria.answered.where role = 'co' → role <> 'co'",
        "criteria.answered.where role = 'co' → ",
    }
    left = of_data & unnoticed(mutants(*opened(ONE + rows)))
    # Everybody has answered, whatever the role.
    assert left == {
        "criteria.answered.where role = 'co' → role <> 'co'",
        "criteria.answered.where role = 'co' → ",
    }


def test_proposed_examples_hold_and_notice_what_was_not_noticed(opened: Opened) -> None:
    rules, suite = opened(ONE)
    made = mutants(rules, suite)
    drafts = proposals(rules, made)
    assert [said(item.mutation) for item in unproposed(made, drafts) if not item.mutation.is_of_data] == []
    text = ONE + "\n".join(draft.toml("待核对", "待人工核对") for draft in drafts)
    after = mutants(*opened(text))
    assert len(after) == len(made)
    assert [
        said(item.mutation) for item in after if item.noticed_by is None and not item.mutation.is_of_data
    ] == []


def test_the_same_rules_have_the_same_mutants_and_proposals(opened: Opened) -> None:
    rules, suite = opened(ONE)
    first, second = mutants(rules, suite), mutants(rules, suite)
    assert [said(item.mutation) for item in first] == [said(item.mutation) for item in second]
    assert [item.toml("", "") for item in proposals(rules, first)] == [
        item.toml("", "") for item in proposals(rules, second)
    ]


WITHOUT_POINTS = """format = 1
id = "trial"
title = "试验"
[dimensions.d]
title = "维度"
[grades.good]
title = "好"
when = "overdue = 0"
[grades.fair]
title = "一般"
when = "overdue = 1"
[selections.all]
title = "名单"
ordered = false
"""
BY_MARKS = """format = 1
id = "trial"
title = "试验"
[adjustments.marks]
title = "评分"
measure = "mark"
with = { criterion = "评分" }
each = 1
"""


def written(folder: Path, rules: str, examples: str) -> tuple[Rules, Suite]:
    (folder / "ruleset.toml").write_text(rules, "utf-8")
    (folder / "examples.toml").write_text(examples, "utf-8")
    return open_rules(str(folder)), open_suite(str(folder))


def test_what_cannot_show_is_not_changed(tmp_path: Path) -> None:
    example = (
        '[examples.a]\nsays = "一"\nfacts."甲局" = { overdue = 0 }\nexpect."甲局" = { grade = "good" }\n'
    )
    rules, _ = written(tmp_path, WITHOUT_POINTS, example)
    made = {dotted(item.path) for item in mutations(rules.loaded.ruleset, rules.plan(), rules.registry)}
    # No totals to round or rank, conditions that never meet, and the order in which a list is shown.
    assert made == {"grades.good.when", "grades.fair.when", "selections.all.cut_tie"}


def test_totals_of_marks_alone_have_their_boundary_too(tmp_path: Path) -> None:
    example = '[examples.a]\nsays = "一"\nfacts."甲局" = { mark = 90 }\nexpect."甲局" = { total = 90 }\n'
    made = mutants(*written(tmp_path, BY_MARKS, example))
    rounding = {
        said(item.mutation) for item in made if item.mutation.path[0] == "rounding" and not item.noticed_by
    }
    rules = open_rules(str(tmp_path))
    left = {said(item.mutation) for item in unproposed(made, proposals(rules, made))}
    assert len(rounding) == 4
    assert not rounding & left
