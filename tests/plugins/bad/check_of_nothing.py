"""A check over a column that no table has."""

from duban import Check, Text, hookimpl

EXPECTED = "column_undeclared"


@hookimpl
def register_checks() -> list[Check]:
    return [
        Check(
            id="bad_check",
            title=Text("测试检查", "A check"),
            offends="office_visits < 0",
            column="office_visits",
            message=Text("不对", "wrong"),
            action=Text("请改正", "mend it"),
        )
    ]
