from collections.abc import Sequence
from pathlib import Path

import pytest

from duban.errors import DubanError, Problems
from duban.loading import load_ruleset
from duban.plan import Plan
from duban.registry import installed
from duban.resolving import resolve
from duban.results import Department
from duban.tables import TABLES, known_tables
from duban.terms import Aggregate

HEAD = """format = 1
id = "rules"
title = "办法"
[dimensions.timeliness]
title = "时效"
"""
CRITERION = """[criteria.on_time]
title = "按时"
dimension = "timeliness"
measure = "on_time"
points = 10
"""


def resolved(folder: Path, text: str) -> Plan:
    (folder / "r.toml").write_text(HEAD + text, "utf-8")
    registry = installed()
    return resolve(load_ruleset("r.toml", folder, "duban.toml", registry.rulesets), registry, TABLES, None)


def errors_of(folder: Path, text: str) -> Sequence[DubanError]:
    with pytest.raises(DubanError) as caught:
        resolved(folder, text)
    return caught.value.errors if isinstance(caught.value, Problems) else [caught.value]


def test_equal_uses_of_a_measure_are_one(tmp_path: Path) -> None:
    twice = CRITERION + CRITERION.replace("criteria.on_time", "criteria.again")
    assert list(resolved(tmp_path, twice).uses) == ["on_time"]


def test_parameters_and_filters_make_a_use_of_their_own(tmp_path: Path) -> None:
    text = CRITERION + "with = { grace_days = 3 }\nwhere = \"role = 'lead'\"\n"
    assert list(resolved(tmp_path, text).uses) == ["on_time(grace_days=3)[role = 'lead']"]


def test_a_parameter_at_its_default_changes_nothing(tmp_path: Path) -> None:
    assert list(resolved(tmp_path, CRITERION + "with = { grace_days = 0 }\n").uses) == ["on_time"]


def test_a_gate_brings_the_measures_that_it_names(tmp_path: Path) -> None:
    text = CRITERION + '[gates.g]\ntitle = "g"\nwhen = "result_dissatisfied > 0"\neffect = "not_selectable"\n'
    plan = resolved(tmp_path, text)
    assert list(plan.uses) == ["on_time", "result_dissatisfied"]
    assert plan.gates[0].condition.names == {"result_dissatisfied"}


def test_a_name_that_no_measure_has_is_left_to_the_departments_table(tmp_path: Path) -> None:
    text = CRITERION + '[gates.g]\ntitle = "g"\nwhen = "kind = \'coordinator\'"\neffect = "exempt"\n'
    assert [(name, clause.owner) for name, clause in resolved(tmp_path, text).attributes] == [
        ("kind", "gates.g.when")
    ]


def test_a_measure_of_the_ruleset_and_a_score_sheet_are_measures(tmp_path: Path) -> None:
    text = """[measures.half_year]
title = "半年办结"
hit = "replied_on <= date '2024-06-30'"
[sheets.reply]
title = "评分表"
[sheets.reply.items.speed]
title = "速度"
points = 20
when = "replied_on <= deadline_on"
[sheets.reply.items.contacts]
title = "沟通"
value = "contacts"
[criteria.a]
title = "a"
dimension = "timeliness"
measure = "half_year"
points = 1
[criteria.b]
title = "b"
dimension = "timeliness"
measure = "reply"
points = 1
"""
    plan = resolved(tmp_path, text)
    assert plan.uses["half_year"].measure.kind is Aggregate.SHARE
    assert plan.uses["reply"].measure.value == (
        "(contacts) + (case when replied_on <= deadline_on then 20 else 0 end)"
    )
    assert plan.uses["reply"].measure.kind is Aggregate.MEAN


