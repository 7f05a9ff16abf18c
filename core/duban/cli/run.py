"""`duban run WORKSPACE`: the whole way from the ledger to the list."""

from collections.abc import Mapping
from typing import Any

import click

from duban.errors import Stopped, UsageError
from duban.texts import Language, phrase

from .commands import common_options, evaluation_options, looks

# With fewer draws, who is on the list in 95 % of them is chance.
FEWEST = 100


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def run(workspace: str, disable: tuple[str, ...], **choices: Any) -> int:
        return _run(workspace, disable, language, choices)

    return click.Command(
        "run",
        callback=run,
        params=[
            *evaluation_options(language),
            click.Option(["--out"], metavar="DIR", help=phrase("cli.out", language)),
            click.Option(["--cases"], is_flag=True, help=phrase("cli.cases", language)),
            click.Option(["--draws"], metavar="N", callback=_draws, help=phrase("cli.draws", language)),
            click.Option(
                ["--report", "reports"], multiple=True, metavar="ID", help=phrase("cli.report", language)
            ),
            click.Option(
                ["--template", "templates"],
                multiple=True,
                metavar="KIND=FILE",
                callback=_templates,
                help=phrase("cli.template", language),
            ),
            click.Option(
                ["--edition"],
                type=click.Choice(["internal", "public"]),
                default="internal",
                help=phrase("editions.option", language),
            ),
            *common_options(language),
        ],
        help=phrase("cli.run", language),
        short_help=phrase("cli.run_short", language),
        **looks(language),
    )


def _draws(context: click.Context, option: click.Parameter, given: str | None) -> int | None:
    """Return the number of draws. Raises: UsageError, for so few that their shares say nothing, and for no number."""
    if given is None or (given.isascii() and given.isdigit() and (int(given) >= FEWEST or not int(given))):
        return None if given is None else int(given)
    raise UsageError("draws_too_few", "--draws", value=given, fewest=FEWEST)


def _templates(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return the file of each kind. Raises: UsageError, for what has no `=`."""
    for text in given:
        if not all(text.partition("=")):
            raise UsageError("template_not_named", "--template", value=text)
    return {kind.strip(): file for kind, _, file in (text.partition("=") for text in given)}


def _run(workspace: str, disable: tuple[str, ...], language: Language, choices: Mapping[str, Any]) -> int:
    from duban import pipeline

    from .console import Paper
    from .findings_view import show_kinds
    from .run_view import show_run
    from .waiting import waiting

    paper = Paper(language)
    try:
        with waiting(language):
            made = pipeline.run(workspace, disable=disable, language=language, **choices)
    except Stopped as stopped:
        show_kinds(paper, stopped.findings, disable)
        raise
    show_run(paper, made, disable)
    return 0
