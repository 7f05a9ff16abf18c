"""`duban ruleset schema`: the JSON Schema that editors check a ruleset with while it is written."""

from pathlib import Path

import click

from duban.cli.commands import common_options, disable_option, looks
from duban.texts import Language, phrase


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def schema(out: str | None, disable: tuple[str, ...]) -> int:
        return _schema(out, disable)

    return click.Command(
        "schema",
        callback=schema,
        params=[
            click.Option(["--out"], metavar="FILE", help=phrase("describing.option_out", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("describing.schema", language),
        short_help=phrase("describing.schema_short", language),
        **looks(language),
    )


def _schema(out: str | None, disable: tuple[str, ...]) -> int:
    from duban.describing.schema import schema_text
    from duban.registry import installed
    from duban.replacing import writing

    text = schema_text(installed(disable))
    if out is None:
        click.echo(text, nl=False)
        return 0
    with writing(Path(out)):
        Path(out).write_text(text, "utf-8")
    return 0
