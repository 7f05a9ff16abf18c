"""A module that is not there."""

from no_such_module_anywhere import something  # type: ignore[import-not-found]

from duban import Measure, hookimpl

EXPECTED = "plugin_not_loaded"


@hookimpl
def register_measures() -> list[Measure]:
    return [something]
