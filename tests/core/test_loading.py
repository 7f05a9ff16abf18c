from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from duban.errors import DubanError, Position, Problems, RulesetError, WorkspaceError
from duban.loading import LoadedRuleset, load_ruleset, load_workspace
from duban.manifest import ruleset_hash
from duban.methods import DataFolder
from duban.ruleset import Cap, ShareQuota
from duban.terms import Missing, Status

HEAD = 'format = 1\nid = "rules"\ntitle = "办法"\n'
PARENT = """format = 1
id = "parent"
title = "上级办法"
rounding = { total = 1, points = 1 }
[outcomes]
A = "resolved"
B = "planned"
[deadlines.reply]
months = 3
extended_months = 6
[dimensions.timeliness]
title = "时效"
points = 20
[criteria.on_time]
title = "按时"
dimension = "timeliness"
measure = "on_time"
points = 15
curve = { kind = "linear", zero_at = 0.8, full_at = 1 }
[criteria.replied]
title = "答复"
dimension = "timeliness"
measure = "replied"
points = 5
[ranking]
within = "all"
ties = "dense"
"""
CRITERION = '[criteria.a]\ntitle = "a"\ndimension = "d"\npoints = 1\n'
BY_MEASURE = '[adjustments.a]\ntitle = "a"\nmeasure = "m"\neach = 1\n'
BY_CONDITION = '[adjustments.a]\ntitle = "a"\nwhen = "cases > 1"\npoints = 1\n'


def load(
    folder: Path, files: Mapping[str, str], shipped: Mapping[str, DataFolder] | None = None
) -> LoadedRuleset:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return load_ruleset(next(iter(files)), folder, "duban.toml:2:1", shipped or {})


def errors_of(folder: Path, text: str) -> list[DubanError]:
    with pytest.raises(DubanError) as caught:
        load(folder, {"r.toml": HEAD + text})
    return list(caught.value.errors) if isinstance(caught.value, Problems) else [caught.value]


