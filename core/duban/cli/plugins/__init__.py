"""`duban plugins COMMAND`: what is installed, a new plugin, and whether one keeps what it promises."""

from importlib.util import find_spec

from duban.cli.commands import Commands, common_options, looks
from duban.texts import Language, phrase

NAMES = tuple(name for name in ("list", "new", "check") if find_spec(f"{__name__}.{name}"))


def command(language: Language) -> Commands:
    """Return the group in one language."""
    return Commands(
        language,
        NAMES,
        __name__,
        name="plugins",
        params=common_options(language),
        help=phrase("cli.plugins", language),
        short_help=phrase("cli.plugins_short", language),
        subcommand_metavar=phrase("cli.subcommand", language),
        **looks(language),
    )
