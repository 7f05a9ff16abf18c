"""The hook returns something else than what it is for."""

from duban import hookimpl

EXPECTED = "plugin_wrong_thing"


@hookimpl
def register_measures() -> list[int]:
    return [3]
