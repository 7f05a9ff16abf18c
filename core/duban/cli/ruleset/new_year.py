"""`duban ruleset new-year RULESET YEAR`: next year's file, and what must be decided again."""

import click

from duban.cli.commands import common_options, disable_option, looks
from duban.texts import Language, phrase


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def new_year(ruleset: str, year: int, out: str | None, disable: tuple[str, ...]) -> int:
        return _new_year(ruleset, year, out, disable, language)

    return click.Command(
        "new-year",
        callback=new_year,
        params=[
            click.Argument(["ruleset"], metavar="RULESET"),
            click.Argument(["year"], metavar="YEAR", type=click.IntRange(1900, 2199)),
            click.Option(["--out"], metavar="FILE", help=phrase("describing.option_new_file", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("describing.new_year", language),
        short_help=phrase("describing.new_year_short", language),
        **looks(language),
    )


def _new_year(ruleset: str, year: int, out: str | None, disable: tuple[str, ...], language: Language) -> int:
    from duban.describing.turning import turn
    from duban.errors import one_line

    turned = turn(ruleset, year, out, disable, language)
    click.echo(one_line(phrase("describing.written", language, file=turned.file)))
    for line in turned.checklist:
        click.echo(one_line(line))
    return 0
