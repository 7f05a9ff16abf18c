"""`duban run WORKSPACE`: the whole way from the ledger to the list."""

from datetime import date

import click

from duban.errors import Stopped
from duban.texts import Language, phrase

from .commands import common_options, evaluation_options, looks


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def run(workspace: str, as_of: date | None, ruleset: str | None, out: str | None, cases: bool) -> int:
        return _run(workspace, as_of, ruleset, out, cases, language)

    return click.Command(
        "run",
        callback=run,
        params=[
            *evaluation_options(language),
            click.Option(["--out"], metavar="DIR", help=phrase("cli.out", language)),
            click.Option(["--cases"], is_flag=True, help=phrase("cli.cases", language)),
            *common_options(language),
        ],
        help=phrase("cli.run", language),
        short_help=phrase("cli.run_short", language),
        **looks(language),
    )


def _run(
    workspace: str, as_of: date | None, ruleset: str | None, out: str | None, cases: bool, language: Language
) -> int:
    from duban import pipeline

    from .console import Paper
    from .findings_view import show_kinds
    from .run_view import show_run

    paper = Paper(language)
    try:
        made = pipeline.run(workspace, as_of=as_of, ruleset=ruleset, out=out, language=language, cases=cases)
    except Stopped as stopped:
        show_kinds(paper, stopped.findings)
        raise
    show_run(paper, made)
    return 0
