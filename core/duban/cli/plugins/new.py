"""`duban plugins new NAME`: an installable plugin, with an example of each thing that it may hold."""

import keyword
import re
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import click

from duban.cli.commands import common_options, looks
from duban.errors import UsageError, one_line
from duban.texts import Language, phrase

# The word that stands in the templates, in their texts and in their paths, where the name of the plugin goes.
PLACEHOLDER = "plugin_name"
SUFFIX = ".template"
# In the package these have no dot before them, so that no tool takes them for its own.
HIDDEN = ("gitignore", "github")
# A package of this name would be in the way of its own tests, pytest installed or not.
_TAKEN = ("conftest", "pytest", "tests")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def new(name: str, into: str) -> int:
        return _new(name, Path(into), language)

    return click.Command(
        "new",
        callback=new,
        params=[
            click.Argument(["name"], metavar="NAME"),
            click.Option(["--into"], metavar="DIR", default=".", help=phrase("scaffolding.into", language)),
            *common_options(language),
        ],
        help=phrase("scaffolding.new", language),
        short_help=phrase("scaffolding.new_short", language),
        **looks(language),
    )


def _new(name: str, into: Path, language: Language) -> int:
    from duban.cli.filling import filled

    check_name(name)
    folder = into / name
    with filled(folder) as fresh:
        for place, text in plugin_files(name):
            (fresh / place).parent.mkdir(parents=True, exist_ok=True)
            (fresh / place).write_text(text, "utf-8", newline="\n")
    click.echo(one_line(phrase("scaffolding.done", language, folder=folder, name=name)))
    return 0


def check_name(name: str) -> None:
    """Refuse a name that no package can have, or that one here has already.

    Raises: UsageError.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError("plugin_name_form", name=name)
    if name in _TAKEN or name in sys.stdlib_module_names or _is_installed(name):
        raise UsageError("plugin_name_taken", name=name)


def _is_installed(name: str) -> bool:
    if name in entry_points(group="duban").names:
        return True
    spec = find_spec(name)
    # A folder of that name without code in it is no package of anybody's.
    return spec is not None and spec.origin is not None


def plugin_files(name: str) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the place and the text of each file of a new plugin."""
    for place, template in _templates(files("duban") / "scaffolding" / "plugin", PurePosixPath()):
        yield (
            PurePosixPath(str(place).replace(PLACEHOLDER, name)),
            template.read_text("utf-8").replace(PLACEHOLDER, name),
        )


def _templates(folder: Traversable, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        bare = item.name.removesuffix(SUFFIX)
        here = place / (f".{bare}" if bare in HIDDEN else bare)
        if item.is_dir():
            yield from _templates(item, here)
        elif item.name.endswith(SUFFIX):
            yield here, item
