"""The list of commands, each in a module of its name, and the options that all of them have."""

import re
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any, get_args

import click
from click.core import ParameterSource

from duban.errors import UsageError
from duban.texts import Language, phrase

from .speech import VARIABLE

DISABLE = "DUBAN_DISABLE"
NAMES = (
    "run",
    "check",
    "explain",
    "correct",
    "whatif",
    "compare",
    "objections",
    "init",
    "ruleset",
    "plugins",
)


class Commands(click.Group):
    """A group that imports a command when it is asked for: the module of its name, `-` as `_`, in a package."""

    def __init__(self, language: Language, names: Sequence[str], package: str, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.language, self.names, self.package = language, names, package

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options of the group; nothing at all asks for help."""
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are used."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command in the chosen language.

        Raises: UsageError, naming the commands that there are.
        """
        if cmd_name not in self.names:
            help = f"{ctx.command_path} --help"
            raise UsageError("command_unknown", name=cmd_name, known=self.names, help=help)
        module = import_module(f".{cmd_name.replace('-', '_')}", self.package)
        command: click.Command = module.command(self.language)
        return command


def commands(language: Language) -> Commands:
    """Return the whole command line in one language."""
    return Commands(
        language,
        NAMES,
        "duban.cli",
        name="duban",
        params=common_options(language),
        help=phrase("cli.duban", language),
        epilog=phrase("cli.epilog", language),
        subcommand_metavar=phrase("cli.subcommand", language),
        **looks(language),
    )


def looks(language: Language) -> dict[str, Any]:
    """Return what every command has in common: `-h`, and the word for options in the usage line."""
    return {
        "options_metavar": phrase("cli.options", language),
        "context_settings": {"help_option_names": ["--help", "-h"], "max_content_width": 110},
    }


def common_options(language: Language) -> list[click.Parameter]:
    """Return the options that work before and after the command's name.

    `--lang` and `--debug` are looked up before parsing; here they are checked and explained.
    """
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(get_args(Language)),
            envvar=VARIABLE,
            expose_value=False,
            help=phrase("cli.lang", language),
        ),
        click.Option(["--debug"], is_flag=True, expose_value=False, help=phrase("cli.debug", language)),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help=phrase("cli.version", language),
        ),
    ]


def _show_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"duban {version('duban')}")
        context.exit()


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day as `2024-01-31`."""

    name = "date"

    def __init__(self, language: Language) -> None:
        self.language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the day, or refuse the text."""
        from datetime import date

        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(phrase("cli.not_a_day", self.language, value=repr(value)), param, ctx)


class Names(click.ParamType):  # type: ignore[type-arg]
    """A name; in an environment variable several of them, with commas or spaces between."""

    name = "name"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Return the names in the value of a variable."""
        return [name for name in re.split(r"[,，、\s]+", rv) if name]


def disable_option(language: Language) -> click.Option:
    """Return the option that switches plugins off, checked: a name that none has may be a slip."""
    return click.Option(
        ["--disable"],
        type=Names(),
        multiple=True,
        metavar="NAME",
        envvar=DISABLE,
        callback=_disabled,
        help=phrase("cli.disable", language),
    )


def _disabled(context: click.Context, option: click.Parameter, names: Sequence[str]) -> tuple[str, ...]:
    if names and not context.resilient_parsing:
        from duban.registry import refuse_unknown

        source = context.get_parameter_source(str(option.name))
        refuse_unknown(names, DISABLE if source is ParameterSource.ENVIRONMENT else "--disable")
    return tuple(sorted(set(names)))


def evaluation_options(language: Language) -> list[click.Parameter]:
    """Return the workspace and what may be said of it from outside: the day, the ruleset, and plugins to leave out."""
    return [
        click.Argument(["workspace"]),
        click.Option(["--as-of"], type=Day(language), metavar="DATE", help=phrase("cli.as_of", language)),
        click.Option(["--ruleset"], metavar="FILE", help=phrase("cli.ruleset", language)),
        disable_option(language),
    ]
