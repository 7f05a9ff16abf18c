"""`duban ruleset show RULESET`: the rules as a document, or where each of their values stands."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.cli.commands import common_options, disable_option, looks
from duban.texts import Language, phrase

if TYPE_CHECKING:
    from duban.describing.page import Page

FORMATS = ("md", "docx", "html")


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def show(
        ruleset: str, format: str | None, out: str | None, origin: bool, disable: tuple[str, ...]
    ) -> int:
        return _show(ruleset, format, out, origin, disable, language)

    return click.Command(
        "show",
        callback=show,
        params=[
            click.Argument(["ruleset"], metavar="RULESET"),
            click.Option(
                ["--format"], type=click.Choice(FORMATS), help=phrase("describing.option_format", language)
            ),
            click.Option(["--out"], metavar="FILE", help=phrase("describing.option_out", language)),
            click.Option(["--origin"], is_flag=True, help=phrase("describing.option_origin", language)),
            disable_option(language),
            *common_options(language),
        ],
        help=phrase("describing.show", language),
        short_help=phrase("describing.show_short", language),
        **looks(language),
    )


def _show(
    ruleset: str,
    format: str | None,
    out: str | None,
    origin: bool,
    disable: tuple[str, ...],
    language: Language,
) -> int:
    from duban.describing.opening import open_ruleset
    from duban.describing.origins import origins_page
    from duban.describing.rules import rules_page
    from duban.errors import UsageError, one_line
    from duban.replacing import writing

    if format is None:
        format = Path(out).suffix[1:].lower() if out else "md"
        if format not in FORMATS:
            raise UsageError("show_format", name=out)
    if format == "docx" and out is None:
        raise UsageError("docx_needs_file")
    opened = open_ruleset(ruleset, disable)
    page = origins_page(opened.loaded, language) if origin else rules_page(*opened, language)
    content = _content(page, format)
    if out is None:
        click.echo(content.decode(), nl=False)
        return 0
    with writing(Path(out)):
        Path(out).write_bytes(content)
    click.echo(one_line(phrase("describing.written", language, file=out)))
    return 0


def _content(page: "Page", format: str) -> bytes:
    if format == "docx":
        from duban.describing.word import word

        return word(page)
    if format == "html":
        from duban.describing.html import html

        return html(page).encode()
    from duban.describing.markdown import markdown

    return markdown(page).encode()