def test_a_department_may_have_its_own_measure(tmp_path: Path) -> None:
    text = CRITERION.replace('measure = "on_time"', 'measure_by_department = { "市公安局" = "met" }')
    criterion = resolved(tmp_path, text).criteria[0]
    assert criterion.use is None
    use = criterion.use_for(Department("police", "市公安局"))
    assert use is not None
    assert use.key == "met"
    assert criterion.use_for(Department("gaj", "公安", aliases=("市公安局",))) is use
    assert criterion.use_for(Department("health", "市卫生健康委员会")) is None


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (CRITERION.replace('"on_time"\n', '"on_tiem"\n'), "unknown_measure", "r.toml:9:11"),
        (CRITERION.replace("timeliness", "timelines"), "unknown_dimension", "r.toml:8:13"),
        (CRITERION + "with = { grace = 1 }\n", "unknown_parameter", "r.toml:11:18"),
        (CRITERION + "with = { grace_days = -1 }\n", "number_out_of_range", "r.toml:11:23"),
        (CRITERION + "with = { grace_days = 0.5 }\n", "wrong_type", "r.toml:11:23"),
        (CRITERION + 'curve = { kind = "liner" }\n', "unknown_curve", "r.toml:11:18"),
        (CRITERION + 'curve = { kind = "linear", full = 1 }\n', "unknown_key", "r.toml:11:28"),
        (CRITERION + 'curve = "bands"\n', "missing_key", "r.toml:11:1"),
        (CRITERION + 'aggregate = "mean"\n', "unknown_key", "r.toml:11:1"),
        ('aggregate = "meen"\n', "unknown_aggregator", "r.toml:6:13"),
        ('[ranking]\ntie_break = ["resolvd"]\n', "tie_break_unknown", "r.toml:7:14"),
        ('[groups.a]\ntitle = "a"\n[groups.b]\ntitle = "b"\n', "groups_need_rest", "r.toml:6:2"),
        (
            '[groups.a]\ntitle = "a"\nwhen = "total > 1"\n[groups.b]\ntitle = "b"\n',
            "name_not_yet",
            "r.toml:8:9",
        ),
        (
            '[gates.g]\ntitle = "g"\nwhen = "points.x > 1"\neffect = "exempt"\n',
            "unknown_criterion",
            "r.toml:8:9",
        ),
        ('[gates.g]\ntitle = "g"\nwhen = "cases >"\neffect = "exempt"\n', None, "r.toml:8"),
        ('[selections.s]\ntitle = "s"\nquota = { large = 5 }\n', "unknown_group", "r.toml:8:19"),
        (
            '[adjustments.a]\ntitle = "a"\nmeasure = "on_time"\neach = 1\n',
            "adjustment_on_share",
            "r.toml:8:11",
        ),
        (
            '[adjustments.a]\ntitle = "a"\nmeasure = "overdue"\neach = 1\ndimension = "x"\n',
            "unknown_dimension",
            "r.toml:10:13",
        ),
        ('[measures.on_time]\ntitle = "x"\n', "duplicate_measure", "r.toml:6:2"),
        ('[measures.x]\ntitle = "x"\ntable = "casess"\n', "unknown_table", "r.toml:8:9"),
        ('[measures.x]\ntitle = "x"\nhit = "true"\naggregate = "sum"\n', "measure_form", "r.toml:6:2"),
        ('[outcomes]\nA = "solved"\n', "unknown_outcome", "r.toml:7:5"),
        ("[scales.rating]\nhappy = 1\n", "unknown_rating", "r.toml:7:9"),
        ('[deadlines.reply]\nmonths = 3\nfrom = "assigned"\n', "unknown_date_column", "r.toml:8:8"),
    ],
)
def test_what_cannot_be_resolved_is_told_with_its_place(
    tmp_path: Path, text: str, code: str | None, place: str
) -> None:
    error = errors_of(tmp_path, text)[0]
    assert code is None or error.code == code
    assert str(error.at).startswith(place)


def test_all_errors_are_told_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        CRITERION.replace('"on_time"\n', '"nothing"\n')
        + '[ranking]\ntie_break = ["x"]\n[outcomes]\nA = "y"\n'
    )
    assert [error.code for error in errors_of(tmp_path, text)] == [
        "unknown_measure",
        "tie_break_unknown",
        "unknown_outcome",
    ]


@pytest.mark.parametrize("ruleset", sorted(installed().rulesets))
def test_every_shipped_ruleset_resolves(ruleset: str, tmp_path: Path) -> None:
    registry = installed()
    loaded = load_ruleset(ruleset, tmp_path, "duban.toml", registry.rulesets)
    assert resolve(loaded, registry, known_tables(registry.tables.values()), None).uses


def test_a_curve_that_gives_more_than_the_points_is_told_with_its_place(tmp_path: Path) -> None:
    text = CRITERION + 'curve = { kind = "steps", base = 11, upto = 1, more = 1 }\n'
    (error,) = errors_of(tmp_path, text)
    assert (error.code, str(error.at)) == ("steps_above_full", "r.toml:11:9")
    assert "criteria.on_time.curve" in error.line()


