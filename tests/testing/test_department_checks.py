"""`duban plugins check` reads checks of departments as it reads those of rows."""

from pathlib import Path

import pytest

from duban.testing import check_plugin

PLUGIN = '''
from duban import Check, Text, Together, hookimpl


@hookimpl
def register_checks():
    """Return one check."""
    said = Text("{{value}}：{{count}} 件中有 {{{fact}}} 件", "{{value}}: {{{fact}}} of {{count}}")
    together = Together(among="{among}", same={same!r})
    return [
        Check(
            id="pattern",
            title=Text("规律", "a pattern"),
            offends="replied_on = deadline_on",
            column="replied_on",
            message=said,
            action=Text("请核对", "check it"),
            by_department=together,
        )
    ]
'''


def faults(
    folder: Path, fact: str = "hits", among: str = "replied_on is not null", same: str | None = None
) -> list[str]:
    place = folder / "duban_pattern.py"
    place.write_text(PLUGIN.format(fact=fact, among=among, same=same), "utf-8")
    return [fault.code for fault in check_plugin(str(place)) if fault.subject == "checks.pattern"]


def test_a_right_one_passes(tmp_path: Path) -> None:
    assert faults(tmp_path, same="replied_on") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"fact": "rows"}, "fact_unknown"),
        ({"among": "replied_in is not null"}, "column_undeclared"),
        ({"among": "replied_on is"}, "text_wrong"),
        ({"same": "replied_in"}, "column_undeclared"),
    ],
)
def test_a_wrong_one_is_told(tmp_path: Path, wrong: dict[str, str], code: str) -> None:
    assert faults(tmp_path, **wrong) == [code]
