"""`duban ruleset COMMAND`: the rules of a year, checked, tested, compared and shown."""

from importlib.util import find_spec

from duban.cli.commands import Commands, common_options, looks
from duban.texts import Language, phrase

# By the name that is typed: a module's name has no hyphen.
_MODULES = {name: name.replace("-", "_") for name in ("check", "test", "diff", "show", "schema", "new-year")}
NAMES = tuple(name for name, module in _MODULES.items() if find_spec(f"{__name__}.{module}"))


def command(language: Language) -> Commands:
    """Return the group in one language."""
    return Commands(
        language,
        NAMES,
        __name__,
        name="ruleset",
        params=common_options(language),
        help=phrase("cli.ruleset_group", language),
        short_help=phrase("cli.ruleset_group_short", language),
        subcommand_metavar=phrase("cli.subcommand", language),
        **looks(language),
    )
