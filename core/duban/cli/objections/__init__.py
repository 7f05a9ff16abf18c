"""`duban objections COMMAND`: the forms of departments, and the register of what they object to."""

from duban.cli.commands import Commands, common_options, looks
from duban.texts import Language, phrase

NAMES = ("form", "list")


def command(language: Language) -> Commands:
    """Return the group in one language."""
    return Commands(
        language,
        NAMES,
        __name__,
        name="objections",
        params=common_options(language),
        help=phrase("objections.group", language),
        short_help=phrase("objections.group_short", language),
        subcommand_metavar=phrase("cli.subcommand", language),
        **looks(language),
    )
