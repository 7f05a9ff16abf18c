"""`duban check WORKSPACE`: what is wrong with the data, and what to do about it."""

from datetime import date
from pathlib import Path

import click

from duban.texts import Language, phrase

from .commands import common_options, evaluation_options, looks


def command(language: Language) -> click.Command:
    """Return the command in one language."""

    def check(workspace: str, as_of: date | None, ruleset: str | None, disable: tuple[str, ...]) -> int:
        return _check(workspace, as_of, ruleset, disable, language)

    return click.Command(
        "check",
        callback=check,
        params=[*evaluation_options(language), *common_options(language)],
        help=phrase("cli.check", language),
        short_help=phrase("cli.check_short", language),
        **looks(language),
    )


def _check(
    workspace: str, as_of: date | None, ruleset: str | None, disable: tuple[str, ...], language: Language
) -> int:
    from duban import pipeline

    from .console import Paper
    from .findings_view import show_kinds
    from .waiting import waiting

    with waiting(language):
        result = pipeline.check(workspace, as_of=as_of, ruleset=ruleset, language=language, disable=disable)
    paper = Paper(language)
    show_kinds(paper, result.findings, disable)
    paper.line("all_findings", file=Path(workspace) / "findings.csv")
    paper.line("check_stops" if result.stopped else "check_passes")
    return 1 if result.stopped else 0