def test_a_child_changes_one_key_and_keeps_the_others(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\n[criteria.on_time]\npoints = 10\n[outcomes]\nB = "in_progress"\n'
    ruleset = load(tmp_path, {"r.toml": child, "parent.toml": PARENT}).ruleset
    assert ruleset.criteria["on_time"].points == 10
    assert ruleset.criteria["on_time"].measure == "on_time"
    assert ruleset.outcomes == {"A": "resolved", "B": "in_progress"}
    assert ruleset.title == "办法"
    assert ruleset.rounding.points == 1


def test_a_value_below_a_key_is_replaced_whole(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\n[criteria.on_time]\ncurve = { kind = "linear" }\n'
    ruleset = load(tmp_path, {"r.toml": child, "parent.toml": PARENT}).ruleset
    assert ruleset.criteria["on_time"].curve.parameters == {}


def test_a_section_without_ids_is_changed_key_by_key_and_an_inline_value_whole(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\nrounding = { total = 3 }\n[ranking]\nwithin = "group"\n'
    ruleset = load(tmp_path, {"r.toml": child, "parent.toml": PARENT}).ruleset
    assert (ruleset.ranking.within, ruleset.ranking.ties) == ("group", "dense")
    assert (ruleset.rounding.total, ruleset.rounding.points) == (3, None)


def test_drop_removes_an_inherited_id(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\n[criteria.replied]\ndrop = true\n'
    assert list(load(tmp_path, {"r.toml": child, "parent.toml": PARENT}).ruleset.criteria) == ["on_time"]


def test_drop_of_what_was_not_inherited_is_an_error(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\n[criteria.on_tme]\ndrop = true\n'
    with pytest.raises(RulesetError) as caught:
        load(tmp_path, {"r.toml": child, "parent.toml": PARENT})
    assert caught.value.code == "nothing_to_drop"
    assert "on_time" in caught.value.line()


def test_another_clock_takes_the_place_of_the_inherited_one(tmp_path: Path) -> None:
    child = HEAD + 'extends = "parent.toml"\n[deadlines.reply]\ndays = 15\n'
    reply = load(tmp_path, {"r.toml": child, "parent.toml": PARENT}).ruleset.deadlines["reply"]
    assert (reply.days, reply.months, reply.extended_months) == (15, None, 6)


def test_an_error_in_the_parent_is_placed_in_the_parent_and_one_in_the_child_in_the_child(
    tmp_path: Path,
) -> None:
    parent = PARENT.replace("points = 5", 'points = "五"')
    child = HEAD + 'extends = "parent.toml"\n[criteria.on_time]\nmin_cases = -1\n'
    with pytest.raises(Problems) as caught:
        load(tmp_path, {"r.toml": child, "parent.toml": parent})
    assert [str(error.at) for error in caught.value.errors] == ["parent.toml:24:10", "r.toml:6:13"]


def test_a_shipped_ruleset_is_found_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ruleset.toml").write_text(PARENT, "utf-8")
    shipped = {"base": DataFolder("base", tmp_path / "base")}
    loaded = load(tmp_path, {"r.toml": HEAD + 'extends = "base"\n'}, shipped)
    assert loaded.ruleset.dimensions["timeliness"].points == 20
    assert loaded.files == ("r.toml", "base/ruleset.toml")


def test_a_path_starts_from_the_file_that_states_it(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    files = {
        "rules/r.toml": HEAD + 'extends = "parent.toml"\n',
        "rules/parent.toml": HEAD + 'extends = "../base.toml"\n[outcomes]\nC = "planned"\n',
        "base.toml": PARENT,
    }
    loaded = load(tmp_path, files)
    assert loaded.files == ("rules/r.toml", "rules/parent.toml", "base.toml")
    assert sorted(loaded.ruleset.outcomes) == ["A", "B", "C"]


@pytest.mark.parametrize("name", ["parnet.toml", "nowhere/parent.toml"])
def test_a_file_that_is_not_there_is_told_where_it_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(RulesetError) as caught:
        load(tmp_path, {"r.toml": HEAD + f'extends = "{name}"\n', "parent.toml": PARENT})
    assert (caught.value.code, str(caught.value.at)) == ("ruleset_not_found", "r.toml:4:11")
    assert ("是不是“parent.toml”" in caught.value.line()) is (name == "parnet.toml")


def test_extends_in_a_circle_names_the_circle(tmp_path: Path) -> None:
    one, two = HEAD + 'extends = "two.toml"\n', HEAD + 'extends = "one.toml"\n'
    with pytest.raises(RulesetError) as caught:
        load(tmp_path, {"one.toml": one, "two.toml": two})
    assert caught.value.code == "extends_cycle"
    assert "one.toml → two.toml → one.toml" in caught.value.line()


@pytest.mark.parametrize("name", ["../outside.toml", "/etc/outside.toml", "link.toml", "a\u0000b.toml"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.toml").write_text(PARENT, "utf-8")
    (inside / "link.toml").symlink_to(tmp_path / "outside.toml")
    escaped = name.replace("\u0000", "\\u0000")
    with pytest.raises(RulesetError) as caught:
        load(inside, {"r.toml": HEAD + f'extends = "{escaped}"\n'})
    assert (caught.value.code, str(caught.value.at)) == ("path_outside", "r.toml:4:11")


def test_an_unknown_ruleset_names_what_exists(tmp_path: Path) -> None:
    with pytest.raises(RulesetError) as caught:
        load_ruleset("npc-bsae", tmp_path, "duban.toml:2:11", {"npc-base": DataFolder("npc-base", tmp_path)})
    assert "是不是“npc-base”" in caught.value.line()
    assert caught.value.line("en").startswith("duban.toml:2:11: [unknown_ruleset]")


def test_all_errors_of_a_file_are_told_together_with_line_and_column(tmp_path: Path) -> None:
    text = """bogus = 1
[criteria.on_time]
titel = "x"
dimension = "d"
measure = "m"
points = "六"
[gates.one]
title = "g"
when = "x"
effect = "nope"
[gates.two]
title = "g"
when = "x"
effect = { cap = nan }
[selections.s]
title = "s"
quota = { a = { share = 2 } }
[rounding]
total = 99
"""
    told = [(str(error.at), error.code) for error in errors_of(tmp_path, text)]
    assert told == [
        ("r.toml:4:1", "unknown_key"),
        ("r.toml:5:2", "missing_key"),
        ("r.toml:6:1", "unknown_key"),
        ("r.toml:9:10", "not_a_number"),
        ("r.toml:13:10", "wrong_choice"),
        ("r.toml:17:18", "number_out_of_range"),
        ("r.toml:20:25", "share_out_of_range"),
        ("r.toml:22:9", "number_out_of_range"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[deadlines.reply]\nmonths = 3\ndays = 2\n", "deadline_needs_one_clock"),
        ("[deadlines.reply]\nextended_months = 6\n", "deadline_needs_one_clock"),
        ("period = { from = 2024-02-01, to = 2024-01-01 }\n", "period_backwards"),
        ("period = { from = 2024-02-30, to = 2024-03-01 }\n", "toml_syntax"),
        ('[criteria.a]\ntitle = "a"\ndimension = "d"\npoints = 1\n', "criterion_needs_measure"),
        ('[criteria.a]\ntitle = "a"\ndimension = "d"\nmeasure = "m"\npoints = -1\n', "negative_points"),
        ('[criteria.a]\ntitle = "a"\ndimension = "d"\nmeasure = "m"\npoints = 1e31\n', "number_out_of_range"),
        ('[criteria.a]\ntitle = "a"\ndimension = "d"\nmeasure = "m"\npoints = true\n', "not_a_number"),
        ('[criteria."按时"]\ntitle = "a"\ndimension = "d"\nmeasure = "m"\npoints = 1\n', "bad_id"),
        ('[adjustments.a]\ntitle = "a"\nmeasure = "m"\n', "adjustment_needs_one_form"),
        ('[adjustments.a]\ntitle = "a"\nmeasure = "m"\neach = 1\nlimit = -5\n', "adjustment_limit_sign"),
        ('[gates.a]\ntitle = "a"\nwhen = ""\neffect = "exempt"\n', "text_too_long"),
        (f'[gates.a]\ntitle = "a"\nwhen = "{"x" * 2001}"\neffect = "exempt"\n', "text_too_long"),
        ("[groups.large]\ntitle = 3\n", "wrong_type"),
        ('[dimensions.d]\ntitle = "d"\npoints = -5\n', "negative_points"),
        ('[dimensions.d]\ntitle = "d"\nfloor = 5\nceiling = 4\n', "floor_above_ceiling"),
        (f'{CRITERION}measure_by_department = {{ x = "m" }}\nwith = {{ days = 1 }}\n', "with_needs_measure"),
        (f'{CRITERION}measure = "m"\nmissing = {{ failed = "zero" }}\n', "missing_status"),
        (f'{CRITERION}measure = "m"\nmissing = {{ measured = "zero" }}\n', "missing_status"),
        (
            '[measures.q]\ntitle = "q"\nvalue = "1"\naggregate = "quantile"\nquantile = 2\n',
            "share_out_of_range",
        ),
        ('[measures.q]\ntitle = "q"\nvalue = "1"\nquantile = 0.9\n', "quantile_without_aggregate"),
        (f'{BY_MEASURE}when = "cases > 1"\n', "adjustment_needs_one_form"),
        (f'{BY_CONDITION}where = "true"\n', "adjustment_needs_one_form"),
        (f"{BY_CONDITION}with = {{ days = 1 }}\n", "adjustment_needs_one_form"),
        ("ranking = 3\n", "wrong_type"),
        ('[selections.s]\ntitle = "s"\nordered = "no"\n', "wrong_type"),
        ("format = 2\n", "toml_twice"),
    ],
)
def test_each_wrong_value_has_its_code(tmp_path: Path, text: str, code: str) -> None:
    (error,) = errors_of(tmp_path, text)
    assert error.code == code
    assert isinstance(error.at, Position)
    assert error.at.line is not None


def test_forms_of_one_key(tmp_path: Path) -> None:
    text = """[criteria.a]
title = "a"
dimension = "d"
measure = "m"
points = 1
missing = { too_few_cases = "group_mean", not_available = "zero" }
[gates.g]
title = "g"
when = "x"
effect = { cap = 85 }
[selections.s]
title = "s"
quota = { large = 5, regular = { share = 0.20, at_least = 1 } }
[selections.t]
title = "t"
quota = { share = 0.2 }
"""
    ruleset = load(tmp_path, {"r.toml": HEAD + text}).ruleset
    criterion = ruleset.criteria["a"]
    assert criterion.when_missing(Status.TOO_FEW_CASES) is Missing.GROUP_MEAN
    assert criterion.when_missing(Status.NOT_APPLICABLE) is Missing.REDISTRIBUTE
    assert ruleset.gates["g"].effect == Cap(cap=Fraction(85))
    assert ruleset.selections["s"].quota == {
        "large": 5,
        "regular": ShareQuota(share=Fraction(1, 5), at_least=1),
    }
    assert ruleset.selections["t"].quota == ShareQuota(share=Fraction(1, 5))


def test_a_ruleset_of_ten_thousand_lines_loads(tmp_path: Path) -> None:
    criteria = "".join(
        f'[criteria.c{n}]\ntitle = "{n}"\ndimension = "d"\nmeasure = "m"\npoints = 1\n' for n in range(2000)
    )
    assert len(load(tmp_path, {"r.toml": HEAD + criteria}).ruleset.criteria) == 2000


def test_the_digest_follows_the_meaning_not_the_spelling(tmp_path: Path) -> None:
    one = ruleset_hash(load(tmp_path, {"a.toml": HEAD + "rounding = { total = 1 }\n"}).ruleset)
    two = ruleset_hash(load(tmp_path, {"b.toml": "# 注\nrounding = {total=1}\n" + HEAD}).ruleset)
    assert one == two
    assert one != ruleset_hash(load(tmp_path, {"c.toml": HEAD + "rounding = { total = 2 }\n"}).ruleset)


def test_a_workspace_refuses_unknown_keys_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "duban.toml").write_text(
        'title = "x"\nruleset = "y"\n[tables.cases]\nfil = "a.csv"\n', "utf-8"
    )
    with pytest.raises(Problems) as caught:
        load_workspace(tmp_path)
    assert [(str(error.at), error.code) for error in caught.value.errors] == [
        ("duban.toml:3:2", "missing_key"),
        ("duban.toml:4:1", "unknown_key"),
    ]


def test_a_folder_without_duban_toml_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        load_workspace(tmp_path)
    assert caught.value.code == "file_not_found"
    assert str(caught.value.at) == str(tmp_path / "duban.toml")
