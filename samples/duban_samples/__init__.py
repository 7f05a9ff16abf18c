"""The shipped sample workspaces: a plugin without code, one folder a sample."""

from importlib.resources import files

from duban import DataFolder, hookimpl


@hookimpl
def register_samples() -> list[DataFolder]:
    """Every folder beside this file that holds a `duban.toml`."""
    folders = [folder for folder in files(__name__).iterdir() if (folder / "duban.toml").is_file()]
    return [DataFolder(folder.name, folder) for folder in folders]