SHEET = """[sheets.form]
title = "评分表"
[criteria.form]
title = "评分表"
dimension = "timeliness"
measure = "form"
points = 1
"""


def test_a_long_score_sheet_is_one_measure(tmp_path: Path) -> None:
    items = "".join(
        f'[sheets.form.items.i{n}]\ntitle = "{n}"\npoints = {n}\nwhen = "replied_on <= deadline_on and contacts > {n}"\n'
        for n in range(60)
    )
    assert "form" in resolved(tmp_path, SHEET + items).uses


def test_a_fault_in_a_score_sheet_points_at_its_item(tmp_path: Path) -> None:
    text = (
        SHEET
        + '[sheets.form.items.a]\ntitle = "a"\npoints = 1\nwhen = "true then 5 end) + (case when true"\n'
    )
    text += '[sheets.form.items.b]\ntitle = "b"\nvalue = "contacts +"\n'
    places = [str(error.at) for error in errors_of(tmp_path, text)]
    assert any(place.startswith("r.toml:16:") for place in places)
    assert any(place.startswith("r.toml:19:") for place in places)


BANDS = (
    'curve = { kind = "bands", bands = [{ at_least = 0.9, points = 10, label = "优" }, '
    '{ points = 0, label = "差" }] }\n'
)


@pytest.mark.parametrize(
    ("when", "code", "column"),
    [
        ("label.on_time = '良'", "label_unknown", 25),
        ("label.on_time in ('优', '良')", "label_unknown", 32),
        ("cases > '20'", "type_misfit", 17),
        ("points.on_time = '优'", "type_misfit", 26),
        ("label.on_time > 3", "type_misfit", 25),
        ("name = 3", "type_misfit", 16),
        ("cases + 1 = 'a'", "type_misfit", 21),
        ("cases between 1 and 'z'", "type_misfit", 29),
        ("cases = null", "null_compared", 9),
        ("kind <> null", "null_compared", 9),
    ],
)
def test_a_comparison_that_can_never_hold_is_an_error(
    tmp_path: Path, when: str, code: str, column: int
) -> None:
    text = CRITERION + BANDS + f'[gates.g]\ntitle = "g"\neffect = "exempt"\nwhen = "{when}"\n'
    (error,) = errors_of(tmp_path, text)
    assert (error.code, str(error.at)) == (code, f"r.toml:15:{column}")


def test_a_list_asks_only_for_grades_that_there_are(tmp_path: Path) -> None:
    text = (
        CRITERION + '[grades.good]\ntitle = "良好"\n[selections.s]\ntitle = "s"\namong = "grade = \'gold\'"\n'
    )
    (error,) = errors_of(tmp_path, text)
    assert error.code == "label_unknown"
    assert "good" in error.line()
    assert resolved(tmp_path, text.replace("gold", "good")).selections


def test_what_only_the_data_can_tell_is_left_to_it(tmp_path: Path) -> None:
    text = (
        CRITERION
        + '[gates.g]\ntitle = "g"\neffect = "exempt"\nwhen = "kind = \'x\' or size > 3 or closed = true"\n'
    )
    assert resolved(tmp_path, text).gates


@pytest.mark.parametrize(
    ("when", "code", "column"),
    [
        ("points.on_time > 1 and points.nobody > 1", "unknown_criterion", 32),
        ("cases > 1 and grade = 'x'", "name_not_yet", 23),
        ("cases > 1 and label.on_time = 'x'", "unknown_criterion", 23),
    ],
)
def test_a_name_that_does_not_exist_is_pointed_at(tmp_path: Path, when: str, code: str, column: int) -> None:
    text = CRITERION + f'[gates.g]\ntitle = "g"\neffect = "exempt"\nwhen = "{when}"\n'
    (error, *_) = errors_of(tmp_path, text)
    assert (error.code, str(error.at)) == (code, f"r.toml:14:{column}")


def test_a_condition_inside_a_curve_is_pointed_at(tmp_path: Path) -> None:
    band = 'curve = { kind = "bands", bands = [{ points = 2, when = "cases > 1 and total > 2" }] }\n'
    (error,) = errors_of(tmp_path, CRITERION + band)
    assert (error.code, str(error.at)) == ("name_not_yet", "r.toml:11:72")
