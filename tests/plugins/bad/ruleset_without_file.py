"""A folder without a ruleset."""

from importlib.resources import files

from duban import DataFolder, hookimpl

EXPECTED = "folder_not_loaded"


@hookimpl
def register_rulesets() -> list[DataFolder]:
    return [DataFolder("bad-rules", files("duban") / "wording")]
