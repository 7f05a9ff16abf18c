"""The shipped rulesets: a plugin without code, one folder a ruleset."""

from importlib.resources import files

from duban import DataFolder, hookimpl


@hookimpl
def register_rulesets() -> list[DataFolder]:
    """Every folder beside this file that holds a `ruleset.toml`."""
    folders = [folder for folder in files(__name__).iterdir() if (folder / "ruleset.toml").is_file()]
    return [DataFolder(folder.name, folder) for folder in folders]
