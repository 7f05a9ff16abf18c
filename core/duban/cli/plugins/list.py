"""`duban plugins list`: every installed plugin, whether it is loaded, and what it registers."""

import click

from duban.cli.commands import common_options, looks
from duban.texts import Language, phrase


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def list_plugins() -> int:
        return _list()

    return click.Command(
        "list",
        callback=list_plugins,
        params=common_options(language),
        help=phrase("cli.plugins_list", language),
        short_help=phrase("cli.plugins_list_short", language),
        **looks(language),
    )


def _list() -> int:
    from duban.registry import installed

    for name, version in installed().versions.items():
        click.echo(f"{name} {version}")
    return 0
